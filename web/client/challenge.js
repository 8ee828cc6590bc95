// @ts-check
/**
 * A ballot that is opened instead of cast (docs/protocol.md, section 12.1): what the
 * device hands over once it is told, and what another one verifies.
 *
 * What it promises. The ballot is made before anybody says that it will be opened; an
 * opening is used once, or dropped when the ballot is sent. Whoever verifies one believes
 * neither the device that made it nor the urn: the choice is that of the ballot whose
 * code was shown, or it is refused by the name of what does not hold.
 *
 * @module
 */

import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { ballotSize, BLANK, encrypt, optionCode } from "./ballot.js";
import { concat, equal, hex, le16, le32, Reader, unhex, utf8 } from "./bytes.js";
import { ClocksDiffer } from "./errors.js";
import { decode, decodeNonIdentity, decodeScalar, encodeScalar, randomScalar } from "./group.js";
import { differs, exchange } from "./wire.js";

/** @typedef {import("./types.js").Ask} Ask */
/** @typedef {import("./types.js").Choices} Choices */
/** @typedef {import("./types.js").Question} Question */
/** @typedef {import("./scrutin.js").Scrutin} Scrutin */
/** @typedef {import("./scrutin.js").Urn} Urn */

const NONCE = new Uint8Array(12);
const TAG = 16;

/**
 * Why a challenge does not verify, in the order in which it is looked for.
 * @typedef {"format" | "name" | "box" | "code" | "ballot" | "opening"} Reason
 */

/** A device did not open what it had shown. */
export class ChallengeError extends Error {
  /** @param {Reason} reason */
  constructor(reason) {
    super("the device did not open what it had shown: " + reason);
    this.name = "ChallengeError";
    this.reason = reason;
  }
}

/**
 * Fresh coins for a ballot, one for each question.
 * @param {Urn} urn
 */
export const drawCoins = (urn) => urn.questions.map(() => randomScalar());

/**
 * What may be chosen, in the order of the places.
 * @param {Question} question
 */
const places = (question) => [...question.options.map((o) => o.id), BLANK];

/** @param {Uint8Array} code */
const nameOf = (code) => sha256(concat(utf8("isoloir/v1/challenge"), code));

/** @param {Uint8Array} code */
const boxOf = (code) => chacha20poly1305(sha256(concat(utf8("isoloir/v1/challenge-box"), code)), NONCE);

/** What opens one ballot. */
export class Opening {
  /**
   * @param {Scrutin} scrutin
   * @param {Urn} urn
   * @param {Uint8Array} ballot
   * @param {Choices} choices
   * @param {bigint[]} coins
   */
  constructor(scrutin, urn, ballot, choices, coins) {
    this.scrutin = scrutin;
    this.urn = urn;
    this.ballot = ballot;
    this.choices = choices;
    this.coins = coins;
  }

  /**
   * The code of a ballot, in hexadecimal digits.
   * @param {Uint8Array} ballot
   */
  static code(ballot) {
    return hex(sha256(ballot));
  }

  /** The record of the challenge. */
  record() {
    const code = sha256(this.ballot);
    const openings = this.urn.questions.flatMap((q, i) => [le16(places(q).indexOf(this.choices[q.id])), encodeScalar(this.coins[i])]);
    return concat(nameOf(code), ...openings, boxOf(code).encrypt(this.ballot));
  }

  /** The file of the challenge, which needs no urn. */
  file() {
    return challengeFile(this.scrutin, this.urn, this.record(), Opening.code(this.ballot));
  }

  /**
   * Hands the opening to the urn: from then on this ballot counts for nobody. Throws a
   * Lie of check challenged- and what differs, Refusal, or what ask throws; it can be
   * repeated. Gives what the urn signed.
   * @param {Ask} ask
   */
  async open(ask) {
    const record = this.record();
    const request = concat(le16(this.urn.number), record);
    const { value, lie } = await exchange({ service: "urn", step: "challenge", ask, request }, (r) => r.short());
    const wrong = (/** @type {number} */ now) => differs(value, this.scrutin.urnKey, "challenged", this.scrutin.o, this.urn.name, sha256(record), now);
    const now = this.scrutin.now();
    const found = wrong(now);
    if (found === "expired") throw new ClocksDiffer("challenge");
    if (found) throw lie("challenged-" + found, "the urn did not acknowledge this challenge");
    return value;
  }
}

/**
 * What anybody can verify again, by audit challenge: its name and its text.
 * @param {Scrutin} scrutin
 * @param {Urn} urn
 * @param {Uint8Array} record
 * @param {string} code
 */
export function challengeFile(scrutin, urn, record, code) {
  const values = { record: "isoloir/v1/challenge", manifest: scrutin.f, opening: scrutin.o, urn: urn.name, code, challenge: hex(record) };
  return { name: `bulletin-ouvert-${urn.name}.json`, text: JSON.stringify(values, null, 2) + "\n" };
}

/**
 * The choice of a ballot that was opened. Throws ChallengeError.
 * @param {Scrutin} scrutin
 * @param {Urn} urn
 * @param {Uint8Array} record
 * @param {Uint8Array} code
 * @returns {Choices}
 */
export function verifyChallenge(scrutin, urn, record, code) {
  const w = urn.questions.length;
  if (record.length !== 32 + 34 * w + ballotSize(w) + TAG) throw new ChallengeError("format");
  const r = new Reader(record);
  const name = r.take(32);
  const opened = urn.questions.map((q) => {
    const option = places(q)[r.le16()];
    const coin = coinOf(r.take(32));
    return { q, option, ciphertext: option === undefined ? undefined : encrypt(scrutin.key, optionCode(scrutin.fBytes, q.id, option), coin) };
  });
  if (!equal(name, nameOf(code))) throw new ChallengeError("name");
  const ballot = unbox(r.rest(), code);
  if (!equal(sha256(ballot), code)) throw new ChallengeError("code");
  const ciphertexts = ciphertextsOf(scrutin, urn, ballot);
  /** @type {Choices} */
  const choices = {};
  opened.forEach(({ q, option, ciphertext }, i) => {
    if (option === undefined || !ciphertext || !equal(ciphertext, ciphertexts.slice(64 * i, 64 * i + 64))) throw new ChallengeError("opening");
    choices[q.id] = option;
  });
  return choices;
}

/** @param {Uint8Array} bytes */
function coinOf(bytes) {
  try {
    const coin = decodeScalar(bytes);
    if (coin !== 0n) return coin;
  } catch {
    // said below
  }
  throw new ChallengeError("format");
}

/**
 * @param {Uint8Array} box
 * @param {Uint8Array} code
 */
function unbox(box, code) {
  try {
    return boxOf(code).decrypt(box);
  } catch {
    throw new ChallengeError("box");
  }
}

/**
 * The ciphertexts of a ballot of this urn.
 * @param {Scrutin} scrutin
 * @param {Urn} urn
 * @param {Uint8Array} ballot
 */
function ciphertextsOf(scrutin, urn, ballot) {
  const w = urn.questions.length;
  const head = concat(Uint8Array.of(1), scrutin.oBytes, le16(urn.number));
  const ciphertexts = ballot.slice(103, 103 + 64 * w);
  const first = !equal(ballot.slice(67, 71), le32(0)) || equal(ballot.slice(71, 103), new Uint8Array(32));
  if (ballot.length !== ballotSize(w) || !equal(ballot.slice(0, 35), head) || !first) throw new ChallengeError("ballot");
  try {
    for (let at = 0; at < ciphertexts.length; at += 64) {
      decodeNonIdentity(ciphertexts.slice(at, at + 32));
      decode(ciphertexts.slice(at + 32, at + 64));
    }
  } catch {
    throw new ChallengeError("ballot");
  }
  return ciphertexts;
}

/**
 * What an urn holds of the ballot of a code that was opened: its record, and whether it is
 * contested; nothing where there is none. Only the name is told to the urn.
 * @param {Urn} urn
 * @param {string} code 64 hexadecimal digits
 * @param {Ask} ask
 * @returns {Promise<{record: Uint8Array, contested: boolean} | undefined>}
 */
export async function findChallenge(urn, code, ask) {
  const name = nameOf(unhex(code, 32));
  const { value, lie } = await exchange({ service: "urn", step: "challenged", ask, request: concat(le16(urn.number), name) }, (r) => {
    const state = r.byte();
    if (state > 1) throw new Error("no such state");
    return state === 0 ? undefined : { code: hex(r.take(32)), record: r.rest() };
  });
  if (!value) return undefined;
  const contested = value.code !== hex(new Uint8Array(32));
  if (!equal(value.record.slice(0, 32), name)) throw lie("challenged-name", "the answer is about another challenge");
  if (contested && value.code !== code) throw lie("challenged-code", "it is contested by another code");
  return { record: value.record, contested };
}

/**
 * Says to the urn, and so to everybody, that the ballot of this code does not hold what
 * was chosen: the code is disclosed.
 * @param {Urn} urn
 * @param {string} code
 * @param {Ask} ask
 */
export async function contestChallenge(urn, code, ask) {
  await exchange({ service: "urn", step: "contest", ask, request: concat(le16(urn.number), unhex(code, 32)) }, () => undefined);
}
