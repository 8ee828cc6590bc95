// @ts-check
/**
 * Amendments of the roll (docs/protocol.md, section 6.1): electors who were added while
 * the vote is open have account keys over another generator, which the bureau has
 * adopted by an act.
 *
 * What it promises: a population is believed only if the note that fixes it is signed by
 * the roll, and an act signed by the bureau's quorum adopts that very note; and what is
 * added follows the numbers that were given before.
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { hex, unhex, utf8 } from "./bytes.js";
import { check, isCount, isDigest, isName, parseCanonical } from "./canonical.js";
import { Lie } from "./errors.js";
import { decodeNonIdentity } from "./group.js";
import { NoteError, openNote, Verifier } from "./note.js";
import { lacking } from "./quorum.js";

/** @typedef {import("./group.js").Point} Point */
/** @typedef {import("./scrutin.js").Scrutin} Scrutin */

/**
 * The electors of an urn who were enrolled and made anonymous together: they have the
 * numbers from first on, and account keys over one generator.
 * @typedef {object} Population
 * @property {number} first
 * @property {number} electors
 * @property {Point} generator ĝ
 * @property {Uint8Array} root of the account keys
 * @property {number} adopted when the act was made, in seconds since 1970
 */

const isText = (/** @type {unknown} */ v) => typeof v === "string";
const isWhole = (/** @type {unknown} */ v) => v === 0 || isCount(v);
const named = (/** @type {string} */ kind) => (/** @type {unknown} */ v) => v === `isoloir/v1/${kind}`;

/** The keys of an act and of an amendment, section 3.5. */
const ACT = {
  record: named("act"),
  manifest: isDigest,
  opening: isDigest,
  seq: isCount,
  previous: isDigest,
  type: isText,
  time: isText,
  session: isCount,
  present: [isName],
  body: {
    adopts: [{ path: isText, sha256: isDigest }],
    replaces: [{ path: isText, sha256: isDigest }],
    excluded: [{ run: isCount, holder: isName }],
    waives: [isName],
    found: [{ urn: isName, marks: isWhole, ballots: isWhole }],
    cells: [isText],
    close: isText,
    reason: isText,
    opinion: isText,
  },
};
const AMENDMENT = {
  record: named("amendment"),
  manifest: isDigest,
  opening: isDigest,
  number: isCount,
  urns: [{ urn: isName, before: isCount, added: isWhole, generator: isDigest, root: isDigest, struck: [isWhole] }],
};

/**
 * The path of the note of an amendment.
 * @param {number} number from 1
 */
export const amendmentPath = (number) => `addenda/${number}/roll.note`;

/**
 * Verifies the next amendment of a scrutin and gives, by urn, its population, or nothing
 * where it adds nobody. Throws a Lie of step "amendment", whose check is amendment- and
 * one of form, signature, quorum, act, scrutin, adopted, number or key.
 * @param {Scrutin} scrutin
 * @param {number} number of the amendment, from 1
 * @param {number[]} numbered how many electors have numbers in each urn so far
 * @param {Uint8Array} act the note of the act that adopts it
 * @param {Uint8Array} note that of the amendment
 * @returns {(Population | undefined)[]}
 */
export function openAmendment(scrutin, number, numbered, act, note) {
  const m = scrutin.manifest;
  const lie = (/** @type {string} */ what, /** @type {string} */ why) => new Lie("amendment", `amendment-${what}`, why, act, note);
  /**
   * @template T
   * @param {() => T} f
   * @param {string} [what]
   */
  const guard = (f, what = "form") => {
    try {
      return f();
    } catch (e) {
      throw lie(e instanceof NoteError && e.reason !== "form" ? "signature" : what, String(e));
    }
  };
  const members = m.bureau.members.map((b) => Verifier.parse(b.key));
  const signedAct = guard(() => openNote(act, members));
  const decided = guard(() => read(signedAct.text, ACT));
  const signed = guard(() => openNote(note, [scrutin.rollKey]));
  const amendment = guard(() => read(signed.text, AMENDMENT));
  for (const r of [decided, amendment]) {
    if (r.manifest !== scrutin.f || r.opening !== scrutin.o) throw lie("scrutin", "it belongs to another scrutin");
  }
  const lack = lacking(m.bureau, new Set(members.filter((k) => signedAct.signed.has(k)).map((k) => k.name)), decided.present);
  if (lack) throw lie("quorum", lack);
  if (decided.type !== "addendum") throw lie("act", `an act ${decided.type} adopts no amendment`);
  const first = decided.body.adopts[0];
  if (first?.path !== amendmentPath(number) || first.sha256 !== hex(sha256(utf8(signed.text)))) {
    throw lie("adopted", `the act does not adopt this note as amendment ${number}`);
  }
  if (amendment.number !== number || amendment.urns.length !== m.urns.length) throw lie("number", `it is not amendment ${number} of ${m.urns.length} urns`);
  return amendment.urns.map((/** @type {any} */ u, /** @type {number} */ i) => {
    if (u.urn !== m.urns[i].id || u.before !== numbered[i]) throw lie("number", `it follows ${u.before} electors of ${u.urn}, where ${m.urns[i].id} has ${numbered[i]}`);
    if (u.added === 0) return undefined;
    if (u.added < m.minimum_size) throw lie("number", `it adds ${u.added} to ${u.urn}, where ${m.minimum_size} are the least that hide each other`);
    const generator = guard(() => decodeNonIdentity(unhex(u.generator)), "key");
    return { first: u.before, electors: u.added, generator, root: unhex(u.root), adopted: Date.parse(decided.time) / 1000 };
  });
}

/**
 * @param {string} text
 * @param {any} shape
 */
function read(text, shape) {
  const r = parseCanonical(text);
  check(r, shape);
  return r;
}
