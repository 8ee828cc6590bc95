// @ts-check
/**
 * Exact fractions, in lowest terms and never negative (docs/mixte.md): what is weighed is
 * rounded for the eye alone.
 *
 * @module
 */

/** @typedef {{n: bigint, d: bigint}} Fraction */

/** @param {bigint} a @param {bigint} b @returns {bigint} */
function divisor(a, b) {
  while (b > 0n) [a, b] = [b, a % b];
  return a;
}

/**
 * @param {bigint} n
 * @param {bigint} d above zero
 * @returns {Fraction}
 */
export function fraction(n, d) {
  const common = divisor(n, d);
  return { n: n / common, d: d / common };
}

/** The text of a fraction, as statements write it. @param {Fraction} f */
export const written = (f) => `${f.n}/${f.d}`;

/**
 * The sums of numbers times weights, a column for each place: over the least common
 * denominator, for hundreds of fractions make one of a thousand digits.
 * @param {{weight: Fraction, numbers: number[]}[]} rows each with as many numbers
 * @param {number} columns
 */
export function sums(rows, columns) {
  const common = rows.reduce((c, { weight: { d } }) => (c / divisor(c, d)) * d, 1n);
  const totals = Array(columns).fill(0n);
  for (const { weight, numbers } of rows) {
    const unit = (common / weight.d) * weight.n;
    numbers.forEach((n, i) => {
      if (n !== 0) totals[i] += unit * BigInt(n);
    });
  }
  return totals.map((t) => fraction(t, common));
}

/**
 * A written fraction with so many decimals, rounded half to even: for the eye.
 * @param {string} text
 * @param {number} decimals
 */
export function decimal(text, decimals) {
  const [n, d] = text.split("/").map(BigInt);
  const scaled = n * 10n ** BigInt(decimals);
  let q = scaled / d;
  const rest = 2n * (scaled % d);
  if (rest > d || (rest === d && q % 2n === 1n)) q++;
  const digits = String(q).padStart(decimals + 1, "0");
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
