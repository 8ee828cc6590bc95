// @ts-check
/**
 * Casting as the voter's device sees it (docs/protocol.md, section 12): reserve,
 * append, mark.
 *
 * What it promises. The receipt code is computed here, and known before anything is
 * sent; an answer counts only if the service's key signed exactly what this device
 * expects. A Casting keeps the bytes of ballot, signatures and reservation, never
 * the choice, the coins, the elector's secret nor that of the device's key, and sends the same bytes
 * again until it has the promise and the mark: each step can be repeated, also in
 * another visit, and after it stopped anywhere.
 *
 * @module
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { unlessFresh, verifyAccount } from "./account.js";
import { ballotSize, makeBallot } from "./ballot.js";
import { concat, equal, hex, le16, short, unhex, utf8 } from "./bytes.js";
import { check, isDigest, isName } from "./canonical.js";
import { ClocksDiffer, Refusal } from "./errors.js";
import { random, wipe } from "./group.js";
import { askMark, isOwn, markedDiffers, signReservation } from "./mark.js";
import { castingText, verify } from "./note.js";
import { append, differs, elector, exchange, RESERVATION } from "./wire.js";

/** @typedef {import("./types.js").Ask} Ask */
/** @typedef {import("./types.js").Choices} Choices */
/** @typedef {import("./types.js").Saved} Saved */
/** @typedef {import("./types.js").Stage} Stage */
/** @typedef {import("./scrutin.js").Scrutin} Scrutin */
/** @typedef {import("./scrutin.js").Urn} Urn */
/** @typedef {import("./session.js").Key} Key */
/** @typedef {import("./session.js").Session} Session */

/** @type {Stage[]} */
const STAGES = ["made", "reserved", "appended", "marked"];
/** @type {Uint8Array} */
const NONE = new Uint8Array();

/** The first step needs a session, and there is none: log in again. */
export class NeedsSession extends Error {
  constructor() {
    super("log in again to send this ballot");
    this.name = "NeedsSession";
  }
}

/** Whom a Casting talks to; session is needed for the first step alone. */
/** @typedef {{roll: Ask, urn: Ask, session?: Session}} Services */

/** One ballot on its way. */
export class Casting {
  /**
   * @param {Scrutin} scrutin
   * @param {Urn} urn
   * @param {number} elector
   * @param {{account: Uint8Array, reservation: Uint8Array, device: Uint8Array, signature: Uint8Array, ballot: Uint8Array}} made
   */
  constructor(scrutin, urn, elector, made) {
    this.scrutin = scrutin;
    this.urn = urn;
    this.elector = elector;
    this.account = made.account;
    this.reservation = made.reservation;
    this.device = made.device;
    this.signature = made.signature;
    this.ballot = made.ballot;
    this.hash = sha256(made.ballot);
    /** The urn has shown that the ballot's account is one of its population. */
    this.verified = false;
    /** @type {Stage} */
    this.stage = "made";
    this.token = NONE;
    this.authorisation = NONE;
    /** The urn's signed promise, once appended. */
    this.promise = NONE;
    this.receipt = NONE;
    this.mark = NONE;
    /** The roll's signed mark, once marked. */
    this.marked = NONE;
  }

  /**
   * Makes ballot and reservation. The device's key pair is drawn here, signs the
   * ballot, and its secret is overwritten. The key can be wiped after.
   * @param {Scrutin} scrutin
   * @param {Urn} urn
   * @param {Key} key
   * @param {Choices} choices
   * @param {bigint[]} [coins] as makeBallot
   */
  static make(scrutin, urn, key, choices, coins) {
    const ballot = makeBallot(scrutin, urn, key, choices, coins);
    const seed = random(32);
    const device = ed25519.getPublicKey(seed);
    const signature = ed25519.sign(appendText(scrutin, urn, sha256(ballot)), seed);
    wipe(seed);
    return new Casting(scrutin, urn, key.elector, {
      account: key.public,
      reservation: signReservation(scrutin, urn, key, device),
      device,
      signature,
      ballot,
    });
  }

  /** The receipt code, in hexadecimal digits: known before anything is sent. */
  get code() {
    return hex(this.hash);
  }

  /**
   * Goes through one stage. Throws Lie, Refusal, NeedsSession, or what an Ask throws;
   * after all but a Lie it can be called again.
   * @param {Services} services
   */
  async step(services) {
    switch (this.stage) {
      case "made":
        return this.reserve(services).catch((e) => {
          // marked for the ballot that was promised: no other one had the elector's token
          if (this.promise.length > 0 && e instanceof Refusal && e.reason === "marked") return this.confirm(services);
          throw e;
        });
      case "reserved":
        return this.append(services);
      case "appended":
        return this.confirm(services);
    }
  }

  /**
   * Goes through the stages that are left. changed is called after each.
   * @param {Services} services
   * @param {(casting: Casting) => void} [changed]
   */
  async cast(services, changed = () => {}) {
    while (this.stage !== "marked") {
      try {
        await this.step(services);
      } finally {
        changed(this);
      }
    }
  }

  /** @param {Services} services */
  async reserve({ urn, session }) {
    if (!session) throw new NeedsSession();
    if (!this.verified) await verifyAccount(this.urn, this.ballot.slice(35, 67), urn);
    this.verified = true;
    const request = concat(session.token, this.reservation);
    const { value, lie } = await exchange(
      { service: "roll", step: "reserve", ask: session.roll, request, shown: this.reservation },
      (r) => ({ token: sha256(r.take(32)), authorisation: r.rest() }),
    ).catch((e) => {
      throw unlessFresh(this.urn, e);
    });
    const wrong = this.authorisationDiffers(value.token, value.authorisation);
    if (wrong) throw lie(`authorisation-${wrong}`, "the authorisation is not for this device and vote");
    if (this.authorisationDiffers(value.token, value.authorisation, this.scrutin.now())) throw new ClocksDiffer("authorisation");
    this.token = value.token;
    this.authorisation = value.authorisation;
    this.stage = "reserved";
  }

  /** @param {Services} services */
  async append(services) {
    try {
      await this.fetch(services);
    } catch (e) {
      // The roll knows what became of the authorisation: ask it again.
      if (e instanceof Refusal && ["void", "spent", "authorisation"].includes(e.reason)) this.stage = "made";
      throw unlessFresh(this.urn, e);
    }
    this.stage = "appended";
  }

  /**
   * Sends the ballot, and keeps promise and receipt; the promise also where the clocks
   * differ, since it binds the urn.
   * @param {Services} services
   */
  async fetch({ urn }) {
    const request = append({ ...this, urn: this.urn.number });
    const { value, lie } = await exchange({ service: "urn", step: "append", ask: urn, request }, (r) => ({
      promise: r.short(),
      receipt: r.short(),
    }));
    const promise = this.promiseDiffers(value.promise);
    if (promise) throw lie(`promise-${promise}`, "the urn did not promise this ballot");
    const receipt = this.receiptDiffers(value.receipt);
    if (receipt) throw lie(`appended-${receipt}`, "the urn's word for the roll is not about this authorisation");
    this.promise = value.promise;
    const now = this.scrutin.now();
    if (this.promiseDiffers(value.promise, now) || this.receiptDiffers(value.receipt, now)) throw new ClocksDiffer("promise");
    this.receipt = value.receipt;
  }

  /** @param {Services} services */
  async confirm(services) {
    const ask = () => askMark(this, concat(this.reservation, this.receipt), services.roll);
    const { mark, marked } = await ask().catch(async (e) => {
      if (!(e instanceof Refusal && e.reason === "reservation")) throw e;
      await this.fetch(services); // the deputy under the receipt is over: another one signs the same
      return ask();
    });
    this.mark = mark;
    this.marked = marked;
    this.stage = "marked";
  }

  /**
   * Has the e-mail issuer send the receipt code, where the manifest's
   * email_after_vote is code (docs/online.md, section 3). For a marked ballot.
   * @param {Ask} issuer
   */
  async mail(issuer) {
    const mark = concat(elector(this.urn.number, this.elector), this.mark, short(this.marked));
    const request = concat(mark, this.hash, short(this.promise));
    await exchange({ service: "issuer", step: "receipt-mail", ask: issuer, request }, () => undefined);
  }

  /**
   * @param {Uint8Array} token H(τ)
   * @param {Uint8Array} signed
   * @param {number} [now]
   */
  authorisationDiffers(token, signed, now) {
    return this.differs(signed, "roll", "authorisation", sha256(concat(token, this.device)), now);
  }

  /**
   * @param {Uint8Array} signed
   * @param {number} [now]
   */
  promiseDiffers(signed, now) {
    return this.differs(signed, "urn", "promise", this.hash, now);
  }

  /**
   * @param {Uint8Array} signed
   * @param {number} [now]
   */
  receiptDiffers(signed, now) {
    return this.differs(signed, "urn", "appended", this.token, now);
  }

  /**
   * @param {Uint8Array} signed
   * @param {"roll" | "urn"} signer
   * @param {string} kind
   * @param {Uint8Array} value
   * @param {number} [now] in seconds since 1970, if it was said just now
   */
  differs(signed, signer, kind, value, now) {
    const key = signer === "roll" ? this.scrutin.rollKey : this.scrutin.urnKey;
    return differs(signed, key, kind, this.scrutin.o, this.urn.name, value, now);
  }

  /**
   * What is kept on the device until the mark has come: no secret, no choice.
   * @returns {Saved}
   */
  toJSON() {
    return {
      record: "isoloir/v1/casting",
      manifest: this.scrutin.f,
      opening: this.scrutin.o,
      urn: this.urn.name,
      elector: this.elector,
      account: hex(this.account),
      reservation: hex(this.reservation),
      device: hex(this.device),
      signature: hex(this.signature),
      ballot: hex(this.ballot),
      stage: this.stage,
      token: hex(this.token),
      authorisation: hex(this.authorisation),
      promise: hex(this.promise),
      receipt: hex(this.receipt),
      mark: hex(this.mark),
      marked: hex(this.marked),
    };
  }

  /**
   * Takes up again what toJSON gave. Nothing of it is believed: throws unless every
   * signature that the stage implies is there.
   * @param {Scrutin} scrutin
   * @param {unknown} json
   */
  static resume(scrutin, json) {
    check(json, SAVED);
    const saved = /** @type {Saved} */ (json);
    if (saved.manifest !== scrutin.f || saved.opening !== scrutin.o) throw new Error("the ballot is of another vote");
    const urn = scrutin.urn(saved.urn, saved.elector);
    const c = new Casting(scrutin, urn, saved.elector, {
      account: unhex(saved.account),
      reservation: unhex(saved.reservation, RESERVATION),
      device: unhex(saved.device, 32),
      signature: unhex(saved.signature, 64),
      ballot: unhex(saved.ballot, ballotSize(urn.questions.length)),
    });
    c.token = unhex(saved.token);
    c.authorisation = unhex(saved.authorisation);
    c.promise = unhex(saved.promise);
    c.receipt = unhex(saved.receipt);
    c.mark = unhex(saved.mark);
    c.marked = unhex(saved.marked);
    c.stage = saved.stage;
    if (!c.holds()) throw new Error("the ballot that was kept on this device is damaged");
    return c;
  }

  /** Says whether everything that the stage implies is there and signed. */
  holds() {
    const reached = STAGES.indexOf(this.stage);
    return (
      equal(this.reservation.subarray(0, 6), elector(this.urn.number, this.elector)) &&
      equal(this.reservation.subarray(70, 102), this.device) &&
      equal(this.ballot.subarray(0, 35), concat(Uint8Array.of(1), this.scrutin.oBytes, le16(this.urn.number))) &&
      isOwn(this, this.reservation.slice(6, 70)) &&
      verify(this.device, appendText(this.scrutin, this.urn, this.hash), this.signature) &&
      (reached < 1 || this.authorisationDiffers(this.token, this.authorisation) === "") &&
      (reached < 2 || (this.promiseDiffers(this.promise) === "" && this.receiptDiffers(this.receipt) === "")) &&
      (reached < 3 || (isOwn(this, this.mark) && markedDiffers(this, this) === ""))
    );
  }
}

/**
 * What the device signs to send a ballot: three lines, in no note.
 * @param {Scrutin} scrutin
 * @param {Urn} urn
 * @param {Uint8Array} hash
 */
const appendText = (scrutin, urn, hash) => utf8(castingText("append", scrutin.o, urn.name, hash));

const isHex = (/** @type {unknown} */ v) => typeof v === "string" && /^([0-9a-f]{2})*$/.test(v);

const SAVED = {
  record: (/** @type {unknown} */ v) => v === "isoloir/v1/casting",
  manifest: isDigest,
  opening: isDigest,
  urn: isName,
  elector: (/** @type {unknown} */ v) => Number.isInteger(v) && Number(v) >= 0 && Number(v) < 2 ** 32,
  account: isDigest,
  reservation: isHex,
  device: isHex,
  signature: isHex,
  ballot: isHex,
  stage: (/** @type {any} */ v) => STAGES.includes(v),
  token: isHex,
  authorisation: isHex,
  promise: isHex,
  receipt: isHex,
  mark: isHex,
  marked: isHex,
};
