// @ts-check
/**
 * The opening record: who signed it, and the keys that it names (docs/protocol.md,
 * section 3.3; checks 501, 502 and 506). The rest of it is compared where it is
 * recomputed.
 *
 * @module
 */

import { lacking } from "../client/quorum.js";
import { Verifier } from "../client/note.js";
import { cosigned, most } from "./logs.js";
import { signatures } from "./book.js";
import { Cosigner } from "./manifest.js";

/** @typedef {import("./election.js").Election} Election */

/**
 * Reads the opening record, before anything that was proved under it.
 * @param {Election} e
 */
export async function opening(e) {
  const { ledger } = e;
  const witnesses = e.keys.witnesses.map((w) => w.plain());
  const data = await e.book.bytes("opening.note", 501);
  const r = e.book.read("opening.note", data, "opening", [...e.keys.members, ...witnesses], 501);
  e.book.o = r.digest;
  e.opening = r.value;
  ledger.need(r.value.manifest === e.book.f, 112, r.path, "manifest");
  const members = new Set([...r.signed].filter((k) => e.keys.members.includes(k)).map((k) => k.name));
  const lack = r.wrong || lacking(e.m.bureau, members);
  ledger.need(lack === "", 501, r.path, "quorum", lack);
  for (const w of witnesses) ledger.need(r.wrong !== "" || r.signed.has(w), 502, r.path, "witness", w.name);
  ledger.need(witnesses.length > 0, 502, r.path, "witnesses");
  const p = e.m.platform;
  ledger.need(r.value.roll_key === p.roll.key && r.value.urn_key === p.urn.key, 506, r.path, "keys");
  ledger.done(506);
  ledger.done([501, 502]);
}

/**
 * What is known from outside, compared with the record (section 15; checks 1201 and
 * 1202).
 * @param {Election} e
 * @param {string | undefined} fingerprint f in hexadecimal digits
 * @param {Verifier[]} known the witnesses' keys, as they published them
 */
export async function anchors(e, fingerprint, known) {
  const { ledger } = e;
  if (fingerprint === undefined) ledger.unasked.add(1201);
  else {
    ledger.need(fingerprint === e.book.f, 1201, "manifest.json", "fingerprint", e.book.f);
    ledger.done(1201);
  }
  if (known.length === 0) {
    ledger.unasked.add(1202);
    return;
  }
  const plain = known.map((k) => k.plain());
  const others = e.keys.witnesses.map((w) => w.plain()).filter((w) => !plain.some((k) => same(k, w)));
  const opened = signatures(await e.book.bytes("opening.note", 1202), [...e.keys.members, ...plain, ...others]).signed;
  const n = plain.filter((k) => opened.has(k)).length;
  ledger.need(most(n, known.length), 1202, "opening.note", "witnesses", `${n}, ${known.length}`);
  for (const urn of e.urns) {
    const path = `log/${urn}/seal.note`;
    const cosigners = [...plain, ...others].map((w) => new Cosigner(w));
    const { signed } = signatures(await e.book.bytes(path, 1202), [e.keys.urn, ...cosigners]);
    const counts = cosigned(e, cosigners.slice(0, plain.length).filter((c) => signed.has(c))).late.length;
    ledger.need(most(counts, known.length), 1202, path, "witnesses", `${counts}, ${known.length}`);
  }
  ledger.done(1202);
}

/**
 * @param {Verifier} a
 * @param {Verifier} b
 */
const same = (a, b) => a.name === b.name && a.key.every((x, i) => x === b.key[i]);

/**
 * Reads a fingerprint as people copy it: 64 hexadecimal digits of either case, in groups
 * divided by spaces or hyphens. Throws on any other text.
 * @param {string} s
 */
export function parseFingerprint(s) {
  const digits = s.replace(/[\s-]/g, "").toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digits)) throw new Error("fingerprint");
  return digits;
}

/**
 * Reads witnesses' keys, one NAME+HASH+KEY to a line; empty lines and lines that begin
 * with # are passed over. Throws on any other text, and on a key or name that stands twice.
 * @param {string} s
 */
export function parseWitnesses(s) {
  const lines = s.split("\n").map((l) => l.trim()).filter((l) => l !== "" && !l.startsWith("#"));
  const keys = lines.map((l) => Verifier.parse(l));
  const distinct = (/** @type {string[]} */ all) => new Set(all).size === all.length;
  if (!distinct(keys.map((k) => k.name)) || !distinct(keys.map((k) => k.key.join()))) throw new Error("twice");
  return keys;
}
