// @ts-check
/**
 * The ballot (docs/protocol.md, section 7): a choice for each question, encrypted
 * under the key of the scrutin and signed with the account's secret.
 *
 * @module
 */

import { concat, le16, le32, shortName } from "./bytes.js";
import { BASE, hashToGroup, power, randomScalar } from "./group.js";
import { proveBallot } from "./proof.js";

/** @typedef {import("./group.js").Point} Point */
/** @typedef {import("./scrutin.js").Scrutin} Scrutin */
/** @typedef {import("./scrutin.js").Urn} Urn */
/** @typedef {import("./types.js").Choices} Choices */

/** The identifier of the blank vote, which every question offers. */
export const BLANK = "blank";

/**
 * The code of an option, a point.
 * @param {Uint8Array} f
 * @param {string} question
 * @param {string} option
 */
export const optionCode = (f, question, option) =>
  hashToGroup("isoloir/v1/option", concat(f, shortName(question), shortName(option)));

/**
 * The size of a ballot of so many questions, in bytes.
 * @param {number} questions
 */
export const ballotSize = (questions) => 167 + 128 * questions;

/**
 * c1 ‖ c2 of an option's code under the coin r.
 * @param {Point} key Y
 * @param {Point} code
 * @param {bigint} r
 */
export const encrypt = (key, code, r) => concat(power(BASE, r).toBytes(), code.add(power(key, r)).toBytes());

/**
 * Makes a ballot, the first of its account unless chain says what it follows: throws unless each question of the urn, and nothing else,
 * is answered by one of its options or blank. The coins are drawn here and dropped, but
 * for who may have the ballot opened instead of sending it, and brings fresh ones.
 * @param {Scrutin} scrutin
 * @param {Urn} urn
 * @param {{x: bigint, account: Uint8Array}} key
 * @param {Choices} choices
 * @param {bigint[]} [coins]
 * @param {{counter: number, previous: Uint8Array}} [chain]
 */
export function makeBallot(scrutin, urn, key, choices, coins = urn.questions.map(() => randomScalar()), chain = { counter: 0, previous: new Uint8Array(32) }) {
  if (Object.keys(choices).length !== urn.questions.length) throw new Error("one answer to each question is needed");
  const ciphertexts = concat(
    ...urn.questions.map((q, i) => {
      const choice = choices[q.id];
      if (choice !== BLANK && !q.options.some((o) => o.id === choice)) throw new Error(`${q.id} has no such option`);
      return encrypt(scrutin.key, optionCode(scrutin.fBytes, q.id, choice), coins[i]);
    }),
  );
  const claim = {
    urnBase: urn.generator,
    key: scrutin.key.toBytes(),
    account: key.account,
    ...chain,
    ciphertexts,
  };
  const proof = proveBallot(scrutin.context(urn.name), claim, [...coins, key.x]);
  return concat(
    Uint8Array.of(1), scrutin.oBytes, le16(urn.number), key.account, le32(chain.counter), claim.previous, ciphertexts, proof,
  );
}
