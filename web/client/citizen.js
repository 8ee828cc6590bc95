// @ts-check
/**
 * The owner of an anonymous account comes to his key (docs/accounts.md, section 6):
 *
 *     const register = new Register(bytes, rho)                 // register.json, and ρ
 *     const ask = asking("register", origin), stretch = stretchIn("/client/worker.js")
 *     const number = parseNumber(typed)                         // NumberError
 *     const way = await fromScratch(register, number, code, stretch)      // CodeError
 *     const way = await fromPassphrase(register, number, passphrase, stretch)
 *     const { number, prf } = await usePasskey(register, rp); const way = fromPasskey(register, number, prf)
 *     const account = await openAccount({ register, number, way, ask })
 *     account.state, account.constituency, account.x, account.public; await account.leave()
 *
 * What it promises: what was typed leaves the device in no form, and x neither; the
 * register is held to the key that it keeps. Errors are those of index.js, a Refusal of
 * the service "register" among them.
 *
 * @module
 */

import { concat, equal, le64, text } from "./bytes.js";
import { BASE, decodeScalar, modulo, power, randomScalar, wipe } from "./group.js";
import { accountClaim, CHALLENGE, loginClaim, prove } from "./proof.js";
import { digits } from "./register.js";
import { exchange } from "./wire.js";

/** @typedef {import("./types.js").Ask} Ask */
/** @typedef {import("./register.js").Register} Register */
/** @typedef {import("./ways.js").Way} Way */

/** States of an account that can be opened, by their numbers. @type {Record<number, "used" | "suspended">} */
const STATES = { 2: "used", 3: "suspended" };

/**
 * @typedef {object} Entry
 * @property {Register} register
 * @property {number} number
 * @property {Way} way
 * @property {Ask} ask of the register
 */

/** What a way in proves: challenge ‖ R ‖ s. @param {Entry} entry */
async function proven({ register, number, way, ask }) {
  const { value: challenge } = await exchange({ service: "register", step: "hello", ask, request: le64(number) }, (r) => r.take(CHALLENGE));
  return concat(challenge, prove(loginClaim(register.context(digits(number)), way.key(), 0, challenge), way.login));
}

/** The secret of a new account, kept until its first use has been answered. */
export const drawAccount = randomScalar;

/**
 * Takes a card into use: sent again with the same secret it is answered the same. Gives
 * the register's signed word. Throws a Lie of check account-note where that is false.
 * @param {Entry & {second: Way, x: bigint}} first by the scratch code; second is another way in
 * @returns {Promise<Uint8Array>}
 */
export async function firstUse({ second, x, ...entry }) {
  const { register, number, way, ask } = entry;
  const y = power(BASE, x).toBytes();
  const proof = prove(accountClaim(register.context(), y, ""), x);
  const request = concat(le64(number), await proven(entry), y, proof, way.masked(x), second.deposit(x));
  const { value: note, lie } = await exchange({ service: "register", step: "first", ask, request, shown: y }, (r) => r.rest());
  try {
    register.verify(note, number, y);
  } catch (e) {
    throw lie("account-note", String(e));
  }
  return note;
}

/**
 * Comes in. Throws Refusal "login" in all cases in which nothing opens with this, and a
 * Lie of check account-key where the register gives another key than its own.
 * @param {Entry} entry
 */
export async function openAccount(entry) {
  const { register, number, way, ask } = entry;
  const request = concat(le64(number), Uint8Array.of(way.kind), await proven(entry));
  const { value, lie } = await exchange({ service: "register", step: "open", ask, request, shown: le64(number), secret: true }, (r) => {
    const token = r.take(32), expiry = r.le64(), state = STATES[r.byte()], ways = r.byte();
    const key = r.take(32), masked = decodeScalar(r.take(32)), constituency = text(r.rest());
    if (!state || !register.constituencies.some((c) => c.id === constituency)) throw new Error("no such state, or constituency");
    return { token, expiry, state, ways, key, masked, constituency };
  });
  const x = modulo(value.masked - way.mask);
  if (x === 0n || !equal(power(BASE, x).toBytes(), value.key)) throw lie("account-key", "the key is not the one of the secret");
  return new Account(register, number, ask, x, value);
}

/** An account that is open, in the page's memory alone. */
export class Account {
  /**
   * @param {Register} register
   * @param {number} number
   * @param {Ask} ask
   * @param {bigint} x
   * @param {{token: Uint8Array, expiry: number, state: "used" | "suspended", ways: number, key: Uint8Array, constituency: string}} begun
   */
  constructor(register, number, ask, x, begun) {
    this.register = register;
    this.number = number;
    this.ask = ask;
    this.x = x;
    /** y */
    this.public = begun.key;
    this.token = begun.token;
    /** When the session ends, in seconds since 1970. */
    this.expiry = begun.expiry;
    /** A suspended account votes in nothing that opens. @type {"used" | "suspended" | "invalid"} */
    this.state = begun.state;
    this.ways = begun.ways;
    this.constituency = begun.constituency;
  }

  /** Whether the account has a way in of a kind. @param {1 | 2 | 3} kind */
  has(kind) {
    return (this.ways & (1 << (kind - 1))) !== 0;
  }

  /**
   * @param {string} step
   * @param {Uint8Array} [more]
   */
  async change(step, more = new Uint8Array()) {
    const request = concat(this.token, more);
    await exchange({ service: "register", step, ask: this.ask, request, shown: new Uint8Array(), secret: true }, () => undefined);
  }

  /** Replaces the way of its kind, or adds one. @param {Way} way */
  async put(way) {
    await this.change("way", way.deposit(this.x));
    this.ways |= 1 << (way.kind - 1);
  }

  /** Takes a way away; Refusal "last way" for the last one. @param {1 | 2 | 3} kind */
  async drop(kind) {
    await this.change("drop", Uint8Array.of(kind));
    this.ways &= ~(1 << (kind - 1));
  }

  /** The register's signed word on this account: a Lie of check account-note where it is false. */
  async word() {
    const { value: note, lie } = await exchange({ service: "register", step: "account", ask: this.ask, request: concat(this.token), shown: new Uint8Array() }, (r) => r.rest());
    try {
      this.register.verify(note, this.number, this.public);
    } catch (e) {
      throw lie("account-note", String(e));
    }
    return note;
  }

  async suspend() {
    await this.change("suspend");
    this.state = "suspended";
  }

  async resume() {
    await this.change("resume");
    this.state = "used";
  }

  /** Closes the account for good. */
  async close() {
    await this.change("close");
    this.state = "invalid";
  }

  /** Ends the session here, and then at the register if that can be reached. */
  async leave() {
    const token = this.token;
    this.token = new Uint8Array(32);
    this.x = 0n;
    const request = concat(token);
    wipe(token);
    await exchange({ service: "register", step: "leave", ask: this.ask, request, shown: new Uint8Array(), secret: true }, () => undefined).finally(() => wipe(request));
  }
}
