// @ts-check
/**
 * The list of contents, and the files that it names (docs/protocol.md, sections 13 and
 * 14; checks 101 to 105).
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { hex } from "../client/bytes.js";
import { lacking } from "../client/quorum.js";
import { opens } from "./cells.js";
import { Refused } from "./ledger.js";
import { isMixed } from "./mixed.js";
import { questionsOf } from "./mixes.js";
import { minutesOf } from "./paper.js";
import { byBytes } from "./tar.js";
import { DATED } from "./timestamps.js";

/** @typedef {import("./election.js").Election} Election */

/** How many bytes of a file are read at a time. */
const PIECE = 1 << 22;

/**
 * Reads the list, and compares it with the files as they are.
 * @param {Election} e
 * @param {(part: string, done: number, total: number) => void} progress
 */
export async function contents(e, progress) {
  const { ledger } = e;
  const known = [e.keys.contents, ...e.keys.members];
  const list = await e.book.record("contents.note", "contents", known, 101);
  ledger.need(list.wrong === "" && list.signed.has(e.keys.contents), 101, list.path, "signature", list.wrong);
  const members = new Set([...list.signed].filter((k) => k !== e.keys.contents).map((k) => k.name));
  const lack = list.wrong || lacking(e.m.bureau, members);
  ledger.need(lack === "", 102, list.path, "quorum", lack);
  ledger.done([101, 102]);
  const files = list.value.files;
  files.forEach((/** @type {any} */ f, /** @type {number} */ i) => {
    ledger.need(i === 0 || byBytes(files[i - 1].path, f.path) < 0, 103, f.path, "order");
  });
  e.listed = new Set(files.map((/** @type {any} */ f) => f.path));
  const over = new Set(["contents.note", ...e.m.timestamps.map((/** @type {any} */ a) => `contents.${a.id}.tsr`)]);
  for (const path of e.files.paths) {
    ledger.need(e.listed.has(path) || over.has(path) || path.startsWith("after/"), 104, path, "unlisted");
  }
  ledger.done(104);
  let same = 0;
  for (const f of files) {
    const there = e.files.has(f.path) && e.files.size(f.path) === f.size && (await digest(e, f.path)) === f.sha256;
    if (ledger.need(there, 103, f.path, e.files.has(f.path) ? "changed" : "missing")) same++;
    progress("files", same, files.length);
  }
  ledger.count("files", same, files.length);
  ledger.done(103);
}

/**
 * @param {Election} e
 * @param {string} path
 */
async function digest(e, path) {
  const blob = /** @type {Blob} */ (e.files.blobs.get(path));
  const h = sha256.create();
  for (let at = 0; at < blob.size; at += PIECE) h.update(new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer()));
  return hex(h.digest());
}

/**
 * Compares the list with what manifest and acts call for.
 * @param {Election} e
 */
export async function called(e) {
  const { ledger } = e;
  if (!e.listed || !e.cells) throw new Refused(105, "contents.note", "ballots-unknown");
  const { needed, allowed } = expected(e);
  for (const path of e.listed) ledger.need(needed.has(path) || allowed.some((r) => (typeof r === "string" ? r === path : r.test(path))), 105, path, "not-called-for");
  for (const path of needed) ledger.need(e.listed.has(path), 105, path, "called-for");
  ledger.done(105);
}

/**
 * The files that must be listed, and those that may be: of the ceremony, the acts and
 * the shares other checks say which there must be.
 * @param {Election} e
 */
function expected(e) {
  const needed = new Set(["manifest.json", "opening.note", "result.note", "result.csv"]);
  const add = (/** @type {string[]} */ ...paths) => paths.forEach((p) => needed.add(p));
  /** @type {(string | RegExp)[]} */
  const allowed = [/^acts\/[0-9]{4,}-[a-z-]+\.note$/, /^ceremony\/[1-9][0-9]*\/(commit|reveal|check|seal|rehearsal-1|rehearsal-2)-[A-Za-z0-9._-]+\.note$/];
  const mixers = e.keys.mixers.map((_, s) => s + 1);
  population("", e.urns);
  e.amendments().forEach((_, i) => {
    const urns = e.amended.filter((a) => a.amendment === i + 1 && a.added > 0).map((a) => a.urn);
    add(`addenda/${i + 1}/roll.note`);
    if (urns.length > 0) population(`addenda/${i + 1}/`, urns);
  });
  for (const u of e.urns) add(`log/${u}/leaves`, `log/${u}/checkpoints`, `log/${u}/seal.note`, ...(e.register ? [] : [`roll/${u}.note`, `roll/${u}.marks`]));
  if (e.m.standing.length > 0) add("standing.json");
  for (const x of e.act("seal")?.act.body.adopts ?? []) if (/^deputies\/(roll|urn)$/.test(x.path)) add(x.path);
  for (const a of e.acts) if (a.act.type === "withdraw") add(...a.act.body.adopts.map((/** @type {any} */ x) => x.path));
  for (const u of e.urns) if (e.sealed(`challenges/${u}.note`)) add(`challenges/${u}.note`, `challenges/${u}.list`);
  for (const s of mixers) add(`mix/${s}.note`);
  for (const cell of e.cells ?? []) {
    if (!opens(e, cell)) continue;
    for (const q of questionsOf(e, cell)) {
      for (const s of mixers) add(`mix/${e.folder(cell)}/${q.id}/${s}.list`, `mix/${e.folder(cell)}/${q.id}/${s}.proof`);
    }
  }
  for (const clause of e.m.clauses) {
    for (const holder of clause.holders.filter((/** @type {string} */ h) => e.holders?.includes(h) ?? true)) {
      const note = `shares/${clause.id}.${holder}.note`;
      allowed.push(note);
      if (!e.files.has(note)) continue;
      for (const cell of e.cells ?? []) {
        if (!opens(e, cell)) continue;
        for (const q of questionsOf(e, cell)) allowed.push(`shares/${e.folder(cell)}/${q.id}/${clause.id}.${holder}.list`);
      }
    }
  }
  for (const q of isMixed(e.m) ? e.m.questions : []) {
    add(`mixte/${q.id}/definitive.note`, `mixte/${q.id}/table.csv`);
    allowed.push(`mixte/${q.id}/provisional.note`);
  }
  for (const name of minutesOf(e)) add(`paper/${name}.note`, `paper/${name}.keys`);
  for (const a of e.acts) {
    if (!(a.act.type in DATED)) continue;
    for (const t of e.m.timestamps) allowed.push(`timestamps/${String(a.act.seq).padStart(4, "0")}-${a.act.type}.${t.id}.tsr`);
  }
  return { needed, allowed };

  /**
   * @param {string} folder
   * @param {string[]} urns
   */
  function population(folder, urns) {
    for (const i of e.register ? [e.keys.roll] : e.keys.issuers) add(`${folder}enrolment/${i.name}.note`, ...urns.map((u) => `${folder}enrolment/${u}/${i.name}.keys`));
    for (const s of mixers) {
      add(`${folder}anonymisation/${s}.note`, ...urns.flatMap((u) => [`${folder}anonymisation/${u}/${s}.keys`, `${folder}anonymisation/${u}/${s}.proof`]));
    }
  }
}
