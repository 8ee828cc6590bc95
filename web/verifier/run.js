// @ts-check
/**
 * One run of the key ceremony, judged from its messages alone (docs/protocol.md,
 * section 4): the first step that is not complete, who is at fault there or missing,
 * and at the end the keys.
 *
 * @module
 */

import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concat, equal, hex, le32, le64, shortName, unhex, utf8 } from "../client/bytes.js";
import { BASE, decode, decodeNonIdentity, decodeScalar, modulo, publicPower } from "../client/group.js";
import { openNote } from "../client/note.js";
import { ZERO } from "./arithmetic.js";
import { digestOf } from "./book.js";
import { base } from "./pool.js";
import { knows, knowsBoth, transcript } from "./proofs.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("../client/group.js").Point} Point */

/**
 * A note of the ceremony; value is undefined where its body is malformed.
 * Own says whether the holder whom it names has signed it, alone, for this manifest.
 * @typedef {{data: Uint8Array, text: string, digest: string, step: string, manifest: string, run: number, holder: string, value: any, own: boolean}} Message
 */

/** @typedef {{coefficients: Point[], boxes: Map<string, {ephemeral: Uint8Array, box: Uint8Array}>}} Dealt */

export const STEPS = ["commit", "reveal", "check", "seal"];

const PROOF = /^[0-9a-f]{128}$/;
const BOX = /^[0-9a-f]{96}$/;

export class Run {
  /**
   * @param {Election} e
   * @param {number} number
   * @param {string[]} holders who takes part, in the manifest's order
   */
  constructor(e, number, holders) {
    this.e = e;
    this.number = number;
    this.holders = holders;
    /** The first step that is not complete; empty if all are. */
    this.step = "";
    /** Who is at fault there, and why. @type {Map<string, string>} */
    this.faults = new Map();
    /** Whose message of that step is missing. @type {string[]} */
    this.pending = [];
    this.board = board([]);
    /** The messages of each step by holder. @type {Record<string, Map<string, Message>>} */
    this.messages = {};
    /** What was dealt, by clause and dealer. @type {Map<string, Dealt>} */
    this.dealt = new Map();
    /** The keys as the opening record writes them. @type {any} */
    this.keys = undefined;
  }

  /** @param {Message[]} all */
  async judge(all) {
    /** @type {string[]} */
    const digests = [];
    for (const step of STEPS) {
      this.board = board(digests);
      this.read(step, all);
      if (step === "reveal") await this.reveal();
      if (step === "check") await this.check();
      if (step === "seal") this.seal();
      if (this.faults.size > 0 || this.pending.length > 0) {
        this.step = step;
        return;
      }
      for (const h of this.holders) digests.push(/** @type {Message} */ (this.messages[step].get(h)).digest);
    }
    this.board = board(digests);
  }

  /**
   * Takes the messages of a step: those that name it, this manifest, run and holder, and
   * that the holder alone has signed.
   * @param {string} step
   * @param {Message[]} all
   */
  read(step, all) {
    this.messages[step] = new Map();
    for (const holder of this.holders) {
      const mine = all.filter((m) => m.step === step && m.run === this.number && m.holder === holder && m.own);
      const texts = new Set(mine.map((m) => m.text));
      if (texts.size === 0) this.pending.push(holder);
      else if (texts.size > 1) this.faults.set(holder, "double");
      else if (!mine[0].value) this.faults.set(holder, "malformed");
      else if (mine[0].value.board !== hex(this.board)) this.faults.set(holder, "board");
      else this.messages[step].set(holder, mine[0]);
    }
  }

  /** @param {string} holder */
  clausesOf(holder) {
    return this.e.m.clauses.filter((/** @type {any} */ c) => c.holders.includes(holder));
  }

  /**
   * Who takes part of a clause, in its order.
   * @param {any} clause
   * @returns {string[]}
   */
  takers(clause) {
    return clause.holders.filter((/** @type {string} */ h) => this.holders.includes(h));
  }

  async reveal() {
    for (const [holder, message] of this.messages.reveal) {
      const fault = await this.revealed(holder, message.value);
      if (fault) this.faults.set(holder, fault);
    }
  }

  /**
   * @param {string} holder
   * @param {any} value
   */
  async revealed(holder, value) {
    const mine = this.clausesOf(holder);
    const same = (/** @type {string[]} */ a, /** @type {string[]} */ b) => a.join("\n") === b.join("\n");
    if (!same(value.clauses.map((/** @type {any} */ c) => c.clause), mine.map((/** @type {any} */ c) => c.id))) return "malformed";
    /** @type {Dealt[]} */
    const dealt = [];
    try {
      value.clauses.forEach((/** @type {any} */ c, /** @type {number} */ i) => {
        const boxes = c.boxes.map((/** @type {any} */ b) => {
          decodeNonIdentity(unhex(b.ephemeral));
          if (!BOX.test(b.box)) throw new Error("box");
          return [b.holder, { ephemeral: unhex(b.ephemeral), box: unhex(b.box) }];
        });
        if (!same(c.boxes.map((/** @type {any} */ b) => b.holder), this.takers(mine[i])) || !PROOF.test(c.proof)) throw new Error("boxes");
        const points = c.coefficients.map((/** @type {string} */ x, /** @type {number} */ k) => (k === 0 ? decodeNonIdentity : decode)(unhex(x)));
        dealt.push({ coefficients: points, boxes: new Map(boxes) });
      });
    } catch {
      return "malformed";
    }
    if (mine.some((/** @type {any} */ c, /** @type {number} */ i) => value.clauses[i].coefficients.length !== c.threshold)) return "threshold";
    const all = concat(...value.clauses.flatMap((/** @type {any} */ c) => c.coefficients.map((/** @type {string} */ x) => unhex(x))));
    const committed = concat(utf8("isoloir/v1/coefficients"), unhex(this.e.keyManifest), le32(this.number), shortName(holder), all);
    if (this.messages.commit.get(holder)?.value.coefficients !== digestOf(committed)) return "commitment";
    for (let i = 0; i < mine.length; i++) {
      const c = value.clauses[i];
      const coefficients = concat(...c.coefficients.map((/** @type {string} */ x) => unhex(x)));
      const t = transcript("ceremony/constant", this.e.making(), [
        ["run", le32(this.number)], ["holder", holder], ["clause", c.clause], ["base", base], ["coefficients", coefficients],
      ]);
      if (!(await knows(this.e.pool, t, coefficients.slice(0, 32), unhex(c.proof)))) return "proof";
      this.dealt.set(`${c.clause} ${holder}`, dealt[i]);
    }
    return "";
  }

  async check() {
    const order = this.e.m.holders.map((/** @type {any} */ h) => h.member);
    for (const [holder, message] of this.messages.check) {
      const mine = this.clausesOf(holder).map((/** @type {any} */ c) => c.id);
      const places = message.value.complaints.map((/** @type {any} */ c) => [mine.indexOf(c.clause), order.indexOf(c.dealer)]);
      const known = message.value.complaints.every((/** @type {any} */ c, /** @type {number} */ i) => places[i][0] >= 0 && this.dealt.has(`${c.clause} ${c.dealer}`));
      const ascending = places.every((/** @type {number[]} */ p, /** @type {number} */ i) =>
        i === 0 || places[i - 1][0] < p[0] || (places[i - 1][0] === p[0] && places[i - 1][1] < p[1]));
      if (!known || !ascending) {
        this.faults.set(holder, "malformed");
        continue;
      }
      for (const c of message.value.complaints) {
        if (await this.upheld(holder, c)) this.faults.set(c.dealer, this.faults.get(c.dealer) ?? "share");
        else this.faults.set(holder, "complaint");
      }
    }
  }

  /**
   * Whether a complaint convicts the dealer: its proof holds, and the box that K opens
   * holds no share of his polynomial.
   * @param {string} holder
   * @param {any} c
   */
  async upheld(holder, c) {
    const f = unhex(this.e.book.f);
    const dealt = /** @type {Dealt} */ (this.dealt.get(`${c.clause} ${c.dealer}`));
    const box = dealt.boxes.get(holder);
    if (!box || !/^[0-9a-f]{192}$/.test(c.proof)) return false;
    const key = unhex(this.e.m.holders.find((/** @type {any} */ h) => h.member === holder).reception);
    const shared = unhex(c.shared);
    const t = transcript("ceremony/complaint", this.e.before(), [
      ["run", le32(this.number)], ["clause", c.clause], ["dealer", c.dealer], ["receiver", holder],
      ["base", base], ["key", key], ["ephemeral", box.ephemeral], ["shared", shared],
    ]);
    if (!(await knowsBoth(this.e.pool, t, key, box.ephemeral, shared, unhex(c.proof)))) return false;
    const parts = [f, le32(this.number), utf8(c.clause), utf8(c.dealer), utf8(holder), box.ephemeral, key, shared];
    const secret = sha512(concat(utf8("isoloir/v1/share-key"), ...parts.flatMap((p) => [le64(p.length), p]))).subarray(0, 32);
    try {
      const share = decodeScalar(chacha20poly1305(secret, new Uint8Array(12)).decrypt(box.box));
      const place = this.e.clause(c.clause).holders.indexOf(holder) + 1;
      return !publicPower(BASE, share).equals(at(dealt.coefficients, place));
    } catch {
      return true;
    }
  }

  seal() {
    let key = ZERO;
    const clauses = this.e.m.clauses.map((/** @type {any} */ clause) => {
      const takers = this.takers(clause);
      const dealt = takers.map((d) => /** @type {Dealt} */ (this.dealt.get(`${clause.id} ${d}`)).coefficients);
      const own = dealt.reduce((p, c) => p.add(c[0]), ZERO);
      key = key.add(own);
      const holders = takers.map((holder) => {
        const p = dealt.reduce((sum, c) => sum.add(at(c, clause.holders.indexOf(holder) + 1)), ZERO);
        return { holder, key: hex(p.toBytes()) };
      });
      if (own.is0() || holders.some((h) => equal(unhex(h.key), new Uint8Array(32)))) for (const h of takers) this.faults.set(h, "key");
      return { clause: clause.id, key: hex(own.toBytes()), holders };
    });
    this.keys = { key: hex(key.toBytes()), clauses };
    const want = JSON.stringify(this.keys);
    for (const [holder, { value }] of this.messages.seal) {
      if (JSON.stringify({ key: value.key, clauses: value.clauses }) !== want && !this.faults.has(holder)) this.faults.set(holder, "seal");
    }
  }
}

/**
 * g^{p(j)} from the coefficients of p.
 * @param {Point[]} coefficients
 * @param {number} j
 */
function at(coefficients, j) {
  return coefficients.reduce((sum, c, k) => {
    const power = modulo(BigInt(j) ** BigInt(k));
    return sum.add(publicPower(c, power));
  }, ZERO);
}

/**
 * Whether a message is of the manifest under which the key was made, and signed by the holder whom it names, alone.
 * @param {Election} e
 * @param {Message} m
 */
export function signedBy(e, m) {
  const key = e.keys.holders.get(m.holder);
  if (!key || m.manifest !== e.keyManifest) return false;
  try {
    return openNote(m.data, [key]).signed.size === 1;
  } catch {
    return false;
  }
}

/**
 * The board digest of a step: over the hashes of all messages of the earlier ones.
 * @param {string[]} digests
 */
function board(digests) {
  const all = new Uint8Array(32 * digests.length);
  digests.forEach((d, i) => all.set(unhex(d), 32 * i));
  return unhex(digestOf(all));
}
