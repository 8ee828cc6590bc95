// @ts-check
/**
 * The receipt: its file, and how a voter finds his ballot in the urn's log, either
 * by asking for it or, without telling which it is, in the whole list
 * (docs/online.md, sections 2 and 4).
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { equal, hex, Reader, text, unhex, utf8 } from "./bytes.js";
import { Lie } from "./errors.js";
import { Frontier, included, leafHash } from "./merkle.js";
import { openCasting } from "./deputy.js";
import { openCheckpoint } from "./note.js";
import { exchange } from "./wire.js";

/** @typedef {import("./types.js").Ask} Ask */
/** @typedef {import("./types.js").Found} Found */
/** @typedef {import("./types.js").Get} Get */
/** @typedef {import("./scrutin.js").Scrutin} Scrutin */

const CAST = 1, SUPERVISED = 5;

/** How many bytes a terminal adds to a ballot that was cast at it. */
const VOUCH = 96;

/** Where the highest byte of a ballot's counter stands in its leaf: its highest bit is that of a ballot cast at a terminal. */
const COUNTER = 1 + 67 + 3;

/**
 * Says whether a leaf casts the ballot of a code: what was cast at a terminal stands in a
 * supervised leaf, and nothing else does.
 * @param {Uint8Array} leaf
 * @param {Uint8Array} code
 */
export function casts(leaf, code) {
  const supervised = (leaf[COUNTER] ?? 0) >= 0x80;
  if (leaf[0] !== (supervised ? SUPERVISED : CAST)) return false;
  return equal(sha256(leaf.subarray(1, supervised ? Math.max(1, leaf.length - VOUCH) : leaf.length)), code);
}
const FIRST = "isoloir/v1/promise\n";

/** What was typed or chosen is no receipt of this vote. */
export class ReceiptError extends Error {
  /** @param {string} detail */
  constructor(detail) {
    super(detail);
    this.name = "ReceiptError";
  }
}

/**
 * A receipt code as it is shown: groups of four digits.
 * @param {string} code 64 hexadecimal digits
 */
export const showCode = (code) => (code.match(/.{4}/g) ?? []).join(" ");

/**
 * A receipt code as people type or paste it. Throws ReceiptError.
 * @param {string} typed
 * @returns {string} 64 lower-case hexadecimal digits
 */
export function parseReceiptCode(typed) {
  const code = typed.replace(/[\s-]/g, "").toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(code)) throw new ReceiptError("a receipt code has 64 digits and letters from a to f");
  return code;
}

/**
 * The receipt file: lines for people, and the urn's promise as it was signed.
 * @param {string[]} lines
 * @param {Uint8Array} promise
 */
export const receiptFile = (lines, promise) => lines.map((l) => l.replace(/\s+/g, " ") + "\n").join("") + "\n" + text(promise);

/**
 * The code in a receipt file, and its urn. Throws ReceiptError unless the urn of
 * this scrutin signed the promise in it.
 * @param {Scrutin} scrutin
 * @param {string} file
 * @returns {{code: string, urn: string}}
 */
export function parseReceiptFile(scrutin, file) {
  const plain = file.replace(/\r\n/g, "\n");
  const at = plain.lastIndexOf(FIRST);
  try {
    if (at < 0) throw new Error("it holds no promise");
    const promise = openCasting(utf8(plain.slice(at)), scrutin.urnKey, scrutin.o);
    if (promise.kind !== "promise" || promise.opening !== scrutin.o) throw new Error("it is of another vote");
    return { code: hex(promise.value), urn: scrutin.urn(promise.urn).name };
  } catch (e) {
    throw new ReceiptError(String(e));
  }
}

/**
 * Asks the urn for a ballot by its code, and verifies what it says. promised is the
 * urn of a promise that the voter holds: then nothing but a ballot there will do.
 * Throws a Lie of check receipt-broken, receipt-urn, receipt-ballot,
 * receipt-checkpoint or receipt-proof.
 * @param {Scrutin} scrutin
 * @param {string} code
 * @param {Ask} ask
 * @param {string} [promised]
 * @returns {Promise<Found>}
 */
export async function findReceipt(scrutin, code, ask, promised) {
  const request = unhex(code, 32);
  const { value, lie } = await exchange({ service: "urn", step: "receipt", ask, request }, readReceipt);
  if (value.state === "absent") {
    if (promised !== undefined) throw lie("receipt-broken", "the urn promised this ballot, and has it not");
    return value;
  }
  const urn = scrutin.manifest.urns[value.urn]?.id;
  if (urn === undefined || (promised !== undefined && urn !== promised)) throw lie("receipt-urn", "the answer is about another urn");
  if (value.state === "received") return { state: "received", urn, next: value.next, end: value.end };
  if (!casts(value.leaf, request)) {
    throw lie("receipt-ballot", "the leaf does not cast the ballot of this code");
  }
  let head;
  try {
    head = openCheckpoint(value.checkpoint, scrutin.origin(urn), scrutin.urnKey);
  } catch (e) {
    throw lie("receipt-checkpoint", String(e));
  }
  if (!included(leafHash(value.leaf), value.index, head.size, value.path, head.root)) {
    throw lie("receipt-proof", "the leaf is not under the root of the checkpoint");
  }
  return { state: "recorded", urn, index: value.index, size: head.size };
}

/**
 * @param {Reader} r
 * @returns {{state: "absent"} | {state: "received", urn: number, next: number, end: number} |
 *   {state: "recorded", urn: number, index: number, leaf: Uint8Array, path: Uint8Array[], checkpoint: Uint8Array}}
 */
function readReceipt(r) {
  switch (r.byte()) {
    case 0:
      return { state: "absent" };
    case 1:
      return { state: "received", urn: r.le16(), next: r.le64(), end: r.le64() };
    case 2:
      return {
        state: "recorded",
        urn: r.le16(),
        index: r.le64(),
        leaf: r.short(),
        path: Array.from({ length: r.le16() }, () => r.take(32)),
        checkpoint: r.short(),
      };
  }
  throw new Error("no such state");
}

/** An entry of the list: type ‖ SHA-256 of the data ‖ leaf hash. */
const ENTRY = 65;

/** Leaves of a bundle. */
const BUNDLE = 256;

/**
 * Finds a ballot in the whole list of an urn's log, which does not tell the urn whose
 * ballot is looked for: the root is computed from all entries, and the ballot itself
 * comes with 255 others. Throws a Lie of check list-form, list-root, list-checkpoint
 * or list-leaf. progress is called now and then with a part of 1.
 * @param {Scrutin} scrutin
 * @param {string} urn
 * @param {string} code
 * @param {Get} get
 * @param {(part: number) => void} [progress]
 * @returns {Promise<Found>}
 */
export async function findInList(scrutin, urn, code, get, progress = () => {}) {
  const lie = (/** @type {string} */ check, /** @type {string} */ detail, /** @type {Uint8Array} */ answer) =>
    new Lie("list", check, detail, utf8(urn), answer);
  const checkpoint = await get(`${urn}/checkpoint`);
  let head;
  try {
    head = openCheckpoint(checkpoint, scrutin.origin(urn), scrutin.urnKey);
  } catch (e) {
    throw lie("list-checkpoint", String(e), checkpoint);
  }
  const list = await get(`${urn}/list`);
  if (list.length % ENTRY !== 0 || list.length < head.size * ENTRY) {
    throw lie("list-form", `a list of ${list.length} bytes for ${head.size} leaves`, checkpoint);
  }
  const wanted = unhex(code, 32);
  const tree = new Frontier();
  let index = -1;
  for (let i = 0; i < head.size; i++) {
    const entry = list.subarray(i * ENTRY, (i + 1) * ENTRY);
    tree.append(entry.slice(33));
    if (entry[0] === CAST && equal(entry.subarray(1, 33), wanted)) index = i;
    if (i % 4096 === 4095) {
      progress((i + 1) / head.size);
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  if (!equal(tree.root(), head.root)) throw lie("list-root", "the list is not the one of the checkpoint", checkpoint);
  if (index < 0) return { state: "absent" };
  const bundle = await get(`${urn}/leaves/${Math.floor(index / BUNDLE)}`);
  const leaf = leafOf(bundle, index % BUNDLE);
  const proven = leaf && casts(leaf, wanted);
  if (!proven || !equal(leafHash(leaf), list.subarray(index * ENTRY + 33, (index + 1) * ENTRY))) {
    throw lie("list-leaf", "the leaf is not the one of the list", bundle);
  }
  return { state: "recorded", urn, index, size: head.size };
}

/**
 * Leaf n of a bundle: BE16(length) ‖ leaf for each. Nothing where it is cut short.
 * @param {Uint8Array} bundle
 * @param {number} n
 */
function leafOf(bundle, n) {
  const r = new Reader(bundle);
  try {
    for (; ; n--) {
      const [high, low] = r.take(2);
      const leaf = r.take(high * 256 + low);
      if (n === 0) return leaf;
    }
  } catch {
    return undefined;
  }
}
