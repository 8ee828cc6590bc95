// @ts-check
/**
 * The mixes of ballots (docs/protocol.md, sections 8.1 and 10; checks 801 and 802).
 *
 * @module
 */

import { unhex } from "../client/bytes.js";
import { joined } from "./arithmetic.js";
import { digestOf } from "./book.js";
import { opened } from "./cells.js";
import { judgeMix } from "./shuffle.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./election.js").Cell} Cell */

/**
 * A list by its cell and question.
 * @param {Cell} cell
 * @param {any} question
 */
export const listName = (cell, question) => `${cell.name} ${question.id}`;

/**
 * Verifies every stage from the counted ballots on.
 * @param {Election} e
 */
export async function mixes(e) {
  const { ledger } = e;
  const all = opened(e);
  /** @type {Map<string, Uint8Array | undefined>} */
  const now = new Map();
  for (const cell of all) {
    questionsOf(e, cell).forEach((q, i) => {
      now.set(listName(cell, q), joined(cell.ballots.map((b) => b.ciphertexts.subarray(64 * i, 64 * i + 64))));
    });
  }
  for (let s = 0; s < e.keys.mixers.length; s++) {
    const mixer = e.keys.mixers[s];
    const path = `mix/${s + 1}.note`;
    const note = await ledger.part(() => e.book.signedBy(path, "mix", mixer, 801));
    const v = note?.value;
    if (v) {
      ledger.need(v.mixer === mixer.name && v.stage === s + 1, 801, path, "statement");
      ledger.need(v.seal === e.seal, 801, path, "seal");
      const lists = v.cells.map((/** @type {any} */ c) => [c.cell, ...c.questions.map((/** @type {any} */ q) => q.question)].join(" ")).join("\n");
      ledger.need(lists === all.map((c) => [c.name, ...questionsOf(e, c).map((q) => q.id)].join(" ")).join("\n"), 801, path, "cells");
    }
    for (const cell of all) {
      for (const q of questionsOf(e, cell)) {
        const stated = v?.cells.find((/** @type {any} */ c) => c.cell === cell.name)?.questions.find((/** @type {any} */ x) => x.question === q.id);
        const inputs = now.get(listName(cell, q));
        now.set(listName(cell, q), undefined);
        const outputs = await ledger.part(() => stage(e, { cell, q, s, stated, inputs, path }));
        now.set(listName(cell, q), outputs);
      }
    }
  }
  for (const cell of e.cells ?? []) ledger.done(802, cell.name);
  ledger.done(801);
  for (const [name, list] of now) if (list) e.mixed.set(name, list);
}

/**
 * The questions of a cell.
 * @param {Election} e
 * @param {Cell} cell
 */
export const questionsOf = (e, cell) => e.questions(e.urns[cell.urns[0]]);

/**
 * One list of one stage: gives its output.
 * @param {Election} e
 * @param {{cell: Cell, q: any, s: number, stated: any, inputs: Uint8Array | undefined, path: string}} what
 */
async function stage(e, { cell, q, s, stated, inputs, path }) {
  const { ledger } = e;
  const file = `mix/${e.folder(cell)}/${q.id}/${s + 1}.list`;
  const outputs = await e.book.bytes(file, 802);
  const proof = await e.book.bytes(file.replace(/list$/, "proof"), 802);
  if (!inputs) {
    ledger.refuse(802, cell.name, "stage", file);
    return outputs;
  }
  if (stated) {
    ledger.need(64 * stated.ballots === inputs.length, 801, path, "number", `${cell.name}, ${q.id}`);
    ledger.need(stated.input === digestOf(inputs), 801, path, "digest", `${cell.name}, ${q.id}: input`);
    ledger.need(stated.output === digestOf(outputs), 801, path, "digest", file);
    ledger.need(stated.proof === digestOf(proof), 801, path, "digest", `${file}: proof`);
  }
  const mix = {
    context: e.context(cell.name), stage: s + 1, inputs, outputs, seal: unhex(e.seal ?? "00".repeat(32)), question: q.id, key: unhex(e.opening.key),
  };
  const wrong = await judgeMix(e.pool, mix, proof);
  if (ledger.need(wrong === "", 802, cell.name, "proof", `${file}: ${wrong}`)) ledger.count("mixed", inputs.length / 64, 0);
  ledger.count("mixed", 0, inputs.length / 64);
  return outputs;
}
