// @ts-check
/**
 * What is mixed and opened together (docs/protocol.md, section 9; check 803).
 *
 * @module
 */

import { Refused } from "./ledger.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./election.js").Cell} Cell */

/**
 * Divides the urns by their counted ballots.
 * @param {Election} e
 */
export async function cells(e) {
  const { ledger } = e;
  if (e.counted.some((c) => c === undefined)) throw new Refused(803, "cells", "ballots-unknown");
  const size = (/** @type {number[]} */ urns) => urns.reduce((n, u) => n + (e.counted[u]?.length ?? 0), 0);
  const merged = new Set(e.m.merge_lists.flatMap((/** @type {any} */ l) => l.urns));
  /** @type {number[][]} */
  const groups = e.urns.map((_, u) => [u]).filter(([u]) => !merged.has(e.urns[u]));
  for (const l of e.m.merge_lists) {
    /** @type {number[][]} */
    let parts = l.urns.map((/** @type {string} */ id) => [e.urns.indexOf(id)]);
    while (parts.length > 1) {
      parts.sort((a, b) => size(a) - size(b) || a[0] - b[0]);
      if (size(parts[0]) >= e.m.minimum_size) break;
      parts = [[...parts[0], ...parts[1]].sort((a, b) => a - b), ...parts.slice(2)];
    }
    groups.push(...parts);
  }
  groups.sort((a, b) => a[0] - b[0]);
  /** @type {Cell[]} */
  const all = groups.map((urns, i) => ({
    name: urns.map((u) => e.urns[u]).join("+"),
    number: i + 1,
    urns,
    ballots: urns.flatMap((u) => e.counted[u] ?? []),
  }));
  e.cells = all;
  const allowed = named(e);
  for (const c of all) {
    ledger.need(!small(e, c) || !opens(e, c) || allowed.has(c.name), 803, c.name, "small", c.ballots.length);
    ledger.done(803, c.name);
  }
}

/**
 * Whether a cell holds a ballot, and fewer than may be opened without an act.
 * @param {Election} e
 * @param {Cell} cell
 */
export const small = (e, cell) => cell.ballots.length > 0 && cell.ballots.length < e.m.minimum_size;

/**
 * Whether a cell is mixed and opened: it holds ballots, and in a scrutin of accounts no
 * fewer than may be opened, unless an act names it.
 * @param {Election} e
 * @param {Cell} cell
 */
export const opens = (e, cell) => cell.ballots.length > 0 && !(e.register && small(e, cell) && !named(e).has(cell.name));

/** The small cells that an act allows to open. @param {Election} e */
const named = (e) => new Set(e.acts.filter((a) => a.act.type === "open-small").flatMap((a) => a.act.body.cells));

/**
 * The cells that are mixed and opened.
 * @param {Election} e
 */
export function opened(e) {
  if (!e.cells) throw new Refused(801, "cells", "ballots-unknown");
  return e.cells.filter((c) => opens(e, c));
}
