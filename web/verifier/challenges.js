// @ts-check
/**
 * Ballots that were opened instead of cast (docs/protocol.md, section 12.1; checks 1501
 * to 1504), as the act that seals adopts what urns say of them. The result does not depend on them.
 *
 * @module
 */

import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { optionCode } from "../client/ballot.js";
import { concat, equal, hex, Reader, unhex, utf8 } from "../client/bytes.js";
import { BASE, decode, decodeScalar, publicPower } from "../client/group.js";
import { SIZE } from "./arithmetic.js";
import { digestOf } from "./book.js";

/** @typedef {import("./election.js").Election} Election */

/**
 * A challenge of a list: places and coins are missing where they open nothing.
 * @typedef {{code: Uint8Array, name: string, box: Uint8Array, halves?: string[]}} Challenge
 */

/** The size of what an urn of w questions lists of each: H ‖ N ‖ places and coins ‖ box. */
const size = (/** @type {number} */ w) => 247 + 162 * w;

/**
 * Verifies the challenges of every urn that has any.
 * @param {Election} e
 */
export async function challenges(e) {
  const { ledger } = e;
  /** @type {{place: string, halves: string[]}[]} */
  const opened = [];
  for (let u = 0; u < e.urns.length; u++) {
    const path = `challenges/${e.urns[u]}.note`;
    if (!e.sealed(path)) continue;
    await ledger.part(() => one(e, u, path, opened));
  }
  copies(e, opened);
  ledger.done([1501, 1502, 1503, 1504]);
}

/**
 * @param {Election} e
 * @param {number} u
 * @param {string} path
 * @param {{place: string, halves: string[]}[]} opened
 */
async function one(e, u, path, opened) {
  const { ledger } = e;
  const urn = e.urns[u];
  const { value: v } = await e.book.signedBy(path, "challenges", e.keys.urn, 1501);
  const file = path.replace(/note$/, "list");
  const data = await e.book.bytes(file, 1501);
  const w = e.questions(urn).length;
  ledger.need(v.urn === urn, 1501, path, "statement");
  ledger.need(v.challenges > 0 && data.length === v.challenges * size(w), 1501, path, "number", v.challenges);
  ledger.need(v.file === digestOf(data), 1501, path, "digest");
  let last = "";
  let contested = 0;
  let failed = 0;
  let checked = 0;
  for (let at = 0; at + size(w) <= data.length; at += size(w)) {
    const c = read(e, urn, data.subarray(at, at + size(w)));
    const place = `${urn}, ${checked + 1}`;
    ledger.need(last < c.name, 1502, place, "order");
    ledger.need(c.halves, 1502, place, "challenge");
    last = c.name;
    if (c.halves) opened.push({ place, halves: c.halves });
    checked++;
    if (c.code.every((b) => b === 0)) continue;
    contested++;
    const named = hex(sha256(concat(utf8("isoloir/v1/challenge"), c.code))) === c.name;
    ledger.need(named, 1504, place, "challenge-name");
    if (!named || !holds(e, u, c)) failed++;
  }
  ledger.need(v.contested === contested && v.failed === failed, 1504, path, "number", `${v.contested}, ${contested}; ${v.failed}, ${failed}`);
  ledger.count("challenges", checked, v.challenges);
}

/**
 * Reads a challenge, and the ciphertexts that it opens.
 * @param {Election} e
 * @param {string} urn
 * @param {Uint8Array} data
 * @returns {Challenge}
 */
function read(e, urn, data) {
  const r = new Reader(data);
  const code = r.take(SIZE);
  const name = hex(r.take(SIZE));
  /** @type {string[] | undefined} */
  let halves = [];
  const key = decode(unhex(e.opening.key));
  for (const q of e.questions(urn)) {
    const place = r.le16();
    const coin = r.take(SIZE);
    const option = [...q.options.map((/** @type {any} */ o) => o.id), "blank"][place];
    let k = 0n;
    try {
      k = decodeScalar(coin);
    } catch {
      k = 0n;
    }
    if (option === undefined || k === 0n || !halves) {
      halves = undefined;
      continue;
    }
    const m = optionCode(unhex(e.book.f), q.id, option);
    halves.push(hex(publicPower(BASE, k).toBytes()), hex(m.add(publicPower(key, k)).toBytes()));
  }
  return { code, name, box: r.rest(), halves };
}

/**
 * Whether a challenge verifies with its code: its box is a ballot of this urn with that
 * hash, and of those ciphertexts.
 * @param {Election} e
 * @param {number} u
 * @param {Challenge} c
 */
function holds(e, u, c) {
  const w = e.questions(e.urns[u]).length;
  let ballot;
  try {
    ballot = chacha20poly1305(sha256(concat(utf8("isoloir/v1/challenge-box"), c.code)), new Uint8Array(12)).decrypt(c.box);
  } catch {
    return false;
  }
  if (!equal(sha256(ballot), c.code) || ballot.length !== 167 + 128 * w) return false;
  const head = ballot[0] === 1 && equal(ballot.subarray(1, 33), unhex(e.book.o)) && ballot[33] + 256 * ballot[34] === u;
  const chain = ballot.subarray(67, 71).some((b) => b !== 0) || ballot.subarray(71, 103).every((b) => b === 0);
  const ciphertexts = ballot.subarray(103, 103 + 64 * w);
  return head && chain && hex(ciphertexts) === c.halves?.join("");
}

/**
 * What was opened stands nowhere else.
 * @param {Election} e
 * @param {{place: string, halves: string[]}[]} opened
 */
function copies(e, opened) {
  /** @type {Map<string, string>} */
  const seen = new Map();
  e.ballots.forEach((ballots, u) => {
    for (const b of opened.length > 0 ? ballots ?? [] : []) {
      for (let at = 0; at < b.ciphertexts.length; at += SIZE) seen.set((at / SIZE) % 2 + hex(b.ciphertexts.subarray(at, at + SIZE)), `${e.urns[u]}, ${b.leaf + 1}`);
    }
  });
  for (const { place, halves } of opened) {
    halves.forEach((h, i) => {
      const half = (i % 2) + h;
      if (seen.has(half)) e.ledger.refuse(1503, place, "twice", seen.get(half));
      seen.set(half, place);
    });
  }
}
