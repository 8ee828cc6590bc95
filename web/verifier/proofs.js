// @ts-check
/**
 * The proofs of knowledge and of equal logarithms that a record holds
 * (docs/protocol.md, sections 4, 5, 7, 9 and 10).
 *
 * Each function gives whether the proof holds. Points that are not canonical, or the
 * identity where that is refused, do not.
 *
 * @module
 */

import { concat, utf8 } from "../client/bytes.js";
import { Encoding } from "../client/group.js";
import { Transcript } from "../client/transcript.js";
import { decodeScalars, SIZE } from "./arithmetic.js";
import { Product, weight, weightsOf } from "./equations.js";
import { base } from "./pool.js";

/** @typedef {import("./pool.js").Pool} Pool */
/** @typedef {import("../client/transcript.js").Context} Context */

/**
 * What a transcript is given, in order: a label, and bytes or a name.
 * @typedef {[string, Uint8Array | string][]} Appends
 */

/**
 * @param {string} name
 * @param {Context} context
 * @param {Appends} appends
 */
export function transcript(name, context, appends) {
  const t = new Transcript(name, context);
  for (const [label, data] of appends) t.append(label, typeof data === "string" ? utf8(data) : data);
  return t;
}

/**
 * Divides a proof into its points and its scalars; nothing where it has another form.
 * @param {Uint8Array} proof
 * @param {number} points
 * @param {number} scalars
 */
function divide(proof, points, scalars) {
  if (proof.length !== SIZE * (points + scalars)) return undefined;
  try {
    return { points: proof.subarray(0, SIZE * points), scalars: decodeScalars(proof.subarray(SIZE * points)) };
  } catch (e) {
    if (e instanceof Encoding) return undefined;
    throw e;
  }
}

/**
 * Schnorr: R ‖ s for g^s = R·key^c. What comes before the commitment is on the
 * transcript already.
 * @param {Pool} pool
 * @param {Transcript} t
 * @param {Uint8Array} key
 * @param {Uint8Array} proof
 */
export async function knows(pool, t, key, proof) {
  const p = divide(proof, 1, 1);
  if (!p) return false;
  t.append("commitment", p.points);
  const c = t.challenge("c");
  const product = new Product();
  product.points(concat(p.points, key), [1n, c]);
  product.base(-p.scalars[0]);
  return product.holds(pool);
}

/**
 * An equation of a proof: points, what each is raised to, and the exponent of g.
 * @typedef {{points: Uint8Array, scalars: bigint[], g: bigint}} Equation
 */

/**
 * Equal logarithms: R1 ‖ R2 ‖ s for g^s = R1·key^c and base^s = R2·image^c. Nothing where
 * the proof has another form.
 * @param {Transcript} t
 * @param {Uint8Array} key
 * @param {Uint8Array} over the other base
 * @param {Uint8Array} image
 * @param {Uint8Array} proof
 * @returns {Equation | undefined}
 */
function both(t, key, over, image, proof) {
  const p = divide(proof, 2, 1);
  if (!p) return undefined;
  t.append("commitment", p.points);
  const c = t.challenge("c");
  const w = weight();
  return { points: concat(p.points, key, over, image), scalars: [1n, w, c, -w * p.scalars[0], w * c], g: -p.scalars[0] };
}

/**
 * Whether all equations hold.
 * @param {Pool} pool
 * @param {(Equation | undefined)[]} equations
 */
export async function holdAll(pool, equations) {
  const product = new Product();
  for (const e of equations) {
    if (!e) return false;
    const w = weight();
    product.points(e.points, e.scalars.map((s) => s * w));
    product.base(e.g * w);
  }
  return product.holds(pool);
}

/**
 * Whether a proof of equal logarithms holds.
 * @param {Pool} pool
 * @param {Transcript} t
 * @param {Uint8Array} key
 * @param {Uint8Array} over the other base
 * @param {Uint8Array} image
 * @param {Uint8Array} proof
 */
export const knowsBoth = (pool, t, key, over, image, proof) => holdAll(pool, [both(t, key, over, image, proof)]);

/**
 * All exponents of a file of keys at once, section 5: R ‖ s.
 * @param {Pool} pool
 * @param {Context} context
 * @param {number} amendment 0 for none
 * @param {string} issuer
 * @param {Uint8Array} keys
 * @param {Uint8Array} proof
 */
export async function knowsAll(pool, context, amendment, issuer, keys, proof) {
  const p = divide(proof, 1, 1);
  if (!p || keys.length === 0 || keys.length % SIZE !== 0) return false;
  const t = new Transcript("enrolment", context);
  if (amendment) t.appendUint32("amendment", amendment);
  t.append("issuer", utf8(issuer));
  t.append("base", base);
  t.append("keys", keys);
  t.append("commitment", p.points);
  const e = weightsOf(t.digest("e"), keys.length / SIZE);
  const product = new Product();
  product.points(p.points, [1n]);
  product.points(keys, e);
  product.base(-p.scalars[0]);
  return product.holds(pool);
}

/**
 * The equation of one exponent for a whole list of shares, section 10: R1 ‖ R2 ‖ s. Nothing
 * where the proof has another form; "share" where an output is no point, or the identity.
 * @param {Pool} pool
 * @param {Transcript} t with everything up to the key
 * @param {Uint8Array} key
 * @param {Uint8Array} inputs all c1
 * @param {Uint8Array} outputs all d
 * @param {Uint8Array} proof
 * @returns {Promise<Equation | "share" | undefined>}
 */
export async function ofList(pool, t, key, inputs, outputs, proof) {
  if (inputs.length !== outputs.length || inputs.length === 0) return undefined;
  t.append("inputs", inputs);
  t.append("outputs", outputs);
  const w = weightsOf(t.digest("w"), inputs.length / SIZE);
  const [over, image] = await Promise.all(
    [inputs, outputs].map(async (list) => {
      const product = new Product();
      product.points(list, w);
      return product.result(pool);
    }),
  );
  if (image.bad.length > 0) return "share";
  if (over.bad.length > 0) return undefined;
  t.append("combined", concat(over.product, image.product));
  return both(t, key, over.product, image.product, proof);
}
