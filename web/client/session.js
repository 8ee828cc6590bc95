// @ts-check
/**
 * Login with the roll (docs/online.md, sections 1 and 5): from two codes to the voting
 * key, and what they are stretched to for the companions of the scrutin.
 *
 * What it promises: the codes leave the device in no form; a roll learns a proof that
 * they were typed, and nothing of use at another roll.
 *
 * @module
 */

import { concat, hex, text as decodeText, unhex } from "./bytes.js";
import { companionCode, readHalves, stretchCodes } from "./codes.js";
import { BASE, decodeScalar, modulo, power, randomScalar, wipe } from "./group.js";
import { CHALLENGE, loginClaim, prove } from "./proof.js";
import { elector as electorBytes, exchange, proveRequest, readStep, stepsOf } from "./wire.js";

/** @typedef {import("./types.js").Ask} Ask */
/** @typedef {import("./types.js").Companion} Companion */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").Step} Step */
/** @typedef {import("./types.js").Stretch} Stretch */
/** @typedef {import("./codes.js").Halves} Halves */
/** @typedef {import("./scrutin.js").Scrutin} Scrutin */
/** @typedef {import("./scrutin.js").Urn} Urn */

/** @type {State[]} */
const STATES = ["may-vote", "authorised", "voted"];

/** How many bytes the hint of an address has at most: the page shows it. */
const LONGEST_HINT = 64;

/** What an elector votes with: in the page's memory, until wipe. */
export class Key {
  /**
   * @param {Urn} urn
   * @param {number} elector
   * @param {bigint} x
   */
  constructor(urn, elector, x) {
    this.elector = elector;
    this.x = x;
    /** y */
    this.public = power(BASE, x).toBytes();
    /** ŷ */
    this.account = power(urn.generator, x).toBytes();
  }

  /**
   * A key of nobody's, for a ballot that is made to be opened.
   * @param {Urn} urn
   */
  static ofNobody(urn) {
    return new Key(urn, 0, randomScalar());
  }

  /** Drops the secret: see group.js on what that is worth. */
  wipe() {
    this.x = 0n;
  }
}

/**
 * Logs in with both codes, which are stretched to what the companions want too.
 * Throws Refusal "login" in all cases in which the codes do not fit.
 * @param {object} o
 * @param {Scrutin} o.scrutin
 * @param {Urn} o.urn
 * @param {number} o.elector
 * @param {Uint8Array[]} o.codes in the order of the manifest's issuers; handed over to stretch
 * @param {Stretch} o.stretch
 * @param {Ask} o.roll
 */
export async function login({ scrutin, urn, elector, codes, stretch, roll }) {
  const { companions, issuers } = scrutin.manifest;
  const stretched = await stretchCodes(scrutin, urn.name, elector, codes, stretch);
  try {
    const session = await enter({ scrutin, urn, elector, stretched, roll });
    for (const f of companions) {
      session.companions.set(f, stretched.map((s, n) => companionCode(s, unhex(f, 32), issuers[n].id)));
    }
    return session;
  } finally {
    wipe(...stretched);
  }
}

/**
 * Logs in with what the codes were stretched to.
 * @param {object} o
 * @param {Scrutin} o.scrutin
 * @param {Urn} o.urn
 * @param {number} o.elector
 * @param {Uint8Array[]} o.stretched in the order of the manifest's issuers, 128 bytes each
 * @param {Ask} o.roll
 */
export async function enter({ scrutin, urn, elector, stretched, roll }) {
  const who = electorBytes(urn.number, elector);
  const halves = stretched.map(readHalves);
  const { value: challenge } = await exchange({ service: "roll", step: "hello", ask: roll, request: who }, (r) => r.take(CHALLENGE));
  const secret = modulo(halves.reduce((sum, h) => sum + h.login, 0n));
  const claim = loginClaim(scrutin.context(urn.name), power(BASE, secret).toBytes(), elector, challenge);
  const request = concat(who, challenge, prove(claim, secret));
  const { value } = await exchange({ service: "roll", step: "login", ask: roll, request, secret: true }, (r) => ({
    token: r.take(32),
    expiry: r.le64(),
    step: readStep(r, stepsOf(urn.college).factors),
  }));
  return new Session(scrutin, urn, elector, roll, value, halves);
}

/** A session with a roll. It lives in the page's memory, nowhere else. */
export class Session {
  /**
   * @param {Scrutin} scrutin
   * @param {Urn} urn
   * @param {number} elector
   * @param {Ask} roll
   * @param {{token: Uint8Array, expiry: number, step: Step}} begun
   * @param {Halves[]} halves
   */
  constructor(scrutin, urn, elector, roll, begun, halves) {
    this.scrutin = scrutin;
    this.urn = urn;
    this.elector = elector;
    this.roll = roll;
    this.token = begun.token;
    this.halves = halves;
    /** What the codes were stretched to for each companion, by its fingerprint. @type {Map<string, Uint8Array[]>} */
    this.companions = new Map();
    /** When the session ends, in seconds since 1970. */
    this.expiry = begun.expiry;
    /** What is asked next: a further factor, or after open the validation. @type {Step} */
    this.step = begun.step;
    /** Where the elector stands, known after open. @type {State | undefined} */
    this.state = undefined;
  }

  /**
   * @template T
   * @param {string} step
   * @param {(r: import("./bytes.js").Reader) => T} read
   * @param {Uint8Array} [request]
   */
  async ask(step, read, request = this.token) {
    const none = new Uint8Array();
    return exchange({ service: "roll", step, ask: this.roll, request, shown: none, secret: true }, read);
  }

  /**
   * Has six digits sent by the channel of this.step.
   * @returns {Promise<{expiry: number, hint: string}>} when they end, and to whom they went
   */
  async send() {
    const { value } = await this.ask("send", (r) => {
      const expiry = r.le64(), hint = r.rest();
      if (hint.length > LONGEST_HINT) throw new Error("more than the hint of an address");
      return { expiry, hint: decodeText(hint) };
    });
    return value;
  }

  /**
   * Answers this.step with the digits or the answer to the question, and gives the
   * next step. Throws Refusal "code" for a wrong one.
   * @param {string} text
   * @returns {Promise<Step>}
   */
  async prove(text) {
    const { value } = await this.ask("prove", (r) => readStep(r, stepsOf(this.urn.college).factors), proveRequest(this.token, text));
    return (this.step = value);
  }

  /**
   * Opens the voting key. Throws a Lie of check account-identity. That its account
   * stands among those of the opening record is seen before anything is sent for it
   * (Casting).
   * @returns {Promise<Key>}
   */
  async open() {
    const { value, lie } = await this.ask("open", (r) => {
      const state = STATES[r.byte()];
      if (!state) throw new Error("no such state");
      return { state, step: readStep(r, [stepsOf(this.urn.college).validation]), masked: [r.take(32), r.take(32)].map(decodeScalar), expiry: r.le64() };
    });
    const x = modulo(value.masked.reduce((sum, m, i) => sum + m - this.halves[i].mask, 0n));
    if (x === 0n) throw lie("account-identity", "the halves make no key");
    const key = new Key(this.urn, this.elector, x);
    this.state = value.state;
    this.step = value.step;
    this.expiry = value.expiry;
    return key;
  }

  /** Asks for twenty more minutes: three times at most. */
  async extend() {
    const { value } = await this.ask("extend", (r) => r.le64());
    return (this.expiry = value);
  }

  /**
   * Where else the elector may vote with these codes: for each companion the number
   * of his urn, and his own there.
   * @returns {Promise<Companion[]>} in the manifest's order
   */
  async elsewhere() {
    const { companions } = this.scrutin.manifest;
    const { value } = await this.ask("companions", (r) => {
      /** @type {Companion[]} */
      const found = [];
      for (let next = 0; r.at < r.bytes.length; next++) {
        const f = hex(r.take(32));
        next = companions.indexOf(f, next);
        if (next < 0) throw new Error("no companion of this scrutin, or not in its place");
        found.push({ f, urn: r.le16(), elector: r.le32() });
      }
      return found;
    });
    return value;
  }

  /** Ends the session here, and then at the roll if that can be reached. */
  async leave() {
    const token = this.token;
    this.token = new Uint8Array(32);
    for (const stretched of this.companions.values()) wipe(...stretched);
    this.companions.clear();
    this.halves = [];
    await this.ask("leave", () => undefined, token).finally(() => wipe(token));
  }
}
