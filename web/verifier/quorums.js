// @ts-check
/**
 * How the shares of a quorum are put together (docs/protocol.md, section 10).
 *
 * @module
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { modulo } from "../client/group.js";

const { Fn } = ed25519.Point;

/**
 * The Lagrange coefficients at 0 for the places of a quorum, from 1.
 * @param {number[]} places
 * @returns {bigint[]} modulo the order
 */
export function lagrange(places) {
  return fractions(places).map(({ top, bottom }) => modulo(top * Fn.inv(modulo(bottom))));
}

/** @param {number[]} places */
function fractions(places) {
  return places.map((j) => {
    let top = 1n;
    let bottom = 1n;
    for (const k of places) {
      if (k === j) continue;
      top *= BigInt(k);
      bottom *= BigInt(k - j);
    }
    const d = gcd(top, bottom);
    return bottom < 0n ? { top: -top / d, bottom: -bottom / d } : { top: top / d, bottom: bottom / d };
  });
}

/**
 * The coefficients of several quorums as whole numbers over one denominator: raising a
 * point to a small number costs little.
 * @param {number[][]} quorums
 * @returns {{denominator: bigint, coefficients: bigint[][]}}
 */
export function wholeCoefficients(quorums) {
  const all = quorums.map(fractions);
  const denominator = all.flat().reduce((m, { bottom }) => (m / gcd(m, bottom)) * bottom, 1n);
  return { denominator, coefficients: all.map((q) => q.map(({ top, bottom }) => top * (denominator / bottom))) };
}

/**
 * @param {bigint} a
 * @param {bigint} b
 */
function gcd(a, b) {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y) [x, y] = [y, x % y];
  return x;
}
