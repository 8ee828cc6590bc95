// @ts-check
/**
 * The roll's statements and the electors' marks (docs/protocol.md, sections 6.1 and 9;
 * checks 701 to 705).
 *
 * @module
 */

import { concat, Reader } from "../client/bytes.js";
import { Transcript } from "../client/transcript.js";
import { decodeScalars, joined, SIZE } from "./arithmetic.js";
import { digestOf } from "./book.js";
import { Product, randomWeights } from "./equations.js";
import { base, holds } from "./pool.js";

/** @typedef {import("./election.js").Election} Election */

/** The size of a mark: LE32(number) ‖ R ‖ s. */
const MARK = 68;

/** @typedef {{elector: number, y: Uint8Array, r: Uint8Array, s: bigint}} Mark */

/**
 * Verifies the marks of all urns.
 * @param {Election} e
 */
export async function roll(e) {
  for (let u = 0; u < e.urns.length; u++) {
    if (!e.register) await e.ledger.part(() => one(e, u));
    else e.ledger.done([701, 702, 703, 704, 705], e.urns[u]); // nobody is marked
    e.marks[u] ??= e.counted[u]?.length;
  }
}

/**
 * @param {Election} e
 * @param {number} u
 */
async function one(e, u) {
  const { ledger } = e;
  const urn = e.urns[u];
  const path = `roll/${urn}.note`;
  const { value: v } = await e.book.signedBy(path, "roll", e.keys.roll, 701);
  const file = await e.book.bytes(`roll/${urn}.marks`, 701);
  ledger.need(v.urn === urn, 701, urn, "statement");
  ledger.need(v.electors === e.electors(u), 701, urn, "electors", `${v.electors}, ${e.electors(u)}`);
  ledger.need(file.length === MARK * v.marks, 701, urn, "number", v.marks);
  ledger.need(v.file === digestOf(file), 701, urn, "digest");
  ledger.done(701, urn);
  e.marks[u] = v.marks;
  /** @type {Mark[]} */
  const marks = [];
  const accounts = concat(...e.accounts[u]);
  const count = accounts.length / SIZE;
  let last = -1;
  for (let at = 0; at + MARK <= file.length; at += MARK) {
    const r = new Reader(file.subarray(at, at + MARK));
    const elector = r.le32();
    ledger.need(elector > last, 702, urn, "order", elector);
    ledger.need(!e.struck[u].has(elector), 705, urn, "struck", elector);
    last = elector;
    if (!ledger.need(elector < count, 702, urn, "nobody", elector)) continue;
    const commitment = r.take(SIZE);
    try {
      marks.push({ elector, y: accounts.slice(SIZE * elector, SIZE * (elector + 1)), r: commitment, s: decodeScalars(r.rest())[0] });
    } catch {
      ledger.refuse(703, urn, "proof", elector);
    }
  }
  if (e.accounts[u].length > 0) ledger.done([702, 705], urn);
  ledger.count("marks", await signed(e, u, marks), v.marks);
  ledger.done(703, urn);
  const counted = e.counted[u];
  if (!counted) return;
  ledger.need(v.marks === counted.length, 704, urn, "marks", `${v.marks}, ${counted.length}`);
  ledger.done(704, urn);
}

/**
 * How many marks carry their elector's own signature; the others are refused.
 * @param {Election} e
 * @param {number} u
 * @param {Mark[]} marks
 * @returns {Promise<number>}
 */
async function signed(e, u, marks) {
  if (marks.length === 0) return 0;
  const context = e.context(e.urns[u]);
  const weights = randomWeights(marks.length);
  const product = new Product();
  const challenges = marks.map((m) => {
    const t = new Transcript("reserve", context);
    t.append("base", base);
    t.append("account", m.y);
    t.appendUint32("elector", m.elector);
    t.append("commitment", m.r);
    return t.challenge("c");
  });
  product.points(joined(marks.map((m) => m.r)), weights);
  product.points(joined(marks.map((m) => m.y)), challenges.map((c, i) => c * weights[i]));
  product.base(-marks.reduce((sum, m, i) => sum + m.s * weights[i], 0n));
  if (holds(await product.result(e.pool))) return marks.length;
  if (marks.length === 1) {
    e.ledger.refuse(703, e.urns[u], "proof", marks[0].elector);
    return 0;
  }
  const half = Math.ceil(marks.length / 2);
  return (await signed(e, u, marks.slice(0, half))) + (await signed(e, u, marks.slice(half)));
}
