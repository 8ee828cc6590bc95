// @ts-check
/**
 * Signed notes (C2SP signed-note) and checkpoints (C2SP tlog-checkpoint), as strict
 * as docs/protocol.md, section 3.1: Ed25519 without the cofactor, one form for each
 * signature line, no signature that is false, doubled, or of somebody else.
 *
 * @module
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { concat, equal, hex, text as decodeText, unbase64, utf8 } from "./bytes.js";
import { isName } from "./canonical.js";
import { decodeScalar, wideScalar } from "./group.js";

const { Point } = ed25519;

/** Algorithms of a verifier key. */
export const PLAIN = 1;
const COSIGNING = 4;

/**
 * Why a note is refused.
 */
export class NoteError extends Error {
  /**
   * @param {"form" | "signature" | "signer" | "doubled" | "missing" | "opening" | "role" | "deputy" | "expired"} reason
   * @param {string} detail
   */
  constructor(reason, detail) {
    super(`${reason}: ${detail}`);
    this.reason = reason;
  }
}

/** A public key under a name, of a plain signature. */
export class Verifier {
  /**
   * @param {string} name
   * @param {number} algorithm
   * @param {Uint8Array} key 32 bytes
   */
  constructor(name, algorithm, key) {
    this.name = name;
    this.algorithm = algorithm;
    this.key = key;
    this.id = sha256(concat(utf8(name + "\n"), Uint8Array.of(algorithm), key)).subarray(0, 4);
  }

  /**
   * Reads NAME+HASH+BASE64 in its one form, and a key that section 3.1 admits.
   * @param {string} s
   */
  static parse(s) {
    const parts = s.match(/^([^+]*)\+([0-9a-f]{8})\+(.*)$/s);
    if (!parts || !isName(parts[1])) throw new Error(`${s} is no verifier key`);
    const raw = unbase64(parts[3]);
    if (raw.length !== 33 || (raw[0] !== PLAIN && raw[0] !== COSIGNING)) throw new Error(`${s} is no Ed25519 verifier key`);
    const v = new Verifier(parts[1], raw[0], raw.slice(1));
    if (hex(v.id) !== parts[2]) throw new Error(`${s} does not match its check digits`);
    admit(v.key);
    return v;
  }

  /** The same key for plain signatures: by which witnesses sign the opening record. */
  plain() {
    return new Verifier(this.name, PLAIN, this.key);
  }

  /**
   * @param {Uint8Array} message
   * @param {Uint8Array} signature 64 bytes
   */
  verify(message, signature) {
    return this.algorithm === PLAIN && verify(this.key, message, signature);
  }
}

/**
 * Throws unless section 3.1 admits a public key: a canonical encoding, without a
 * component of small order.
 * @param {Uint8Array} key
 */
export function admit(key) {
  const point = Point.fromBytes(key);
  if (point.isSmallOrder() || !point.isTorsionFree()) throw new Error(`${hex(key)} is not in the group of prime order`);
}

/**
 * RFC 8032 without the cofactor: s below the order, and R compared as bytes.
 * @param {Uint8Array} key a public key that Verifier.parse admits
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 */
export function verify(key, message, signature) {
  if (signature.length !== 64) return false;
  const r = signature.subarray(0, 32);
  let s, a;
  try {
    s = decodeScalar(signature.subarray(32));
    a = Point.fromBytes(key);
  } catch {
    return false;
  }
  const c = wideScalar(sha512(concat(r, key, message)));
  return equal(Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(c)).toBytes(), r);
}

/**
 * Divides a note into its text and its signature lines.
 * @param {Uint8Array} data
 */
function split(data) {
  /** @type {string} */
  let s;
  try {
    s = decodeText(data);
  } catch {
    throw new NoteError("form", "it is not UTF-8");
  }
  const at = s.lastIndexOf("\n\n");
  if (at < 0) throw new NoteError("form", "no empty line before the signatures");
  const text = s.slice(0, at + 1);
  const rest = s.slice(at + 2);
  if (/[\u0000-\u0009\u000b-\u001f]/.test(text)) throw new NoteError("form", "the text holds a control character");
  if (rest === "") return { text, lines: [] };
  if (!rest.endsWith("\n")) throw new NoteError("form", "the last signature line is not ended");
  return { text, lines: rest.slice(0, -1).split("\n") };
}

/**
 * The text of a note, before any signature is verified.
 * @param {Uint8Array} data
 */
export const textOf = (data) => split(data).text;

/**
 * Reads a note and verifies every signature line against the keys known; gives its
 * text and the names of those who signed. Whether enough have signed is for the
 * caller to say.
 * @param {Uint8Array} data
 * @param {Verifier[]} known
 */
export function openNote(data, known) {
  const { text, lines } = split(data);
  if (lines.length === 0) throw new NoteError("missing", "nobody has signed");
  const message = utf8(text);
  /** @type {Set<Verifier>} */
  const signed = new Set();
  for (const line of lines) {
    const parts = line.match(/^— ([^ ]+) (.+)$/);
    if (!parts) throw new NoteError("form", "a signature line is not in its form");
    /** @type {Uint8Array} */
    let raw;
    try {
      raw = unbase64(parts[2]);
    } catch {
      throw new NoteError("form", `the signature line of ${parts[1]} is not in its form`);
    }
    const verifier = known.find((v) => v.name === parts[1] && equal(v.id, raw.subarray(0, 4)));
    if (!verifier) throw new NoteError("signer", `${parts[1]} is not expected here`);
    if (!verifier.verify(message, raw.subarray(4))) throw new NoteError("signature", `the one that bears the name ${parts[1]} is false`);
    if (signed.has(verifier)) throw new NoteError("doubled", `${parts[1]} has signed twice`);
    signed.add(verifier);
  }
  return { text, signed };
}

/**
 * A checkpoint signed by the log's key and by nobody else.
 * @param {Uint8Array} data
 * @param {string} origin
 * @param {Verifier} key
 * @returns {{size: number, root: Uint8Array}}
 */
export function openCheckpoint(data, origin, key) {
  const { text } = openNote(data, [key]);
  const parts = text.match(/^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([^\n]+)\n$/);
  if (!parts) throw new NoteError("form", "a checkpoint has three lines");
  if (parts[1] !== origin) throw new NoteError("form", `the checkpoint is of the log ${parts[1]}`);
  const size = Number(parts[2]);
  /** @type {Uint8Array} */
  let root;
  try {
    root = unbase64(parts[3]);
  } catch {
    throw new NoteError("form", "the checkpoint's root is not base64");
  }
  if (root.length !== 32 || !Number.isSafeInteger(size)) throw new NoteError("form", "the checkpoint is not in its form");
  return { size, root };
}

/**
 * The three lines that roll, urn and device sign during casting (section 12).
 * @param {string} kind
 * @param {string} opening hex o
 * @param {string} urn
 * @param {Uint8Array} value 32 bytes
 */
export const castingText = (kind, opening, urn, value) => `isoloir/v1/${kind}\n${opening} ${urn}\n${hex(value)}\n`;
