// @ts-check
/**
 * The proofs of mixers: of a permutation and re-encryption of ballots, and of a
 * permutation and one exponent of account keys (docs/protocol.md, section 8), after
 * Haenni, Locher, Koenig and Dubuis 2017 (Terelius–Wikström).
 *
 * @module
 */

import { concat } from "../client/bytes.js";
import { modulo } from "../client/group.js";
import { Transcript } from "../client/transcript.js";
import { decodeScalars, SIZE } from "./arithmetic.js";
import { halves, Product, randomWeights, weightsOf } from "./equations.js";
import { base } from "./pool.js";

/** @typedef {import("./pool.js").Pool} Pool */
/** @typedef {import("../client/transcript.js").Context} Context */

/**
 * What both proofs are about.
 * @typedef {{context: Context, stage: number, inputs: Uint8Array, outputs: Uint8Array}} Lists
 */

/**
 * A mix of ciphertexts, c1 ‖ c2, under the key Y.
 * @typedef {Lists & {seal: Uint8Array, question: string, key: Uint8Array}} Mix
 */

/**
 * A stage of anonymisation of keys over generator, to keys over raised.
 * @typedef {Lists & {generator: Uint8Array, raised: Uint8Array, amendment: number}} Stage
 */

/** The length of a proof for n items: 288 + 160n bytes. */
export const proofLength = (/** @type {number} */ n) => 288 + 160 * n;

/**
 * The parts of a proof, section 8.3; throws Encoding where a scalar is not canonical.
 * @param {Uint8Array} proof
 * @param {number} n
 */
function parse(proof, n) {
  let at = 0;
  const take = (/** @type {number} */ k) => proof.subarray(at, (at += SIZE * k));
  const [c, chain, chainT, t] = [take(n), take(n), take(n), take(5)];
  return { c, chain, chainT, t, s: decodeScalars(take(4)), hat: decodeScalars(take(n)), prime: decodeScalars(take(n)) };
}

/**
 * Says what is wrong with a proof, or nothing: empty, length, encoding or proof.
 * @param {Pool} pool
 * @param {Lists} lists
 * @param {number} size of an item, in bytes
 * @param {Uint8Array} proof
 * @param {(transcript: Transcript) => void} statement appends what stands between urn and inputs
 * @param {string} name of the proof
 * @param {(product: Product, values: {c: bigint, u: bigint[], s4: bigint, prime: bigint[], t4: bigint, t5: bigint}) => void} last
 *   multiplies by the fourth and the fifth equation without their t, raised to these weights
 */
async function judge(pool, lists, size, proof, statement, name, last) {
  const n = lists.inputs.length / size;
  if (n === 0) return "empty";
  if (lists.inputs.length !== lists.outputs.length || !Number.isInteger(n) || proof.length !== proofLength(n)) return "length";
  let p;
  try {
    p = parse(proof, n);
  } catch {
    return "encoding";
  }
  const transcript = new Transcript(name, lists.context);
  statement(transcript);
  transcript.append("inputs", lists.inputs);
  transcript.append("outputs", lists.outputs);
  transcript.append("permutation", p.c);
  const u = weightsOf(transcript.digest("u"), n);
  transcript.append("chain", p.chain);
  transcript.append("commitments", p.t);
  transcript.append("chain-commitments", p.chainT);
  const c = transcript.challenge("c");
  const [w2, w3, w4, w5, ...w] = randomWeights(4 + n);
  const all = u.reduce((m, k) => modulo(m * k), 1n);

  const product = new Product();
  product.points(p.t, [1n, w2, w3, w4, w5], true);
  product.points(p.chainT, w, true);
  product.points(p.c, u.map((k) => c * (1n + w3 * k)), true);
  const chain = w.map((k, i) => c * k - (i + 1 < n ? w[i + 1] * p.prime[i + 1] : 0n));
  chain[n - 1] += w2 * c;
  product.points(p.chain, chain, true);
  product.generators(0, [-(w2 * c * all) - w[0] * p.prime[0], ...p.prime.map((s) => -c - w3 * s)]);
  product.base(-p.s[0] - w2 * p.s[1] - w3 * p.s[2] - w.reduce((m, k, i) => m + k * p.hat[i], 0n));
  last(product, { c, u, s4: p.s[3], prime: p.prime, t4: w4, t5: w5 });
  const { product: value, bad } = await product.result(pool);
  if (bad.length > 0) return bad[0].reason === "identity" ? "identity" : "encoding";
  return value.every((b) => b === 0) ? "" : "proof";
}

/**
 * Says what is wrong with the proof of a mix, or nothing.
 * @param {Pool} pool
 * @param {Mix} mix
 * @param {Uint8Array} proof
 */
export function judgeMix(pool, mix, proof) {
  const statement = (/** @type {Transcript} */ t) => {
    t.append("seal", mix.seal);
    t.append("question", new TextEncoder().encode(mix.question));
    t.appendUint32("stage", mix.stage);
    t.append("base", base);
    t.append("key", mix.key);
  };
  return judge(pool, mix, 2 * SIZE, proof, statement, "shuffle", (product, { c, u, s4, prime, t4, t5 }) => {
    product.points(halves(mix.inputs, 0), u.map((k) => t5 * c * k));
    product.points(halves(mix.inputs, 1), u.map((k) => t4 * c * k), true);
    product.points(halves(mix.outputs, 0), prime.map((s) => -t5 * s));
    product.points(halves(mix.outputs, 1), prime.map((s) => -t4 * s), true);
    product.points(mix.key, [t4 * s4]);
    product.base(t5 * s4);
  });
}

/**
 * Says what is wrong with the proof of a stage of anonymisation, or nothing.
 * @param {Pool} pool
 * @param {Stage} stage
 * @param {Uint8Array} proof
 */
export function judgeStage(pool, stage, proof) {
  const statement = (/** @type {Transcript} */ t) => {
    if (stage.amendment) t.appendUint32("amendment", stage.amendment);
    t.appendUint32("stage", stage.stage);
    t.append("base", base);
    t.append("generator", stage.generator);
    t.append("raised", stage.raised);
  };
  return judge(pool, stage, SIZE, proof, statement, "exponentiation", (product, { c, u, s4, prime, t4, t5 }) => {
    product.points(stage.inputs, u.map((k) => t4 * s4 * k));
    product.points(stage.outputs, prime.map((s) => -t4 * s));
    product.points(concat(stage.raised, stage.generator), [t5 * c, -t5 * s4]);
  });
}
