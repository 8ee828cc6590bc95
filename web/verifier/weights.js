// @ts-check
/**
 * Members and citizens weighed together (docs/mixte.md, sections 1 to 6 and 8).
 *
 * @module
 */

import { isName } from "../client/canonical.js";
import { fraction, sums, written } from "./fraction.js";

/** @typedef {import("./fraction.js").Fraction} Fraction */
/** @typedef {{scale: string, absent: string, several: string, minimum_size: number, options: string[]}} Rules */
/** @typedef {{id: string, label: string, represented: number, seats: number, closed: number}} Electorate */
/** @typedef {{id: string, label: string, electorate: string, list: string, position: string}} Member */
/** @typedef {{id: string, parts: {electorate: string, direct: number}[], options: number[], blank: number, nul: number}} Count */
/** @typedef {{rules: Rules, members: Member[], electorates: Electorate[], counts: Count[]}} Votes */
/**
 * The members of an electorate, or the ballots of a count, who all weigh the same.
 * @typedef {{kind: string, name: string, represented: number, seats: number, present: number, direct: number,
 *   weight: Fraction, options: number[], blank: number, abstain: number, nul: number}} Row
 */

const MOST = 100_000_000;
const WITHOUT = ["blank", "abstain", "absent"];
const total = (/** @type {number[]} */ list) => list.reduce((a, b) => a + b, 0);

/** How many ballots a count holds. @param {Count} c */
export const ballots = (c) => total(c.options) + c.blank + c.nul;

/** What people read in a statement: a line of 1 to 2,000 characters. @param {unknown} v */
const isLine = (v) => typeof v === "string" && v !== "" && [...v].length <= 2000;

const between = (/** @type {number} */ n, /** @type {number} */ least, /** @type {number} */ most) => n >= least && n <= most;
const distinct = (/** @type {string[]} */ list) => new Set(list).size === list.length;

/**
 * Whether figures can be those of one vote.
 * @param {Votes} v
 */
function possible({ rules: r, members, electorates, counts }) {
  const at = new Map(electorates.map((e) => [e.id, e]));
  const ruled = ["constituency", "territory"].includes(r.scale) && ["counted", "zero"].includes(r.absent) && ["equal", "list"].includes(r.several) &&
    !(r.scale === "territory" && r.several === "list") && r.minimum_size >= 1 && between(r.options.length, 1, 1000) && distinct(r.options) &&
    r.options.every((o) => isName(o) && ![...WITHOUT, "nul"].includes(o));
  const divided = between(electorates.length, 1, 65535) && at.size === electorates.length &&
    electorates.every((e) => isName(e.id) && isLine(e.label) && between(e.represented, 1, MOST) && between(e.seats, 1, 1000) && e.closed >= 0);
  const seated = distinct(members.map((m) => m.id)) && members.every((m) => isName(m.id) && isLine(m.label) && (m.list === "" || isName(m.list)) &&
    (r.options.includes(m.position) || WITHOUT.includes(m.position)) && at.has(m.electorate));
  if (!ruled || !divided || !seated || !distinct(counts.map((c) => c.id))) return false;
  /** @type {Map<string, Member[]>} */
  const of = new Map(electorates.map((e) => [e.id, []]));
  for (const m of members) of.get(m.electorate)?.push(m);
  const whole = electorates.every((e) => {
    const own = of.get(e.id) ?? [];
    return own.length === e.seats && !(r.several === "list" && own.some((m) => m.list === "" || m.list !== own[0].list));
  });
  const direct = new Map(electorates.map((e) => [e.id, e.closed]));
  for (const c of counts) {
    const numbers = [...c.options, c.blank, c.nul, ...c.parts.map((p) => p.direct)];
    const parts = c.parts.map((p) => at.get(p.electorate));
    if (!c.id.split("+").every(isName) || c.options.length !== r.options.length || !numbers.every((n) => between(n, 0, MOST)) ||
      ballots(c) < r.minimum_size || parts.length === 0 || parts.includes(undefined) || !distinct(c.parts.map((p) => p.electorate)) ||
      total(c.parts.map((p) => p.direct)) !== ballots(c)) return false;
    if (r.scale === "constituency" && parts.some((e) => e?.represented !== parts[0]?.represented || e?.seats !== parts[0]?.seats)) return false;
    for (const p of c.parts) direct.set(p.electorate, (direct.get(p.electorate) ?? 0) + p.direct);
  }
  return whole && electorates.every((e) => (direct.get(e.id) ?? 0) <= e.represented);
}

/**
 * The electorate that these make together.
 * @param {Row[]} rows
 */
function together(rows) {
  const sum = (/** @type {(r: Row) => number} */ of) => total(rows.map(of));
  return { represented: sum((r) => r.represented), seats: sum((r) => r.seats), present: sum((r) => r.present), direct: sum((r) => r.direct) };
}

/**
 * The result of votes, as a statement writes it; nothing where the figures are not those of one vote.
 * @param {Votes} v
 */
export function weigh(v) {
  if (!possible(v)) return undefined;
  const { rules: r, members, electorates, counts } = v;
  const territory = r.scale === "territory";
  /** @type {Map<string, {positions: string[], direct: number}>} */
  const at = new Map(electorates.map((e) => [e.id, { positions: [], direct: 0 }]));
  for (const m of members) at.get(m.electorate)?.positions.push(m.position);
  for (const p of counts.flatMap((c) => c.parts)) /** @type {{direct: number}} */ (at.get(p.electorate)).direct += p.direct;
  /** @type {Row[]} */
  const seats = electorates.map((e) => {
    const { positions: own, direct } = /** @type {{positions: string[], direct: number}} */ (at.get(e.id));
    const of = (/** @type {string} */ p) => own.filter((x) => x === p).length;
    return {
      kind: "members", name: e.id, represented: e.represented, seats: e.seats, present: own.length - of("absent"),
      direct,
      weight: fraction(0n, 1n), options: r.options.map(of), blank: of("blank"), abstain: of("abstain"), nul: 0,
    };
  });
  const all = together(seats);
  for (const row of seats) {
    const { represented, direct } = territory ? all : row;
    row.weight = fraction(BigInt(represented - direct), BigInt(represented));
  }
  const taken = (/** @type {{seats: number, present: number}} */ x) => BigInt(r.absent === "zero" ? x.present : x.seats);
  const places = new Map(seats.map((row) => [row.name, row]));
  /** @type {Row[]} */
  const direct = counts.map((c) => {
    const parts = c.parts.map((p) => /** @type {Row} */ (places.get(p.electorate)));
    const shares = c.parts.reduce((sum, p, i) => sum + BigInt(p.direct) * taken(parts[i]), 0n);
    const weight = territory ? fraction(taken(all), BigInt(all.represented)) : fraction(shares, BigInt(ballots(c)) * BigInt(parts[0].represented));
    return { kind: "citizens", name: c.id, ...together(parts), direct: ballots(c), weight, options: c.options, blank: c.blank, abstain: 0, nul: c.nul };
  });
  const one = (/** @type {Row} */ row) => ({ ...row, weight: fraction(1n, 1n) });
  return {
    members: tally(seats.map(one), r), citizens: tally(direct.map(one), r), mixed: tally([...seats, ...direct], r),
    rows: [...seats, ...direct].map((row) => ({ ...row, weight: written(row.weight) })),
  };
}

/**
 * @param {Row[]} rows
 * @param {Rules} r
 */
function tally(rows, r) {
  const n = r.options.length;
  const all = sums(rows.map((row) => ({ weight: row.weight, numbers: [...row.options, row.blank, row.abstain, row.nul] })), n + 3).map(written);
  return { options: all.slice(0, n), blank: all[n], abstain: all[n + 1], nul: all[n + 2] };
}

/**
 * The table of a result, section 8, from what the statement says of its rows.
 * @param {Rules} r
 * @param {any[]} rows
 */
export function tableOf(r, rows) {
  const lines = rows.map((row) => [
    row.kind, row.name, row.represented, row.seats, row.present, row.direct, ...row.weight.split("/"), ...row.options, row.blank, row.abstain, row.nul,
  ]);
  const head = ["kind", "name", "represented", "seats", "present", "direct", "numerator", "denominator", ...r.options, "blank", "abstain", "nul"];
  return [head, ...lines].map((line) => `${line.join(",")}\n`).join("");
}
