// @ts-check
/**
 * The export as it is read: its signed records, and which of its files were asked for.
 *
 * A record whose signatures do not hold is read all the same, so that the report says
 * everything that is wrong with an export; whoever asks says which check it fails.
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { hex, utf8 } from "../client/bytes.js";
import { check, parseCanonical } from "../client/canonical.js";
import { NoteError, openNote, textOf } from "../client/note.js";
import { Refused } from "./ledger.js";
import { SHAPES } from "./shapes.js";
import { ArchiveError } from "./tar.js";

/** @typedef {import("./tar.js").Files} Files */
/** @typedef {import("./ledger.js").Ledger} Ledger */
/** @typedef {import("../client/note.js").Verifier} Verifier */

/** The longest note, in bytes: a text of 32 MiB and its signatures. */
const LONGEST = (32 << 20) + (1 << 16);

/** No digest, point or scalar: 64 zeros. */
export const ZEROS = "0".repeat(64);

/**
 * A record of the export. Signed are those whose signatures hold; wrong is the reason
 * why the note's signatures do not, empty if they do.
 * @typedef {{path: string, text: string, digest: string, value: any, signed: Set<Verifier>, wrong: string}} Record
 */

/**
 * The hex SHA-256 of bytes.
 * @param {Uint8Array} b
 */
export const digestOf = (b) => hex(sha256(b));

/**
 * The hex SHA-256 of a text.
 * @param {string} s
 */
export const textDigest = (s) => digestOf(utf8(s));

export class Book {
  /**
   * @param {Files} files
   * @param {Ledger} ledger
   */
  constructor(files, ledger) {
    this.files = files;
    this.ledger = ledger;
    /** f and o, in hexadecimal digits. */
    this.f = ZEROS;
    this.o = ZEROS;
  }

  /**
   * The bytes of a file; where it is missing, check is refused.
   * @param {string} path
   * @param {number} check
   * @param {number} [most]
   */
  async bytes(path, check, most) {
    try {
      return await this.files.bytes(path, most);
    } catch (e) {
      if (e instanceof ArchiveError) throw new Refused(check, path, e.reason);
      throw e;
    }
  }

  /**
   * A signed record. What it names of manifest and opening record is compared here
   * (checks 112 and 113); where it cannot be read, check is refused.
   * @param {string} path
   * @param {string} kind
   * @param {Verifier[]} known who may sign it
   * @param {number} check
   * @param {string} [opening] hex o that it must name, if it names any
   * @param {string} [manifest] hex f that it must name
   * @returns {Promise<Record>}
   */
  async record(path, kind, known, check, opening = this.o, manifest = this.f) {
    const data = await this.bytes(path, check, LONGEST);
    const r = this.read(path, data, kind, known, check);
    this.ledger.need(r.value.manifest === manifest, 112, path, "manifest");
    if ("opening" in r.value) this.ledger.need(r.value.opening === opening, 113, path, "opening");
    return r;
  }

  /**
   * @param {string} path
   * @param {Uint8Array} data
   * @param {string} kind
   * @param {Verifier[]} known
   * @param {number} number of the check
   * @returns {Record}
   */
  read(path, data, kind, known, number) {
    let text;
    let value;
    try {
      text = textOf(data);
      value = parseCanonical(text);
      check(value, SHAPES[kind]);
    } catch (e) {
      throw new Refused(number, path, "form", message(e));
    }
    const { signed, wrong } = signatures(data, known);
    return { path, text, digest: textDigest(text), value, signed, wrong };
  }

  /**
   * A record of one party, which alone has signed it; otherwise check is refused.
   * @param {string} path
   * @param {string} kind
   * @param {Verifier} key
   * @param {number} check
   * @param {string} [opening]
   * @param {string} [manifest]
   */
  async signedBy(path, kind, key, check, opening, manifest) {
    const r = await this.record(path, kind, [key], check, opening, manifest);
    this.ledger.need(r.wrong === "", check, path, "signature", r.wrong);
    return r;
  }
}

/**
 * Who of those known has signed a note; wrong says why the signatures do not hold as a
 * whole: a false, doubled or foreign one spoils all.
 * @param {Uint8Array} data
 * @param {Verifier[]} known
 */
export function signatures(data, known) {
  try {
    return { signed: openNote(data, known).signed, wrong: "" };
  } catch (e) {
    return { signed: /** @type {Set<Verifier>} */ (new Set()), wrong: message(e) };
  }
}

/** @param {unknown} e */
export const message = (e) => (e instanceof NoteError || e instanceof Error ? e.message : String(e));
