// @ts-check
/**
 * The keys of every record, in their order, and the form of what stands under them
 * (docs/protocol.md, sections 3.5 and 4).
 *
 * @module
 */

import { isCount, isDigest, isName } from "../client/canonical.js";
import { OPENING } from "../client/scrutin.js";

const isText = (/** @type {unknown} */ v) => typeof v === "string";
const isWhole = (/** @type {unknown} */ v) => v === 0 || isCount(v);
const isNumber = (/** @type {unknown} */ v) => isCount(v) && Number(v) <= 9999;
const most = (/** @type {number} */ n) => (/** @type {unknown} */ v) => isWhole(v) && Number(v) <= n;
const words = (/** @type {number} */ n) => (/** @type {unknown} */ v) => typeof v === "string" && Array.from(v).length <= n;
const isPath = (/** @type {number} */ n) => (/** @type {unknown} */ v) => v !== "" && words(n)(v);
const isTruth = (/** @type {unknown} */ v) => typeof v === "boolean";

/** Names of cells: those of their urns, joined. */
const isCell = (/** @type {unknown} */ v) => typeof v === "string" && v.split("+").every(isName);

/** What people read: one line of 1 to 300 characters. @param {unknown} v */
export function isLabel(v) {
  if (typeof v !== "string" || v === "" || v !== v.normalize("NFC") || [...v].length > 300) return false;
  return !/^[\p{White_Space}]|[\p{White_Space}]$/u.test(v) && !/[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff\ufffd]/u.test(v);
}

/** An instant, or nothing. */
export const isTime = (/** @type {unknown} */ v) => v === "" || (typeof v === "string" && instant(v) !== undefined);

/**
 * Seconds since 1970 of an instant; nothing where it is none.
 * @param {string} s
 */
export function instant(s) {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(s)) return undefined;
  const t = Date.parse(s);
  return Number.isNaN(t) || new Date(t).toISOString() !== s.replace("Z", ".000Z") ? undefined : t / 1000;
}

const kind = (/** @type {string} */ name) => ({ record: (/** @type {unknown} */ v) => v === `isoloir/v1/${name}`, manifest: isDigest });
const opened = (/** @type {string} */ name) => ({ ...kind(name), opening: isDigest });
const named = { path: isPath(200), sha256: isDigest };
const step = (/** @type {string} */ name) => ({ ...kind(`ceremony-${name}`), run: isCount, holder: isName, board: isDigest });
const enrolled = [{ urn: isName, electors: isWhole, keys: isDigest, commitment: isDigest, response: isDigest }];
const anonymised = [{ urn: isName, electors: isWhole, input: isDigest, generator: isDigest, output: isDigest, proof: isDigest }];
const files = [{ path: isPath(500), size: isWhole, sha256: isDigest }];
const answered = [{ question: isName, options: [{ option: isName, ballots: isWhole }], blank: isWhole, nul: isWhole }];
const isAny = (/** @type {unknown} */ v) => typeof v === "number";
const isFraction = (/** @type {unknown} */ v) => typeof v === "string" && /^(0|[1-9]\d*)\/[1-9]\d*$/.test(v);
const tally = { options: [isFraction], blank: isFraction, abstain: isFraction, nul: isFraction };
const rehearsal = { clauses: [{ clause: isName, value: isDigest, proof: isText }] };

/** @type {Record<string, any>} */
export const SHAPES = {
  opening: OPENING,
  enrolment: { ...kind("enrolment"), issuer: isName, urns: enrolled },
  snapshot: {
    record: (/** @type {unknown} */ v) => v === "isoloir/v1/snapshot", register: isDigest, scrutin: isName,
    urns: [{ urn: isName, constituencies: [isName], electors: isWhole, keys: isDigest }],
  },
  anonymisation: { ...kind("anonymisation"), mixer: isName, stage: isCount, urns: anonymised },
  amendment: {
    ...opened("amendment"), number: isNumber,
    urns: [{ urn: isName, before: most(1e9), added: most(1e8), generator: isDigest, root: isDigest, struck: [isWhole] }],
  },
  "added-enrolment": { ...opened("added-enrolment"), amendment: isNumber, issuer: isName, urns: enrolled },
  "added-anonymisation": { ...opened("added-anonymisation"), amendment: isNumber, mixer: isName, stage: isCount, urns: anonymised },
  act: {
    ...opened("act"), seq: isNumber, previous: isDigest, type: isText, time: isTime, session: isNumber, present: [isName],
    body: {
      adopts: [named], replaces: [named], excluded: [{ run: isCount, holder: isName }], waives: [isName],
      found: [{ urn: isName, marks: isWhole, ballots: isWhole }], cells: [isCell], close: isTime, reason: words(2000), opinion: words(2000),
    },
  },
  roll: { ...opened("roll"), urn: isName, electors: isWhole, marks: isWhole, file: isDigest, head: isDigest },
  challenges: { ...opened("challenges"), urn: isName, challenges: isWhole, contested: isWhole, failed: isWhole, file: isDigest },
  mix: {
    ...opened("mix"), seal: isDigest, mixer: isName, stage: isCount,
    cells: [{ cell: isCell, questions: [{ question: isName, ballots: isWhole, input: isDigest, output: isDigest, proof: isDigest }] }],
  },
  shares: {
    ...opened("shares"), seal: isDigest, mix: isDigest, clause: isName, holder: isName,
    cells: [{ cell: isCell, questions: [{ question: isName, ballots: isWhole, list: isDigest, commitments: [isDigest], response: isDigest }] }],
  },
  result: {
    ...opened("result"), seal: isDigest,
    cells: [{
      cell: isCell, urns: [isName], electors: isWhole, marks: isWhole, ballots: isWhole,
      questions: answered,
    }],
    shares: [{ clause: isName, holder: isName, valid: isTruth, reason: words(500) }],
  },
  paper: {
    ...opened("paper"), minutes: isName, urn: isName, station: isLabel, voters: (/** @type {unknown} */ v) => isCount(v) && Number(v) <= 1e8,
    file: isDigest, questions: answered,
  },
  mixte: {
    ...opened("mixte"), status: isText, question: isText, decision: isText, opened: isDigest, provisional: isDigest,
    rules: { scale: isText, absent: isText, several: isText, minimum_size: isAny, options: [isText] },
    members: [{ id: isText, label: isText, electorate: isText, list: isText, position: isText }],
    electorates: [{ id: isText, label: isText, represented: isAny, seats: isAny, closed: isAny }],
    counts: [{ id: isText, parts: [{ electorate: isText, direct: isAny }], options: [isAny], blank: isAny, nul: isAny }],
    result: {
      members: tally, citizens: tally, mixed: tally,
      rows: [{
        kind: isText, name: isText, represented: isAny, seats: isAny, present: isAny, direct: isAny, weight: isFraction, options: [isAny], blank: isAny,
        abstain: isAny, nul: isAny,
      }],
    },
  },
  contents: { ...opened("contents"), files },
  archive: { ...opened("archive"), files },
  "ceremony-commit": { ...step("commit"), coefficients: isDigest },
  "ceremony-reveal": {
    ...step("reveal"),
    clauses: [{ clause: isName, coefficients: [isDigest], proof: isText, boxes: [{ holder: isName, ephemeral: isDigest, box: isText }] }],
  },
  "ceremony-check": { ...step("check"), complaints: [{ clause: isName, dealer: isName, shared: isDigest, proof: isText }] },
  "ceremony-seal": { ...step("seal"), key: isDigest, clauses: [{ clause: isName, key: isDigest, holders: [{ holder: isName, key: isDigest }] }] },
  "ceremony-rehearsal-1": { ...step("rehearsal-1"), ...rehearsal },
  "ceremony-rehearsal-2": { ...step("rehearsal-2"), ...rehearsal },
};
