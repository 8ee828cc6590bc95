// @ts-check
/**
 * A ballot of an anonymous account, where there is no roll (docs/consultations.md,
 * section 2): how the account's ballots stand, and one more cast.
 *
 *     const urn = await urnOf(scrutin, snapshotBytes, account.constituency)
 *     const key = new Key(urn, 0, account.x); await verifyAccount(urn, key.account, box)
 *     const chains = await askChains(scrutin, urn, key, box)
 *     const cast = Consulted.make(scrutin, urn, key, choices, chains, { coins, terminal })
 *     showCode(cast.code); await cast.send(box); cast.promise
 *
 * What it promises. What a ballot follows is what the urn holds, told to who proves that
 * the account is his: nothing of an earlier visit is needed, or kept. The receipt code is
 * known before anything is sent, and the same bytes are sent again until the urn has
 * promised this very ballot.
 *
 * @module
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { makeBallot } from "./ballot.js";
import { concat, equal, hex, le16, le64, utf8 } from "./bytes.js";
import { parseCanonical } from "./canonical.js";
import { ClocksDiffer, Lie } from "./errors.js";
import { castingText, openNote, Verifier } from "./note.js";
import { chainClaim, prove } from "./proof.js";
import { append, differs, exchange } from "./wire.js";

/** @typedef {import("./types.js").Ask} Ask */
/** @typedef {import("./types.js").Choices} Choices */
/** @typedef {import("./scrutin.js").Scrutin} Scrutin */
/** @typedef {import("./scrutin.js").Urn} Urn */
/** @typedef {import("./session.js").Key} Key */

/**
 * Ballots of one account, each following the one before: how many, and the hash of the
 * last, zero without any.
 * @typedef {{ballots: number, last: Uint8Array}} Chain
 */

/**
 * Those cast anywhere, and those cast at a terminal, which count before all others.
 * @typedef {{cast: Chain, supervised: Chain}} Chains
 */

/** The counter of an account's first ballot at a terminal. */
const SUPERVISED = 2 ** 31;

/**
 * The urn of a constituency of the register, as the snapshot has it that the manifest
 * names; nothing where the accounts of this constituency do not vote here. Throws a Lie of
 * check snapshot-form.
 * @param {Scrutin} scrutin
 * @param {Uint8Array} snapshot the bytes of enrolment/REGISTER.note
 * @param {string} constituency
 * @returns {Urn | undefined}
 */
export function urnOf(scrutin, snapshot, constituency) {
  try {
    const { text: said } = openNote(snapshot, [Verifier.parse(scrutin.manifest.platform.roll.key)]);
    if (hex(sha256(utf8(said))) !== scrutin.manifest.register[0].snapshot) throw new Error("it is another one");
    const found = parseCanonical(said).urns.find((/** @type {any} */ u) => u.constituencies.includes(constituency));
    return found && scrutin.urn(found.urn);
  } catch (e) {
    throw new Lie("snapshot", "snapshot-form", String(e), undefined, snapshot);
  }
}

/**
 * How the ballots of an account stand. The urn tells its owner alone.
 * @param {Scrutin} scrutin
 * @param {Urn} urn
 * @param {Key} key
 * @param {Ask} box
 * @returns {Promise<Chains>}
 */
export async function askChains(scrutin, urn, key, box) {
  const asked = Math.floor(scrutin.now());
  const proof = prove(chainClaim(scrutin.context(urn.name), urn.generator, key.account, asked), key.x);
  const request = concat(le16(urn.number), key.account, le64(asked), proof);
  const chain = (/** @type {import("./bytes.js").Reader} */ r) => {
    const ballots = r.le32(), last = r.take(32);
    if ((ballots === 0) !== equal(last, new Uint8Array(32)) || ballots > SUPERVISED) throw new Error("no such chain");
    return { ballots, last };
  };
  const { value } = await exchange({ service: "urn", step: "chain", ask: box, request, shown: key.account }, (r) => ({ cast: chain(r), supervised: chain(r) }));
  return value;
}

/** One ballot on its way. */
export class Consulted {
  /**
   * @param {Scrutin} scrutin
   * @param {Urn} urn
   * @param {Uint8Array} ballot
   * @param {Terminal} [terminal]
   */
  constructor(scrutin, urn, ballot, terminal) {
    this.scrutin = scrutin;
    this.urn = urn;
    this.ballot = ballot;
    this.hash = sha256(ballot);
    this.terminal = terminal?.key ?? new Uint8Array(32);
    this.signature = terminal?.sign(castingText("supervised", scrutin.o, urn.name, this.hash)) ?? new Uint8Array(64);
    /** The urn's signed promise, once sent. */
    this.promise = new Uint8Array();
  }

  /**
   * Makes the next ballot of an account; at a terminal, the next one of those. The key can
   * be wiped after.
   * @param {Scrutin} scrutin
   * @param {Urn} urn
   * @param {Key} key
   * @param {Choices} choices
   * @param {Chains} chains
   * @param {{coins?: bigint[], terminal?: Terminal}} [how]
   */
  static make(scrutin, urn, key, choices, chains, { coins, terminal } = {}) {
    const chain = terminal ? chains.supervised : chains.cast;
    const counter = chain.ballots + (terminal ? SUPERVISED : 0);
    return new Consulted(scrutin, urn, makeBallot(scrutin, urn, key, choices, coins, { counter, previous: chain.last }), terminal);
  }

  /** The receipt code, in hexadecimal digits: known before anything is sent. */
  get code() {
    return hex(this.hash);
  }

  /**
   * Sends the ballot, and keeps the promise. Throws Lie, Refusal, or what an Ask throws;
   * after all but a Lie it can be called again.
   * @param {Ask} box
   */
  async send(box) {
    const request = append({
      urn: this.urn.number, token: new Uint8Array(32), device: this.terminal, signature: this.signature, authorisation: new Uint8Array(), ballot: this.ballot,
    });
    const { value, lie } = await exchange({ service: "urn", step: "append", ask: box, request }, (r) => ({ promise: r.short(), receipt: r.short() }));
    const wrong = this.differs(value.promise);
    if (wrong) throw lie(`promise-${wrong}`, "the urn did not promise this ballot");
    if (value.receipt.length > 0) throw lie("appended-form", "there is no roll to be told anything");
    this.promise = value.promise;
    if (this.differs(value.promise, this.scrutin.now())) throw new ClocksDiffer("promise");
  }

  /**
   * @param {Uint8Array} signed
   * @param {number} [now]
   */
  differs(signed, now) {
    return differs(signed, this.scrutin.urnKey, "promise", this.scrutin.o, this.urn.name, this.hash, now);
  }
}

/** A terminal of the town hall, with its key. */
export class Terminal {
  /** @param {Uint8Array} seed 32 bytes */
  constructor(seed) {
    this.seed = seed;
    this.key = ed25519.getPublicKey(seed);
  }

  /**
   * Reads the key file of a terminal: PRIVATE+KEY+NAME+HASH+BASE64, of a byte 1 and 32
   * bytes. Throws unless the manifest names that terminal.
   * @param {Scrutin} scrutin
   * @param {string} file
   */
  static parse(scrutin, file) {
    const parts = file.trim().match(/^PRIVATE\+KEY\+([^+]*)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/);
    if (!parts) throw new Error("no private key");
    const raw = Uint8Array.from(atob(parts[3]), (c) => c.charCodeAt(0));
    const terminal = new Terminal(raw.slice(1));
    const known = scrutin.manifest.register[0].terminals.map((t) => Verifier.parse(t.key).key);
    if (raw[0] !== 1 || !known.some((k) => equal(k, terminal.key))) throw new Error("no terminal of this consultation");
    return terminal;
  }

  /** @param {string} said */
  sign(said) {
    return ed25519.sign(utf8(said), this.seed);
  }
}
