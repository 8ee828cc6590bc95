// @ts-check
/**
 * The dates given by authorities outside (docs/protocol.md, section 13.1; checks 1301 to
 * 1305).
 *
 * @module
 */

import { seconds } from "./acts.js";
import { message, textDigest } from "./book.js";
import { TokenError } from "./der.js";
import { readToken } from "./token.js";
import { textOf } from "../client/note.js";

/** @typedef {import("./election.js").Election} Election */

/** Acts that are dated, and which one builds on each. @type {Record<string, string>} */
export const DATED = { open: "close", close: "seal", seal: "mix", proclaim: "" };

/** By how many seconds clocks may differ. */
const APART = 300;

/** A text that authorities were shown, and who answered. @typedef {{of: string, given: {authority: string, time: number}[], missing: string[]}} Stamped */

/**
 * Verifies every timestamp of the export, and says which there are.
 * @param {Election} e
 * @returns {Promise<Stamped[]>}
 */
export async function timestamps(e) {
  const { ledger } = e;
  /** @type {Map<string, Set<string>>} */
  const named = new Map(e.m.timestamps.map((/** @type {any} */ a) => [a.id, new Set([a.certificate])]));
  for (const a of e.acts) {
    if (a.act.type !== "authority") continue;
    for (const x of a.act.body.adopts) named.get(x.path.replace("timestamps/", ""))?.add(x.sha256);
  }
  const texts = e.acts.filter((a) => a.act.type in DATED).map((a) => {
    const next = e.acts.find((b) => b.act.type === DATED[a.act.type]);
    const of = `${String(a.act.seq).padStart(4, "0")}-${a.act.type}`;
    return { of, prefix: `timestamps/${of}.`, digest: a.digest, from: seconds(a.act.time), until: next ? seconds(next.act.time) : Infinity };
  });
  const listed = await e.book.bytes("contents.note", 1302);
  let over = "";
  try {
    over = textDigest(textOf(listed));
  } catch {
    over = "";
  }
  const proclaimed = e.act("proclaim");
  texts.push({ of: "contents", prefix: "contents.", digest: over, from: proclaimed ? seconds(proclaimed.act.time) : 0, until: Infinity });
  const seen = new Set();
  let latest = 0;
  let sealed = false;
  /** @type {Stamped[]} */
  const told = [];
  for (const t of texts) {
    /** @type {Stamped} */
    const stamped = { of: t.of, given: [], missing: [] };
    for (const [authority, certificates] of named) {
      const path = `${t.prefix}${authority}.tsr`;
      if (!e.files.has(path)) {
        stamped.missing.push(authority);
        continue;
      }
      let token;
      try {
        token = await readToken(await e.files.bytes(path));
      } catch (why) {
        if (!(why instanceof TokenError)) throw why;
        ledger.refuse(1301, path, "token", message(why));
        continue;
      }
      ledger.need(certificates.has(token.certificate), 1301, path, "certificate");
      ledger.need(token.digest === t.digest, 1302, path, "digest");
      const from = t.of === "contents" ? Math.max(latest, t.from) : t.from;
      ledger.need(token.time >= from - APART && token.time <= t.until + APART, 1303, path, "time", new Date(token.time * 1000).toISOString());
      if (t.of !== "contents") latest = Math.max(latest, token.time);
      const own = [`n ${token.nonce}`, `${token.certificate} ${token.serial}`];
      ledger.need(token.nonce !== undefined, 1305, path, "no-nonce");
      ledger.need(!own.some((x) => seen.has(x)), 1305, path, "nonce");
      for (const x of own) seen.add(x);
      stamped.given.push({ authority, time: token.time });
      sealed ||= t.of.endsWith("-seal");
    }
    told.push(stamped);
  }
  ledger.need(sealed || named.size === 0 || !e.act("seal"), 1304, "seal", "undated");
  ledger.done([1301, 1302, 1303, 1304, 1305]);
  return named.size === 0 ? [] : told;
}
