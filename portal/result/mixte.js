/**
 * The weights of a scrutin mixte in exact fractions (docs/mixte.md, section 2), for the page on which anybody changes
 * votes. What it takes and what it gives has the form of a statement of the record, whose fractions are texts
 * NUMERATOR/DENOMINATOR in lowest terms. Nothing here reads a page or a network.
 */

/** @typedef {{ scale: string, absent: string, options: string[] }} Rules */
/** @typedef {{ id: string, represented: number, seats: number }} Electorate */
/** @typedef {{ electorate: string, position: string }} Member */
/** @typedef {{ id: string, parts: { electorate: string, direct: number }[], options: number[], blank: number, nul: number }} Count */
/** @typedef {{ kind: string, name: string, represented: bigint, seats: bigint, present: bigint, direct: bigint, n: bigint, d: bigint, options: number[], blank: number, abstain: number, nul: number }} Row */

/** @param {bigint} a @param {bigint} b */
function gcd(a, b) {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

/** The text of n/d in lowest terms. @param {bigint} n @param {bigint} d */
export function fraction(n, d) {
  const g = gcd(n, d);
  return `${n / g}/${d / g}`;
}

/**
 * n/d with so many decimals, half to even, for the eye.
 * @param {bigint} n @param {bigint} d @param {number} decimals
 */
export function decimal(n, d, decimals) {
  const scaled = n * 10n ** BigInt(decimals);
  let q = scaled / d;
  const twice = (scaled % d) * 2n;
  if (twice > d || (twice === d && q % 2n === 1n)) q += 1n;
  const digits = q.toString().padStart(decimals + 1, "0");
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/**
 * Members, citizens and both together.
 * @param {Rules} rules
 * @param {Electorate[]} electorates
 * @param {Member[]} members
 * @param {Count[]} counts
 */
export function weigh(rules, electorates, members, counts) {
  const place = new Map(electorates.map((e, i) => [e.id, i]));
  const option = new Map(rules.options.map((o, i) => [o, i]));
  const at = (/** @type {string} */ id) => /** @type {number} */ (place.get(id));
  /** @type {Row[]} */
  const rows = electorates.map((e) => ({
    kind: "members", name: e.id, represented: BigInt(e.represented), seats: BigInt(e.seats), present: 0n, direct: 0n, n: 0n, d: 1n,
    options: rules.options.map(() => 0), blank: 0, abstain: 0, nul: 0,
  }));
  for (const m of members) {
    const row = rows[at(m.electorate)];
    if (m.position === "absent") continue;
    row.present += 1n;
    if (m.position === "blank") row.blank++;
    else if (m.position === "abstain") row.abstain++;
    else row.options[/** @type {number} */ (option.get(m.position))]++;
  }
  for (const c of counts) for (const p of c.parts) rows[at(p.electorate)].direct += BigInt(p.direct);
  const territory = rules.scale === "territory";
  const whole = together(rows);
  const taken = (/** @type {{ seats: bigint, present: bigint }} */ r) => (rules.absent === "zero" ? r.present : r.seats);
  for (const r of rows) {
    const of = territory ? whole : r;
    [r.n, r.d] = [of.represented - of.direct, of.represented];
  }
  const all = [...rows];
  for (const c of counts) {
    const parts = c.parts.map((p) => rows[at(p.electorate)]);
    const ballots = BigInt(c.options.reduce((a, b) => a + b, c.blank + c.nul));
    const row = { ...together(parts), kind: "citizens", name: c.id, direct: ballots, n: taken(whole), d: whole.represented, options: c.options, blank: c.blank, abstain: 0, nul: c.nul };
    if (!territory) {
      row.n = c.parts.reduce((sum, p, i) => sum + BigInt(p.direct) * taken(parts[i]), 0n);
      row.d = ballots * parts[0].represented;
    }
    all.push(row);
  }
  return {
    members: tally(rows.map((r) => ({ ...r, n: 1n, d: 1n })), rules),
    citizens: tally(all.slice(rows.length).map((r) => ({ ...r, n: 1n, d: 1n })), rules),
    mixed: tally(all, rules),
    rows: all.map((r) => ({
      kind: r.kind, name: r.name, represented: Number(r.represented), seats: Number(r.seats), present: Number(r.present), direct: Number(r.direct),
      weight: fraction(r.n, r.d), options: r.options, blank: r.blank, abstain: r.abstain, nul: r.nul,
    })),
  };
}

/** The electorate that these make. @param {{ represented: bigint, seats: bigint, present: bigint, direct: bigint }[]} rows */
function together(rows) {
  const sum = { represented: 0n, seats: 0n, present: 0n, direct: 0n };
  for (const r of rows) {
    sum.represented += r.represented;
    sum.seats += r.seats;
    sum.present += r.present;
    sum.direct += r.direct;
  }
  return sum;
}

/** Ballots times weight, over the least common denominator. @param {Row[]} rows @param {Rules} rules */
function tally(rows, rules) {
  let common = 1n;
  for (const r of rows) {
    const d = r.d / gcd(r.n, r.d);
    common = (common / gcd(common, d)) * d;
  }
  const units = rows.map((r) => (r.n * common) / r.d);
  const sum = (/** @type {(r: Row) => number} */ of) => fraction(rows.reduce((s, r, i) => s + BigInt(of(r)) * units[i], 0n), common);
  return { options: rules.options.map((_, o) => sum((r) => r.options[o])), blank: sum((r) => r.blank), abstain: sum((r) => r.abstain), nul: sum((r) => r.nul) };
}
