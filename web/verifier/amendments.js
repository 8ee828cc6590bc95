// @ts-check
/**
 * Amendments of the roll while the vote was open (docs/protocol.md, section 6.1; checks
 * 411 to 415, and those of enrolment and anonymisation again).
 *
 * @module
 */

import { hex } from "../client/bytes.js";
import { anonymised, enrolled, where } from "./accounts.js";
import { SIZE } from "./arithmetic.js";
import { ZEROS } from "./book.js";
import { root } from "./tree.js";

/** @typedef {import("./election.js").Election} Election */

/**
 * The notes that the act of an amendment must adopt.
 * @param {Election} e
 * @param {number} number
 * @param {boolean} adds
 */
export function notesOf(e, number, adds) {
  const folder = `addenda/${number}/`;
  const issuers = e.keys.issuers.map((k) => `${folder}enrolment/${k.name}.note`);
  const mixers = e.keys.mixers.map((_, s) => `${folder}anonymisation/${s + 1}.note`);
  return [`${folder}roll.note`, ...(adds ? [...issuers, ...mixers] : [])];
}

/**
 * Verifies every amendment that an act adopts.
 * @param {Election} e
 */
export async function amendments(e) {
  const { ledger } = e;
  /** How many electors of each urn have numbers. */
  const numbered = e.m.urns.map((/** @type {any} */ u) => u.electors);
  const acts = e.amendments();
  for (let i = 0; i < acts.length; i++) await ledger.part(() => one(e, i + 1, acts[i], numbered));
  ledger.done(411);
  for (const urn of e.urns) ledger.done([412, 413, 414, 415], urn);
}

/**
 * @param {Election} e
 * @param {number} number
 * @param {import("./election.js").Act} act
 * @param {number[]} numbered
 */
async function one(e, number, act, numbered) {
  const { ledger } = e;
  const path = `addenda/${number}/roll.note`;
  const note = await e.book.signedBy(path, "amendment", e.keys.roll, 411);
  const v = note.value;
  ledger.need(v.number === number, 411, path, "number");
  const named = v.urns.map((/** @type {any} */ u) => u.urn).join() === e.urns.join();
  if (!ledger.need(named, 411, path, "urns")) return;
  const adds = v.urns.some((/** @type {any} */ u) => u.added > 0);
  ledger.need(adds || v.urns.some((/** @type {any} */ u) => u.struck.length > 0), 411, path, "nothing");
  const adopted = act.act.body.adopts.map((/** @type {any} */ a) => a.path);
  ledger.need(adopted.join() === notesOf(e, number, adds).join(), 411, act.path, "adopts");
  v.urns.forEach((/** @type {any} */ u, /** @type {number} */ n) => {
    ledger.need(u.before === numbered[n], 412, u.urn, "number", `${path}: ${u.before}, ${numbered[n]}`);
    ledger.need(u.added === 0 || u.added >= e.m.minimum_size, 412, u.urn, "few", `${path}: ${u.added}`);
    if (u.added === 0) ledger.need(u.generator === ZEROS && u.root === ZEROS, 413, u.urn, "nobody", path);
    const before = numbered[n] + u.added;
    u.struck.forEach((/** @type {number} */ x, /** @type {number} */ i) => {
      const fits = x < numbered[n] && !e.struck[n].has(x) && (i === 0 || u.struck[i - 1] < x);
      ledger.need(fits, 415, u.urn, "struck", `${path}: ${x}`);
      e.struck[n].add(x);
    });
    ledger.need(before > e.struck[n].size, 415, u.urn, "nobody-left", path);
    e.added[n] += u.added;
    if (u.added || u.struck.length) e.amended.push({ amendment: number, act: act.act.seq, urn: u.urn, added: u.added, struck: u.struck.length });
  });
  if (adds) await added(e, number, v);
  v.urns.forEach((/** @type {any} */ u, /** @type {number} */ n) => {
    numbered[n] += u.added;
  });
}

/**
 * The electors whom an amendment adds.
 * @param {Election} e
 * @param {number} number
 * @param {any} v the amendment
 */
async function added(e, number, v) {
  const { ledger } = e;
  const path = `addenda/${number}/roll.note`;
  const urns = e.urns.map((_, n) => n).filter((n) => v.urns[n].added > 0);
  const w = where(number, urns);
  const issued = await enrolled(e, w);
  const mixed = await anonymised(e, w, issued.accounts);
  urns.forEach((n, i) => {
    const u = v.urns[n];
    const y = issued.accounts[i];
    const p = mixed.populations[i];
    ledger.need(issued.electors[i] === u.added, 414, u.urn, "number", `${path}: ${u.added}, ${issued.electors[i]}`);
    if (y) e.accounts[n].push(y);
    if (!p) {
      ledger.refuse(413, u.urn, "missing", path);
      return;
    }
    ledger.need(p.keys.length === SIZE * (issued.electors[i] ?? 0), 414, u.urn, "number", path);
    ledger.need(u.generator === hex(p.generator), 413, u.urn, "generator", path);
    ledger.need(u.root === hex(root(p.keys)), 413, u.urn, "root", path);
    const there = new Set(e.populations[n].flatMap((q) => chunks(q.keys)));
    const known = chunks(p.keys).filter((k) => there.has(k));
    ledger.need(known.length === 0, 413, u.urn, "twice", path);
    e.populations[n].push(p);
  });
}

/** @param {Uint8Array} keys */
function chunks(keys) {
  const out = [];
  for (let at = 0; at < keys.length; at += SIZE) out.push(hex(keys.subarray(at, at + SIZE)));
  return out;
}
