// @ts-check
/**
 * The acts of the bureau as they stand in the record (docs/protocol.md, section 3.4):
 * read, who signed them, how they are chained, their order and their times (checks 1101
 * to 1104 and 1107). What each of them decides is for decisions.js.
 *
 * @module
 */

import { parseCanonical, check } from "../client/canonical.js";
import { textOf } from "../client/note.js";
import { lacking } from "../client/quorum.js";
import { message, signatures, textDigest, ZEROS } from "./book.js";
import { local } from "./rules.js";
import { instant, SHAPES } from "./shapes.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./election.js").Act} Act */

const OPEN = ["open", "suspend", "resume", "extend", "addendum", "update"];
const BEFORE = ["constitute", "ceremony", "rehearse", "enrol", "anonymise"];
const CLOSED = ["close", "append"];
const COUNTING = ["seal", "open-small", "mix", "decrypt"];

/** After which acts each may come, apart from those that leave the order as it is. @type {Record<string, string[]>} */
const AFTER = {
  constitute: [""], ceremony: ["constitute"], rehearse: ["ceremony", "rehearse"], enrol: ["rehearse"], anonymise: ["enrol"], waive: BEFORE,
  open: ["anonymise"], suspend: OPEN, resume: OPEN, extend: OPEN, addendum: OPEN, update: OPEN, stop: OPEN, close: OPEN,
  withdraw: [...OPEN, ...CLOSED], append: CLOSED, seal: CLOSED, "open-small": ["seal", "open-small"], mix: ["seal", "open-small"],
  decrypt: ["mix"], proclaim: ["decrypt"], authority: [...BEFORE, ...OPEN, ...CLOSED, ...COUNTING],
  annul: [...BEFORE, ...OPEN, ...CLOSED, ...COUNTING, "stop"],
};

/** Acts after which the next one is as if they were not there. */
const ASIDE = ["waive", "withdraw", "authority"];

/** What comes once all is over. */
const LATER = ["minutes", "archive", "hold", "release", "destroy", "annul"];

/**
 * Reads the acts of a folder, in the order of their paths. Those that cannot be read
 * are refused and left out.
 * @param {Election} e
 * @param {string} folder
 * @param {number} number of the check
 * @returns {Promise<Act[]>}
 */
async function read(e, folder, number) {
  const acts = [];
  for (const path of e.files.paths.filter((p) => p.startsWith(folder))) {
    const data = await e.book.bytes(path, number, 33 << 20);
    try {
      const text = textOf(data);
      const act = parseCanonical(text);
      check(act, SHAPES.act);
      acts.push({ path, digest: textDigest(text), act, ...signatures(data, e.keys.members) });
    } catch (why) {
      e.ledger.refuse(number, path, "form", message(why));
    }
  }
  return acts;
}

/**
 * Reads all acts, before anything else is looked at.
 * @param {Election} e
 */
export async function readActs(e) {
  e.acts = await read(e, "acts/", 1105);
  e.later = await read(e, "after/", 1107);
}

/**
 * Why a quorum did not sign an act; empty if it did.
 * @param {Election} e
 * @param {Act} a
 */
function unsigned(e, a) {
  if (a.wrong) return a.wrong;
  return lacking(e.m.bureau, new Set([...a.signed].map((k) => k.name)), a.act.present);
}

const nameOf = (/** @type {any} */ act) => `${String(act.seq).padStart(4, "0")}-${act.type}.note`;

/**
 * Signatures, chain, order and times of the acts up to the end.
 * @param {Election} e
 */
export async function acts(e) {
  const { ledger } = e;
  ledger.need(e.acts.length > 0, 1103, "acts", "missing");
  let last = "";
  let suspended = false;
  let opened = false;
  const clock = new Clock(e);
  e.acts.forEach((a, i) => {
    const { act, path } = a;
    opened ||= act.type === "open";
    ledger.need(act.manifest === e.book.f, 112, path, "manifest");
    ledger.need(act.opening === (opened ? e.book.o : ZEROS), 113, path, "opening");
    const lack = unsigned(e, a);
    ledger.need(lack === "", 1101, path, "quorum", lack);
    const before = e.acts[i - 1];
    ledger.need(act.seq === (before?.act.seq ?? 0) + 1, 1102, path, "number", act.seq);
    ledger.need(act.previous === (before?.digest ?? ZEROS), 1102, path, "previous");
    ledger.need(act.session >= (before?.act.session ?? 1), 1102, path, "session", act.session);
    ledger.need(path === `acts/${nameOf(act)}`, 1102, path, "name");
    const follows = AFTER[act.type]?.includes(last);
    ledger.need(follows, 1103, path, "order", `${act.type}, ${last}`);
    if (act.type === "suspend" || act.type === "resume") {
      ledger.need(suspended === (act.type === "resume"), 1103, path, "alternate");
      suspended = act.type === "suspend";
    }
    ledger.need(act.type !== "authority" || e.m.timestamps.length > 0, 1103, path, "no-authority");
    if (!ASIDE.includes(act.type)) last = act.type;
    const wrong = clock.judge(act, before?.act);
    ledger.need(wrong === "", 1104, path, "time", wrong);
  });
  if (last === "stop" || last === "annul") ledger.refuse(1103, "acts", last === "stop" ? "stopped" : "annulled");
  else ledger.need(last === "proclaim", 1103, "acts", "no-end", last);
  ledger.done([1101, 1102, 1103, 1104]);
}

/** The times that acts keep to. */
class Clock {
  /** @param {Election} e */
  constructor(e) {
    const s = e.m.schedule;
    this.closes = seconds(s.close);
    this.grace = 60 * s.grace_minutes;
    this.count = s.count === "" ? 0 : seconds(s.count);
  }

  /**
   * Says what is wrong with the time of an act, or nothing.
   * @param {any} act
   * @param {any} before
   */
  judge(act, before) {
    const now = instant(act.time);
    if (now === undefined) return "–";
    if (before && now < seconds(before.time)) return before.time;
    const early = ["open", "extend", "addendum"].includes(act.type) && now >= this.closes;
    const late = act.type === "close" && now < this.closes + this.grace;
    if (early || late) return new Date(1000 * (this.closes + (late ? this.grace : 0))).toISOString();
    if (act.type === "decrypt" && now < this.count) return new Date(1000 * this.count).toISOString();
    if (act.type === "extend" && act.body.close) this.closes = Math.max(this.closes, seconds(act.body.close));
    return "";
  }
}

/** @param {string} time */
export const seconds = (time) => instant(time) ?? NaN;

/**
 * What the bureau decided after the end. Gives why the result is void, or nothing.
 * @param {Election} e
 */
export async function after(e) {
  const { ledger } = e;
  const wrong = (/** @type {string} */ path, /** @type {string} */ reason, /** @type {unknown} */ detail = "") => ledger.refuse(1107, path, reason, detail);
  const proclaimed = e.acts.at(-1)?.act.type === "proclaim";
  let before = e.acts.at(-1);
  let made = "";
  let held = false;
  let archived = "";
  let end = "";
  for (const a of e.later) {
    const { act, path } = a;
    const { body, type } = act;
    ledger.need(act.manifest === e.book.f, 112, path, "manifest");
    ledger.need(act.opening === e.book.o || !e.act("open"), 113, path, "opening");
    const lack = unsigned(e, a);
    if (lack) wrong(path, "quorum", lack);
    if (path !== `after/${nameOf(act)}`) wrong(path, "name");
    const chained = act.seq === (before?.act.seq ?? 0) + 1 && act.previous === (before?.digest ?? ZEROS) && act.session >= (before?.act.session ?? 1);
    if (!chained) wrong(path, "previous");
    if (!(seconds(act.time) >= seconds(before?.act.time ?? ""))) wrong(path, "time", act.time);
    const once = (type === "minutes" || type === "archive" || type === "annul") && made.includes(` ${type} `);
    const ready = (type !== "archive" || made.includes(" minutes ")) && (type !== "hold" || !held) && (type !== "release" || held);
    const placed = LATER.includes(type) && (type !== "annul" || proclaimed) && !once && ready && !made.includes(" destroy ");
    if (!placed) wrong(path, "order", type);
    const adopts = { minutes: "minutes,journal", archive: "archive", destroy: "destroyed" }[/** @type {string} */ (type)] ?? "";
    const rest = [body.replaces, body.excluded, body.waives, body.found, body.cells].every((l) => l.length === 0) && body.close === "" && (body.opinion === "" || type === "annul");
    if (body.adopts.map((/** @type {any} */ x) => x.path).join() !== adopts || !rest) wrong(path, "body");
    if (["hold", "release", "annul"].includes(type) && body.reason === "") wrong(path, "reason");
    if (type === "destroy" && (held || !archived || local(seconds(act.time), e.m.schedule.zone).day < retained(e, archived))) wrong(path, "retention");
    held = type === "hold" || (held && type !== "release");
    if (type === "archive") archived = act.time;
    if (type === "annul") end = body.reason;
    made += ` ${type} `;
    before = a;
  }
  ledger.done(1107);
  return end;
}

/**
 * The first day, legal time, on which what was archived may be destroyed.
 * @param {Election} e
 * @param {string} archived
 */
function retained(e, archived) {
  const [y, m, d] = local(seconds(archived), e.m.schedule.zone).day.split("-").map(Number);
  const profile = /** @type {string} */ (e.m.scrutin.profile);
  const [years, months, days] = { "public-service": [2, 0, 0], "french-abroad": [0, 0, 10], "works-council": [0, 0, 15] }[profile] ?? [0, 2, 0];
  return new Date(Date.UTC(y + years, m - 1 + months, d + days + 1)).toISOString().slice(0, 10);
}
