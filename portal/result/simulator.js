/**
 * The page on which anybody changes votes and watches the weights. It computes on this device and sends nothing.
 */
import { decimal, fraction, weigh } from "./mixte.js";

const root = /** @type {HTMLElement} */ (document.getElementById("simulator"));
const french = document.documentElement.lang === "fr";
/** @type {Map<string, string>} */
const sentences = new Map();
for (const p of /** @type {HTMLTemplateElement} */ (document.getElementById("sentences")).content.querySelectorAll("p")) sentences.set(p.dataset.key ?? "", p.textContent ?? "");
const say = (/** @type {string} */ key) => sentences.get(key) ?? key;
const number = (/** @type {number} */ n) => n.toLocaleString(document.documentElement.lang);
const comma = (/** @type {string} */ s) => (french ? s.replace(".", ",") : s);

/**
 * An electorate as the page holds it: how many of its members and of its citizens answer what.
 * @typedef {{ id: string, label: string, represented: number, members: number[], citizens: number[] }} Place
 */

/** Together are the electorates whose ballots were opened with each other. @type {{ labels: string[], scale: string, absent: string, least: number, places: Place[], together: string[][], chosen: number }} */
const state = {
  labels: french ? ["Pour", "Contre"] : ["For", "Against"], scale: "constituency", absent: "counted", least: 1, together: [], chosen: 0,
  places: [
    { id: "a", label: "A", represented: 100, members: [1, 0, 0, 0, 0], citizens: [10, 25, 5, 0] },
    { id: "b", label: "B", represented: 50, members: [0, 1, 0, 0, 0], citizens: [5, 0, 0, 0] },
    { id: "c", label: "C", represented: 10, members: [1, 0, 0, 0, 0], citizens: [0, 0, 0, 0] },
  ],
};

// After the options: members can vote blank, abstain or be absent; a citizen's ballot can be blank or nul.
const memberAnswers = () => [...state.labels, say("mixte.blank"), say("mixte.abstain"), say("mixte.absent")];
const citizenAnswers = () => [...state.labels, say("mixte.blank"), say("mixte.nul")];

/** Takes the numbers of a statement. Ballots that were opened for several electorates are given to each in their part. @param {any} s */
function take(s) {
  const k = s.rules.options.length;
  const option = new Map(s.rules.options.map((/** @type {string} */ o, /** @type {number} */ i) => [o, i]));
  const last = new Map([["blank", k], ["abstain", k + 1], ["absent", k + 2]]);
  state.scale = s.rules.scale;
  state.absent = s.rules.absent;
  state.least = s.rules.minimum_size;
  const labels = /** @type {HTMLTemplateElement | null} */ (document.getElementById("labels"));
  state.labels = labels ? [...labels.content.querySelectorAll("p")].map((p) => p.textContent ?? "") : s.rules.options;
  state.places = s.electorates.map((/** @type {any} */ e) => ({ id: e.id, label: e.label, represented: e.represented, members: Array(k + 3).fill(0), citizens: Array(k + 2).fill(0) }));
  state.together = s.counts.map((/** @type {any} */ c) => c.parts.map((/** @type {any} */ p) => p.electorate)).filter((/** @type {string[]} */ ids) => ids.length > 1);
  const at = new Map(state.places.map((p) => [p.id, p]));
  for (const m of s.members) /** @type {Place} */ (at.get(m.electorate)).members[option.get(m.position) ?? last.get(m.position) ?? 0]++;
  for (const c of s.counts) {
    const held = [...c.options, c.blank, c.nul];
    for (const p of c.parts) {
      const to = /** @type {Place} */ (at.get(p.electorate)).citizens;
      for (let i = 0, left = p.direct; i < held.length && left > 0; i++) {
        const n = Math.min(left, held[i]);
        to[i] += n;
        held[i] -= n;
        left -= n;
      }
    }
  }
}

const total = (/** @type {number[]} */ numbers) => numbers.reduce((a, b) => a + b, 0);

/** The electorates by whose ballots are opened together, as long as these can weigh the same. */
function groups() {
  const joined = state.together.map((ids) => state.places.filter((p) => ids.includes(p.id)))
    .filter((of) => of.every((p) => state.scale === "territory" || (p.represented === of[0].represented && total(p.members) === total(of[0].members))));
  return [...joined, ...state.places.filter((p) => !joined.some((of) => of.includes(p))).map((p) => [p])];
}

/** The state as figures of a vote; groups below the least size stay closed. */
function figures() {
  const k = state.labels.length;
  const options = state.labels.map((_, i) => `o${i + 1}`);
  const positions = [...options, "blank", "abstain", "absent"];
  const electorates = state.places.map((p) => ({ id: p.id, represented: p.represented, seats: total(p.members) }));
  const members = state.places.flatMap((p) => p.members.flatMap((n, i) => Array.from({ length: n }, () => ({ electorate: p.id, position: positions[i] }))));
  const counts = groups().map((of) => {
    const held = of[0].citizens.map((_, i) => total(of.map((p) => p.citizens[i])));
    const parts = of.map((p) => ({ electorate: p.id, direct: total(p.citizens) })).filter((p) => p.direct > 0);
    return { id: parts.map((p) => p.electorate).join("+"), parts, options: held.slice(0, k), blank: held[k], nul: held[k + 1], ballots: total(held) };
  }).filter((c) => c.ballots > 0 && c.ballots >= state.least);
  return { rules: { scale: state.scale, absent: state.absent, options }, electorates, members, counts };
}

/** What cannot be, or "". */
function wrong() {
  for (const p of state.places) {
    const all = [p.represented, ...p.members, ...p.citizens];
    if (all.some((n) => !Number.isSafeInteger(n) || n < 0 || n > 100_000_000) || p.represented < 1) return `${p.label}${french ? "\u00a0" : ""}: ${say("mixte.try-number")}`;
    if (total(p.citizens) > p.represented) return `${p.label}${french ? "\u00a0" : ""}: ${say("mixte.try-many")}`;
    const seats = total(p.members);
    if (seats < 1 || seats > 1000) return `${p.label}${french ? "\u00a0" : ""}: ${say("mixte.try-seats")}`;
  }
  return "";
}

/**
 * An element.
 * @param {string} tag @param {Record<string, string>} attributes @param {(Node | string)[]} inside
 */
function el(tag, attributes = {}, ...inside) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...inside);
  return e;
}

/** @param {string} label @param {number} value @param {(n: number) => void} set */
function field(label, value, set) {
  const input = /** @type {HTMLInputElement} */ (el("input", { type: "number", min: "0", step: "1", inputmode: "numeric", value: String(value) }));
  input.addEventListener("input", () => {
    set(input.value === "" ? NaN : Number(input.value));
    show();
  });
  return el("label", {}, label, input);
}

/** @param {string} label @param {[string, string][]} choices @param {string} value @param {(v: string) => void} set */
function choice(label, choices, value, set) {
  const select = /** @type {HTMLSelectElement} */ (el("select", {}, ...choices.map(([v, said]) => el("option", { value: v }, said))));
  select.value = value;
  select.addEventListener("change", () => set(select.value));
  return el("label", {}, label, select);
}

const form = el("form", { autocomplete: "off" });
const status = el("p", { role: "status", class: "notice" });
const outcome = el("div");
form.addEventListener("submit", (e) => e.preventDefault());

/** Writes the fields of the chosen electorate. */
function fields() {
  const p = state.places[state.chosen];
  const group = (/** @type {string} */ title, /** @type {string[]} */ names, /** @type {number[]} */ values) =>
    el("fieldset", {}, el("legend", {}, title), el("div", { class: "votes" }, ...names.map((n, i) => field(n, values[i], (v) => (values[i] = v)))));
  const add = el("button", { type: "button", class: "quiet" }, say("mixte.try-add"));
  add.addEventListener("click", () => {
    const n = state.places.length + 1;
    state.places.push({ id: `x${n}`, label: `${say("mixte.place")} ${n}`, represented: 100, members: state.labels.map((_, i) => (i === 0 ? 1 : 0)).concat([0, 0, 0]), citizens: Array(state.labels.length + 2).fill(0) });
    state.chosen = n - 1;
    fields();
    show();
    form.querySelector("select")?.focus();
  });
  form.replaceChildren(
    el("fieldset", {}, el("legend", {}, say("mixte.try-rules")), el("div", { class: "votes" },
      choice(say("mixte.try-scale"), [["constituency", say("mixte.try-constituency")], ["territory", say("mixte.try-territory")]], state.scale, (v) => { state.scale = v; show(); }),
      choice(say("mixte.try-absent"), [["counted", say("mixte.try-counted")], ["zero", say("mixte.try-zero")]], state.absent, (v) => { state.absent = v; show(); }))),
    el("fieldset", {}, el("legend", {}, say("mixte.try-votes")), el("div", { class: "votes" },
      choice(say("mixte.place"), state.places.map((x, i) => [String(i), x.label]), String(state.chosen), (v) => { state.chosen = Number(v); fields(); show(); form.querySelectorAll("select")[2]?.focus(); }),
      field(say("mixte.represented"), p.represented, (v) => (p.represented = v))),
      group(say("mixte.try-members"), memberAnswers(), p.members), group(say("mixte.try-citizens"), citizenAnswers(), p.citizens), add));
}

/** @param {string} f */
const read = (f) => /** @type {[bigint, bigint]} */ (f.split("/").map(BigInt));
const plain = (/** @type {string} */ f) => f.replace(/\/1$/, "");

/** @param {string} f @param {bigint[]} whole */
function cell(f, whole) {
  const [n, d] = read(f);
  const parts = [comma(decimal(n, d, d === 1n ? 0 : 3))];
  if (whole.length > 0 && whole[0] > 0n) parts.push(`(${comma(decimal(n * whole[1] * 100n, d * whole[0], 2))}\u00a0%)`);
  const td = el("td", {}, parts.join(" "));
  if (d !== 1n) td.append(f.length <= 24 ? el("small", { class: "line" }, `= ${f}`) : el("details", { class: "exact" }, el("summary", {}, say("mixte.exact")), el("small", {}, f)));
  return td;
}

/** The sum of fractions. @param {string[]} fs */
function sum(fs) {
  let [n, d] = [0n, 1n];
  for (const f of fs) {
    const [a, b] = read(f);
    [n, d] = read(fraction(n * b + a * d, d * b));
  }
  return [n, d];
}

/** @param {string} caption @param {string[]} head @param {(Node | string)[][]} rows */
function table(caption, head, rows) {
  const id = `t${caption.length}`;
  return el("div", { class: "scroll", role: "region", tabindex: "0", "aria-labelledby": id }, el("table", {}, el("caption", { id }, caption),
    el("thead", {}, el("tr", {}, ...head.map((h) => el("th", { scope: "col" }, h)))),
    el("tbody", {}, ...rows.map((r) => el("tr", {}, el("th", { scope: "row" }, r[0]), ...r.slice(1).map((c) => (c instanceof Node ? c : el("td", {}, c))))))));
}

/** Computes and writes the results. */
function show() {
  const why = wrong();
  root.dataset.state = why ? "wrong" : "weighed";
  if (why) {
    status.textContent = why;
    return;
  }
  const f = figures();
  const r = weigh(f.rules, f.electorates, f.members, f.counts);
  const columns = [r.members, r.citizens, r.mixed];
  const answers = [...state.labels, say("mixte.blank"), say("mixte.abstain"), say("mixte.nul")];
  const whole = columns.map((c) => sum(c.options));
  const value = (/** @type {any} */ c, /** @type {number} */ i) => [...c.options, c.blank, c.abstain, c.nul][i];
  const best = columns.map((c) => leading(c.options));
  status.textContent = best[2] < 0 ? say("mixte.tie") : say(best[2] === best[0] ? "mixte.try-same" : "mixte.try-other").replace("{{.Option}}", state.labels[best[2]]);
  const weights = state.places.map((p, i) => {
    const row = r.rows[i];
    const ballots = r.rows.slice(state.places.length).find((x) => x.name.split("+").includes(p.id));
    return [p.label, number(p.represented), number(row.direct), plain(row.weight), ballots ? plain(ballots.weight) : "–"];
  });
  outcome.replaceChildren(
    table(say("mixte.caption"), [say("mixte.answer"), say("mixte.members"), say("mixte.citizens"), say("mixte.mixed")],
      answers.map((a, i) => [a, ...columns.map((c, j) => cell(value(c, i), i < state.labels.length ? whole[j] : []))])),
    table(say("mixte.places-caption"), [say("mixte.place"), "N", "d", say("mixte.member-weight"), say("mixte.ballot-weight")], weights));
}

/** The option that weighs most, or -1. @param {string[]} options */
function leading(options) {
  let [best, n, d] = [-1, 0n, 1n];
  options.forEach((f, i) => {
    const [a, b] = read(f);
    if (a * d > n * b) [best, n, d] = [i, a, b];
    else if (a * d === n * b) best = -1;
  });
  return best;
}

if (root.dataset.from) {
  const answer = await fetch(root.dataset.from);
  if (answer.ok) take(await answer.json());
}
fields();
root.replaceChildren(form, status, outcome);
show();
