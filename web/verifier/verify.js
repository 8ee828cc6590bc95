// @ts-check
/**
 * The verification of an export: everything that docs/protocol.md says, from the files
 * alone, and one report.
 *
 * @module
 */

import { acts, after, readActs } from "./acts.js";
import { distinct, enrolment } from "./accounts.js";
import { amendments } from "./amendments.js";
import { kept } from "./archive.js";
import { logs } from "./ballots.js";
import { Book } from "./book.js";
import { cells } from "./cells.js";
import { ceremony } from "./ceremony.js";
import { challenges } from "./challenges.js";
import { called, contents } from "./contents.js";
import { decisions } from "./decisions.js";
import { deputies } from "./deputies.js";
import { Election } from "./election.js";
import { Ledger, verdict } from "./ledger.js";
import { keysOf, readManifest } from "./manifest.js";
import { mixed } from "./mixed.js";
import { mixes } from "./mixes.js";
import { anchors, opening } from "./opening.js";
import { paper } from "./paper.js";
import { compare, count, readResult, table } from "./result.js";
import { roll } from "./roll.js";
import { broken } from "./rules.js";
import { shares } from "./shares.js";
import { timestamps } from "./timestamps.js";

/** @typedef {import("./tar.js").Files} Files */
/** @typedef {import("./pool.js").Pool} Pool */
/** @typedef {import("../client/note.js").Verifier} Verifier */

/**
 * What is known from outside.
 * @typedef {{fingerprint?: string, witnesses: Verifier[]}} Known
 */

/** Hears of the parts of a verification as they begin. @typedef {(part: string, done: number, total: number) => void} Progress */

/**
 * A report, as docs/verifier.md describes it.
 * @typedef {object} Report
 * @property {import("./ledger.js").Verdict} verdict
 * @property {string} fingerprint
 * @property {string} opening
 * @property {string} seal
 * @property {string} title
 * @property {string} annulled
 * @property {{number: number, type: string, time: string, digest: string} | undefined} last
 * @property {import("./ledger.js").CheckReport[]} checks
 * @property {{name: string, checked: number, record: number}[]} figures
 * @property {import("./timestamps.js").Stamped[]} stamped
 * @property {Election["amended"]} amended
 * @property {any[]} mixed what members and citizens have decided together, by question
 * @property {any[]} cells as they were opened
 * @property {string[]} stopped
 */

/**
 * Verifies an export. It throws only where a file cannot be read at all.
 * @param {Files} files
 * @param {Known} known
 * @param {Pool} pool
 * @param {Progress} [progress]
 * @param {import("./archive.js").Archive} [archive] around the export
 * @returns {Promise<Report>}
 */
export async function verify(files, known, pool, progress = () => {}, archive = undefined) {
  const ledger = new Ledger();
  const book = new Book(files, ledger);
  const { value: m, keys } = (await ledger.part(() => manifest(book))) ?? {};
  if (!keys) return report(book, undefined, m, "", [], []);
  const e = new Election(book, pool, m, keys);
  let annulled = "";
  /** @type {any[]} */
  let decided = [];
  /** @type {import("./timestamps.js").Stamped[]} */
  let stamped = [];
  /** @type {[string, () => Promise<unknown>][]} */
  const parts = [
    ["opening", () => opening(e)],
    ["acts", () => readActs(e)],
    ["contents", () => contents(e, progress)],
    ["ceremony", () => ceremony(e)],
    ["accounts", () => enrolment(e)],
    ["amendments", () => amendments(e)],
    ["distinct", async () => distinct(e)],
    ["logs", () => logs(e)],
    ["roll", () => roll(e)],
    ["cells", () => cells(e)],
    ["mixes", () => mixes(e)],
    ["result", () => readResult(e)],
    ["shares", () => shares(e)],
    ["compare", () => compare(e)],
    ["count", () => count(e)],
    ["table", () => table(e)],
    ["paper", () => paper(e)],
    ["mixed", async () => void (decided = await mixed(e))],
    ["order", () => acts(e)],
    ["decisions", () => decisions(e)],
    ["after", async () => void (annulled = await after(e))],
    ["deputies", () => deputies(e)],
    ["challenges", () => challenges(e)],
    ["timestamps", async () => void (stamped = await timestamps(e))],
    ["files", () => called(e)],
    ["archive", async () => archive && kept(e, archive)],
    ["anchors", () => anchors(e, known.fingerprint, known.witnesses)],
  ];
  for (let i = 0; i < parts.length; i++) {
    progress(parts[i][0], i, parts.length);
    await ledger.part(parts[i][1]);
  }
  ledger.done([112, 113]);
  return report(book, e, m, annulled, decided, stamped);
}

/** @param {Book} book */
async function manifest(book) {
  const { ledger } = book;
  const { f, value, wrong } = readManifest(await book.bytes("manifest.json", 111, 32 << 20));
  book.f = f;
  ledger.need(wrong === "", 111, "manifest.json", "form", wrong);
  if (!value) return {};
  if (wrong === "") for (const rule of broken(value)) ledger.refuse(111, "manifest.json", "rule", rule);
  if (value.scrutin?.profile === "standing") {
    ledger.refuse(111, "manifest.json", "rule", "scrutin: profile");
    return {};
  }
  const keys = keysOf(value);
  ledger.done(111);
  return { value, keys };
}

/**
 * @param {Book} book
 * @param {Election | undefined} e
 * @param {any} m
 * @param {string} annulled
 * @param {any[]} decided
 * @param {import("./timestamps.js").Stamped[]} stamped
 * @returns {Report}
 */
function report(book, e, m, annulled, decided, stamped) {
  const { ledger } = book;
  const checks = ledger.conclude(e?.urns ?? [""], e?.cells?.map((c) => c.name));
  const figures = [...ledger.figures].map(([name, f]) => ({ name, ...f }));
  const last = e && (e.later.at(-1) ?? e.acts.at(-1));
  return {
    verdict: verdict(checks, figures, ledger.stopped, annulled),
    fingerprint: book.f,
    opening: book.o,
    seal: e?.seal ?? "",
    title: m?.scrutin?.title ?? "",
    annulled,
    last: last && { number: last.act.seq, type: last.act.type, time: last.act.time, digest: last.digest },
    checks,
    figures,
    stamped,
    amended: e?.amended ?? [],
    mixed: decided,
    cells: (e?.answers ?? []).map(({ cell, questions }) => ({
      name: cell.name,
      urns: cell.urns.map((/** @type {number} */ u) => e?.m.urns[u].label),
      electors: cell.urns.reduce((/** @type {number} */ n, /** @type {number} */ u) => n + (e?.electors(u) ?? 0), 0),
      marks: cell.urns.reduce((/** @type {number} */ n, /** @type {number} */ u) => n + (e?.marks[u] ?? 0), 0),
      ballots: cell.ballots.length,
      questions: questions.map((/** @type {any} */ q) => titled(m, q)),
    })),
    stopped: ledger.stopped,
  };
}

/**
 * A question with the words that people read.
 * @param {any} m
 * @param {any} q
 */
function titled(m, q) {
  const asked = m.questions.find((/** @type {any} */ x) => x.id === q.question);
  return {
    ...q,
    title: asked.title,
    options: q.options.map((/** @type {any} */ o, /** @type {number} */ i) => ({ ...o, label: asked.options[i].label })),
  };
}
