// @ts-check
/**
 * The group of the protocol, ristretto255 (RFC 9496), over @noble/curves; strict
 * decoding, hash to the group (RFC 9380) and secret scalars.
 *
 * Secrets. JavaScript promises neither constant time nor erasure. Multiplications by
 * secrets go through the library's constant-time algorithm, over integers whose
 * arithmetic the engine does as it likes. Arrays of bytes that held a secret are
 * overwritten (wipe); an integer cannot be: it is dropped and waits for the garbage
 * collector, and so do the strings that a person typed. What protects the voter is that none of
 * this is written anywhere nor leaves the page, which is closed in the end.
 *
 * @module
 */

import { ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concat, utf8 } from "./bytes.js";

/** @typedef {InstanceType<typeof ristretto255.Point>} Point */

const { Point } = ristretto255;

/** The order of the group. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The base point g. */
export const BASE = Point.BASE;

/** Thrown by decoders; reason is the protocol's name of the refusal. */
export class Encoding extends Error {
  /** @param {"length" | "not canonical" | "identity"} reason */
  constructor(reason) {
    super(`encoding refused: ${reason}`);
    this.reason = reason;
  }
}

/**
 * Reads a point of 32 bytes.
 * @param {Uint8Array} b
 * @returns {Point}
 */
export function decode(b) {
  if (b.length !== 32) throw new Encoding("length");
  try {
    return Point.fromBytes(b);
  } catch {
    throw new Encoding("not canonical");
  }
}

/**
 * Reads a point that is not the identity.
 * @param {Uint8Array} b
 */
export function decodeNonIdentity(b) {
  const p = decode(b);
  if (p.is0()) throw new Encoding("identity");
  return p;
}

/** @param {Uint8Array} b */
const integer = (b) => b.reduceRight((v, x) => (v << 8n) | BigInt(x), 0n);

/**
 * Reads a scalar of 32 little-endian bytes.
 * @param {Uint8Array} b
 */
export function decodeScalar(b) {
  if (b.length !== 32) throw new Encoding("length");
  const s = integer(b);
  if (s >= ORDER) throw new Encoding("not canonical");
  return s;
}

/** @param {bigint} s */
export function encodeScalar(s) {
  const b = new Uint8Array(32);
  for (let i = 0; i < 32; i++, s >>= 8n) b[i] = Number(s & 255n);
  return b;
}

/**
 * 64 bytes, little-endian, modulo the order.
 * @param {Uint8Array} b
 */
export function wideScalar(b) {
  if (b.length !== 64) throw new Encoding("length");
  return integer(b) % ORDER;
}

/**
 * a modulo the order, from 0.
 * @param {bigint} a
 */
export const modulo = (a) => ((a % ORDER) + ORDER) % ORDER;

/**
 * p raised to a secret.
 * @param {Point} p
 * @param {bigint} s
 */
export const power = (p, s) => (s === 0n ? Point.ZERO : p.multiply(s));

/**
 * p raised to a public scalar.
 * @param {Point} p
 * @param {bigint} s
 */
export const publicPower = (p, s) => p.multiplyUnsafe(s);

/**
 * Hash(dst, m) of section 1.
 * @param {string} dst
 * @param {Uint8Array} m
 * @returns {Point}
 */
export const hashToGroup = (dst, m) => ristretto255_hasher.hashToCurve(m, { DST: utf8(dst) });

/**
 * Bytes from the system's generator.
 * @param {number} n
 */
export const random = (n) => crypto.getRandomValues(new Uint8Array(n));

/** A uniform secret scalar. */
export function randomScalar() {
  const b = random(64);
  const s = wideScalar(b);
  wipe(b);
  return s;
}

/**
 * The hedged nonce of section 2: from the generator, the secrets it protects and
 * the transcript so far.
 * @param {Uint8Array} state SHA-512 of the transcript so far
 * @param {bigint[]} secrets
 */
export function nonce(state, ...secrets) {
  const parts = [utf8("isoloir/v1/nonce"), random(64), ...secrets.map(encodeScalar), state];
  const all = concat(...parts);
  const digest = sha512(all);
  const s = wideScalar(digest);
  wipe(all, digest, ...parts.slice(1));
  return s;
}

/**
 * Overwrites arrays that held a secret.
 * @param {Uint8Array[]} arrays
 */
export function wipe(...arrays) {
  for (const a of arrays) a.fill(0);
}
