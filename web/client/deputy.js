// @ts-check
/**
 * What roll and urn say while somebody votes, by their own key or by a deputy: a key
 * that one of their processes drew for itself, with a certificate of the role's own
 * (docs/protocol.md, section 12).
 *
 * @module
 */

import { text as decodeText, unhex, utf8 } from "./bytes.js";
import { isName } from "./canonical.js";
import { admit, NoteError, openNote, PLAIN, textOf, Verifier } from "./note.js";

/** The texts of casting, and whose they are. @type {Record<string, "roll" | "urn">} */
const ROLES = { authorisation: "roll", promise: "urn", appended: "urn", void: "urn", marked: "roll", challenged: "urn" };

const LINE = "isoloir/v1/deputy\n";
const DAY = 86_400;

/**
 * A text of casting.
 * @typedef {{kind: string, opening: string, urn: string, value: Uint8Array}} Said
 */

/**
 * Reads what a role said; throws NoteError unless it is the role's word for the
 * opening record o. now is in seconds since 1970; without it no deputy expires.
 * @param {Uint8Array} data
 * @param {Verifier} own the role's own key
 * @param {string} opening hex o
 * @param {number} [now]
 * @returns {Said}
 */
export function openCasting(data, own, opening, now) {
  const { signed, certificate } = divide(data);
  const said = parseCastingText(textOf(signed));
  if (!certificate) openNote(signed, [own]);
  else deputised(signed, parseCertificate(certificate), { own, opening, role: ROLES[said.kind], now });
  return said;
}

/**
 * Divides what a deputy signed from its certificate.
 * @param {Uint8Array} data
 */
function divide(data) {
  let s;
  try {
    s = decodeText(data);
  } catch {
    throw new NoteError("form", "it is not UTF-8");
  }
  const at = s.indexOf("\n" + LINE);
  if (at < 0) return { signed: data };
  return { signed: utf8(s.slice(0, at + 1)), certificate: utf8(s.slice(at + 1)) };
}

/**
 * The three lines of a certificate, in their one form, whoever signed it.
 * @param {Uint8Array} note
 */
function parseCertificate(note) {
  const parts = textOf(note).match(/^isoloir\/v1\/deputy\n([0-9a-f]{64}) (roll|urn)\n([0-9a-f]{64}) (0|[1-9][0-9]{0,14}) ([0-9]+)\n$/);
  if (!parts) throw new NoteError("form", "not the three lines of a certificate");
  const from = Number(parts[4]);
  if (from % DAY !== 0 || String(from + 2 * DAY) !== parts[5]) throw new NoteError("form", "not the days of a deputy");
  const key = unhex(parts[3]);
  try {
    admit(key);
  } catch {
    throw new NoteError("form", "the key of the certificate is not in the group of prime order");
  }
  return { note, opening: parts[1], role: parts[2], key, from };
}

/**
 * @param {Uint8Array} signed
 * @param {ReturnType<typeof parseCertificate>} c
 * @param {{own: Verifier, opening: string, role: string, now?: number}} expected
 */
function deputised(signed, c, { own, opening, role, now }) {
  openNote(c.note, [own]);
  if (c.opening !== opening) throw new NoteError("opening", "the certificate is of another opening record");
  if (c.role !== role) throw new NoteError("role", `a deputy of the ${c.role} signed for the ${role}`);
  try {
    openNote(signed, [new Verifier(own.name, PLAIN, c.key)]);
  } catch (e) {
    throw e instanceof NoteError && e.reason !== "form" ? new NoteError("deputy", e.message) : e;
  }
  if (now !== undefined && (now < c.from - DAY || now >= c.from + 3 * DAY)) {
    throw new NoteError("expired", "it is not one of the deputy's days");
  }
}

/**
 * Reads a text of casting without verifying it: enough to learn what it is about.
 * @param {string} text
 * @returns {Said}
 */
function parseCastingText(text) {
  const parts = text.match(/^isoloir\/v1\/([a-z]+)\n([0-9a-f]{64}) ([^\n ]+)\n([0-9a-f]{64})\n$/);
  if (!parts || !isName(parts[3]) || !Object.hasOwn(ROLES, parts[1])) throw new NoteError("form", "not the three lines of a text of casting");
  return { kind: parts[1], opening: parts[2], urn: parts[3], value: unhex(parts[4]) };
}
