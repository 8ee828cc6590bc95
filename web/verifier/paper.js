// @ts-check
/**
 * Votes on paper of a scrutin mixte (docs/protocol.md, section 11.1; checks 1601 to 1603).
 *
 * @module
 */

import { hex } from "../client/bytes.js";
import { isName } from "../client/canonical.js";
import { lacking } from "../client/quorum.js";
import { decodeScalars, SIZE } from "./arithmetic.js";
import { digestOf } from "./book.js";
import { generators, isCast } from "./ballots.js";
import { Product, weight } from "./equations.js";
import { Refused } from "./ledger.js";
import { isMixed } from "./mixed.js";
import { transcript } from "./proofs.js";
import { byBytes } from "./tar.js";

/** @typedef {import("./election.js").Election} Election */

/** What each voter leaves: ŷ ‖ R ‖ s. */
const ENTRY = 3 * SIZE;

/**
 * The names of the minutes among some paths, in order.
 * @param {Election} e
 * @param {readonly string[]} [paths]
 */
export function minutesOf(e, paths = e.files.paths) {
  const names = paths.map((p) => /^paper\/(.*)\.note$/.exec(p)?.[1] ?? "").filter(isName);
  return isMixed(e.m) ? [...new Set(names)].sort(byBytes) : [];
}

/**
 * What the act that adopts the mixes adopts beside them, of a record with these files: all
 * minutes of votes on paper, and what the members have decided alone.
 * @param {Election} e
 * @param {readonly string[]} paths
 */
export function decidedAt(e, paths) {
  const alone = isMixed(e.m) ? e.m.questions.map((/** @type {any} */ q) => `mixte/${q.id}/provisional.note`) : [];
  return [...minutesOf(e, paths).map((name) => `paper/${name}.note`), ...alone];
}

/**
 * Verifies all minutes, and that nobody whose account is in them voted twice.
 * @param {Election} e
 */
export async function paper(e) {
  const { ledger } = e;
  /** Where each account has voted. @type {Map<string, string>} */
  const voted = new Map();
  e.ballots.forEach((list, u) => list?.filter(isCast).forEach((b) => voted.set(`${u} ${b.account}`, e.urns[u])));
  /** The generators of each urn's accounts, once. @type {Map<number, Map<string, Uint8Array>>} */
  const known = new Map();
  for (const name of minutesOf(e)) {
    await ledger.part(async () => {
      const x = await read(e, name);
      const u = e.urns.indexOf(x.urn);
      if (!known.has(u)) known.set(u, generators(e, u));
      for (const account of await voters(e, known.get(u) ?? new Map(), x)) {
        const key = `${u} ${account}`;
        ledger.need(!voted.has(key), 1603, `paper/${name}.keys`, "twice", voted.get(key) ?? "");
        voted.set(key, name);
      }
    });
  }
  ledger.done([1601, 1602, 1603]);
}

/**
 * Reads minutes, which are then among those that count.
 * @param {Election} e
 * @param {string} name
 */
async function read(e, name) {
  const { ledger } = e;
  const r = await e.book.record(`paper/${name}.note`, "paper", e.keys.members, 1601);
  const lack = r.wrong || lacking(e.m.bureau, new Set([...r.signed].map((k) => k.name)));
  ledger.need(lack === "", 1601, r.path, "quorum", lack);
  const x = r.value;
  const keys = await e.book.bytes(`paper/${name}.keys`, 1601);
  ledger.need(digestOf(keys) === x.file, 1601, r.path, "digest");
  const few = x.voters < e.m.minimum_size;
  const form = (/** @type {any[]} */ list, /** @type {string} */ id) => list.map((q) => [q[id], ...q.options.map((/** @type {any} */ o) => o.option ?? o.id)].join(" ")).join("\n");
  const whole = x.questions.every((/** @type {any} */ q) => q.options.reduce((/** @type {number} */ n, /** @type {any} */ o) => n + o.ballots, q.blank + q.nul) === x.voters);
  const asked = few ? x.questions.length === 0 : form(x.questions, "question") === form(e.questions(x.urn), "id");
  if (x.minutes !== name || e.urns.includes(name) || !e.urns.includes(x.urn) || !whole || !asked) throw new Refused(1601, r.path, "statement");
  e.minutes.push(x);
  return x;
}

/**
 * The accounts of minutes, of which each must be one of the urn and prove its voter's.
 * @param {Election} e
 * @param {Map<string, Uint8Array>} known the generators of the urn's accounts
 * @param {any} x
 */
async function voters(e, known, x) {
  const { ledger } = e;
  const path = `paper/${x.minutes}.keys`;
  const file = await e.book.bytes(path, 1601);
  if (file.length !== ENTRY * x.voters) throw new Refused(1601, path, "size");
  const accounts = [];
  for (let n = 0; n < x.voters; n++) {
    const entry = file.subarray(ENTRY * n, ENTRY * (n + 1));
    const account = hex(entry.subarray(0, SIZE));
    ledger.need(n === 0 || accounts[n - 1] < account, 1602, path, "order", n + 1);
    accounts.push(account);
    const generator = known.get(account);
    if (ledger.need(generator, 1602, path, "account", n + 1)) {
      ledger.need(await owns(e, x, /** @type {Uint8Array} */ (generator), entry), 1602, path, "proof", n + 1);
    }
  }
  return accounts;
}

/**
 * Whether an entry proves its account: ĝ^s = R·ŷ^c.
 * @param {Election} e
 * @param {any} x
 * @param {Uint8Array} generator
 * @param {Uint8Array} entry
 */
async function owns(e, x, generator, entry) {
  const [key, commitment] = [entry.subarray(0, SIZE), entry.subarray(SIZE, 2 * SIZE)];
  let s;
  try {
    s = decodeScalars(entry.subarray(2 * SIZE))[0];
  } catch {
    return false;
  }
  const t = transcript("paper", e.context(x.urn), [["urn-base", generator], ["account", key], ["minutes", x.minutes], ["commitment", commitment]]);
  const product = new Product();
  const w = weight();
  product.points(commitment, [w]);
  product.points(key, [w * t.challenge("c")]);
  product.points(generator, [-w * s]);
  return product.holds(e.pool);
}
