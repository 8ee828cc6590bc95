// @ts-check
/**
 * The register of anonymous accounts as a device knows it: its descriptor, the numbers of
 * accounts, and its signed word on one of them (docs/accounts.md, sections 2, 3 and 6).
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { hex, text, unhex } from "./bytes.js";
import { check, isCount, isDigest, isName, parseCanonical } from "./canonical.js";
import { openNote, Verifier } from "./note.js";

/** @typedef {import("./types.js").CodeRules} CodeRules */

const isText = (/** @type {unknown} */ v) => typeof v === "string";

const DESCRIPTOR = {
  record: (/** @type {unknown} */ v) => v === "isoloir/v1/register",
  organisation: isName,
  id: isName,
  title: isText,
  kind: (/** @type {unknown} */ v) => v === "real" || v === "rehearsal",
  zone: isText,
  minimum_size: isCount,
  constituencies: [{ id: isName, label: isText }],
  codes: { length: isCount, alphabet: isText, scratch_length: (/** @type {unknown} */ v) => v === 0, algorithm: isText, passes: isCount, memory_kib: isCount, lanes: isCount },
  signing: isText,
  activation: isDigest,
};

/** What a person typed is no account number. */
export class NumberError extends Error {
  constructor() {
    super("not an account number");
    this.name = "NumberError";
  }
}

/** A register, whose descriptor has the digest ρ that is expected. */
export class Register {
  /**
   * Throws where the bytes are of another register, or not in their form.
   * @param {Uint8Array} bytes of register.json
   * @param {string} rho 64 hexadecimal digits, from the page or from a manifest
   */
  constructor(bytes, rho) {
    if (hex(sha256(bytes)) !== rho) throw new Error("the descriptor is of another register");
    const found = parseCanonical(text(bytes));
    check(found, DESCRIPTOR);
    this.rho = rho;
    /** ρ, 32 bytes */
    this.rhoBytes = unhex(rho, 32);
    /** @type {string} */
    this.title = found.title;
    /** @type {boolean} */
    this.real = found.kind === "real";
    /** @type {string} */
    this.zone = found.zone;
    /** @type {{id: string, label: string}[]} */
    this.constituencies = found.constituencies;
    /** @type {CodeRules} */
    this.codes = found.codes;
    this.verifier = Verifier.parse(found.signing);
  }

  /** The context of the proofs of an account; its number stands in the place of an urn. @param {string} [urn] */
  context(urn = "") {
    return { manifest: this.rhoBytes, opening: new Uint8Array(32), urn };
  }

  /**
   * Verifies the register's word that the account of a number has a key. Throws where it
   * says anything else, or is not signed by the register.
   * @param {Uint8Array} note
   * @param {number} number
   * @param {Uint8Array} key y
   */
  verify(note, number, key) {
    const { text: said } = openNote(note, [this.verifier]);
    if (said !== `isoloir/v1/account\n${this.rho} ${digits(number)}\n${hex(key)}\n`) throw new Error("the register signed something else");
  }
}

const DIGITS = 11;

/** The eleven digits of a number. @param {number} number */
export const digits = (number) => String(number).padStart(DIGITS, "0");

/** A number as it is printed, 123 4567 8901. @param {number} number */
export const showNumber = (number) => digits(number).replace(/^(...)(....)/, "$1\u00a0$2\u00a0");

/**
 * Reads a number as people type it, with spaces and hyphens anywhere; its last digit
 * checks the others (ISO/IEC 7064 MOD 11,10). Throws NumberError.
 * @param {string} typed
 * @returns {number}
 */
export function parseNumber(typed) {
  const found = typed.replace(/[ \u00a0\u202f-]/g, "");
  if (!/^[0-9]{11}$/.test(found) || numberOf(Number(found.slice(0, -1))) !== Number(found)) throw new NumberError();
  return Number(found);
}

/** The number of ten digits, with its check digit. @param {number} drawn */
export function numberOf(drawn) {
  let product = 10;
  for (const d of String(drawn).padStart(DIGITS - 1, "0")) product = (2 * ((product + Number(d)) % 10 || 10)) % 11;
  return drawn * 10 + ((11 - product) % 10);
}
