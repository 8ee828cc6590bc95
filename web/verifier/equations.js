// @ts-check
/**
 * Equations between powers of points, many verified at once: each but the first is
 * raised to a random weight of 128 bits, and their product must be the identity
 * (docs/protocol.md, section 2).
 *
 * @module
 */

import { sha512 } from "@noble/hashes/sha2.js";
import { concat, le64, utf8 } from "../client/bytes.js";
import { modulo, random } from "../client/group.js";
import { encodeScalars, SIZE } from "./arithmetic.js";
import { base, holds } from "./pool.js";

/** @typedef {import("./arithmetic.js").Segment} Segment */
/** @typedef {import("./pool.js").Pool} Pool */

/** A product of powers in the making. */
export class Product {
  constructor() {
    /** @type {Segment[]} */
    this.segments = [];
    /** The exponent of g. */
    this.g = 0n;
  }

  /**
   * Multiplies by points, 32 bytes each, raised to scalars; without scalars they are
   * decoded alone. Gives the number of the segment.
   * @param {Uint8Array} points
   * @param {bigint[]} [scalars] of any size and sign
   * @param {boolean} [identity] whether they may be the identity
   */
  points(points, scalars, identity = false) {
    const count = points.length / SIZE;
    this.segments.push({ points, scalars: scalars && encodeScalars(scalars.map(modulo)), identity, count });
    return this.segments.length - 1;
  }

  /**
   * Multiplies by the generators h_i from first on, raised to scalars.
   * @param {number} first
   * @param {bigint[]} scalars
   */
  generators(first, scalars) {
    this.segments.push({ first, scalars: encodeScalars(scalars.map(modulo)), count: scalars.length });
  }

  /**
   * Multiplies by g raised to a scalar.
   * @param {bigint} scalar
   */
  base(scalar) {
    this.g = modulo(this.g + scalar);
  }

  /** @param {Pool} pool */
  result(pool) {
    return pool.multiply([...this.segments, { points: base, scalars: encodeScalars([this.g]), count: 1 }]);
  }

  /**
   * Whether the product is the identity and every point is one that is allowed.
   * @param {Pool} pool
   */
  async holds(pool) {
    return holds(await this.result(pool));
  }
}

/** A random weight of 128 bits. */
export const weight = () => randomWeights(1)[0];

/**
 * So many random weights of 128 bits.
 * @param {number} n
 */
export function randomWeights(n) {
  const out = [];
  for (let done = 0; done < n; done += 4096) out.push(...split(random(16 * Math.min(4096, n - done))));
  return out;
}

/**
 * The n weights of 128 bits that a digest gives: a vector challenge of section 2.
 * @param {Uint8Array} d
 * @param {number} n
 */
export function weightsOf(d, n) {
  const name = utf8("isoloir/v1/vector");
  const out = [];
  for (let j = 0; 4 * j < n; j++) out.push(...split(sha512(concat(name, d, le64(j)))));
  return out.slice(0, n);
}

/** @param {Uint8Array} b */
function split(b) {
  const v = new DataView(b.buffer, b.byteOffset, b.byteLength);
  const out = [];
  for (let at = 0; at < b.length; at += 16) out.push(v.getBigUint64(at, true) | (v.getBigUint64(at + 8, true) << 64n));
  return out;
}

/**
 * Every second part of a list of parts of 32 bytes, from the first or the second on.
 * @param {Uint8Array} list 64 bytes each
 * @param {0 | 1} half
 */
export function halves(list, half) {
  const out = new Uint8Array(list.length / 2);
  for (let at = SIZE * half, to = 0; at < list.length; at += 2 * SIZE, to += SIZE) out.set(list.subarray(at, at + SIZE), to);
  return out;
}
