// @ts-check
/**
 * The ballots of the logs (docs/protocol.md, sections 7 and 9; checks 606 and 611 to
 * 616), and which of them count.
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { equal, hex, Reader, unhex, utf8 } from "../client/bytes.js";
import { verify as signedText } from "../client/note.js";
import { Transcript } from "../client/transcript.js";
import { decodeScalars, joined, SIZE } from "./arithmetic.js";
import { Product, randomWeights } from "./equations.js";
import { CAST, log, SUPERVISED, typeName, VOID } from "./logs.js";
import { base, holds } from "./pool.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./election.js").Ballot} Ballot */

/** How many ballots are verified together. */
const TOGETHER = 4096;

const ZERO = new Uint8Array(SIZE);

/** What stands behind a supervised ballot: the terminal's key and its signature. */
const TERMINAL = SIZE + 64;

/** The first counter of an account's supervised ballots. */
const FIRST = 2 ** 31;

/** Whether a ballot was cast, by its voter's device or at a terminal. @param {Ballot} b */
export const isCast = (b) => b.type === CAST || b.type === SUPERVISED;

/**
 * A ballot with the parts of its proof.
 * @typedef {Ballot & {commitments: Uint8Array, responses: bigint[]}} Proved
 */

/**
 * Verifies the logs of all urns, and finds what counts.
 * @param {Election} e
 */
export async function logs(e) {
  for (let u = 0; u < e.urns.length; u++) {
    await e.ledger.part(async () => {
      const leaves = await log(e, u);
      const ballots = read(e, u, leaves);
      e.ballots[u] = ballots;
      bound(e, u, ballots);
      await proved(e, u, ballots);
      supervised(e, u, leaves, ballots);
      e.counted[u] = chains(e, u, ballots.filter(isCast));
    });
  }
  copies(e);
}

/**
 * Reads the leaves: those of another form are refused and left out.
 * @param {Election} e
 * @param {number} u
 * @param {Uint8Array[]} leaves
 */
function read(e, u, leaves) {
  const { ledger } = e;
  const urn = e.urns[u];
  const w = e.questions(urn).length;
  /** @type {Proved[]} */
  const ballots = [];
  leaves.forEach((leaf, i) => {
    const type = typeName(leaf[0]);
    if (!ledger.need(type && e.m.leaves.includes(type), 606, urn, "leaf-type", i + 1)) {
      if (!type) return;
    }
    const data = leaf.slice(1, leaf[0] === SUPERVISED ? -TERMINAL : undefined);
    if (leaf[0] === VOID) {
      ledger.need(data.length === SIZE, 606, urn, "leaf-length", i + 1);
      return;
    }
    if (!ledger.need(data.length === 167 + 128 * w, 606, urn, "leaf-length", i + 1)) return;
    const r = new Reader(data);
    if (!ledger.need(r.byte() === 1, 606, urn, "version", i + 1)) return;
    r.take(34);
    const account = hex(r.take(32));
    const counter = r.le32();
    const previous = hex(r.take(32));
    const ciphertexts = r.take(64 * w);
    const commitments = r.take(32 * (w + 1));
    let responses;
    try {
      responses = decodeScalars(r.rest());
    } catch {
      ledger.refuse(606, urn, "scalar", i + 1);
      return;
    }
    ballots.push({ leaf: i, type: leaf[0], data, hash: hex(sha256(data)), account, counter, previous, ciphertexts, commitments, responses });
  });
  return ballots;
}

/**
 * A ballot is supervised, by its counter, where its leaf is, and a terminal of the
 * manifest has signed for it.
 * @param {Election} e
 * @param {number} u
 * @param {Uint8Array[]} leaves
 * @param {Ballot[]} ballots
 */
function supervised(e, u, leaves, ballots) {
  const { ledger } = e;
  const urn = e.urns[u];
  const keys = new Set(e.keys.terminals.map((t) => hex(t.key)));
  for (const b of ballots) {
    const here = b.type === SUPERVISED;
    ledger.need(here === b.counter >= FIRST, 616, urn, "supervised", b.leaf + 1);
    if (!here) continue;
    const rest = leaves[b.leaf].slice(-TERMINAL);
    const key = rest.subarray(0, SIZE);
    const text = utf8(`isoloir/v1/supervised\n${e.book.o} ${urn}\n${b.hash}\n`);
    ledger.need(keys.has(hex(key)) && signedText(key, text, rest.subarray(SIZE)), 616, urn, "terminal", b.leaf + 1);
  }
  ledger.done(616, urn);
}

/**
 * Each ballot names this opening record and this urn, and one of its account keys.
 * @param {Election} e
 * @param {number} u
 * @param {Ballot[]} ballots
 */
function bound(e, u, ballots) {
  const { ledger } = e;
  const urn = e.urns[u];
  const o = unhex(e.book.o);
  const known = generators(e, u);
  for (const b of ballots) {
    const here = equal(b.data.subarray(1, 33), o) && b.data[33] + 256 * b.data[34] === u;
    ledger.need(here, 611, urn, "bound", b.leaf + 1);
    ledger.need(known.has(b.account), 612, urn, "account", b.leaf + 1);
  }
  ledger.done(611, urn);
  if (e.populations[u].length > 0) ledger.done(612, urn);
}

/**
 * The generator under which each account key of an urn stands.
 * @param {Election} e
 * @param {number} u
 */
export function generators(e, u) {
  /** @type {Map<string, Uint8Array>} */
  const known = new Map();
  for (const p of e.populations[u]) for (let at = 0; at < p.keys.length; at += SIZE) known.set(hex(p.keys.subarray(at, at + SIZE)), p.generator);
  return known;
}

/**
 * Verifies the proofs of an urn's ballots, many together. Where some do not hold they
 * are looked for one by one.
 * @param {Election} e
 * @param {number} u
 * @param {Proved[]} ballots
 */
async function proved(e, u, ballots) {
  const { ledger } = e;
  const urn = e.urns[u];
  const own = e.populations[u][0]?.generator;
  if (!own || !e.opening) return;
  const known = generators(e, u);
  let good = 0;
  for (let at = 0; at < ballots.length; at += TOGETHER) {
    good += await together(e, u, ballots.slice(at, at + TOGETHER), known, own);
  }
  ledger.count("ballots", good, ballots.length);
  ledger.done([606, 613], urn);
}

/**
 * @param {Election} e
 * @param {number} u
 * @param {Proved[]} ballots
 * @param {Map<string, Uint8Array>} known
 * @param {Uint8Array} own the generator of the opening record's population
 * @returns {Promise<number>} how many proofs hold
 */
async function together(e, u, ballots, known, own) {
  const urn = e.urns[u];
  const { product, owners } = equations(e, u, ballots, known, own);
  const result = await product.result(e.pool);
  const broken = new Set();
  for (const b of result.bad) {
    const ballot = owners(b.segment, b.index);
    if (!broken.has(ballot)) e.ledger.refuse(606, urn, "point", ballot.leaf + 1);
    broken.add(ballot);
  }
  if (broken.size > 0) return together(e, u, ballots.filter((b) => !broken.has(b)), known, own);
  if (ballots.length === 0 || holds(result)) return ballots.length;
  if (ballots.length === 1) {
    e.ledger.refuse(613, urn, "proof", ballots[0].leaf + 1);
    return 0;
  }
  const half = Math.ceil(ballots.length / 2);
  return (await together(e, u, ballots.slice(0, half), known, own)) + (await together(e, u, ballots.slice(half), known, own));
}

/**
 * The equations of section 7 for some ballots: g^{s_q} = R_q·c1_q^c, and over the
 * generator of the population ĝ^{s_x} = R_x·ŷ^c. c2 is decoded alone.
 * @param {Election} e
 * @param {number} u
 * @param {Proved[]} ballots
 * @param {Map<string, Uint8Array>} known
 * @param {Uint8Array} own
 */
function equations(e, u, ballots, known, own) {
  const urn = e.urns[u];
  const w = e.questions(urn).length;
  const key = unhex(e.opening.key);
  const context = e.context(urn);
  /** @type {Map<string, bigint>} the exponents of the generators */
  const over = new Map();
  /** @type {Uint8Array[]} */
  const points = [];
  /** @type {bigint[]} */
  const scalars = [];
  /** @type {Uint8Array[]} */
  const commitments = [];
  const weights = randomWeights(ballots.length * (w + 1));
  let g = 0n;
  ballots.forEach((b, n) => {
    const generator = known.get(b.account) ?? own;
    const t = new Transcript("ballot", context);
    t.append("base", base);
    t.append("urn-base", generator);
    t.append("key", key);
    t.append("account", unhex(b.account));
    t.appendUint32("counter", b.counter);
    t.append("previous", unhex(b.previous));
    t.append("ciphertexts", b.ciphertexts);
    t.append("commitment", b.commitments);
    const c = t.challenge("c");
    const mine = weights.slice(n * (w + 1), (n + 1) * (w + 1));
    for (let q = 0; q < w; q++) {
      g -= mine[q] * b.responses[q];
      points.push(b.ciphertexts.subarray(64 * q, 64 * q + 32));
      scalars.push(mine[q] * c);
    }
    const name = hex(generator);
    over.set(name, (over.get(name) ?? 0n) - mine[w] * b.responses[w]);
    points.push(unhex(b.account));
    scalars.push(mine[w] * c);
    commitments.push(b.commitments);
  });
  const product = new Product();
  product.points(joined(points), scalars);
  product.points(joined(commitments), weights);
  product.points(joined(ballots.flatMap((b) => Array.from({ length: w }, (_, q) => b.ciphertexts.subarray(64 * q + 32, 64 * q + 64)))), undefined, true);
  product.base(g);
  for (const [name, k] of over) product.points(unhex(name), [k]);
  const owners = (/** @type {number} */ segment, /** @type {number} */ index) => ballots[Math.floor(index / (segment === 2 ? w : w + 1))];
  return { product, owners };
}

/**
 * One ballot for each account, or where revotes are allowed one chain: gives those that
 * count, in the order of the log.
 * @param {Election} e
 * @param {number} u
 * @param {Ballot[]} cast
 */
function chains(e, u, cast) {
  const { ledger } = e;
  const urn = e.urns[u];
  const revote = e.m.finality.mode === "revote";
  /** @type {Map<string, Ballot[]>} */
  const accounts = new Map();
  for (const b of cast) {
    const own = accounts.get(b.account) ?? [];
    accounts.set(b.account, own);
    own.push(b);
  }
  for (const [account, all] of accounts) {
    const sorted = all.sort((a, b) => a.counter - b.counter || a.leaf - b.leaf);
    const first = sorted.findIndex((b) => b.counter >= FIRST);
    const split = e.register && first >= 0 ? first : sorted.length;
    for (const [chain, begin] of /** @type {[Ballot[], number][]} */ ([[sorted.slice(0, split), 0], [sorted.slice(split), FIRST]])) {
      let previous = hex(ZERO);
      chain.forEach((b, i) => {
        ledger.need(b.counter === begin + i && b.previous === previous && i <= e.m.finality.highest_counter, 614, urn, "chain", b.leaf + 1);
        previous = b.hash;
      });
    }
    accounts.set(account, sorted);
  }
  ledger.done(614, urn);
  if (!revote) return cast;
  return [...accounts.values()].map((c) => c[c.length - 1]).sort((a, b) => a.leaf - b.leaf);
}

/**
 * No half of a ciphertext stands twice.
 * @param {Election} e
 */
function copies(e) {
  /** @type {Map<string, string>} */
  const seen = new Map();
  if (e.ballots.some((b) => b === undefined)) return;
  e.ballots.forEach((ballots, u) => {
    for (const b of ballots ?? []) {
      for (let at = 0; at < b.ciphertexts.length; at += SIZE) {
        const half = (at / SIZE) % 2 + String.fromCharCode(...b.ciphertexts.subarray(at, at + SIZE));
        const place = `${e.urns[u]}, ${b.leaf + 1}`;
        if (seen.has(half)) e.ledger.refuse(615, place, "twice", seen.get(half));
        seen.set(half, place);
      }
    }
  });
  e.ledger.done(615);
}

