// @ts-check
/**
 * The manifest: its keys in their order, the form of every field (docs/manifest.md),
 * and the public keys that it names.
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { hex, text, unhex } from "../client/bytes.js";
import { check, isDigest, isName, parseCanonical } from "../client/canonical.js";
import { decodeNonIdentity } from "../client/group.js";
import { Verifier } from "../client/note.js";
import { instant, isLabel, isTime } from "./shapes.js";

const among = (/** @type {string[]} */ ...words) => (/** @type {unknown} */ v) => words.includes(/** @type {string} */ (v));
const whole = (/** @type {number} */ least, /** @type {number} */ most) => (/** @type {unknown} */ v) => typeof v === "number" && v >= least && v <= most;
const or = (/** @type {(v: any) => boolean} */ f) => (/** @type {unknown} */ v) => v === "" || f(v);
const isTruth = (/** @type {unknown} */ v) => typeof v === "boolean";
const isSet = (/** @type {unknown} */ v) => isTime(v) && v !== "";
const isNamed = (/** @type {unknown} */ v) => isDigest(v) && !/^0+$/.test(/** @type {string} */ (v));

/** @param {unknown} v */
function isPoint(v) {
  try {
    decodeNonIdentity(unhex(/** @type {string} */ (v), 32));
    return true;
  } catch {
    return false;
  }
}

/** A name that is also a directory's. @param {unknown} v */
function isUrn(v) {
  if (!isName(v)) return false;
  const s = /** @type {string} */ (v);
  const stem = s.toLowerCase().split(".")[0];
  return !/\.$|\.note$|^rehearsal$/.test(s) && !/^(con|prn|aux|nul|(com|lpt)[0-9])$/.test(stem);
}

/** @param {unknown} v */
function isDay(v) {
  return typeof v === "string" && /^\d{4}-\d\d-\d\d$/.test(v) && instant(`${v}T00:00:00Z`) !== undefined;
}

/** @param {unknown} v */
function isZone(v) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: /** @type {string} */ (v) });
    return typeof v === "string" && v !== "" && !/^[+-]/.test(v);
  } catch {
    return false;
  }
}

/** Of a key the form alone: whether §3.1 admits it is a rule. @param {unknown} v */
const isKey = (v) => typeof v === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/.test(v);

/** A rule of decision; a part of the votes is above one half, in lowest terms. @param {unknown} v */
function isRule(v) {
  const part = /^majority-([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(String(v));
  if (!part) return among("counts", "relative-majority", "absolute-majority", "highest-averages", "largest-remainders")(v);
  let [a, b] = [Number(part[1]), Number(part[2])];
  const most = a <= b && 2 * a > b;
  while (b > 0) [a, b] = [b, a % b];
  return most && a === 1;
}

const document = { title: isLabel, media: among("application/pdf", "text/plain"), size: whole(1, Number.MAX_SAFE_INTEGER), sha256: isNamed };
const party = { id: isName, label: isLabel, affiliation: isName, key: isKey };
const roles = among("president", "assessor", "secretary", "delegate", "expert", "committee");
const channel = among("email", "sms", "post", "hand", "none");

/** @type {any} */
const SHAPE = {
  record: among("isoloir/v1/manifest"),
  organisation: { id: isName, label: isLabel },
  scrutin: {
    id: isName, title: isLabel, kind: among("real", "rehearsal"),
    profile: among("french-abroad", "public-service", "works-council", "consultation", "assembly", "standing"), level: whole(1, 3), legal_basis: [isLabel],
  },
  territories: [{ id: isName, label: isLabel, parent: or(isName) }],
  restricted_countries: [(/** @type {unknown} */ v) => /^[A-Z]{2}$/.test(String(v))],
  colleges: [{
    id: isName, label: isLabel,
    factors: [{ kind: among("identifier", "password", "code", "card", "france-identite", "question"), channel }],
    validation: { kind: among("none", "code", "question"), channel },
  }],
  stations: [{ id: isName, label: isLabel, territory: isName, urns: [isName], hours: [{ open: isSet, close: isSet }] }],
  urns: [{ id: isUrn, label: isLabel, territory: isName, college: isName, electors: whole(1, 1e8), represented: whole(0, 1e8), members: whole(0, 1000) }],
  questions: [{
    id: isUrn, title: isLabel, urns: [isName], seats: whole(0, 10000),
    options: [{ id: isName, label: isLabel, candidates: [isLabel], documents: [document] }], documents: [document],
  }],
  draw: { method: among("lot", "alphabetical", "given"), date: or(isDay), minutes: isDigest },
  schedule: {
    zone: isZone, open: isSet, close: isSet, count: isTime, polling_day: or(isDay),
    grace_minutes: (/** @type {unknown} */ v) => v === 0 || v === 15 || v === 30, slot_minutes: whole(1, 1440), flush_minutes: whole(1, 1440),
  },
  finality: { mode: among("final", "revote"), highest_counter: whole(0, 1000) },
  publication: {
    rule: among("evidence", "by-code"), board: among("witnesses", "public"), release: among("proclamation", "global-proclamation"),
    email_after_vote: among("mark-only", "code", "none"),
  },
  decision: {
    rule: isRule,
    tie: among("none", "eldest", "lot", "president"), turnout: { numerator: whole(0, 1e6), denominator: whole(1, 1e6) },
  },
  weight: { rule: among("equal", "mixed", "mixed-territory"), absent: among("none", "counted", "zero"), several: among("none", "equal", "list") },
  leaves: [among("cast", "challenged", "quarantined", "void", "supervised")],
  minimum_size: whole(2, 1e6),
  merge_lists: [{ id: isName, urns: [isName] }],
  bureau: {
    members: [{
      id: isName, label: isLabel, role: roles, voice: among("deliberative", "consultative"), class: isName, rank: among("titular", "substitute"),
      replaces: or(isName), born: isDay, key: isKey,
    }],
    quorum: { count: whole(1, 100), clauses: [{ label: isLabel, roles: [roles], classes: [isName], at_least: whole(1, 100) }] },
    casting_vote: isTruth,
  },
  holders: [{ member: isName, key: isKey, reception: isPoint }],
  clauses: [{ id: (/** @type {unknown} */ v) => isName(v) && !String(v).includes("."), label: isLabel, threshold: whole(1, 100), holders: [isName] }],
  mixers: [party],
  issuers: [{ id: isName, label: isLabel, affiliation: isName, channel: among("email", "sms", "post", "hand"), key: isKey }],
  witnesses: [party],
  timestamps: [{ id: isName, label: isLabel, certificate: isNamed }],
  platform: { roll: party, urn: party, contents: party },
  addenda: { allowed: [among("suspend", "extend", "client", "roll", "append", "update")], opinion: isTruth },
  codes: {
    length: whole(8, 40), alphabet: (/** @type {unknown} */ v) => typeof v === "string" && /^[\x20-\x7e]{10,94}$/.test(v), scratch_length: whole(0, 40),
    algorithm: among("argon2id"), passes: whole(1, 100), memory_kib: whole(8, 4194304), lanes: whole(1, 16),
  },
  companions: [isNamed],
  register: [{ register: isNamed, snapshot: isNamed, terminals: [party] }],
  standing: [{ manifest: isNamed, ceremony: isNamed }],
  protocol: among("isoloir/v1"),
};

const no = (/** @type {unknown} */ v) => v === "";
const nought = (/** @type {unknown} */ v) => v === 0;
const noDigest = (/** @type {unknown} */ v) => /^0{64}$/.test(String(v));
const empty = [() => false];
const nobody = { id: no, label: no, affiliation: no, key: no };
const noCodes = { length: nought, alphabet: no, scratch_length: nought, algorithm: no, passes: nought, memory_kib: nought, lanes: nought };

/** Of a standing manifest: what holds no vote is empty. */
const KEPT = {
  ...SHAPE, territories: empty, restricted_countries: empty, colleges: empty, stations: empty, urns: empty, questions: empty, merge_lists: empty,
  mixers: empty, issuers: empty, witnesses: empty, timestamps: empty, companions: empty, register: empty, standing: empty, leaves: empty,
  draw: { method: no, date: no, minutes: noDigest },
  schedule: { zone: no, open: no, close: no, count: no, polling_day: no, grace_minutes: nought, slot_minutes: nought, flush_minutes: nought },
  finality: { mode: no, highest_counter: nought },
  publication: { rule: no, board: no, release: no, email_after_vote: no },
  decision: { rule: no, tie: no, turnout: { numerator: nought, denominator: nought } },
  weight: { rule: no, absent: no, several: no },
  minimum_size: nought, platform: { roll: nobody, urn: nobody, contents: nobody },
  addenda: { allowed: empty, opinion: (/** @type {unknown} */ v) => v === false }, codes: noCodes,
};

/**
 * The form of a manifest of its kind.
 * @param {any} value
 */
function shapeOf(value) {
  if (value?.scrutin?.profile === "standing") return KEPT;
  return value?.register?.length > 0 ? { ...SHAPE, codes: noCodes } : SHAPE;
}

/**
 * Reads the manifest: its value, or why it cannot be read; and f.
 * @param {Uint8Array} data
 * @returns {{f: string, value?: any, wrong: string}}
 */
export function readManifest(data) {
  const f = hex(sha256(data));
  try {
    const value = parseCanonical(text(data));
    try {
      check(value, shapeOf(value));
    } catch (e) {
      return { f, value, wrong: String(e) };
    }
    return { f, value, wrong: "" };
  } catch (e) {
    return { f, wrong: String(e) };
  }
}

/** The verifier of a witness by C2SP cosignature/v1: it keeps the time that was signed. */
export class Cosigner extends Verifier {
  /** @param {Verifier} key */
  constructor(key) {
    super(key.name, 4, key.key);
    this.time = 0;
  }

  /**
   * @param {Uint8Array} message
   * @param {Uint8Array} signature time, 8 bytes, big-endian; and 64 bytes
   */
  verify(message, signature) {
    if (signature.length !== 72) return false;
    const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
    if (time > BigInt(Number.MAX_SAFE_INTEGER)) return false;
    this.time = Number(time);
    const begins = new TextEncoder().encode(`cosignature/v1\ntime ${time}\n`);
    const whole = new Uint8Array(begins.length + message.length);
    whole.set(begins);
    whole.set(message, begins.length);
    return this.plain().verify(whole, signature.subarray(8));
  }
}

/**
 * The public keys of a manifest.
 * @param {any} m
 */
export function keysOf(m) {
  const parse = (/** @type {{key: string}} */ x) => Verifier.parse(x.key);
  return {
    members: /** @type {Verifier[]} */ (m.bureau.members.map(parse)),
    holders: new Map(m.holders.map((/** @type {any} */ h) => [h.member, parse(h)])),
    mixers: /** @type {Verifier[]} */ (m.mixers.map(parse)),
    issuers: /** @type {Verifier[]} */ (m.issuers.map(parse)),
    witnesses: /** @type {Verifier[]} */ (m.witnesses.map(parse)),
    roll: parse(m.platform.roll),
    urn: parse(m.platform.urn),
    contents: parse(m.platform.contents),
    terminals: /** @type {Verifier[]} */ ((m.register[0]?.terminals ?? []).map(parse)),
  };
}
