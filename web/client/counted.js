// @ts-check
/**
 * From a ballot in the log to the mix, once the export is public (docs/log.md, section
 * 7): the log of the seal is read whole, the list that must have gone into the mix is
 * made again from it, and compared with the one that the first mixer signed.
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { concat, equal, hex, text, unhex, utf8 } from "./bytes.js";
import { check, isCount, isDigest, isName, parseCanonical } from "./canonical.js";
import { Lie } from "./errors.js";
import { Frontier, leafHash } from "./merkle.js";
import { casts } from "./receipt.js";
import { ofAccounts } from "./scrutin.js";
import { openCheckpoint, openNote, Verifier, verify } from "./note.js";

/** @typedef {import("./scrutin.js").Scrutin} Scrutin */
/** @typedef {import("./types.js").Counted} Counted */
/** @typedef {import("./types.js").Get} Get */

/** The keys of a mixer's statement. */
const MIX = {
  record: (/** @type {unknown} */ v) => v === "isoloir/v1/mix",
  manifest: isDigest,
  opening: isDigest,
  seal: isDigest,
  mixer: isName,
  stage: isCount,
  cells: [{
    cell: (/** @type {unknown} */ v) => typeof v === "string" && v.split("+").every(isName),
    questions: [{ question: isName, ballots: isCount, input: isDigest, output: isDigest, proof: isDigest }],
  }],
};

const CAST = 1, SUPERVISED = 5; // whose counters are above all others

/** Where parts of a cast leaf begin: after its type byte, a ballot of section 7. */
const ACCOUNT = 1 + 35;
const COUNTER = ACCOUNT + 32;
const CIPHERTEXTS = COUNTER + 4 + 32;
const CIPHERTEXT = 64;

/**
 * Follows a ballot from the urn's sealed log to the mix. Throws a Lie of check
 * counted-mix, counted-seal or counted-log where the export contradicts itself;
 * progress is called now and then with a part of 1.
 * @param {Scrutin} scrutin
 * @param {string} urn
 * @param {string} code
 * @param {Get} get the export's file of a path
 * @param {(part: number) => void} [progress]
 * @returns {Promise<Counted>}
 */
export async function findCounted(scrutin, urn, code, get, progress = () => {}) {
  const statement = await get("mix/1.note");
  const cell = judge("counted-mix", statement, () => firstMix(scrutin, statement).cells.find((/** @type {any} */ c) => c.cell.split("+").includes(urn)));
  if (!cell) return closed(scrutin, urn, code, get, statement);
  const wanted = unhex(code, 32);
  const lists = cell.questions.map(() => sha256.create());
  /** @type {Counted} */
  const found = { state: "absent", index: 0, size: 0, witnesses: 0, of: scrutin.manifest.witnesses.length, place: 0, ballots: 0, cell: cell.cell };
  const names = cell.cell.split("+");
  for (const [n, name] of names.entries()) {
    const signed = await get(`log/${name}/seal.note`);
    const seal = judge("counted-seal", signed, () => openSeal(scrutin, name, signed));
    const file = await get(`log/${name}/leaves`);
    const leaves = judge("counted-log", signed, () => readLeaves(file, seal));
    const asked = scrutin.urn(name).questions;
    if (asked.map((q) => q.id).join() !== cell.questions.map((/** @type {any} */ q) => q.question).join()) {
      throw new Lie("counted", "counted-mix", `the questions of ${name} are others`, utf8(urn), statement);
    }
    for (const [i, leaf] of leaves.entries()) {
      if (name !== urn || !casts(leaf, wanted)) continue;
      Object.assign(found, { state: "replaced", index: i, size: leaves.length, witnesses: seal.witnesses });
    }
    for (const i of lastOfEach(leaves)) {
      if (found.state !== "absent" && name === urn && i === found.index) Object.assign(found, { state: "counted", place: found.ballots });
      found.ballots++;
      lists.forEach((/** @type {any} */ list, /** @type {number} */ q) => {
        const from = CIPHERTEXTS + q * CIPHERTEXT;
        list.update(leaves[i].subarray(from, from + CIPHERTEXT));
      });
    }
    progress((n + 1) / names.length);
    await new Promise((resolve) => setTimeout(resolve));
  }
  cell.questions.forEach((/** @type {any} */ q, /** @type {number} */ i) => {
    if (q.ballots !== found.ballots || q.input !== hex(lists[i].digest())) {
      throw new Lie("counted", "counted-mix", `for ${q.question} another list was mixed`, utf8(urn), statement);
    }
  });
  return found;
}

/**
 * Follows a ballot whose urn is in no cell that was mixed: of accounts, where all that
 * would have been opened with it are too few (docs/protocol.md, section 9).
 * @param {Scrutin} scrutin
 * @param {string} urn
 * @param {string} code
 * @param {Get} get
 * @param {Uint8Array} statement of the first mixer
 * @returns {Promise<Counted>}
 */
async function closed(scrutin, urn, code, get, statement) {
  const m = scrutin.manifest;
  const names = m.merge_lists.find((l) => l.urns.includes(urn))?.urns ?? [urn];
  const mixed = firstMix(scrutin, statement).cells.flatMap((/** @type {any} */ c) => c.cell.split("+"));
  const wanted = unhex(code, 32);
  /** @type {Counted} */
  const found = { state: "absent", index: 0, size: 0, witnesses: 0, of: m.witnesses.length, place: 0, ballots: 0, cell: names.join("+") };
  for (const name of names) {
    const signed = await get(`log/${name}/seal.note`);
    const seal = judge("counted-seal", signed, () => openSeal(scrutin, name, signed));
    const file = await get(`log/${name}/leaves`);
    const leaves = judge("counted-log", signed, () => readLeaves(file, seal));
    const index = name === urn ? leaves.findIndex((leaf) => casts(leaf, wanted)) : -1;
    const last = lastOfEach(leaves);
    if (index >= 0) Object.assign(found, { state: last.includes(index) ? "closed" : "replaced", index, size: leaves.length, witnesses: seal.witnesses });
    found.ballots += last.length;
  }
  if (!ofAccounts(m) || found.ballots >= m.minimum_size || names.some((n) => mixed.includes(n))) {
    throw new Lie("counted", "counted-mix", `no cell that was mixed has the urn ${urn}`, utf8(urn), statement);
  }
  return found;
}

/**
 * @template T
 * @param {string} name of the check that fails with f
 * @param {Uint8Array} answer
 * @param {() => T} f
 */
function judge(name, answer, f) {
  try {
    return f();
  } catch (e) {
    throw new Lie("counted", name, String(e), undefined, answer);
  }
}

/**
 * The statement of the first mixer, who was given the list.
 * @param {Scrutin} scrutin
 * @param {Uint8Array} data
 */
function firstMix(scrutin, data) {
  const [mixer] = scrutin.manifest.mixers;
  const mix = parseCanonical(openNote(data, [Verifier.parse(mixer.key)]).text);
  check(mix, MIX);
  if (mix.manifest !== scrutin.f || mix.opening !== scrutin.o || mix.mixer !== mixer.id || mix.stage !== 1) throw new Error("the statement is of another mix");
  return mix;
}

/** How long the date is that a co-signature begins with, in bytes. */
const DATE = 8;

/** A witness's key, of co-signatures (C2SP cosignature/v1). */
class Witness extends Verifier {
  /** @param {Verifier} key */
  constructor({ name, algorithm, key }) {
    super(name, algorithm, key);
  }

  /**
   * @param {Uint8Array} message
   * @param {Uint8Array} signature a date, big-endian, and 64 bytes
   */
  verify(message, signature) {
    if (signature.length !== DATE + 64) return false;
    const date = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
    return verify(this.key, concat(utf8(`cosignature/v1\ntime ${date}\n`), message), signature.subarray(DATE));
  }
}

/**
 * A seal: signed by the urn, and by more than two thirds of the witnesses.
 * @param {Scrutin} scrutin
 * @param {string} urn
 * @param {Uint8Array} data
 */
function openSeal(scrutin, urn, data) {
  const witnesses = scrutin.manifest.witnesses.map((w) => new Witness(Verifier.parse(w.key)));
  const note = openNote(data, [scrutin.urnKey, ...witnesses]);
  const seen = witnesses.filter((w) => note.signed.has(w)).length;
  if (!note.signed.has(scrutin.urnKey) || 3 * seen <= 2 * witnesses.length) throw new Error(`${seen} of ${witnesses.length} witnesses signed`);
  const own = text(data).slice(note.text.length + 1).split("\n").find((line) => line.startsWith(`— ${scrutin.urnKey.name} `));
  return { ...openCheckpoint(utf8(`${note.text}\n${own}\n`), scrutin.origin(urn), scrutin.urnKey), witnesses: seen };
}

/**
 * The leaves of a log, which are those of its seal.
 * @param {Uint8Array} file
 * @param {{size: number, root: Uint8Array}} seal
 */
function readLeaves(file, seal) {
  const tree = new Frontier();
  /** @type {Uint8Array[]} */
  const leaves = [];
  for (let at = 0; at < file.length; ) {
    const length = file[at] * 256 + file[at + 1];
    const leaf = file.subarray(at + 2, (at += 2 + length));
    if (leaf.length !== length) throw new Error("the log is cut short");
    tree.append(leafHash(leaf));
    leaves.push(leaf);
  }
  if (leaves.length !== seal.size || !equal(tree.root(), seal.root)) throw new Error("the leaves are not those of the seal");
  return leaves;
}

/**
 * The numbers of the leaves that count: the last cast ballot of each account, in the
 * order of the log.
 * @param {Uint8Array[]} leaves
 */
function lastOfEach(leaves) {
  /** @type {Map<string, {leaf: number, counter: number}>} */
  const last = new Map();
  leaves.forEach((leaf, i) => {
    if (leaf[0] !== CAST && leaf[0] !== SUPERVISED) return;
    const account = hex(leaf.subarray(ACCOUNT, COUNTER));
    const counter = new DataView(leaf.buffer, leaf.byteOffset + COUNTER, 4).getUint32(0, true);
    const before = last.get(account);
    if (!before || before.counter < counter) last.set(account, { leaf: i, counter });
  });
  return [...last.values()].map((l) => l.leaf).sort((a, b) => a - b);
}
