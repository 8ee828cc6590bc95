// @ts-check
/**
 * Ways into an anonymous account (docs/accounts.md, section 6): what the scratch code of a
 * card, a passphrase or a passkey becomes on the device. None of it leaves it.
 *
 * @module
 */

import { hkdf } from "@noble/hashes/hkdf.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concat, le64, utf8 } from "./bytes.js";
import { parseCode, readHalves } from "./codes.js";
import { BASE, encodeScalar, modulo, power, wipe } from "./group.js";

/** @typedef {import("./types.js").Stretch} Stretch */
/** @typedef {import("./register.js").Register} Register */

/** The kinds of ways, by their names on pages. */
export const KINDS = /** @type {const} */ ({ scratch: 1, passphrase: 2, passkey: 3 });

/** How many characters a passphrase has at least. */
export const LEAST = 12;

/** A way in: a login half and a mask, in the page's memory. */
export class Way {
  /**
   * @param {1 | 2 | 3} kind
   * @param {Uint8Array} stretched 128 bytes, wiped here
   */
  constructor(kind, stretched) {
    this.kind = kind;
    const { login, mask } = readHalves(stretched);
    wipe(stretched);
    this.login = login;
    this.mask = mask;
  }

  /** L */
  key() {
    return power(BASE, this.login).toBytes();
  }

  /** x+m: the account's secret as the register keeps it for this way. @param {bigint} x */
  masked(x) {
    return encodeScalar(modulo(x + this.mask));
  }

  /** What the register is left: kind ‖ L ‖ x+m. @param {bigint} x */
  deposit(x) {
    return concat(Uint8Array.of(this.kind), this.key(), this.masked(x));
  }

  /** Drops the secrets: see group.js on what that is worth. */
  wipe() {
    this.login = this.mask = 0n;
  }
}

/**
 * @param {Register} register
 * @param {number} number
 * @param {1 | 2} kind
 * @param {Uint8Array} code handed over to stretch
 * @param {Stretch} stretch
 */
async function typed({ codes, rhoBytes }, number, kind, code, stretch) {
  const salt = concat(rhoBytes, le64(number), Uint8Array.of(kind));
  return new Way(kind, await stretch({ code, salt, passes: codes.passes, memory: codes.memory_kib, lanes: codes.lanes }));
}

/**
 * What a card's scratch code becomes, as people type it. Throws CodeError.
 * @param {Register} register
 * @param {number} number
 * @param {string} code
 * @param {Stretch} stretch
 */
export const fromScratch = async (register, number, code, stretch) => typed(register, number, KINDS.scratch, parseCode(register.codes, code), stretch);

/**
 * A passphrase as it counts: but for the form of its letters (NFC), and for its spaces,
 * of which there are none at its ends and one where a telephone wrote several.
 * @param {string} passphrase
 */
export const plain = (passphrase) => passphrase.normalize("NFC").split(/[ \u00a0]+/).filter(Boolean).join(" ");

/**
 * What a passphrase becomes.
 * @param {Register} register
 * @param {number} number
 * @param {string} passphrase
 * @param {Stretch} stretch
 */
export const fromPassphrase = (register, number, passphrase, stretch) => typed(register, number, KINDS.passphrase, utf8(plain(passphrase)), stretch);

/**
 * What a passkey becomes.
 * @param {Register} register
 * @param {number} number
 * @param {Uint8Array} prf 32 bytes, wiped here
 */
export function fromPasskey({ rhoBytes }, number, prf) {
  const out = hkdf(sha512, prf, undefined, concat(utf8("isoloir/v1/passkey"), rhoBytes, le64(number)), 128);
  wipe(prf);
  return new Way(KINDS.passkey, out);
}
