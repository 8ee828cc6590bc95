// @ts-check
/**
 * What members and citizens have decided together (docs/protocol.md, section 11.1; checks
 * 1611 to 1616).
 *
 * @module
 */

import { isName } from "../client/canonical.js";
import { lacking } from "../client/quorum.js";
import { ZEROS } from "./book.js";
import { Refused } from "./ledger.js";
import { ballots, tableOf, weigh } from "./weights.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./book.js").Record} Record */
/** @typedef {import("./weights.js").Count} Count */

/** Whether citizens and members decide together. @param {any} m */
export const isMixed = (m) => m.weight.rule === "mixed" || m.weight.rule === "mixed-territory";

const same = (/** @type {any} */ a, /** @type {any} */ b) => JSON.stringify(a) === JSON.stringify(b);

/** Electorates as they were sealed. @param {any[]} list */
const sealed = (list) => list.map((e) => ({ ...e, closed: 0 }));

/**
 * Verifies the statement of every question; gives what the report says of each.
 * @param {Election} e
 */
export async function mixed(e) {
  /** @type {any[]} */
  const decided = [];
  if (isMixed(e.m)) for (const q of e.m.questions) await e.ledger.part(async () => void decided.push(...(await decision(e, q))));
  e.ledger.done([1611, 1612, 1613, 1614, 1615, 1616]);
  return decided;
}

/**
 * What is reported of a question: what was computed here, where the statement's figures are those that were sealed.
 * @param {Election} e
 * @param {any} q
 */
async function decision(e, q) {
  const { ledger } = e;
  const folder = `mixte/${q.id}`;
  const { r, result } = await statement(e, q, `${folder}/definitive.note`, "definitive");
  const v = r.value;
  ledger.need(v.opened === e.resultDigest, 1611, r.path, "result");
  await follows(e, q, r);
  direct(e, q, r);
  await ledger.part(async () => {
    const table = await e.book.bytes(`${folder}/table.csv`, 1615);
    ledger.need(same([...table], [...new TextEncoder().encode(tableOf(v.rules, v.result.rows))]), 1615, `${folder}/table.csv`, "counts");
  });
  if (!result) return [];
  const { members, citizens, mixed: both } = result;
  return [{ question: q.id, title: q.title, options: q.options.map((/** @type {any} */ o) => o.label), members, citizens, mixed: both }];
}

/**
 * Reads a statement: who signed it, what it rests on, and whether its result follows from its votes; with that result,
 * computed here. Nothing is computed from figures that were not sealed.
 * @param {Election} e
 * @param {any} q
 * @param {string} path
 * @param {string} status
 */
async function statement(e, q, path, status) {
  const { ledger } = e;
  const r = await e.book.record(path, "mixte", e.keys.members, 1611);
  const lack = r.wrong || lacking(e.m.bureau, new Set([...r.signed].map((k) => k.name)));
  ledger.need(lack === "", 1611, path, "quorum", lack);
  const v = r.value;
  ledger.need(v.status === status && v.question === q.id, 1611, path, "statement");
  const here = v.decision === q.title && same(v.rules, rulesOf(e.m, q)) && same(sealed(v.electorates), electorates(e.m, q));
  if (!here) throw new Refused(1612, path, "sealed");
  const alone = status === "definitive" || (v.counts.length === 0 && v.opened === ZEROS && v.provisional === ZEROS && same(sealed(v.electorates), v.electorates));
  const titled = v.decision !== "" && [...v.decision].length <= 2000 && isName(v.question);
  const result = weigh(v);
  const whole = alone && titled && result && same(result, v.result);
  ledger.need(whole, 1614, path, "weighed");
  return { r, result: whole ? result : undefined };
}

/** @param {any} m @param {any} q */
const rulesOf = (m, q) => ({
  scale: m.weight.rule === "mixed" ? "constituency" : "territory", absent: m.weight.absent, several: m.weight.several,
  minimum_size: m.minimum_size, options: q.options.map((/** @type {any} */ o) => o.id),
});

/** Urns of these names. @param {any[]} urns @param {Set<string>} names */
const within = (urns, names) => urns.filter((u) => names.has(u.id));

/** @param {any} m @param {any} q */
const electorates = (m, q) => within(m.urns, new Set(q.urns))
  .map((/** @type {any} */ u) => ({ id: u.id, label: u.label, represented: u.represented, seats: u.members, closed: 0 }));

/**
 * Compares a definitive statement with the provisional one.
 * @param {Election} e
 * @param {any} q
 * @param {Record} r
 */
async function follows(e, q, r) {
  const { ledger } = e;
  const path = `mixte/${q.id}/provisional.note`;
  if (!ledger.need(e.files.has(path), 1616, path, "missing")) return;
  await ledger.part(async () => {
    const { r: before } = await statement(e, q, path, "provisional");
    const a = r.value;
    const b = before.value;
    const kept = ["decision", "question", "manifest", "opening", "rules", "members"].every((key) => same(a[key], b[key]));
    const whole = kept && a.provisional === before.digest && same(sealed(a.electorates), sealed(b.electorates));
    ledger.need(whole && a.status === "definitive" && b.status === "provisional", 1616, r.path, "provisional");
  });
}

/**
 * Compares the citizens' ballots of a statement with what was opened, and with the minutes on paper.
 * @param {Election} e
 * @param {any} q
 * @param {Record} r
 */
function direct(e, q, r) {
  if (e.answers.length !== e.cells?.length) return; // 1002 says why
  const asked = electorates(e.m, q);
  const at = new Map(asked.map((/** @type {any} */ x) => [x.id, x]));
  /** @type {Count[]} */
  const all = [];
  for (const { cell, questions } of e.answers) {
    const answer = questions.find((/** @type {any} */ x) => x.question === q.id);
    if (!answer) continue;
    const parts = cell.urns.map((/** @type {number} */ u) => ({ electorate: e.urns[u], direct: e.counted[u]?.length ?? 0 }));
    all.push({ id: cell.name, parts, ...numbers(answer) });
  }
  for (const x of e.minutes) {
    if (!at.has(x.urn)) continue;
    const answer = x.questions.find((/** @type {any} */ y) => y.question === q.id) ?? { options: [], blank: 0, nul: 0 };
    all.push({ id: x.minutes, parts: [{ electorate: x.urn, direct: x.voters }], ...numbers(answer) });
  }
  /** @type {Count[]} */
  const counts = [];
  for (const c of all) {
    const voters = c.parts.reduce((n, p) => n + p.direct, 0);
    if (voters >= e.m.minimum_size) counts.push(c);
    else for (const p of c.parts) at.get(p.electorate).closed += p.direct;
  }
  const closed = (/** @type {any[]} */ list) => list.map((x) => x.closed);
  const held = counts.every((c) => ballots(c) === c.parts.reduce((n, p) => n + p.direct, 0));
  e.ledger.need(held && same(counts, r.value.counts) && same(closed(asked), closed(r.value.electorates)), 1613, r.path, "citizens");
}

/** @param {any} answer */
const numbers = (answer) => ({ options: answer.options.map((/** @type {any} */ o) => o.ballots), blank: answer.blank, nul: answer.nul });
