// @ts-check
/**
 * The register's snapshot: the accounts whose holders are the electors of a scrutin of
 * accounts (docs/protocol.md, section 5.1; checks 301, 302, 304 and 305).
 *
 * @module
 */

import { hex, unhex } from "../client/bytes.js";
import { decodeScalars, joined, SIZE } from "./arithmetic.js";
import { digestOf } from "./book.js";
import { Product, randomWeights } from "./equations.js";
import { base, holds } from "./pool.js";
import { transcript } from "./proofs.js";

/** @typedef {import("./election.js").Election} Election */

/** The size of an entry: y ‖ R ‖ s. */
const ENTRY = 3 * SIZE;

/** An account: its place in the file, its key and its proof. @typedef {{place: number, y: Uint8Array, r: Uint8Array, s: bigint}} Account */

/**
 * Verifies the snapshot; gives what enrolled gives (accounts.js).
 * @param {Election} e
 */
export async function snapshot(e) {
  const { ledger } = e;
  const party = e.keys.roll;
  const path = `enrolment/${party.name}.note`;
  /** @type {(Uint8Array | undefined)[]} */
  const accounts = e.urns.map(() => undefined);
  /** @type {(number | undefined)[]} */
  const electors = e.urns.map(() => undefined);
  const r = await ledger.part(async () => e.book.read(path, await e.book.bytes(path, 301, 33 << 20), "snapshot", [party], 301));
  if (r) {
    const v = r.value;
    ledger.need(r.wrong === "", 301, path, "signature", r.wrong);
    ledger.need(r.digest === e.register.snapshot, 304, path, "digest");
    ledger.need(v.register === e.register.register && v.scrutin === e.m.scrutin.id, 304, path, "register");
    ledger.need(v.urns.map((/** @type {any} */ u) => u.urn).join() === e.urns.join(), 304, path, "urns");
    const places = v.urns.flatMap((/** @type {any} */ u) => u.constituencies);
    const named = v.urns.every((/** @type {any} */ u) => u.constituencies.length > 0);
    ledger.need(named && new Set(places).size === places.length, 304, path, "constituencies");
    for (let u = 0; u < e.urns.length; u++) {
      const stated = v.urns.find((/** @type {any} */ x) => x.urn === e.urns[u]);
      if (!stated) continue;
      electors[u] = stated.electors;
      ledger.need(stated.electors === e.m.urns[u].electors, 304, path, "number", e.urns[u]);
      accounts[u] = await ledger.part(() => keys(e, u, path, stated));
    }
    ledger.done([301, 304]);
  }
  e.urns.forEach((urn, u) => {
    if (!accounts[u]) ledger.refuse(302, urn, "keys");
    else ledger.done([302, 305], urn);
  });
  return { digests: [r?.digest ?? ""], accounts, electors };
}

/**
 * Verifies the file of an urn, and gives its keys y.
 * @param {Election} e
 * @param {number} u
 * @param {string} path of the snapshot
 * @param {any} stated
 */
async function keys(e, u, path, stated) {
  const { ledger } = e;
  const urn = e.urns[u];
  const name = `enrolment/${urn}/${e.keys.roll.name}.keys`;
  const file = await e.book.bytes(name, 302);
  ledger.need(file.length === ENTRY * stated.electors, 301, path, "number", name);
  ledger.need(digestOf(file) === stated.keys, 301, path, "digest", name);
  if (file.length === 0 || file.length % ENTRY !== 0) return undefined;
  /** @type {Account[]} */
  const all = [];
  const y = new Uint8Array(file.length / 3);
  let last = "";
  for (let place = 0; place < file.length / ENTRY; place++) {
    const entry = file.subarray(ENTRY * place, ENTRY * (place + 1));
    const key = entry.slice(0, SIZE);
    y.set(key, SIZE * place);
    ledger.need(last < hex(key), 305, urn, "order", place + 1);
    last = hex(key);
    try {
      all.push({ place, y: key, r: entry.slice(SIZE, 2 * SIZE), s: decodeScalars(entry.subarray(2 * SIZE))[0] });
    } catch {
      ledger.refuse(302, urn, "proof", place + 1);
    }
  }
  ledger.count("account-keys", await proved(e, u, all), file.length / ENTRY);
  return y;
}

/**
 * How many accounts prove that their device knows the exponent; the others are refused.
 * @param {Election} e
 * @param {number} u
 * @param {Account[]} accounts
 * @returns {Promise<number>}
 */
async function proved(e, u, accounts) {
  if (accounts.length === 0) return 0;
  const context = { manifest: unhex(e.register.register), opening: new Uint8Array(SIZE), urn: "" };
  const weights = randomWeights(accounts.length);
  const product = new Product();
  const challenges = accounts.map((a) => {
    const t = transcript("account", context, [["base", base], ["key", a.y], ["holder", ""], ["commitment", a.r]]);
    return t.challenge("c");
  });
  product.points(joined(accounts.map((a) => a.r)), weights);
  product.points(joined(accounts.map((a) => a.y)), challenges.map((c, i) => c * weights[i]));
  product.base(-accounts.reduce((sum, a, i) => sum + a.s * weights[i], 0n));
  if (holds(await product.result(e.pool))) return accounts.length;
  if (accounts.length === 1) {
    e.ledger.refuse(302, e.urns[u], "proof", accounts[0].place + 1);
    return 0;
  }
  const half = Math.ceil(accounts.length / 2);
  return (await proved(e, u, accounts.slice(0, half))) + (await proved(e, u, accounts.slice(half)));
}
