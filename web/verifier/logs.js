// @ts-check
/**
 * The log of each urn: checkpoints, seal and leaves (docs/protocol.md, section 9; checks
 * 601 to 607).
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { equal, hex, text, utf8 } from "../client/bytes.js";
import { Frontier, leafHash } from "../client/merkle.js";
import { openCheckpoint, textOf } from "../client/note.js";
import { message, signatures } from "./book.js";
import { Cosigner } from "./manifest.js";

/** @typedef {import("./election.js").Election} Election */

/** Types of leaf, by their byte. */
const TYPES = ["", "cast", "challenged", "quarantined", "void", "supervised"];
export const CAST = 1;
export const VOID = 4;
export const SUPERVISED = 5;

const SEPARATOR = "\x1e\n";

/**
 * Verifies the log of an urn, and gives its leaves.
 * @param {Election} e
 * @param {number} u
 */
export async function log(e, u) {
  const { ledger } = e;
  const urn = e.urns[u];
  const file = await e.book.bytes(`log/${urn}/leaves`, 606);
  const leaves = entries(file);
  ledger.need(leaves.whole, 606, urn, "cut");
  const checkpoints = await list(e, urn);
  checkSizes(e, urn, checkpoints);
  roots(e, urn, checkpoints, leaves.list);
  await seal(e, urn, checkpoints, leaves.list.length);
  return leaves.list;
}

/**
 * Divides a file of leaves.
 * @param {Uint8Array} file
 */
function entries(file) {
  const list = [];
  let at = 0;
  while (at + 2 <= file.length) {
    const n = file[at] * 256 + file[at + 1];
    if (n === 0 || at + 2 + n > file.length) break;
    list.push(file.subarray(at + 2, at + 2 + n));
    at += 2 + n;
  }
  return { list, whole: at === file.length };
}

/**
 * A checkpoint of the list, as it was understood; size is undefined where it was not.
 * @typedef {{text: string, size?: number, root?: Uint8Array}} Point
 */

/**
 * @param {Election} e
 * @param {string} urn
 * @returns {Promise<Point[]>}
 */
async function list(e, urn) {
  const data = await e.book.bytes(`log/${urn}/checkpoints`, 601);
  const origin = `isoloir/v1/${e.book.f}/${urn}`;
  return text(data).split(SEPARATOR).map((one, i) => {
    const bytes = utf8(one);
    try {
      const { size, root } = openCheckpoint(bytes, origin, e.keys.urn);
      return { text: textOf(bytes), size, root };
    } catch (why) {
      e.ledger.refuse(601, urn, "checkpoint", `${i + 1}: ${message(why)}`);
      return lines(bytes);
    }
  });
}

/**
 * What a checkpoint says that nobody is known to have signed: the rest of the log is
 * looked at all the same.
 * @param {Uint8Array} data
 * @returns {Point}
 */
function lines(data) {
  try {
    const text = textOf(data);
    const parts = text.match(/^[^\n]+\n(0|[1-9][0-9]{0,14})\n([A-Za-z0-9+/]{43}=)\n$/);
    return parts ? { text, size: Number(parts[1]), root: Uint8Array.from(atob(parts[2]), (c) => c.charCodeAt(0)) } : { text };
  } catch {
    return { text: "" };
  }
}

/**
 * @param {Election} e
 * @param {string} urn
 * @param {Point[]} checkpoints
 */
function checkSizes(e, urn, checkpoints) {
  e.ledger.need(checkpoints[0].size === 0, 601, urn, "never-empty");
  checkpoints.forEach((c, i) => {
    const before = checkpoints[i - 1]?.size;
    if (i > 0 && before !== undefined && c.size !== undefined) e.ledger.need(before < c.size, 601, urn, "sizes", `${before}, ${c.size}`);
  });
  e.ledger.done(601, urn);
}

/**
 * Computes the tree, and compares its root at each size.
 * @param {Election} e
 * @param {string} urn
 * @param {Point[]} checkpoints
 * @param {Uint8Array[]} leaves
 */
function roots(e, urn, checkpoints, leaves) {
  const { ledger } = e;
  const tree = new Frontier();
  let last = "";
  const sizes = new Set(checkpoints.map((c) => c.size));
  const judge = () => {
    for (const c of checkpoints) {
      if (c.size === tree.size && c.root) ledger.need(equal(c.root, tree.root()), 602, urn, "root", c.size);
    }
  };
  judge();
  leaves.forEach((leaf, i) => {
    const digest = hex(sha256(leaf));
    if (!sizes.has(i)) ledger.need(last < digest, 603, urn, "order", i + 1);
    last = digest;
    tree.append(leafHash(leaf));
    if (sizes.has(tree.size)) judge();
  });
  for (const c of checkpoints) if (c.size !== undefined) ledger.need(c.size <= leaves.length, 602, urn, "size", c.size);
  ledger.done([602, 603], urn);
  ledger.count("leaves", tree.size, leaves.length);
}

/**
 * The last checkpoint, co-signed by the witnesses.
 * @param {Election} e
 * @param {string} urn
 * @param {Point[]} checkpoints
 * @param {number} leaves
 */
async function seal(e, urn, checkpoints, leaves) {
  const { ledger } = e;
  const path = `log/${urn}/seal.note`;
  const data = await e.book.bytes(path, 604);
  const last = checkpoints[checkpoints.length - 1];
  const cosigners = e.keys.witnesses.map((w) => new Cosigner(w));
  const { signed, wrong } = signatures(data, [e.keys.urn, ...cosigners]);
  let same = false;
  try {
    same = textOf(data) === last.text && last.text !== "";
  } catch (why) {
    ledger.refuse(604, urn, "form", message(why));
  }
  ledger.need(same, 604, urn, "seal");
  ledger.need(last.size === leaves, 604, urn, "covers", `${last.size}, ${leaves}`);
  ledger.done(604, urn);
  const { slots, late } = cosigned(e, cosigners.filter((c) => signed.has(c)));
  const all = cosigners.filter((c) => signed.has(c)).length;
  ledger.need(wrong === "", 605, urn, "signature", wrong);
  ledger.need(wrong !== "" || signed.has(e.keys.urn), 605, urn, "urn-key");
  ledger.need(slots, 605, urn, "slot");
  const enough = most(all, cosigners.length);
  ledger.need(enough, 605, urn, "witnesses", `${all}, ${cosigners.length}`);
  ledger.need(!enough || most(late.length, cosigners.length), 607, urn, "witnesses-late", `${late.length}, ${cosigners.length}`);
  ledger.done([605, 607], urn);
}

/**
 * Which co-signatures count: those whose time and one slot are after the end of voting;
 * and whether all are at a slot.
 * @param {Election} e
 * @param {Cosigner[]} signed
 */
export function cosigned(e, signed) {
  const slot = 60 * e.m.schedule.slot_minutes;
  const ends = e.ends();
  return { slots: signed.every((c) => c.time % slot === 0), late: signed.filter((c) => c.time + slot > ends) };
}

/**
 * More than two thirds.
 * @param {number} n
 * @param {number} of
 */
export const most = (n, of) => of > 0 && 3 * n > 2 * of;

/**
 * The name of a type of leaf; empty if there is none.
 * @param {number} byte
 */
export const typeName = (byte) => TYPES[byte] ?? "";
