// @ts-check
/**
 * The holders' shares (docs/protocol.md, section 10; checks 901 to 903 and 1004).
 *
 * A statement that does not hold is no fault of the export where the result names it
 * with its reason; it is one where the result calls it valid.
 *
 * @module
 */

import { unhex } from "../client/bytes.js";
import { SIZE } from "./arithmetic.js";
import { digestOf, signatures } from "./book.js";
import { opened } from "./cells.js";
import { halves } from "./equations.js";
import { Refused } from "./ledger.js";
import { listName, questionsOf } from "./mixes.js";
import { base } from "./pool.js";
import { holdAll, ofList, transcript } from "./proofs.js";

/** @typedef {import("./election.js").Election} Election */

/** Reasons that are about the statement; the others are about its lists. */
const STATED = ["signature", "seal", "statement"];

/**
 * Verifies every statement of shares that stands in the export, and compares the result
 * with what was found.
 * @param {Election} e
 */
export async function shares(e) {
  const { ledger } = e;
  const found = [];
  for (const clause of e.m.clauses) {
    for (const holder of clause.holders) {
      const path = `shares/${clause.id}.${holder}.note`;
      if (!e.files.has(path) || !e.holders?.includes(holder)) continue;
      found.push({ clause: clause.id, holder, path, reason: await judge(e, clause.id, holder, path) });
    }
  }
  const stated = e.result?.shares;
  if (!stated) throw new Refused(1004, "result.note", "missing");
  const name = (/** @type {any} */ s) => `${s.clause}.${s.holder}`;
  ledger.need(stated.map(name).join("\n") === found.map(name).join("\n"), 1004, "result.note", "shares-named");
  for (const s of stated) {
    ledger.need(s.valid === (s.reason === ""), 1004, name(s), "reason");
    const f = found.find((x) => name(x) === name(s));
    if (!f) continue;
    if (s.valid && f.reason !== "") ledger.refuse(STATED.includes(f.reason) ? 901 : 902, f.path, `share-${f.reason}`);
    if (!s.valid) ledger.need(f.reason === s.reason, 1004, name(s), "share-reason", `${s.reason}, ${f.reason || "–"}`);
  }
  for (const clause of e.m.clauses) {
    const n = stated.filter((/** @type {any} */ s) => s.clause === clause.id && s.valid).length;
    ledger.need(n >= clause.threshold, 903, clause.id, "threshold", `${n}, ${clause.threshold}`);
  }
  ledger.done([901, 902, 903, 1004]);
}

/**
 * The first reason for which a holder's shares for a clause are left out; empty if they
 * are valid.
 * @param {Election} e
 * @param {string} clause
 * @param {string} holder
 * @param {string} path
 * @returns {Promise<string>}
 */
async function judge(e, clause, holder, path) {
  const { book } = e;
  const key = e.keys.holders.get(holder);
  let v;
  try {
    const data = await book.bytes(path, 901);
    const note = book.read(path, data, "shares", [key], 901);
    if (note.wrong || !signatures(data, [key]).signed.has(key)) return "signature";
    v = note.value;
  } catch (why) {
    if (why instanceof Refused) return "signature";
    throw why;
  }
  if (v.manifest !== book.f || v.opening !== book.o) return "signature";
  if (v.seal !== e.seal || v.mix !== e.act("mix")?.digest) return "seal";
  const lists = opened(e).flatMap((cell) => questionsOf(e, cell).map((q) => ({ cell, q })));
  const want = lists.map(({ cell, q }) => `${cell.name} ${q.id} ${cell.ballots.length}`);
  const said = v.cells.flatMap((/** @type {any} */ c) => c.questions.map((/** @type {any} */ q) => `${c.cell} ${q.question} ${q.ballots}`));
  const cells = v.cells.map((/** @type {any} */ c) => c.cell).join() === opened(e).map((c) => c.name).join();
  if (v.clause !== clause || v.holder !== holder || !cells || said.join("\n") !== want.join("\n")) return "statement";
  const stated = v.cells.flatMap((/** @type {any} */ c) => c.questions);
  const own = e.opening.clauses.find((/** @type {any} */ c) => c.clause === clause)?.holders.find((/** @type {any} */ h) => h.holder === holder);
  for (let i = 0; i < lists.length; i++) {
    const { cell, q } = lists[i];
    const file = `shares/${e.folder(cell)}/${q.id}/${clause}.${holder}.list`;
    if (!e.files.has(file)) return "file";
    const list = await e.files.bytes(file);
    if (list.length !== SIZE * cell.ballots.length || digestOf(list) !== stated[i].list) return "file";
    const mixed = e.mixed.get(listName(cell, q));
    if (!mixed || !own) throw new Refused(902, path, "stage", file);
    const verifying = unhex(own.key);
    const t = transcript("share", e.context(cell.name), [
      ["seal", unhex(v.seal)], ["question", q.id], ["clause", clause], ["holder", holder], ["base", base], ["key", verifying],
    ]);
    if (mixed.length !== 2 * list.length) throw new Refused(902, path, "number", file);
    const proof = unhex(stated[i].commitments.join("") + stated[i].response);
    const equation = await ofList(e.pool, t, verifying, halves(mixed, 0), list, proof);
    if (equation === "share") return "share";
    const held = stated[i].commitments.length === 2 && (await holdAll(e.pool, [equation]));
    e.ledger.count("shares", held ? cell.ballots.length : 0, held ? cell.ballots.length : 0);
    if (!held) return "proof";
  }
  return "";
}

/**
 * The lists of the first holders whom the result accepts, as many as a clause needs.
 * @param {Election} e
 * @param {any} clause
 */
export function quorum(e, clause) {
  const valid = e.result.shares.filter((/** @type {any} */ s) => s.clause === clause.id && s.valid).map((/** @type {any} */ s) => s.holder);
  const order = clause.holders.filter((/** @type {string} */ h) => valid.includes(h));
  return order.slice(0, clause.threshold);
}
