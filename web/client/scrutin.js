// @ts-check
/**
 * The two records that everything else is measured by: the manifest, whose
 * fingerprint f stands in the voter's letter, and the opening record, which fixes
 * the keys before the first ballot.
 *
 * What it promises: a Scrutin exists only if f is the one of the letter, and the
 * opening record belongs to it, is in its one form, and is signed by the bureau's
 * quorum and by every witness.
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { openAmendment } from "./amendment.js";
import { hex, text, unhex, utf8 } from "./bytes.js";
import { check, isCount, isDigest, isName, parseCanonical } from "./canonical.js";
import { Lie } from "./errors.js";
import { decodeNonIdentity } from "./group.js";
import { NoteError, openNote, Verifier } from "./note.js";
import { lacking } from "./quorum.js";

/** @typedef {import("./types.js").Manifest} Manifest */
/** @typedef {import("./types.js").College} College */
/** @typedef {import("./types.js").Question} Question */
/** @typedef {import("./amendment.js").Population} Population */
/** @typedef {import("./group.js").Point} Point */

const isText = (/** @type {unknown} */ v) => typeof v === "string";
const named = { party: isName, digest: isDigest };

/** The keys of the opening record, section 3.5. */
export const OPENING = {
  record: (/** @type {unknown} */ v) => v === "isoloir/v1/opening",
  manifest: isDigest,
  ceremony: isDigest,
  key: isDigest,
  clauses: [{ clause: isName, key: isDigest, holders: [{ holder: isName, key: isDigest }] }],
  urns: [{ urn: isName, electors: isCount, generator: isDigest, accounts: isCount, root: isDigest }],
  enrolment: [named],
  anonymisation: [named],
  roll_key: isText,
  urn_key: isText,
  software: isDigest,
  specification: isDigest,
  client: isDigest,
};

/**
 * An urn of the scrutin, as a voter needs it: of the accounts, those of his population.
 * @typedef {object} Urn
 * @property {string} name
 * @property {number} number in the manifest, from 0
 * @property {string} label
 * @property {number} electors who have numbers, as far as the device knows
 * @property {College} college
 * @property {Question[]} questions in the order of a ballot's ciphertexts
 * @property {Point} generator ĝ
 * @property {number} accounts
 * @property {Uint8Array} root of the account keys
 * @property {boolean} fresh whether it was added so lately that roll or urn may not know it yet
 */

/** Says whether a manifest is of people with anonymous accounts, without a roll. @param {Manifest} m */
export const ofAccounts = (m) => m.register.length > 0;

/** For how many seconds after the act roll and urn may still be taking an amendment up. */
const TAKING_UP = 600;

export class Scrutin {
  /**
   * Verifies both records. Throws a Lie whose check is one of manifest-fingerprint,
   * manifest-form, opening-form, opening-signature, opening-quorum, opening-witness,
   * opening-manifest, opening-keys, opening-urns.
   * @param {Uint8Array} manifest the bytes of manifest.json
   * @param {Uint8Array} opening the bytes of opening.note
   * @param {string} [fingerprint] f in hexadecimal digits, where it is known from elsewhere
   */
  constructor(manifest, opening, fingerprint) {
    this.fBytes = sha256(manifest);
    /** f, in hexadecimal digits */
    this.f = hex(this.fBytes);
    if (fingerprint !== undefined && fingerprint !== this.f) {
      throw new Lie("manifest", "manifest-fingerprint", `it is ${this.f}, and not ${fingerprint}`);
    }
    /** @type {Manifest} */
    this.manifest = guard("manifest-form", () => readManifest(manifest), "manifest");
    const m = this.manifest;
    const keys = guard("manifest-form", () => ({
      bureau: m.bureau.members.map((b) => Verifier.parse(b.key)),
      witnesses: m.witnesses.map((w) => Verifier.parse(w.key).plain()),
      roll: Verifier.parse(m.platform.roll.key),
      urn: Verifier.parse(m.platform.urn.key),
    }), "manifest");
    const note = guard("opening-form", () => openNote(opening, [...keys.bureau, ...keys.witnesses]));
    this.oBytes = sha256(utf8(note.text));
    /** o, in hexadecimal digits */
    this.o = hex(this.oBytes);
    const lack = lacking(m.bureau, new Set(keys.bureau.filter((k) => note.signed.has(k)).map((k) => k.name)));
    if (lack) throw new Lie("opening", "opening-quorum", lack);
    const absent = keys.witnesses.find((k) => !note.signed.has(k));
    if (absent || keys.witnesses.length === 0) {
      throw new Lie("opening", "opening-witness", `${absent?.name ?? "no witness"} has not signed`);
    }
    this.opening = guard("opening-form", () => {
      const r = parseCanonical(note.text);
      check(r, OPENING);
      return r;
    });
    this.judge();
    this.rollKey = keys.roll;
    this.urnKey = keys.urn;
    /** The clock by which deputies of roll and urn expire, in seconds since 1970: this device's own, where nobody knows a better one. */
    this.now = () => Date.now() / 1000;
    /** The key Y. @type {Point} */
    this.key = guard("opening-keys", () => decodeNonIdentity(unhex(this.opening.key)));
    /** Those who were added to each urn, by amendments in their order. @type {(Population | undefined)[][]} */
    this.amendments = [];
  }

  /** Compares the opening record with the manifest. */
  judge() {
    const m = this.manifest;
    const r = this.opening;
    const same = (/** @type {any[]} */ a, /** @type {any[]} */ b) => a.join() === b.join();
    if (r.manifest !== this.f) throw new Lie("opening", "opening-manifest", `it is that of ${r.manifest}`);
    if (r.roll_key !== m.platform.roll.key || r.urn_key !== m.platform.urn.key) {
      throw new Lie("opening", "opening-keys", "roll and urn have other keys than in the manifest");
    }
    const parties =
      same(r.clauses.map((/** @type {any} */ c) => c.clause), m.clauses.map((c) => c.id)) &&
      same(r.enrolment.map((/** @type {any} */ e) => e.party), ofAccounts(m) ? [m.platform.roll.id] : m.issuers.map((i) => i.id)) &&
      same(r.anonymisation.map((/** @type {any} */ a) => a.party), m.mixers.map((x) => x.id));
    if (!parties) throw new Lie("opening", "opening-form", "its clauses, issuers or mixers are not those of the manifest");
    const urns =
      same(r.urns.map((/** @type {any} */ u) => u.urn), m.urns.map((u) => u.id)) &&
      r.urns.every((/** @type {any} */ u, /** @type {number} */ i) => u.electors === m.urns[i].electors && u.accounts === u.electors);
    if (!urns) throw new Lie("opening", "opening-urns", "its urns are not those of the manifest");
  }

  /**
   * Verifies the next amendment of the roll, and takes up whom it adds. Throws a Lie of
   * step "amendment".
   * @param {Uint8Array} act the note of the act that adopts it
   * @param {Uint8Array} note that of the amendment
   */
  amend(act, note) {
    const numbered = this.manifest.urns.map((_, n) => this.numbered(n));
    this.amendments.push(openAmendment(this, this.amendments.length + 1, numbered, act, note));
  }

  /**
   * How many electors of an urn have numbers, as far as is known.
   * @param {number} number of the urn
   */
  numbered(number) {
    return this.amendments.reduce((n, a) => n + (a[number]?.electors ?? 0), this.opening.urns[number].electors);
  }

  /**
   * The urn of that name, for an elector of that number, else for those of the opening
   * record; throws if there is none.
   * @param {string} name
   * @param {number} [elector]
   * @returns {Urn}
   */
  urn(name, elector = 0) {
    const m = this.manifest;
    const number = m.urns.findIndex((u) => u.id === name);
    const college = m.colleges.find((c) => c.id === m.urns[number]?.college);
    if (number < 0 || !college) throw new Error(`no urn ${name} in this scrutin`);
    const opened = this.opening.urns[number];
    const added = this.amendments.map((a) => a[number]).find((p) => p && elector >= p.first && elector < p.first + p.electors);
    return {
      name,
      number,
      label: m.urns[number].label,
      electors: this.numbered(number),
      college,
      questions: m.questions.filter((q) => q.urns.includes(name)),
      generator: added?.generator ?? guard("opening-keys", () => decodeNonIdentity(unhex(opened.generator))),
      accounts: added?.electors ?? opened.accounts,
      root: added?.root ?? unhex(opened.root),
      fresh: !!added && this.now() < added.adopted + TAKING_UP,
    };
  }

  /**
   * What a proof in this urn belongs to.
   * @param {string} urn
   * @returns {import("./transcript.js").Context}
   */
  context(urn) {
    return { manifest: this.fBytes, opening: this.oBytes, urn };
  }

  /**
   * The first line of the checkpoints of an urn's log.
   * @param {string} urn
   */
  origin(urn) {
    return `isoloir/v1/${this.f}/${urn}`;
  }
}

/** @param {Uint8Array} data */
function readManifest(data) {
  const m = parseCanonical(text(data));
  if (m.record !== "isoloir/v1/manifest" || m.protocol !== "isoloir/v1") throw new Error("another protocol");
  return m;
}

/**
 * What f gives; what it throws becomes a Lie.
 * @template T
 * @param {string} check
 * @param {() => T} f
 * @param {string} [step]
 * @returns {T}
 */
function guard(check, f, step = "opening") {
  try {
    return f();
  } catch (e) {
    const signature = e instanceof NoteError && e.reason !== "form";
    throw new Lie(step, signature ? "opening-signature" : check, String(e));
  }
}
