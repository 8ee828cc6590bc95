// @ts-check
/**
 * The rules of a manifest that compare its fields with each other and with its profile
 * (docs/manifest.md; docs/protocol.md, section 3.2).
 *
 * @module
 */

import { lacking } from "../client/quorum.js";
import { instant } from "./shapes.js";

/**
 * The rules that a manifest whose fields are each in their form does not keep, by where.
 * @param {any} m
 * @returns {string[]}
 */
export function broken(m) {
  /** @type {string[]} */
  const found = [];
  const need = (/** @type {unknown} */ ok, /** @type {string} */ where) => void (ok || found.push(where));
  const standing = m.scrutin.profile === "standing";
  for (const rules of standing ? [bureau, holders, keys] : [places, asks, times, modes, bureau, holders, parties, keys, m.register.length > 0 ? accounts : codes, kept]) rules(m, need);
  return found;
}

/** @typedef {(ok: unknown, where: string) => void} Need */

const regulated = (/** @type {any} */ m) => ["french-abroad", "public-service", "works-council"].includes(m.scrutin.profile);
const abroad = (/** @type {any} */ m) => m.scrutin.profile === "french-abroad";
const between = (/** @type {any[]} */ list, /** @type {number} */ least, /** @type {number} */ most) => list.length >= least && list.length <= most;
const ids = (/** @type {any[]} */ list) => list.map((x) => x.id);

/** @param {string[]} names of which two differ by more than the case of letters */
const distinct = (names) => new Set(names.map((n) => n.toLowerCase())).size === names.length;

/**
 * Whether names are among all, each once and in that order.
 * @param {string[]} names
 * @param {string[]} all
 */
const ordered = (names, all) => names.every((n, i) => all.includes(n) && (i === 0 || all.indexOf(names[i - 1]) < all.indexOf(n)));

/** @param {any} m @param {Need} need */
function places(m, need) {
  need(between(m.territories, 1, 100000) && distinct(ids(m.territories)), "territories");
  const known = new Set([""]);
  for (const t of m.territories) {
    need(known.has(t.parent), `territories: ${t.parent}`);
    known.add(t.id);
  }
  need(m.restricted_countries.every((/** @type {string} */ c, /** @type {number} */ i, /** @type {string[]} */ all) => i === 0 || all[i - 1] < c), "restricted_countries");
  need(between(m.colleges, 1, 1000) && distinct(ids(m.colleges)), "colleges");
  for (const c of m.colleges) {
    const factors = c.factors.map((/** @type {any} */ f) => `${f.kind} ${f.channel}`);
    const sent = (/** @type {any} */ f) => ["identifier", "password", "code"].includes(f.kind);
    need(between(c.factors, 1, 5) && new Set(factors).size === factors.length, `colleges: ${c.id}`);
    need(c.factors.every((/** @type {any} */ f) => sent(f) === (f.channel !== "none")), `colleges: ${c.id}`);
    const strong = c.factors.filter((/** @type {any} */ f) => f.kind !== "question");
    const ways = new Set(strong.map((/** @type {any} */ f) => (sent(f) ? f.channel : f.kind + f.channel)));
    if (m.register.length === 0 && (regulated(m) || m.scrutin.level >= 2)) need(strong.length >= 2 && ways.size >= 2, `colleges: ${c.id}, factors`);
    need((c.validation.kind === "code") === (c.validation.channel !== "none"), `colleges: ${c.id}, validation`);
    need(!abroad(m) || c.validation.kind === "code", `colleges: ${c.id}, validation`);
  }
  need(between(m.urns, 1, 65535) && distinct(ids(m.urns)), "urns");
  for (const u of m.urns) {
    need(known.has(u.territory) && u.territory !== "" && ids(m.colleges).includes(u.college), `urns: ${u.id}`);
    const mixed = m.weight.rule !== "equal";
    need(mixed ? u.represented >= Math.max(1, u.electors) && u.members > 0 : u.represented === 0 && u.members === 0, `urns: ${u.id}`);
  }
  need(m.stations.length <= 100000 && distinct(ids(m.stations)), "stations");
  for (const s of m.stations) {
    need(known.has(s.territory) && s.urns.length > 0 && ordered(s.urns, ids(m.urns)) && s.hours.length <= 100, `stations: ${s.id}`);
    const ends = s.hours.flatMap((/** @type {any} */ h) => [instant(h.open), instant(h.close)]);
    need(ends.every((/** @type {number} */ t, /** @type {number} */ i) => i === 0 || (i % 2 ? ends[i - 1] < t : ends[i - 1] <= t)), `stations: ${s.id}, hours`);
  }
}

/** A label that says nothing but blank or nul. @param {string} label folded */
function readsAsNone(label) {
  const words = label.split(/[^\p{L}]+/u).filter((w) => w && !["vote", "votes", "bulletin", "bulletins", "ballot", "ballots"].includes(w));
  return words.length === 1 && ["blanc", "blancs", "blank", "nul", "nuls", "null"].includes(words[0]);
}

/** Without regard to case. @param {string} s */
const folded = (s) => s.normalize("NFKC").toUpperCase().toLowerCase();

/** How many sets of answers one may choose from at most. */
const SETS = 2500;

/** Whether the options are all sets of 1 to n answers, by size and then in the order of the answers. @param {any} q */
function approves(q) {
  const answers = q.options.filter((/** @type {any} */ o) => o.candidates.length === 1).map((/** @type {any} */ o) => o.candidates[0]);
  const most = Math.max(...q.options.map((/** @type {any} */ o) => o.candidates.length));
  let at = 0;
  /** @type {(set: string[], from: number, size: number) => boolean} */
  const grow = (set, from, size) => {
    if (size === 0) {
      const named = q.options[at++]?.candidates;
      return named?.length === set.length && set.every((name, i) => name === named[i]);
    }
    for (let i = from; i + size <= answers.length; i++) if (!grow([...set, answers[i]], i + 1, size - 1)) return false;
    return true;
  };
  if (q.options.length > SETS) return false;
  for (let size = 1; size <= Math.min(most, answers.length); size++) if (!grow([], 0, size)) return false;
  return most <= answers.length && at === q.options.length;
}

/** @param {any} m @param {Need} need */
function asks(m, need) {
  const urns = ids(m.urns);
  need(between(m.questions, 1, 65535) && distinct(ids(m.questions)), "questions");
  for (const q of m.questions) {
    need(q.urns.length > 0 && ordered(q.urns, urns), `questions: ${q.id}, urns`);
    need(between(q.options, 1, 10000) && distinct([...ids(q.options), "blank", "nul"]), `questions: ${q.id}, options`);
    need(m.weight.rule === "equal" || (q.options.length <= 1000 && !q.options.some((/** @type {any} */ o) => /^(abstain|absent)$/i.test(o.id))), `questions: ${q.id}, options`);
    const labels = q.options.map((/** @type {any} */ o) => folded(o.label));
    need(new Set(labels).size === labels.length && !labels.some(readsAsNone), `questions: ${q.id}, labels`);
    need(q.documents.length <= 100 && q.options.every((/** @type {any} */ o) => o.candidates.length <= 1000 && o.documents.length <= 100), `questions: ${q.id}`);
    need(q.seats > 0 || q.options.every((/** @type {any} */ o) => o.candidates.length === 0) || (m.weight.rule === "equal" && approves(q)), `questions: ${q.id}, approval`);
    need(q.seats > 0 || !["highest-averages", "largest-remainders"].includes(m.decision.rule), `questions: ${q.id}, seats`);
  }
  const asked = new Map(urns.map((u) => [u, m.questions.filter((/** @type {any} */ q) => q.urns.includes(u))]));
  for (const [u, questions] of asked) need(between(questions, 1, 64), `urns: ${u}, questions`);
  const drawn = m.draw.method === "lot";
  const blank = /^0+$/.test(m.draw.minutes);
  need(drawn ? m.draw.date !== "" && !blank : m.draw.date === "" && blank, "draw");
  need(distinct(ids(m.merge_lists)), "merge_lists");
  const merged = m.merge_lists.flatMap((/** @type {any} */ l) => l.urns);
  need(new Set(merged).size === merged.length, "merge_lists");
  for (const l of m.merge_lists) {
    need(l.urns.length >= 2 && ordered(l.urns, urns), `merge_lists: ${l.id}`);
    const alike = (/** @type {string} */ id) => {
      const u = m.urns.find((/** @type {any} */ x) => x.id === id);
      return u && [u.represented, u.members, ...ids(asked.get(id) ?? [])].join();
    };
    need(new Set(l.urns.map(alike)).size === 1, `merge_lists: ${l.id}`);
  }
  need(!regulated(m) || m.minimum_size >= 10, "minimum_size");
  need(ordered(m.leaves, ["cast", "challenged", "quarantined", "void", "supervised"]) && m.leaves.includes("cast") && m.leaves.includes("void") !== m.register.length > 0, "leaves");
}

/**
 * The day of an instant in a zone, and its hour as HH:MM:SS.
 * @param {number} seconds since 1970
 * @param {string} zone
 */
export function local(seconds, zone) {
  const form = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
  });
  const p = Object.fromEntries(form.formatToParts(seconds * 1000).map((x) => [x.type, x.value]));
  return { day: `${p.year.padStart(4, "0")}-${p.month}-${p.day}`, hour: `${p.hour}:${p.minute}:${p.second}` };
}

/** @param {any} m @param {Need} need */
function times(m, need) {
  const s = m.schedule;
  const [open, close, count] = [s.open, s.close, s.count].map((t) => instant(t) ?? 0);
  need(open < close, "schedule: close");
  need(s.count === "" || count >= close + 60 * s.grace_minutes, "schedule: count");
  if (!abroad(m)) return;
  need(s.count !== "" && s.grace_minutes === 0 && s.polling_day !== "", "schedule: french-abroad");
  if (s.polling_day === "") return;
  need(s.count === "" || local(count, s.zone).day >= s.polling_day, "schedule: count, polling_day");
  const third = new Date(Date.parse(`${s.polling_day}T00:00:00Z`) - 3 * 86_400_000).toISOString().slice(0, 10);
  const end = local(close, s.zone);
  need(end.day < third || (end.day === third && end.hour <= "12:00:00"), "schedule: close, polling_day");
}

/** @param {any} m @param {Need} need */
function modes(m, need) {
  const revote = m.finality.mode === "revote";
  need(!(regulated(m) && revote) && revote === m.finality.highest_counter > 0, "finality");
  const p = m.publication;
  need(!regulated(m) || (p.rule !== "by-code" && p.board !== "public"), "publication");
  need(!abroad(m) || (p.email_after_vote !== "none" && p.release === "global-proclamation"), "publication: french-abroad");
  const { numerator: n, denominator: d } = m.decision.turnout;
  let [a, b] = [n, d];
  while (b) [a, b] = [b, a % b];
  need(n <= d && a === 1, "decision: turnout");
  const w = m.weight;
  need(w.rule === "equal" || !m.addenda.allowed.includes("roll"), "weight: addenda");
  need(w.rule !== "equal" ? !regulated(m) && w.absent !== "none" && w.several !== "none" && (w.rule === "mixed" || w.several !== "list") : w.absent === "none" && w.several === "none", "weight");
}

/** @param {any} m @param {Need} need */
function bureau(m, need) {
  const members = m.bureau.members;
  need(between(members, 1, 50) && m.bureau.quorum.clauses.length <= 16, "bureau");
  const titulars = members.filter((/** @type {any} */ b) => b.rank === "titular");
  for (const b of members) {
    const replaced = titulars.find((/** @type {any} */ t) => t.id === b.replaces);
    need(b.rank === "titular" ? b.replaces === "" : replaced?.role === b.role, `bureau: ${b.id}`);
    const mute = ["expert", "committee"].includes(b.role) || b.class === "operator" || (b.role === "secretary" && abroad(m));
    need(!(mute && b.voice === "deliberative") && (b.role !== "president" || b.voice === "deliberative"), `bureau: ${b.id}, voice`);
  }
  const count = (/** @type {string} */ role) => titulars.filter((/** @type {any} */ b) => b.role === role).length;
  need(count("president") === 1 && count("secretary") <= 1, "bureau: president, secretary");
  const classes = new Set(members.map((/** @type {any} */ b) => b.class));
  for (const c of m.bureau.quorum.clauses) need(c.roles.length + c.classes.length > 0 && c.classes.every((/** @type {string} */ x) => classes.has(x)), `bureau: quorum, ${c.label}`);
  need(!abroad(m) || m.bureau.quorum.count >= 4, "bureau: quorum");
  const missing = lacking(m.bureau, new Set(ids(titulars)));
  need(missing === "", `bureau: quorum, ${missing}`);
}

/** @param {any} m @param {Need} need */
function holders(m, need) {
  const all = m.holders.map((/** @type {any} */ h) => h.member);
  const member = (/** @type {string} */ id) => m.bureau.members.find((/** @type {any} */ b) => b.id === id);
  need(between(all, 1, 100) && distinct(all), "holders");
  need(new Set(m.holders.map((/** @type {any} */ h) => h.reception)).size === all.length, "holders: reception");
  m.holders.forEach((/** @type {any} */ h, /** @type {number} */ i) => {
    const b = member(h.member);
    need(b && b.class !== "operator" && !/-again$/i.test(h.member), `holders: ${h.member}`);
    need(m.clauses.some((/** @type {any} */ c) => c.holders.includes(h.member)), `holders: ${h.member}, clauses`);
    const late = m.scrutin.profile === "public-service" && b?.role === "president" && i > 0 && member(all[i - 1])?.role !== "president";
    need(!late, `holders: ${h.member}, order`);
  });
  need(between(m.clauses, 1, 16) && distinct(ids(m.clauses)), "clauses");
  for (const c of m.clauses) {
    const n = c.holders.length;
    need(between(c.holders, 1, 100) && distinct(c.holders) && c.holders.every((/** @type {string} */ h) => all.includes(h)), `clauses: ${c.id}`);
    need(c.threshold < n || (c.threshold === 1 && n === 1 && m.clauses.length > 1), `clauses: ${c.id}, threshold`);
  }
  const alone = (/** @type {string} */ h) => m.clauses.every((/** @type {any} */ c) => c.threshold === 1 && c.holders.includes(h));
  need(!all.some(alone), "clauses: one person");
  need(!abroad(m) || m.clauses.some((/** @type {any} */ c) => c.threshold >= 4), "clauses: french-abroad");
}

/** @param {any} m @param {Need} need */
function parties(m, need) {
  need(between(m.mixers, 1, 32) && (!regulated(m) || new Set(m.mixers.map((/** @type {any} */ x) => x.affiliation)).size >= 3), "mixers");
  if (m.register.length === 0) need(m.issuers.length === 2 && m.issuers[0].channel !== m.issuers[1].channel && !m.leaves.includes("supervised"), "issuers");
  need(!regulated(m) || m.issuers[0]?.affiliation !== m.issuers[1]?.affiliation, "issuers: affiliation");
  const channels = m.issuers.map((/** @type {any} */ i) => i.channel);
  for (const c of m.colleges) need(c.validation.kind !== "code" || channels.includes(c.validation.channel), `colleges: ${c.id}, validation`);
  need(m.publication.email_after_vote === "none" || channels.includes("email"), "publication: email_after_vote");
  need(between(m.witnesses, 1, 40) && !(regulated(m) && m.witnesses.some((/** @type {any} */ w) => w.affiliation === "operator")), "witnesses");
  need(m.timestamps.length <= 8, "timestamps");
}

/** @param {any} m @param {Need} need */
function keys(m, need) {
  const services = m.scrutin.profile === "standing" ? [] : [m.platform.roll, m.platform.urn, m.platform.contents];
  const owners = [...m.bureau.members, ...m.mixers, ...m.issuers, ...m.witnesses, ...services, ...m.register.flatMap((/** @type {any} */ r) => r.terminals)];
  need(distinct([...ids(owners), ...ids(m.timestamps)]), "parties");
  /** @type {Map<string, string>} */
  const first = new Map();
  for (const { id, key } of [...owners, ...m.holders.map((/** @type {any} */ h) => ({ id: h.member, key: h.key }))]) {
    const [, name, raw] = key.match(/^([^+]*)\+.{8}\+(.*)$/);
    const kind = m.witnesses.some((/** @type {any} */ w) => w.id === id) ? "B" : "A"; // algorithm byte 4 or 1, in base64
    need(name === id && raw[0] === kind, `keys: ${id}`);
    const bytes = atob(raw).slice(1);
    need((first.get(bytes) ?? id) === id, `keys: ${id}`);
    first.set(bytes, id);
  }
}

/** @param {any} m @param {Need} need */
function codes(m, need) {
  const k = m.codes;
  const letters = new Set(k.alphabet);
  need(letters.size === k.alphabet.length && !letters.has(" "), "codes: alphabet");
  need(k.length * Math.log2(letters.size) >= 60, "codes: length");
  need(k.memory_kib >= 8 * k.lanes, "codes: memory_kib");
  const cards = m.colleges.some((/** @type {any} */ c) => c.factors.some((/** @type {any} */ f) => f.kind === "card"));
  need(cards === k.scratch_length > 0, "codes: scratch_length");
}

/** @param {any} m @param {Need} need */
function accounts(m, need) {
  const [r] = m.register;
  const lists = [m.restricted_countries, m.stations, m.issuers, m.companions];
  need(m.register.length === 1 && m.scrutin.profile === "consultation" && lists.every((l) => l.length === 0), "register");
  const card = JSON.stringify([[{ kind: "card", channel: "none" }], { kind: "none", channel: "none" }]);
  for (const c of m.colleges) need(JSON.stringify([c.factors, c.validation]) === card, `colleges: ${c.id}`);
  for (const u of m.urns) need(u.electors >= m.minimum_size, `urns: ${u.id}`);
  need(m.minimum_size >= 10, "minimum_size");
  need(m.publication.email_after_vote === "none" && !m.addenda.allowed.includes("roll"), "register: email_after_vote, addenda");
  const supervised = m.leaves.includes("supervised");
  need(supervised === r.terminals.length > 0 && r.terminals.length <= 1000 && (!supervised || m.finality.mode === "revote"), "register: terminals");
  need(m.leaves.every((/** @type {string} */ l) => l === "cast" || l === "supervised"), "leaves");
}

/** @param {any} m @param {Need} need */
function kept(m, need) {
  need(m.standing.length === 0 || (m.standing.length === 1 && m.scrutin.profile === "consultation"), "standing");
  need(new Set(m.addenda.allowed).size === m.addenda.allowed.length, "addenda: allowed");
  need(m.companions.length <= 8 && new Set(m.companions).size === m.companions.length, "companions");
  need(m.scrutin.legal_basis.length <= 50, "scrutin: legal_basis");
}
