// @ts-check
/**
 * The rehearsal: each holder opens a test text from both media, and every quorum that
 * begins with a holder finds it (docs/protocol.md, section 4; check 203).
 *
 * @module
 */

import { hex, unhex } from "../client/bytes.js";
import { BASE, decode, hashToGroup, publicPower } from "../client/group.js";
import { ZERO } from "./arithmetic.js";
import { Refused } from "./ledger.js";
import { base } from "./pool.js";
import { holdAll, ofList, transcript } from "./proofs.js";
import { lagrange } from "./quorums.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./run.js").Run} Run */

/**
 * @param {Election} e
 * @param {Run} run the last one
 * @param {number} number
 */
export async function rehearsed(e, run, number) {
  const digest = run.board;
  const t = transcript("ceremony/rehearsal", e.making(), [["digest", digest]]);
  const r = t.challenge("r");
  const m = hashToGroup("isoloir/v1/rehearsal", digest);
  const c1 = publicPower(BASE, r);
  const c2 = m.add(publicPower(decode(unhex(run.keys.key)), r));
  for (const step of ["rehearsal-1", "rehearsal-2"]) {
    /** @type {Map<string, import("../client/group.js").Point>} */
    const values = new Map();
    /** @type {{path: string, clause: string, holder: string, value: string, equation: import("./proofs.js").Equation | undefined}[]} */
    const given = [];
    for (const holder of run.holders) {
      const path = `ceremony/${number}/${step}-${holder}.note`;
      const note = await e.ledger.part(() => e.book.signedBy(path, `ceremony-${step}`, e.keys.holders.get(holder), 203, undefined, e.keyManifest));
      if (!note) continue;
      const v = note.value;
      const own = run.clausesOf(holder).map((/** @type {any} */ c) => c.id);
      const fits = v.run === number && v.holder === holder && v.board === hex(digest) && v.clauses.map((/** @type {any} */ c) => c.clause).join() === own.join();
      if (!e.ledger.need(fits, 203, path, "statement")) continue;
      for (const c of v.clauses) {
        const keys = run.keys.clauses.find((/** @type {any} */ k) => k.clause === c.clause).holders;
        const key = unhex(keys.find((/** @type {any} */ h) => h.holder === holder).key);
        const share = transcript("share", e.making("rehearsal"), [
          ["seal", digest], ["question", step], ["clause", c.clause], ["holder", holder], ["base", base], ["key", key],
        ]);
        const equation = /^[0-9a-f]{192}$/.test(c.proof) ? await ofList(e.pool, share, key, c1.toBytes(), unhex(c.value), unhex(c.proof)) : undefined;
        given.push({ path, clause: c.clause, holder, value: c.value, equation: equation === "share" ? undefined : equation });
      }
    }
    const all = await holdAll(e.pool, given.map((g) => g.equation));
    for (const g of given) {
      const held = all || (await holdAll(e.pool, [g.equation]));
      if (e.ledger.need(held, 203, g.path, "proof", g.clause)) values.set(`${g.clause} ${g.holder}`, decode(unhex(g.value)));
    }
    combine(e, run, values, c2, m, step);
  }
  e.ledger.done(203);
}

/**
 * Combines, for each clause, the neighbours that begin with each holder, beside the
 * first quorum of each other clause.
 * @param {Election} e
 * @param {Run} run
 * @param {Map<string, import("../client/group.js").Point>} values
 * @param {import("../client/group.js").Point} c2
 * @param {import("../client/group.js").Point} m
 * @param {string} step
 */
function combine(e, run, values, c2, m, step) {
  const part = (/** @type {any} */ clause, /** @type {number} */ start) => {
    const ring = run.takers(clause);
    const chosen = Array.from({ length: clause.threshold }, (_, k) => ring[(start + k) % ring.length]);
    const coefficients = lagrange(chosen.map((h) => clause.holders.indexOf(h) + 1));
    return chosen.reduce((sum, h, k) => {
      const v = values.get(`${clause.id} ${h}`);
      if (!v) throw new Refused(203, `ceremony/${step}-${h}`, "missing");
      return sum.add(publicPower(v, coefficients[k]));
    }, ZERO);
  };
  for (const clause of e.m.clauses) {
    run.takers(clause).forEach((holder, start) => {
      const total = e.m.clauses.reduce((/** @type {any} */ sum, /** @type {any} */ other) => sum.subtract(part(other, other === clause ? start : 0)), c2);
      e.ledger.need(total.equals(m), 203, `${clause.id} ${holder}`, "rehearsal", step);
    });
  }
}
