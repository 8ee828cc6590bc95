// @ts-check
/**
 * Enrolment by the issuers and anonymisation by the mixers, of the electors of the
 * opening record and of those whom an amendment adds (docs/protocol.md, sections 5, 6
 * and 6.1; checks 301 to 303, 401 and 402).
 *
 * @module
 */

import { concat, equal, hex, unhex } from "../client/bytes.js";
import { SIZE } from "./arithmetic.js";
import { digestOf } from "./book.js";
import { Refused } from "./ledger.js";
import { base } from "./pool.js";
import { knowsAll } from "./proofs.js";
import { judgeStage } from "./shuffle.js";
import { snapshot } from "./snapshot.js";
import { root } from "./tree.js";

/** @typedef {import("./election.js").Election} Election */

/**
 * Where the statements of one population are, and of which kind.
 * @typedef {{amendment: number, folder: string, urns: number[]}} Where
 */

/**
 * The statements of the opening record, or of an amendment that adds to these urns.
 * @param {number} amendment 0 for the opening record's
 * @param {number[]} urns
 * @returns {Where}
 */
export const where = (amendment, urns) => ({ amendment, folder: amendment ? `addenda/${amendment}/` : "", urns });

/** @param {Election} e @param {Where} w @param {string} urn */
const context = (e, w, urn) => (w.amendment ? e.context(urn) : e.before(urn));

/**
 * What an issuer or mixer must name: itself, its place, and the urns in their order.
 * @param {Election} e
 * @param {Where} w
 * @param {any} value
 */
function names(e, w, value) {
  return (value.amendment ?? 0) === w.amendment && value.urns.map((/** @type {any} */ u) => u.urn).join() === w.urns.map((u) => e.urns[u]).join();
}

/**
 * Verifies what the issuers state, or the register, and gives the account keys y of each urn, 32 bytes
 * each, in the order of the electors' numbers; nothing for an urn where they cannot be
 * known. Gives the statements' digests too.
 * @param {Election} e
 * @param {Where} w
 */
export async function enrolled(e, w) {
  const { ledger } = e;
  if (e.register) return snapshot(e);
  const kind = w.amendment ? "added-enrolment" : "enrolment";
  /** @type {{keys: Uint8Array, stated: any}[][]} */
  const files = w.urns.map(() => []);
  const digests = [];
  for (const key of e.keys.issuers) {
    const path = `${w.folder}enrolment/${key.name}.note`;
    const note = await ledger.part(() => e.book.signedBy(path, kind, key, 301));
    digests.push(note?.digest ?? "");
    if (!note || !ledger.need(note.value.issuer === key.name && names(e, w, note.value), 301, path, "statement")) {
      if (!note || note.value.urns.length !== w.urns.length) continue;
    }
    for (let i = 0; i < w.urns.length; i++) {
      const urn = e.urns[w.urns[i]];
      const stated = note.value.urns[i];
      await ledger.part(async () => {
        const file = `${w.folder}enrolment/${urn}/${key.name}.keys`;
        const keys = await e.book.bytes(file, 302);
        const fits = keys.length === SIZE * stated.electors && keys.length > 0;
        ledger.need(fits, 301, path, "number", file);
        ledger.need(digestOf(keys) === stated.keys, 301, path, "digest", file);
        const held = fits && (await knowsAll(e.pool, context(e, w, urn), w.amendment, key.name, keys, unhex(stated.commitment + stated.response)));
        if (ledger.need(held, 302, urn, "proof", file)) ledger.count("half-keys", stated.electors, 0);
        ledger.count("half-keys", 0, stated.electors);
        files[i].push({ keys, stated });
      });
    }
  }
  ledger.done(301);
  ledger.done(304);
  for (const urn of e.urns) ledger.done(305, urn);
  /** @type {(Uint8Array | undefined)[]} */
  const accounts = [];
  for (let i = 0; i < w.urns.length; i++) {
    const lists = files[i].map((f) => f.keys);
    const whole = lists.length === e.keys.issuers.length && lists.every((l) => l.length === lists[0].length && l.length > 0 && l.length % SIZE === 0);
    accounts.push(whole ? await e.pool.combine(lists, lists.map(() => 1n)).catch(() => undefined) : undefined);
    if (!accounts[i]) ledger.refuse(302, e.urns[w.urns[i]], "keys");
    ledger.done(302, e.urns[w.urns[i]]);
  }
  return { digests, accounts, electors: files.map((f) => f[0]?.stated.electors) };
}

/**
 * Verifies what the mixers state, from these account keys on, and gives the population
 * of each urn after the last stage, and the statements' digests.
 * @param {Election} e
 * @param {Where} w
 * @param {(Uint8Array | undefined)[]} accounts
 */
export async function anonymised(e, w, accounts) {
  const { ledger } = e;
  const kind = w.amendment ? "added-anonymisation" : "anonymisation";
  /** @type {({generator: Uint8Array, keys: Uint8Array} | undefined)[]} */
  const now = accounts.map((keys) => keys && { generator: base, keys });
  const digests = [];
  for (let s = 0; s < e.keys.mixers.length; s++) {
    const mixer = e.keys.mixers[s];
    const path = `${w.folder}anonymisation/${s + 1}.note`;
    const note = await ledger.part(() => e.book.signedBy(path, kind, mixer, 401));
    digests.push(note?.digest ?? "");
    const v = note?.value;
    const fits = v && v.mixer === mixer.name && v.stage === s + 1 && names(e, w, v);
    if (v) ledger.need(fits, 401, path, "statement");
    for (let i = 0; i < w.urns.length; i++) {
      const urn = e.urns[w.urns[i]];
      const stated = v?.urns[i];
      const from = now[i];
      now[i] = undefined;
      if (!stated || !from) {
        ledger.refuse(402, urn, "stage", s + 1);
        continue;
      }
      await ledger.part(async () => {
        const list = `${w.folder}anonymisation/${urn}/${s + 1}.keys`;
        const outputs = await e.book.bytes(list, 402);
        const proof = await e.book.bytes(list.replace(/keys$/, "proof"), 402);
        const raised = unhex(stated.generator);
        ledger.need(SIZE * stated.electors === from.keys.length, 401, path, "number", urn);
        ledger.need(stated.input === digestOf(concat(from.generator, from.keys)), 401, path, "digest", `${urn}, input`);
        ledger.need(stated.output === digestOf(concat(raised, outputs)), 401, path, "digest", list);
        ledger.need(stated.proof === digestOf(proof), 401, path, "digest", `${urn}, proof`);
        const stage = { context: context(e, w, urn), stage: s + 1, amendment: w.amendment, inputs: from.keys, outputs, generator: from.generator, raised };
        const wrong = await judgeStage(e.pool, stage, proof);
        if (ledger.need(wrong === "", 402, urn, "proof", `${list}: ${wrong}`)) ledger.count("anonymised", stated.electors, 0);
        ledger.count("anonymised", 0, stated.electors);
        now[i] = { generator: raised, keys: outputs };
      });
    }
  }
  ledger.done(401);
  for (const u of w.urns) ledger.done(402, e.urns[u]);
  return { digests, populations: now };
}

/**
 * The electors of the opening record.
 * @param {Election} e
 */
export async function enrolment(e) {
  const { ledger } = e;
  const w = where(0, e.urns.map((_, u) => u));
  const issued = await enrolled(e, w);
  const mixed = await anonymised(e, w, issued.accounts);
  w.urns.forEach((u) => {
    const y = issued.accounts[u];
    if (y) e.accounts[u].push(y);
    const p = mixed.populations[u];
    if (p) e.populations[u].push(p);
  });
  const o = e.opening;
  if (!o) return;
  const parties = (/** @type {any[]} */ list) => list.map((x) => `${x.party} ${x.digest}`).join();
  const want = (/** @type {import("../client/note.js").Verifier[]} */ keys, /** @type {string[]} */ digests) => keys.map((k, i) => `${k.name} ${digests[i]}`).join();
  ledger.need(parties(o.enrolment) === want(e.register ? [e.keys.roll] : e.keys.issuers, issued.digests), 503, "opening.note", "enrolment");
  ledger.need(parties(o.anonymisation) === want(e.keys.mixers, mixed.digests), 503, "opening.note", "anonymisation");
  ledger.done(503);
  if (o.urns.map((/** @type {any} */ u) => u.urn).join() !== e.urns.join()) throw new Refused(504, "opening.note", "urns");
  e.urns.forEach((urn, u) => {
    const stated = o.urns[u];
    const n = e.m.urns[u].electors;
    ledger.need(stated.electors === n && stated.accounts === n && issued.electors[u] === n, 504, urn, "number", `${n}, ${stated.electors}, ${stated.accounts}, ${issued.electors[u]}`);
    ledger.done(504, urn);
    const p = mixed.populations[u];
    if (!p) return;
    ledger.need(stated.generator === hex(p.generator), 505, urn, "generator");
    ledger.need(stated.root === hex(root(p.keys)), 505, urn, "root");
    ledger.done(505, urn);
  });
}

/**
 * No account key is the identity, and no two of the scrutin are equal, those of
 * amendments with them.
 * @param {Election} e
 */
export function distinct(e) {
  /** @type {Map<string, string>} */
  const seen = new Map();
  e.accounts.forEach((lists, u) => {
    let elector = 0;
    for (const list of lists) {
      for (let at = 0; at < list.length; at += SIZE, elector++) {
        const key = list.subarray(at, at + SIZE);
        const who = `${e.urns[u]}, ${elector}`;
        const name = String.fromCharCode(...key);
        if (equal(key, new Uint8Array(SIZE))) e.ledger.refuse(303, who, "identity");
        if (seen.has(name)) e.ledger.refuse(303, who, "twice", seen.get(name));
        seen.set(name, who);
      }
    }
  });
  const whole = e.accounts.every((lists, u) => lists.length === 1 + e.amended.filter((a) => a.urn === e.urns[u] && a.added > 0).length);
  if (whole) e.ledger.done(303);
}
