// @ts-check
/**
 * Ways into an anonymous account (docs/accounts.md, section 6): what the scratch code of a
 * card, a passphrase or a passkey becomes on the device. None of it leaves it.
 *
 * @module
 */

import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { concat, le64, utf8 } from "./bytes.js";
import { CodeError, parseCode, readHalves } from "./codes.js";
import { BASE, encodeScalar, modulo, power, wipe } from "./group.js";
import { numberOf } from "./register.js";

/** @typedef {import("./types.js").Stretch} Stretch */
/** @typedef {import("./register.js").Register} Register */

/** The kinds of ways, by their names on pages. */
export const KINDS = /** @type {const} */ ({ scratch: 1, passphrase: 2, passkey: 3 });

/** How many numbers there are, without their check digit. */
const DRAWN = 10_000_000_000n;

/** How many characters a passphrase has at least. */
export const LEAST = 12;

/** A way in: a login half and a mask, in the page's memory. */
export class Way {
  /**
   * @param {1 | 2 | 3} kind
   * @param {bigint} login
   * @param {bigint} mask
   */
  constructor(kind, login, mask) {
    this.kind = kind;
    this.login = login;
    this.mask = mask;
  }

  /**
   * @param {1 | 2 | 3} kind
   * @param {Uint8Array} stretched 128 bytes, wiped here
   */
  static from(kind, stretched) {
    const { login, mask } = readHalves(stretched);
    wipe(stretched);
    return new Way(kind, login, mask);
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
  return Way.from(kind, await stretch({ code, salt, passes: codes.passes, memory: codes.memory_kib, lanes: codes.lanes }));
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
 * What the two codes become that were sent where no card was handed out: the account's
 * number, and a way in of the card's kind (docs/consultations.md, section 8). Throws
 * CodeError, with half 1 or 2.
 * @param {Register} register
 * @param {[string, string]} typed in the order of their senders
 * @param {Stretch} stretch
 * @returns {Promise<{number: number, way: Way}>}
 */
export async function fromHalves({ codes, rhoBytes }, typed, stretch) {
  const parsed = typed.map((code, i) => {
    try {
      return parseCode(codes, code);
    } catch (e) {
      throw e instanceof CodeError ? Object.assign(e, { half: i + 1 }) : e;
    }
  });
  let login = 0n, mask = 0n, part = 0n;
  for (const [i, code] of parsed.entries()) {
    const salt = concat(utf8("isoloir/v1/half"), rhoBytes, Uint8Array.of(i + 1));
    const way = Way.from(KINDS.scratch, await stretch({ code, salt, passes: codes.passes, memory: codes.memory_kib, lanes: codes.lanes }));
    const said = sha256(concat(utf8("isoloir/v1/half-number"), rhoBytes, Uint8Array.of(i + 1), encodeScalar(way.login), encodeScalar(way.mask)));
    part += new DataView(said.buffer, said.byteOffset).getBigUint64(0, true) % DRAWN;
    login += way.login;
    mask += way.mask;
    way.wipe();
  }
  return { number: numberOf(Number(part % DRAWN)), way: new Way(KINDS.scratch, modulo(login), modulo(mask)) };
}

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
  return Way.from(KINDS.passkey, out);
}
