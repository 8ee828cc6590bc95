// @ts-check
/**
 * The report as people read it.
 *
 * @module
 */

import { decimal } from "./fraction.js";
import { say } from "./reasons.js";
import { colon, word } from "./words.js";

/** @typedef {import("./words.js").Language} Language */

/**
 * An element with its text or children; what comes from an export is only ever text.
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {(Node | string | undefined)[]} children
 */
export function element(tag, properties = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-")) e.setAttribute(name, value);
    else Object.assign(e, { [name]: value });
  }
  e.append(...children.filter((c) => c !== undefined));
  return e;
}

/**
 * A table that may be wider than the page.
 * @param {string} caption
 * @param {string[]} head
 * @param {(Node | string)[][]} rows the first cell of each names it
 * @param {boolean} [seen] whether the caption is shown: a heading may say the same
 */
function table(caption, head, rows, seen = false) {
  const line = (/** @type {(Node | string)[]} */ cells) => element("tr", {}, ...cells.map((c, i) => element(i === 0 ? "th" : "td", i === 0 ? { scope: "row" } : {}, c)));
  const top = element("tr", {}, ...head.map((h) => element("th", { scope: "col" }, h)));
  return element("div", { className: "wide", tabIndex: 0, role: "region", "aria-label": caption },
    element("table", {}, element("caption", {}, seen ? caption : element("span", { className: "told" }, caption)), element("thead", {}, top), element("tbody", {}, ...rows.map(line))));
}

/** The key of the words for a verdict. @type {Record<string, string>} */
const VERDICTS = { verified: "verified", "consistent, not authenticated": "consistent", refused: "refused", annulled: "annulled" };

/**
 * Shows a report in an element.
 * @param {HTMLElement} root
 * @param {any} r a Report, with its cost
 * @param {Language} language
 */
export function show(root, r, language) {
  const w = (/** @type {string} */ key) => word(key, language);
  const verdict = VERDICTS[r.verdict];
  const said = element("div", { className: `verdict ${verdict}`, role: "status" },
    element("h2", { tabIndex: -1 }, w("report") + colon(language) + w(verdict)),
    element("p", {}, w(`${verdict}Says`) + (verdict === "annulled" ? r.annulled : "")),
    element("p", {}, r.title), ...given(r.given, language));
  const broken = r.stopped.length > 0 ? element("p", { className: "finding" }, `${w("failed")} ${r.stopped[0].split("\n")[0]}`) : undefined;
  root.replaceChildren(said, ...[broken, refusals(r, language), notMade(r, language), last(r, language), results(r, language), mixed(r, language), checks(r, language), figures(r, language), amended(r, language),
    stamped(r, language), digests(r, language), machine(r, language)].flat().filter((x) => x !== undefined));
}

/** What the verdict is of. @param {any} g @param {Language} language */
function given(g, language) {
  const said = (/** @type {string} */ key, /** @type {string} */ value) =>
    element("p", {}, word(key, language) + colon(language), element("span", { className: "digest" }, value || word("notGiven", language)));
  return [said("of", g.archive), said("fingerprint", g.fingerprint), said("witnesses", g.witnesses.join(", "))];
}

/** @param {any} c @param {Language} language */
const outcome = (c, language) => word(c.outcome === "refused" ? "refusedCheck" : c.outcome, language);

/** @param {any} c @param {Language} language */
const statement = (c, language) => (language === "fr" ? c.french : c.english);

/** @param {any} c @param {Language} language */
function findings(c, language) {
  if (c.findings.length === 0) return undefined;
  return element("ul", { className: "finding" }, ...c.findings.map((/** @type {any} */ f) =>
    element("li", {}, `${f.subject ? f.subject + colon(language) : ""}${say(f.reason, language)}${f.detail ? ` (${f.detail.slice(0, 300)})` : ""}`)));
}

/** What was refused comes first. @param {any} r @param {Language} language */
function refusals(r, language) {
  const list = r.checks.filter((/** @type {any} */ c) => c.outcome === "refused");
  if (list.length === 0) return [];
  return [element("h3", {}, word("broken", language)),
    element("ul", {}, ...list.map((/** @type {any} */ c) => element("li", {}, `${c.number} ${statement(c, language)}`, findings(c, language))))];
}

/** @param {any} r @param {Language} language */
function notMade(r, language) {
  const left = r.checks.filter((/** @type {any} */ c) => c.outcome === "not run");
  if (left.length === 0) return undefined;
  return element("p", { className: "finding" }, `${word("notMade", language)}${colon(language)}${left.map((/** @type {any} */ c) => c.number).join(", ")}`);
}

/** @param {any} r @param {Language} language */
function checks(r, language) {
  const rows = r.checks.map((/** @type {any} */ c) => {
    const text = element("div", {}, statement(c, language), findings(c, language));
    return [String(c.number), text, element("span", { className: `outcome ${c.outcome.replace(" ", "-")}` }, outcome(c, language))];
  });
  const head = ["number", "check", "outcome"].map((k) => word(k, language));
  return [element("h3", {}, word("checks", language)), table(word("checks", language), head, rows)];
}

/** @param {any} r @param {Language} language */
function figures(r, language) {
  const rows = r.figures.map((/** @type {any} */ f) => [
    word(`figure-${f.name}`, language) || f.name, f.checked.toLocaleString(language), f.record.toLocaleString(language),
  ]);
  const head = ["", word("checked", language), word("record", language)];
  const cost = `${r.cost.seconds.toFixed(1)} ${word("seconds", language)}, ${r.cost.workers} × CPU`;
  return [element("h3", {}, word("figures", language)), table(word("figures", language), head, rows), element("p", { className: "hint" }, cost)];
}

/** @param {any} r @param {Language} language */
function results(r, language) {
  const w = (/** @type {string} */ key) => word(key, language);
  const out = [element("h3", {}, w("result"))];
  for (const c of r.cells) {
    const n = (/** @type {number} */ x) => x.toLocaleString(language);
    out.push(element("h4", {}, c.urns.join(" + ")), element("p", {}, `${n(c.electors)} ${w("electors")}, ${n(c.marks)} ${w("marks")}, ${n(c.ballots)} ${w("ballots")}`));
    for (const q of c.questions) {
      const rows = q.options.map((/** @type {any} */ o) => [o.label, n(o.ballots)]);
      rows.push([w("blank"), n(q.blank)]);
      if (q.nul > 0) rows.push([w("nul"), n(q.nul)]);
      out.push(table(q.title, [w("option"), w("votes")], rows, true));
    }
  }
  return r.cells.length > 0 ? out : [];
}

/** What members and citizens have decided together. @param {any} r @param {Language} language */
function mixed(r, language) {
  const w = (/** @type {string} */ key) => word(key, language);
  return r.mixed.flatMap((/** @type {any} */ q) => {
    const line = (/** @type {string} */ name, /** @type {(t: any) => string} */ of) => [name, decimal(of(q.members), 0), decimal(of(q.citizens), 0), decimal(of(q.mixed), 6)];
    const rows = [...q.options.map((/** @type {string} */ o, /** @type {number} */ i) => line(o, (t) => t.options[i])),
      ...["blank", "abstain", "nul"].map((key) => line(w(key), (t) => t[key]))];
    return [element("h4", {}, w("mixed")), table(q.title, [w("option"), w("members"), w("citizens"), w("together")], rows, true)];
  });
}

/** @param {any} r @param {Language} language */
function last(r, language) {
  const a = r.last;
  if (!a) return undefined;
  return element("div", { className: "last" }, element("h3", {}, word("last", language)),
    element("p", {}, `${a.number}, ${a.type}, ${a.time}`), element("p", { className: "digest" }, a.digest), element("p", { className: "hint" }, word("lastSays", language)));
}

/** @param {any} r @param {Language} language */
function stamped(r, language) {
  if (r.stamped.length === 0) return [];
  const rows = r.stamped.map((/** @type {any} */ s) => [s.of, [
    ...s.given.map((/** @type {any} */ g) => `${g.authority}${colon(language)}${new Date(g.time * 1000).toISOString()}`), ...s.missing.map((/** @type {string} */ m) => m + colon(language) + word("none", language)),
  ].join(", ")]);
  return [element("h3", {}, word("stamped", language)), table(word("stamped", language), ["", ""], rows)];
}

/** @param {any} r @param {Language} language */
function amended(r, language) {
  if (r.amended.length === 0) return [];
  const rows = r.amended.map((/** @type {any} */ a) => [`${a.amendment} (${a.act})`, a.urn, String(a.added), String(a.struck)]);
  return [element("h3", {}, word("amended", language)), table(word("amended", language), ["", "", word("added", language), word("struck", language)], rows)];
}

/** @param {any} r @param {Language} language */
function digests(r, language) {
  const rows = [["f", r.fingerprint], ["o", r.opening], ["S", r.seal]].map(([name, d]) => [name, element("span", { className: "digest" }, d)]);
  return [element("h3", {}, word("digests", language)), table(word("digests", language), ["", ""], rows)];
}

/** @param {any} r @param {Language} language */
function machine(r, language) {
  return element("details", {}, element("summary", {}, word("machine", language)), element("pre", { id: "machine", tabIndex: 0 }, JSON.stringify(r, null, 2)));
}
