// @ts-check
/**
 * The deputies of roll and urn, and those that were withdrawn (docs/protocol.md, section
 * 12; checks 1401 to 1403).
 *
 * @module
 */

import { text, unhex, utf8 } from "../client/bytes.js";
import { admit, openNote, textOf } from "../client/note.js";
import { message } from "./book.js";

/** @typedef {import("./election.js").Election} Election */

const DAY = 86_400;
const CERTIFICATE = /^isoloir\/v1\/deputy\n([0-9a-f]{64}) (roll|urn)\n([0-9a-f]{64}) (0|[1-9][0-9]{0,14}) ([0-9]+)\n$/;
const WITHDRAWAL = /^isoloir\/v1\/withdrawn\n([0-9a-f]{64}) (roll|urn)\n([0-9a-f]{64})\n$/;

/**
 * Verifies both lists, and every withdrawal.
 * @param {Election} e
 */
export async function deputies(e) {
  const { ledger } = e;
  for (const role of /** @type {("roll" | "urn")[]} */ (["roll", "urn"])) {
    const path = `deputies/${role}`;
    if (!e.files.has(path)) continue;
    const data = await e.book.bytes(path, 1401);
    let last = "";
    let list;
    try {
      list = text(data).split("\x1e\n");
    } catch (why) {
      ledger.refuse(1401, path, "form", message(why));
      continue;
    }
    list.forEach((one, i) => {
      const wrong = certificate(e, role, one);
      ledger.need(wrong === "", 1401, path, wrong || "form", i + 1);
      const parts = CERTIFICATE.exec(one.slice(0, one.lastIndexOf("\n\n") + 1));
      if (!parts) return;
      const place = parts[4].padStart(16, "0") + parts[3];
      ledger.need(last < place, 1402, path, "order", i + 1);
      last = place;
    });
  }
  for (const path of e.files.paths.filter((p) => p.startsWith("withdrawn/"))) {
    const [, role, name] = path.split("/");
    ledger.need(await withdrawn(e, path, role, name.replace(/\.note$/, "")), 1403, path, "signature");
  }
  ledger.done([1401, 1402, 1403]);
}

/**
 * What is wrong with a certificate, or nothing.
 * @param {Election} e
 * @param {"roll" | "urn"} role
 * @param {string} note
 */
function certificate(e, role, note) {
  const data = utf8(note);
  try {
    const parts = CERTIFICATE.exec(textOf(data));
    if (!parts || Number(parts[4]) % DAY !== 0 || String(Number(parts[4]) + 2 * DAY) !== parts[5]) return "form";
    admit(unhex(parts[3]));
    if (parts[1] !== e.book.o) return "opening";
    if (parts[2] !== role) return "statement";
  } catch {
    return "form";
  }
  try {
    return openNote(data, [e.keys[role]]).signed.size === 1 ? "" : "signature";
  } catch {
    return "signature";
  }
}

/**
 * @param {Election} e
 * @param {string} path
 * @param {string} role
 * @param {string} key in hexadecimal digits
 */
async function withdrawn(e, path, role, key) {
  const data = await e.files.bytes(path);
  try {
    const parts = WITHDRAWAL.exec(textOf(data));
    const fits = parts && parts[1] === e.book.o && parts[2] === role && parts[3] === key;
    return !!fits && (role === "roll" || role === "urn") && openNote(data, [e.keys[role]]).signed.size === 1;
  } catch {
    return false;
  }
}
