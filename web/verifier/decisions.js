// @ts-check
/**
 * What each act decides: that its body fixes what an act of its type must fix, and
 * adopts the records that stand in the export (docs/protocol.md, section 3.4; checks
 * 1105 and 1106).
 *
 * @module
 */

import { seconds } from "./acts.js";
import { digestOf, textDigest } from "./book.js";
import { isCast } from "./ballots.js";
import { small } from "./cells.js";
import { decidedAt } from "./paper.js";
import { STANDING } from "./standing.js";
import { textOf } from "../client/note.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./election.js").Act} Act */

/** Which parts of the body each type uses, beside the reason, which any may give. @type {Record<string, string[]>} */
const USES = {
  waive: ["waives"], update: ["adopts", "replaces", "opinion"], stop: ["opinion"], annul: ["opinion"], authority: ["adopts"], constitute: ["adopts"],
  ceremony: ["adopts", "excluded"], rehearse: ["adopts"], enrol: ["adopts"], anonymise: ["adopts"], open: ["adopts", "found"], suspend: ["opinion"],
  resume: ["opinion"], extend: ["close", "opinion"], addendum: ["adopts", "opinion"], close: ["found"], append: ["adopts", "opinion"],
  withdraw: ["adopts"], seal: ["adopts", "found"], "open-small": ["cells"], mix: ["adopts"], decrypt: ["adopts"], proclaim: ["adopts"],
};

/** Types that need a reason. */
const REASONED = ["waive", "suspend", "extend", "addendum", "update", "stop", "withdraw", "append", "open-small", "annul", "authority"];

/** What is known when an act is judged, from the acts before it. */
class State {
  /** @param {Election} e */
  constructor(e) {
    this.closes = seconds(e.m.schedule.close);
    /** @type {string[]} */
    this.waived = [];
    /** @type {Set<string>} what may not be adopted, or named, again */
    this.named = new Set(e.m.timestamps.map((/** @type {any} */ a) => `timestamps/${a.id} ${a.certificate}`));
    this.amendments = 0;
    this.ceremony = false;
    /** @type {{urn: string, marks: number, ballots: number}[] | undefined} at close */
    this.found = undefined;
    /** @type {{path: string, sha256: string}[]} */
    this.appended = [];
    this.software = e.opening?.software;
  }
}

/**
 * Judges all acts up to the end.
 * @param {Election} e
 */
export async function decisions(e) {
  const state = new State(e);
  for (const a of e.acts) {
    const wrong = body(e, state, a);
    for (const reason of wrong) e.ledger.refuse(1105, a.path, reason);
    await adopted(e, state, a);
  }
  e.ledger.done([1105, 1106]);
}

/**
 * What is wrong with the body of an act.
 * @param {Election} e
 * @param {State} s
 * @param {Act} a
 */
function body(e, s, { act }) {
  const { type, body: b } = act;
  /** @type {string[]} */
  const wrong = [];
  const need = (/** @type {unknown} */ ok, /** @type {string} */ reason) => void (ok || wrong.push(reason));
  const paths = b.adopts.map((/** @type {any} */ x) => x.path);
  const exactly = (/** @type {string[]} */ want) => need(paths.join("\n") === want.join("\n"), "adopts");
  const fresh = (/** @type {string[]} */ names) => names.every((n) => !s.named.has(n) && s.named.add(n));
  for (const part of ["adopts", "replaces", "excluded", "waives", "found", "cells", "close", "opinion"]) {
    need(b[part].length === 0 || USES[type]?.includes(part), "body");
  }
  need(!REASONED.includes(type) || b.reason !== "", "reason");
  const permission = type === "addendum" ? (paths.join() === "client" ? "client" : "roll") : type;
  if (["suspend", "extend", "addendum", "append", "update"].includes(type)) need(e.m.addenda.allowed.includes(permission), "permission");
  if (["suspend", "extend", "addendum", "append", "update", "stop"].includes(type)) need(!e.m.addenda.opinion || b.opinion !== "", "opinion");
  switch (type) {
    case "constitute": exactly(["manifest.json", ...(e.m.standing.length > 0 ? [STANDING] : [])]); break;
    case "ceremony": {
      exactly(["ceremony"]);
      s.ceremony = true;
      const out = b.excluded.map((/** @type {any} */ x) => x.holder);
      need(out.every((/** @type {string} */ h) => e.m.holders.some((/** @type {any} */ x) => x.member === h)) && new Set(out).size === out.length, "excluded");
      for (const c of e.m.clauses) {
        const n = c.holders.filter((/** @type {string} */ h) => !out.includes(h)).length;
        need(n === c.holders.length || n > c.threshold, "holders-left");
      }
      break;
    }
    case "rehearse": need(paths.length > 0 && paths.every((/** @type {string} */ p, /** @type {number} */ i) =>
      /^ceremony\/[1-9][0-9]*\/rehearsal-/.test(p) && (i === 0 || paths[i - 1] < p)), "adopts"); break;
    case "enrol": exactly((e.register ? [e.keys.roll] : e.keys.issuers).map((k) => `enrolment/${k.name}.note`)); break;
    case "anonymise": exactly(e.keys.mixers.map((_, i) => `anonymisation/${i + 1}.note`)); break;
    case "waive": {
      const order = unfilled(e, s);
      need(b.waives.length > 0 && order.filter((/** @type {string} */ h) => b.waives.includes(h)).join() === b.waives.join(), "waives");
      s.waived.push(...b.waives);
      break;
    }
    case "open":
      exactly(["opening.note"]);
      need(unfilled(e, s).length === 0, "seat");
      need(finds(e, b) && b.found.every((/** @type {any} */ f) => f.marks === 0 && f.ballots === 0), "not-empty");
      break;
    case "extend":
      need(seconds(b.close) > s.closes, "close");
      s.closes = seconds(b.close);
      break;
    case "addendum":
      if (permission === "roll") need(paths[0] === `addenda/${++s.amendments}/roll.note`, "amendment-gap");
      break;
    case "update":
      exactly(["software"]);
      need(b.replaces.length === 1 && b.replaces[0].path === "software" && b.replaces[0].sha256 !== b.adopts[0]?.sha256, "replaces");
      break;
    case "close":
      need(finds(e, b), "found");
      need(!e.register || b.found.every((/** @type {any} */ f) => f.marks === f.ballots), "difference");
      s.found = b.found;
      break;
    case "append":
      need(paths.length > 0 && paths.every((/** @type {string} */ p) => p.startsWith("log/") && e.urns.includes(p.slice(4))), "adopts");
      need(fresh(b.adopts.map((/** @type {any} */ x) => `${x.path} ${x.sha256}`)), "again");
      s.appended.push(...b.adopts);
      break;
    case "withdraw":
      need(paths.length > 0 && paths.every((/** @type {string} */ p, /** @type {number} */ i) =>
        (e.register ? /^withdrawn\/urn\/[0-9a-f]{64}\.note$/ : /^withdrawn\/(roll|urn)\/[0-9a-f]{64}\.note$/).test(p) && (i === 0 || paths[i - 1] < p)), "adopts");
      need(fresh(paths), "again");
      break;
    case "seal": sealed(e, s, b, exactly, need); break;
    case "open-small": need(b.cells.length > 0 && fresh(b.cells), "cells"); break;
    case "mix": exactly([...e.keys.mixers.map((_, i) => `mix/${i + 1}.note`), ...decidedAt(e, paths)]); break;
    case "decrypt": decrypting(e, paths, need); break;
    case "proclaim": exactly(["result.note"]); break;
    case "authority":
      need(paths.length > 0 && paths.every((/** @type {string} */ p) => e.m.timestamps.some((/** @type {any} */ t) => p === `timestamps/${t.id}`)), "adopts");
      need(fresh(b.adopts.map((/** @type {any} */ x) => `${x.path} ${x.sha256}`)), "again");
      break;
  }
  return wrong;
}

/**
 * Seats that must have a fragment, have none, and were not waived.
 * @param {Election} e
 * @param {State} s
 */
function unfilled(e, s) {
  const titled = e.m.holders.map((/** @type {any} */ h) => h.member);
  const excluded = s.ceremony ? e.act("ceremony")?.act.body.excluded.map((/** @type {any} */ x) => x.holder) : [];
  const abroad = e.m.scrutin.profile === "french-abroad";
  return e.m.bureau.members
    .filter((/** @type {any} */ m) => titled.includes(m.id) || (m.voice === "deliberative" && (m.rank === "titular" || abroad)))
    .map((/** @type {any} */ m) => m.id)
    .filter((/** @type {string} */ id) => (!titled.includes(id) || excluded.includes(id)) && !s.waived.includes(id));
}

/**
 * Whether it is said of every urn what was found, in the manifest's order, and not more
 * marks than it can have electors.
 * @param {Election} e
 * @param {any} b
 */
function finds(e, b) {
  return b.found.map((/** @type {any} */ f) => f.urn).join() === e.urns.join() &&
    b.found.every((/** @type {any} */ f, /** @type {number} */ u) => f.marks <= e.m.urns[u].electors || e.amendments().length > 0);
}

/**
 * @param {Election} e
 * @param {State} s
 * @param {any} b
 * @param {(want: string[]) => void} exactly
 * @param {(ok: unknown, reason: string) => void} need
 */
function sealed(e, s, b, exactly, need) {
  const lists = (e.register ? ["deputies/urn"] : ["deputies/roll", "deputies/urn"]).filter((p) => b.adopts.some((/** @type {any} */ x) => x.path === p));
  const opened = e.urns.map((u) => `challenges/${u}.note`).filter((p) => b.adopts.some((/** @type {any} */ x) => x.path === p));
  exactly([...e.urns.flatMap((u) => [`log/${u}/seal.note`, ...(e.register ? [] : [`roll/${u}.note`])]), ...lists, ...opened]);
  if (!finds(e, b)) return need(false, "found");
  b.found.forEach((/** @type {any} */ f, /** @type {number} */ u) => {
    need(f.marks === f.ballots, "difference");
    const closed = s.found?.[u];
    if (!closed) return;
    const most = closed.ballots + s.appended.filter((x) => x.path === `log/${f.urn}`).length;
    const least = e.m.finality.mode === "revote" ? closed.ballots : most;
    need(f.ballots >= least && f.ballots <= most && f.marks >= closed.marks, "since-close");
  });
}

/**
 * Shares clause by clause, in the clause's order, at least the threshold of each.
 * @param {Election} e
 * @param {string[]} paths
 * @param {(ok: unknown, reason: string) => void} need
 */
function decrypting(e, paths, need) {
  const excluded = e.act("ceremony")?.act.body.excluded.map((/** @type {any} */ x) => x.holder) ?? [];
  const order = e.m.clauses.flatMap((/** @type {any} */ c) =>
    c.holders.filter((/** @type {string} */ h) => !excluded.includes(h)).map((/** @type {string} */ h) => `shares/${c.id}.${h}.note`));
  need(order.filter((/** @type {string} */ p) => paths.includes(p)).join() === paths.join(), "adopts");
  for (const c of e.m.clauses) need(paths.filter((p) => p.startsWith(`shares/${c.id}.`)).length >= c.threshold, "threshold");
}

/**
 * Compares what an act adopts, and its numbers, with the record.
 * @param {Election} e
 * @param {State} s
 * @param {Act} a
 */
async function adopted(e, s, { act, path }) {
  const { ledger } = e;
  const { type, body: b } = act;
  const differs = (/** @type {string} */ what, /** @type {unknown} */ detail = "") => ledger.refuse(1106, path, what, detail);
  for (const x of b.adopts) {
    const digest = await actual(e, type, x);
    if (digest !== undefined && digest !== x.sha256) differs("digest", x.path);
  }
  if (type === "ceremony" && e.excluded && JSON.stringify(b.excluded) !== JSON.stringify(e.excluded)) differs("excluded");
  if (type === "update") {
    if (s.software !== undefined && b.replaces[0]?.sha256 !== s.software) differs("replaces");
    s.software = b.adopts[0]?.sha256;
  }
  if (type === "append") {
    for (const x of b.adopts) {
      const u = e.urns.indexOf(x.path.slice(4));
      if (e.ballots[u] && !e.ballots[u]?.some((l) => isCast(l) && l.hash === x.sha256)) differs("not-logged", x.sha256);
    }
  }
  if (type === "close" || type === "seal") {
    for (const f of b.found) {
      const u = e.urns.indexOf(f.urn);
      const n = type === "seal" ? e.counted[u]?.length : atClose(e, u);
      if (u >= 0 && n !== undefined && f.ballots !== n) differs("found", `${f.urn}: ${f.ballots}, ${n}`);
    }
  }
  if (type === "open-small" && e.cells) {
    for (const name of b.cells) if (!e.cells.some((c) => c.name === name && small(e, c))) differs("cells", name);
  }
  if (type === "mix") {
    for (const p of decidedAt(e, e.files.paths)) if (!b.adopts.some((/** @type {any} */ x) => x.path === p)) differs("not-adopted", p);
  }
  if (type === "decrypt") {
    const there = e.files.paths.filter((p) => /^shares\/[^/]+\.note$/.test(p));
    for (const p of there) if (!b.adopts.some((/** @type {any} */ x) => x.path === p)) differs("not-adopted", p);
  }
}

/**
 * The digest of what an act adopts, as it stands in the record; nothing where the record
 * does not hold it.
 * @param {Election} e
 * @param {string} type
 * @param {{path: string}} x
 */
async function actual(e, type, { path }) {
  if (type === "constitute" && path === "manifest.json") return e.book.f;
  if (type === "ceremony") return e.ceremonyDigest;
  if (type === "append" || type === "update" || type === "authority" || path === "client") return undefined;
  if (!e.files.has(path)) return "";
  const data = await e.files.bytes(path);
  if (!path.endsWith(".note")) return digestOf(data);
  try {
    return textDigest(textOf(data));
  } catch {
    return "";
  }
}

/**
 * How many ballots an urn held at close: those of accounts that have one which no act
 * appended.
 * @param {Election} e
 * @param {number} u
 */
function atClose(e, u) {
  const cast = e.ballots[u]?.filter(isCast);
  if (!cast) return undefined;
  const appended = new Set(e.acts.filter((a) => a.act.type === "append").flatMap((a) => a.act.body.adopts.map((/** @type {any} */ x) => `${x.path} ${x.sha256}`)));
  const there = cast.filter((b) => !appended.has(`log/${e.urns[u]} ${b.hash}`));
  return e.m.finality.mode === "revote" ? new Set(there.map((b) => b.account)).size : there.length;
}
