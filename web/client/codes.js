// @ts-check
/**
 * The two codes of an elector: read as people type them, and stretched to the keys
 * that they stand for, in the scrutin that they were sent for and in its companions
 * (docs/protocol.md, section 5; docs/online.md, sections 1 and 5).
 *
 * @module
 */

import { hkdf } from "@noble/hashes/hkdf.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concat, le32, shortName, utf8 } from "./bytes.js";
import { wideScalar } from "./group.js";

/** @typedef {import("./types.js").CodeRules} CodeRules */
/** @typedef {import("./types.js").Stretch} Stretch */
/** @typedef {import("./scrutin.js").Scrutin} Scrutin */

/** What a person typed is not a code of this vote. */
export class CodeError extends Error {
  /** Which of two codes sent apart, where it is one of them. @type {number | undefined} */
  half;

  constructor() {
    super("not a code of this vote");
    this.name = "CodeError";
  }
}

/**
 * The characters of a code as people type it: in either case, where the alphabet has
 * only one, and with spaces and hyphens anywhere. Throws CodeError.
 * @param {CodeRules} rules
 * @param {string} typed
 * @returns {Uint8Array} to be wiped
 */
export function parseCode(rules, typed) {
  const found = characters(rules, typed);
  if (found.length !== rules.length) throw new CodeError();
  return utf8(found);
}

/**
 * An identifier as the first issuer sends it: the elector's number, and then his
 * code, of which the last characters are as many as a code has. Throws CodeError.
 * @param {CodeRules} rules
 * @param {string} typed
 * @returns {{elector: number, code: Uint8Array}}
 */
export function parseIdentifier(rules, typed) {
  const trimmed = typed.replace(/[ -]/g, "");
  const at = trimmed.length - rules.length;
  const number = trimmed.slice(0, Math.max(at, 0));
  if (!/^(0|[1-9][0-9]{0,9})$/.test(number) || Number(number) >= 2 ** 32) throw new CodeError();
  return { elector: Number(number), code: parseCode(rules, trimmed.slice(at)) };
}

/**
 * @param {CodeRules} rules
 * @param {string} typed
 */
function characters(rules, typed) {
  let found = "";
  if (typed.length > 4 * rules.length) throw new CodeError();
  for (const c of typed) {
    if (rules.alphabet.includes(c)) found += c;
    else if (c !== " " && c !== "-") {
      const other = /[a-z]/.test(c) ? c.toUpperCase() : /[A-Z]/.test(c) ? c.toLowerCase() : c;
      if (!rules.alphabet.includes(other)) throw new CodeError();
      found += other;
    }
  }
  return found;
}

/**
 * Stretches the code that an issuer sent to an elector, at the manifest's cost. The
 * code is handed over to who computes, and wiped there.
 * @param {CodeRules} rules
 * @param {{f: Uint8Array, urn: string, elector: number, issuer: string}} whose
 * @param {Uint8Array} code
 * @param {Stretch} stretch
 * @returns {Promise<Uint8Array>} 128 bytes, to be wiped
 */
export const stretchCode = (rules, { f, urn, elector, issuer }, code, stretch) =>
  stretch({ code, salt: concat(f, shortName(urn), le32(elector), utf8(issuer)), passes: rules.passes, memory: rules.memory_kib, lanes: rules.lanes });

/**
 * Stretches both codes at once, in the order of the manifest's issuers.
 * @param {Scrutin} scrutin
 * @param {string} urn
 * @param {number} elector
 * @param {Uint8Array[]} codes
 * @param {Stretch} stretch
 */
export const stretchCodes = ({ manifest, fBytes: f }, urn, elector, codes, stretch) =>
  Promise.all(manifest.issuers.map((i, n) => stretchCode(manifest.codes, { f, urn, elector, issuer: i.id }, codes[n], stretch)));

/**
 * What a stretched code stands for in a companion.
 * @param {Uint8Array} stretched 128 bytes
 * @param {Uint8Array} f of the companion
 * @param {string} issuer
 * @returns {Uint8Array} 128 bytes, to be wiped
 */
export const companionCode = (stretched, f, issuer) =>
  hkdf(sha512, stretched, undefined, concat(utf8("isoloir/v1/companion"), f, utf8(issuer)), 128);

/**
 * What a stretched code is read as: half of the login key, and the mask over the half
 * of the voting key that the same issuer drew.
 * @typedef {{login: bigint, mask: bigint}} Halves
 */

/**
 * @param {Uint8Array} stretched 128 bytes
 * @returns {Halves}
 */
export const readHalves = (stretched) => ({ login: wideScalar(stretched.subarray(0, 64)), mask: wideScalar(stretched.subarray(64)) });
