// @ts-check
/**
 * What takes the time of a verification, in a form that can be divided among workers:
 * products of many powers, and the same combination of many lists
 * (docs/protocol.md, sections 1 and 2). All of it is of public values.
 *
 * A product of many powers is computed by Pippenger's method of buckets, one of few by
 * that of Straus, with tables of odd multiples.
 *
 * @module
 */

import { ristretto255 } from "@noble/curves/ed25519.js";
import { equal, le64 } from "../client/bytes.js";
import { decode, decodeScalar, Encoding, hashToGroup, publicPower } from "../client/group.js";

/** @typedef {import("../client/group.js").Point} Point */

export const { ZERO, BASE } = ristretto255.Point;

/** The size of a point and of a scalar, in bytes. */
export const SIZE = 32;

/**
 * Points and the scalars that they are raised to: either encoded points, one after
 * the other, or the generators h_i from first on. Without scalars the points are
 * only decoded.
 * @typedef {object} Segment
 * @property {Uint8Array} [points] 32 bytes each
 * @property {number} [first] of the generators
 * @property {Uint8Array} [scalars] 32 bytes each
 * @property {boolean} [identity] whether a point may be the identity
 * @property {number} count
 */

/**
 * What a point is refused for: number of the segment, number in it, and the reason.
 * @typedef {{segment: number, index: number, reason: string}} Bad
 */

/** Generators already computed by this worker. @type {Point[]} */
const known = [];
const REMEMBERED = 1 << 18;

/**
 * The generator h_i of section 1.
 * @param {number} i
 */
export function generator(i) {
  const kept = known[i];
  if (kept) return kept;
  const h = hashToGroup("isoloir/v1/shuffle", le64(i)).double();
  if (i < REMEMBERED) known[i] = h;
  return h;
}

/**
 * A scalar of 32 bytes that was encoded here.
 * @param {DataView} v
 * @param {number} at
 */
const limbs = (v, at) =>
  v.getBigUint64(at, true) | (v.getBigUint64(at + 8, true) << 64n) | (v.getBigUint64(at + 16, true) << 128n) | (v.getBigUint64(at + 24, true) << 192n);

/**
 * Encodes scalars below 2²⁵⁶, one after the other.
 * @param {bigint[]} scalars
 */
export function encodeScalars(scalars) {
  const out = new Uint8Array(SIZE * scalars.length);
  const v = new DataView(out.buffer);
  scalars.forEach((s, i) => {
    for (let k = 0; k < 4; k++) v.setBigUint64(SIZE * i + 8 * k, BigInt.asUintN(64, s >> BigInt(64 * k)), true);
  });
  return out;
}

/**
 * Reads canonical scalars, one after the other; throws Encoding at the first other one.
 * @param {Uint8Array} bytes
 */
export function decodeScalars(bytes) {
  if (bytes.length % SIZE !== 0) throw new Encoding("length");
  const out = [];
  for (let at = 0; at < bytes.length; at += SIZE) out.push(decodeScalar(bytes.subarray(at, at + SIZE)));
  return out;
}

const NOTHING = new Uint8Array(SIZE);

/**
 * The product of all points raised to their scalars, encoded; and which points are
 * refused. Where one is refused the product is not to be used.
 * @param {Segment[]} segments
 * @returns {{product: Uint8Array, bad: Bad[]}}
 */
export function multiply(segments) {
  /** @type {Point[]} */
  const points = [];
  /** @type {bigint[]} */
  const scalars = [];
  /** @type {Bad[]} */
  const bad = [];
  segments.forEach((s, segment) => {
    const view = s.scalars && new DataView(s.scalars.buffer, s.scalars.byteOffset, s.scalars.byteLength);
    for (let i = 0; i < s.count; i++) {
      const k = view ? limbs(view, SIZE * i) : 0n;
      let p;
      if (!s.points) {
        p = generator(/** @type {number} */ (s.first) + i);
      } else {
        try {
          const b = s.points.subarray(SIZE * i, SIZE * (i + 1));
          p = decode(b);
          if (!s.identity && equal(b, NOTHING)) throw new Encoding("identity");
        } catch (e) {
          bad.push({ segment, index: i, reason: e instanceof Encoding ? e.reason : String(e) });
          continue;
        }
      }
      if (k !== 0n) {
        points.push(p);
        scalars.push(k);
      }
    }
  });
  return { product: (points.length < FEW ? straus : pippenger)(points, scalars).toBytes(), bad };
}

/** Below this many points tables cost less than buckets. */
const FEW = 800;

/** Digits of the method of Straus are odd and below 2⁴ in size. */
const WIDTH = 5;

/**
 * @param {Point[]} points
 * @param {bigint[]} scalars
 * @returns {Point}
 */
function straus(points, scalars) {
  const tables = points.map((p) => {
    const twice = p.double();
    const odd = [p];
    while (odd.length < 1 << (WIDTH - 2)) odd.push(odd[odd.length - 1].add(twice));
    return odd;
  });
  const digits = scalars.map(signedDigits);
  let sum = ZERO;
  let any = false;
  for (let i = digits.reduce((m, d) => Math.max(m, d.length), 0) - 1; i >= 0; i--) {
    if (any) sum = sum.double();
    for (let k = 0; k < points.length; k++) {
      const d = digits[k][i];
      if (!d) continue;
      const p = tables[k][Math.abs(d) >> 1];
      sum = d > 0 ? sum.add(p) : sum.subtract(p);
      any = true;
    }
  }
  return sum;
}

/**
 * The non-adjacent form of s, the lowest digit first.
 * @param {bigint} s
 */
function signedDigits(s) {
  const out = new Int8Array(260);
  let n = 0;
  let carry = 0;
  const bits = s.toString(2);
  const bit = (/** @type {number} */ i) => (i < bits.length && bits[bits.length - 1 - i] === "1" ? 1 : 0);
  for (let i = 0; i < bits.length + 1; ) {
    if ((bit(i) + carry) % 2 === 0) {
      carry = (bit(i) + carry) >> 1;
      i++;
      continue;
    }
    let d = carry;
    for (let j = 0; j < WIDTH; j++) d += bit(i + j) << j;
    carry = d >= 1 << (WIDTH - 1) ? 1 : 0;
    out[i] = d - (carry << WIDTH);
    n = i + 1;
    i += WIDTH;
  }
  return out.subarray(0, n);
}

/**
 * @param {Point[]} points
 * @param {bigint[]} scalars
 * @returns {Point}
 */
function pippenger(points, scalars) {
  if (points.length === 0) return ZERO;
  const bits = scalars.reduce((m, s) => (s > m ? s : m)).toString(2).length;
  const c = Math.max(2, Math.min(13, Math.floor(Math.log2(points.length)) - 2));
  const digits = scalars.map((s) => split(s, c, Math.ceil(bits / c)));
  let sum = ZERO;
  for (let w = Math.ceil(bits / c) - 1; w >= 0; w--) {
    if (!sum.is0()) for (let i = 0; i < c; i++) sum = sum.double();
    /** @type {(Point | undefined)[]} */
    const buckets = new Array(1 << c);
    for (let i = 0; i < points.length; i++) {
      const d = digits[i][w];
      if (d) buckets[d] = buckets[d]?.add(points[i]) ?? points[i];
    }
    let running = ZERO;
    let total = ZERO;
    let any = false;
    for (let d = buckets.length - 1; d > 0; d--) {
      const b = buckets[d];
      if (b) running = any ? running.add(b) : b;
      any ||= !!b;
      if (any) total = total.add(running);
    }
    if (any) sum = sum.add(total);
  }
  return sum;
}

/**
 * The digits of s in base 2^c, the lowest first.
 * @param {bigint} s
 * @param {number} c at most 13
 * @param {number} n
 */
function split(s, c, n) {
  const out = new Uint16Array(n);
  const mask = (1 << c) - 1;
  let low = 0;
  let have = 0;
  for (let i = 0; i < n; i++) {
    if (have < c) {
      low += Number(s & 0xffffffffn) * 2 ** have;
      s >>= 32n;
      have += 32;
    }
    out[i] = low % (mask + 1);
    low = Math.floor(low / (mask + 1));
    have -= c;
  }
  return out;
}

/**
 * One array of as many parts as there are; an engine takes about 100,000 as arguments.
 * @param {Uint8Array[]} parts
 */
export function joined(parts) {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/**
 * For each place the product of the points that the lists have there, raised to the
 * coefficient of their list, encoded one after the other. Lists are equally long.
 * Throws Encoding at a point that is refused; all may be the identity.
 * @param {Uint8Array[]} lists
 * @param {bigint[]} coefficients whole numbers of either sign
 */
export function combine(lists, coefficients) {
  const out = [];
  for (let at = 0; at < lists[0].length; at += SIZE) {
    let p = ZERO;
    lists.forEach((list, k) => {
      p = p.add(signed(decode(list.subarray(at, at + SIZE)), coefficients[k]));
    });
    out.push(p.toBytes());
  }
  return joined(out);
}

/**
 * @param {Point} p
 * @param {bigint} k
 */
function signed(p, k) {
  if (k === 0n) return ZERO;
  if (k === 1n) return p;
  return k < 0n ? publicPower(p, -k).negate() : publicPower(p, k);
}
