// @ts-check
/**
 * The key ceremony: why each earlier run was void, the keys that the last one made, and
 * the rehearsal (docs/protocol.md, section 4; checks 201 to 204).
 *
 * @module
 */

import { hex } from "../client/bytes.js";
import { check, parseCanonical } from "../client/canonical.js";
import { textOf } from "../client/note.js";
import { textDigest } from "./book.js";
import { Refused } from "./ledger.js";
import { rehearsed } from "./rehearsal.js";
import { Run, signedBy, STEPS } from "./run.js";
import { SHAPES } from "./shapes.js";
import { standing } from "./standing.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./run.js").Message} Message */

const PLACE = /^(commit|reveal|check|seal)-(.+?)(-again)?\.note$/;

/**
 * Verifies all runs, and the keys of the opening record.
 * @param {Election} e
 */
export async function ceremony(e) {
  const { ledger } = e;
  const all = e.files.below("ceremony/");
  const numbers = [...new Set(all.paths.map((p) => p.split("/")[0]))].map(Number).sort((a, b) => a - b);
  if (numbers.length === 0 || numbers.some((n, i) => n !== i + 1)) throw new Refused(201, "ceremony", "runs");
  let holders = e.m.holders.map((/** @type {any} */ h) => h.member);
  /** @type {{run: number, holder: string}[]} */
  const excluded = [];
  for (const number of numbers) {
    const { run, left } = await one(e, number, holders);
    const last = number === numbers.length;
    if (last) {
      if (run.step !== "") throw new Refused(201, `ceremony/${number}`, "run-stops", [run.step, ...run.faults.keys(), ...run.pending].join(" "));
      e.holders = holders;
      e.excluded = excluded;
      e.ceremonyDigest = hex(run.board);
      e.ceremonyKeys = run.keys;
      for (const name of left) {
        const place = /^(rehearsal-[12])-(.+)\.note$/.exec(name);
        const m = place && message(e, await e.files.bytes(`ceremony/${number}/${name}`, 33 << 20));
        const fits = m && holders.includes(place[2]) && m.step === place[1] && m.run === number && m.holder === place[2] && m.own;
        ledger.need(fits, 201, `ceremony/${number}/${name}`, "place");
      }
      ledger.done(201);
      await compare(e);
      await rehearsed(e, run, number);
      await standing(e);
      return;
    }
    for (const name of left) ledger.refuse(201, `ceremony/${number}/${name}`, "place");
    if (run.step === "") ledger.refuse(201, `ceremony/${number}`, "run-whole");
    const out = run.faults.size > 0 ? [...run.faults.keys()] : run.pending;
    for (const h of holders) if (out.includes(h)) excluded.push({ run: number, holder: h });
    holders = holders.filter((/** @type {string} */ h) => !out.includes(h));
    const enough = e.m.clauses.every((/** @type {any} */ c) => {
      const n = c.holders.filter((/** @type {string} */ h) => holders.includes(h)).length;
      return n > c.threshold || (c.threshold === 1 && n === 1 && c.holders.length === 1 && e.m.clauses.length > 1);
    });
    ledger.need(enough, 201, `ceremony/${number}`, "holders-left");
  }
}

/**
 * Reads the messages of a run and judges it. Left are files that are no messages of
 * its four steps.
 * @param {Election} e
 * @param {number} number
 * @param {string[]} holders
 */
async function one(e, number, holders) {
  const files = e.files.below(`ceremony/${number}/`);
  /** @type {Message[]} */
  const messages = [];
  const left = [];
  /** @type {Map<string, string>} */
  const texts = new Map();
  for (const name of files.paths) {
    const place = PLACE.exec(name);
    if (!place) {
      left.push(name);
      continue;
    }
    const m = message(e, await files.bytes(name, 33 << 20));
    if (!m || m.step !== place[1] || m.run !== number || m.holder !== place[2] || !m.own) {
      e.ledger.refuse(201, `ceremony/${number}/${name}`, "message");
      if (!m) continue;
    }
    texts.set(name, m.text);
    messages.push(m);
  }
  const run = new Run(e, number, holders);
  await run.judge(messages);
  const reached = run.step === "" ? STEPS : STEPS.slice(0, STEPS.indexOf(run.step) + 1);
  for (const [name, text] of texts) {
    const place = /** @type {RegExpExecArray} */ (PLACE.exec(name));
    const other = texts.get(name.replace("-again.note", ".note"));
    const fits = reached.includes(place[1]) && holders.includes(place[2]) && (!place[3] || (other !== undefined && other !== text));
    e.ledger.need(fits, 201, `ceremony/${number}/${name}`, "place");
  }
  return { run, left };
}

/**
 * A note that begins as a message of the ceremony does; its body may be malformed.
 * @param {Election} e
 * @param {Uint8Array} data
 * @returns {Message | undefined}
 */
function message(e, data) {
  let text;
  try {
    text = textOf(data);
  } catch {
    return undefined;
  }
  const head = /^\{\n  "record": "isoloir\/v1\/ceremony-([a-z]+(?:-[12])?)",\n  "manifest": "([0-9a-f]{64})",\n  "run": ([0-9]{1,9}),\n  "holder": "([^"\n]+)",\n/.exec(text);
  if (!head) return undefined;
  let value;
  try {
    value = parseCanonical(text);
    check(value, SHAPES[`ceremony-${head[1]}`]);
  } catch {
    value = undefined;
  }
  const m = { data, text, digest: textDigest(text), step: head[1], manifest: head[2], run: Number(head[3]), holder: head[4], value, own: false };
  return { ...m, own: signedBy(e, m) };
}

/**
 * Compares the keys of the opening record with those that the ceremony made.
 * @param {Election} e
 */
async function compare(e) {
  const o = e.opening;
  if (!o) return;
  const made = e.ceremonyKeys;
  e.ledger.need(o.ceremony === e.ceremonyDigest, 202, "opening.note", "ceremony");
  e.ledger.need(o.key === made.key, 202, "opening.note", "key");
  e.ledger.need(JSON.stringify(o.clauses) === JSON.stringify(made.clauses), 202, "opening.note", "clause-keys");
  e.ledger.done(202);
}
