// @ts-check
/**
 * The result, opened again from the shares (docs/protocol.md, sections 10 and 11; checks
 * 1001 to 1003 and 1005).
 *
 * @module
 */

import { hex, text } from "../client/bytes.js";
import { optionCode } from "../client/ballot.js";
import { lacking } from "../client/quorum.js";
import { SIZE } from "./arithmetic.js";
import { opens } from "./cells.js";
import { halves } from "./equations.js";
import { Refused } from "./ledger.js";
import { listName, questionsOf } from "./mixes.js";
import { wholeCoefficients } from "./quorums.js";
import { quorum } from "./shares.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./election.js").Cell} Cell */

/**
 * Reads the result: its signatures, and what it names.
 * @param {Election} e
 */
export async function readResult(e) {
  const { ledger } = e;
  const r = await e.book.record("result.note", "result", e.keys.members, 1001);
  const signers = new Set([...r.signed].map((k) => k.name));
  ledger.need(r.wrong === "" && !lacking(e.m.bureau, signers), 1001, r.path, "quorum", r.wrong || lacking(e.m.bureau, signers));
  ledger.done(1001);
  e.result = r.value;
  e.resultDigest = r.digest;
}

/**
 * Compares the result with the record, cell by cell.
 * @param {Election} e
 */
export async function compare(e) {
  const { ledger } = e;
  const r = e.result;
  if (!r || !e.cells) throw new Refused(1003, "result.note", "missing");
  ledger.need(r.seal === e.seal, 1003, "result.note", "seal");
  const names = (/** @type {any[]} */ list, /** @type {(x: any) => string} */ of) => list.map(of).join("\n");
  ledger.need(names(r.cells, (c) => c.cell) === names(e.cells, (c) => c.name), 1003, "result.note", "cells");
  for (const cell of e.cells) {
    const stated = r.cells.find((/** @type {any} */ c) => c.cell === cell.name);
    if (!stated) continue;
    ledger.need(stated.urns.join() === cell.urns.map((u) => e.urns[u]).join(), 1003, cell.name, "urns");
    const electors = cell.urns.reduce((n, u) => n + e.electors(u), 0);
    ledger.need(stated.electors === electors, 1003, cell.name, "electors", `${stated.electors}, ${electors}`);
    ledger.need(stated.ballots === cell.ballots.length, 1003, cell.name, "ballots", `${stated.ballots}, ${cell.ballots.length}`);
    ledger.need(stated.marks === stated.ballots, 1003, cell.name, "marks", `${stated.marks}, ${stated.ballots}`);
  }
  ledger.done(1003);
}

/**
 * Opens every cell with the shares that the result accepts, and counts.
 * @param {Election} e
 */
export async function count(e) {
  const { ledger } = e;
  if (!e.cells || !e.result) throw new Refused(1002, "result.note", "missing");
  const quorums = e.m.clauses.map((/** @type {any} */ c) => ({ clause: c, holders: quorum(e, c) }));
  const places = quorums.map((/** @type {any} */ q) => q.holders.map((/** @type {string} */ h) => q.clause.holders.indexOf(h) + 1));
  const { denominator, coefficients } = wholeCoefficients(places);
  for (const cell of e.cells) {
    await ledger.part(async () => {
      const questions = [];
      for (const q of questionsOf(e, cell)) {
        questions.push(await answers(e, cell, q, quorums, coefficients, denominator));
      }
      e.answers.push({ cell, questions });
      const stated = e.result.cells.find((/** @type {any} */ c) => c.cell === cell.name);
      ledger.need(JSON.stringify(stated?.questions) === JSON.stringify(questions), 1002, cell.name, "counts");
      ledger.done(1002, cell.name);
    });
  }
}

/**
 * The counts of one question. Points are raised to the denominator of the Lagrange
 * coefficients, so that these are small whole numbers: L·M = L·c2 − Σ (L·λ)·d.
 * @param {Election} e
 * @param {Cell} cell
 * @param {any} q
 * @param {{clause: any, holders: string[]}[]} quorums
 * @param {bigint[][]} coefficients
 * @param {bigint} denominator
 */
async function answers(e, cell, q, quorums, coefficients, denominator) {
  const ids = [...q.options.map((/** @type {any} */ o) => o.id), "blank"];
  const counts = ids.map(() => 0);
  let nul = 0;
  if (opens(e, cell)) {
    const f = e.context("").manifest;
    const codes = new Map(ids.map((id, i) => [hex(optionCode(f, q.id, id).multiplyUnsafe(denominator).toBytes()), i]));
    const mixed = e.mixed.get(listName(cell, q));
    if (!mixed) throw new Refused(1002, cell.name, "stage", q.id);
    const lists = [halves(mixed, 1)];
    const factors = [denominator];
    for (let c = 0; c < quorums.length; c++) {
      const { clause, holders } = quorums[c];
      for (let h = 0; h < holders.length; h++) {
        const list = await e.book.bytes(`shares/${e.folder(cell)}/${q.id}/${clause.id}.${holders[h]}.list`, 1002);
        if (list.length !== lists[0].length) throw new Refused(1002, cell.name, "number", holders[h]);
        lists.push(list);
        factors.push(-coefficients[c][h]);
      }
    }
    const out = await e.pool.combine(lists, factors);
    for (let at = 0; at < out.length; at += SIZE) {
      const i = codes.get(hex(out.subarray(at, at + SIZE)));
      if (i === undefined) nul++;
      else counts[i]++;
    }
    e.ledger.count("answers", out.length / SIZE, cell.ballots.length);
  }
  const options = q.options.map((/** @type {any} */ o, /** @type {number} */ i) => ({ option: o.id, ballots: counts[i] }));
  return { question: q.id, options, blank: counts[ids.length - 1], nul };
}

/**
 * Compares result.csv with result.note.
 * @param {Election} e
 */
export async function table(e) {
  const data = await e.book.bytes("result.csv", 1005);
  if (!e.result) throw new Refused(1005, "result.csv", "missing");
  let said = "";
  try {
    said = text(data);
  } catch {
    e.ledger.refuse(1005, "result.csv", "form");
  }
  e.ledger.need(said === csv(e.m, e.result), 1005, "result.csv", "counts");
  e.ledger.done(1005);
}

/**
 * The table of a result, section 11.
 * @param {any} m
 * @param {any} result
 */
function csv(m, result) {
  const several = m.urns.some((/** @type {any} */ u) => m.questions.filter((/** @type {any} */ q) => q.urns.includes(u.id)).length > 1);
  const rows = [["urn", ...(several ? ["question"] : []), "option", "ballots"]];
  for (const cell of result.cells) {
    for (const q of cell.questions) {
      const asked = m.questions.find((/** @type {any} */ x) => x.id === q.question);
      const label = (/** @type {string} */ id) => asked?.options.find((/** @type {any} */ o) => o.id === id)?.label ?? id;
      const lines = q.options.map((/** @type {any} */ o) => [label(o.option), o.ballots]);
      lines.push(["blanc", q.blank], ...(q.nul > 0 ? [["nul", q.nul]] : []));
      for (const [name, n] of lines) rows.push([cell.cell, ...(several ? [q.question] : []), name, String(n)]);
    }
  }
  return rows.map((row) => row.map(field).join(",") + "\n").join("");
}

/** @param {string} s */
const field = (s) => (s === "" || !(/[",\r\n]/.test(s) || /^\s/u.test(s) || s === "\\.") ? s : `"${s.replaceAll('"', '""')}"`);
