// @ts-check
/**
 * Whether what is stated is what it is told to be, judged before anything is signed: an
 * act is one of the scrutin in which it is signed, since members sign in several by one
 * key; a page's digest is that of the text which stands on the page.
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { concat, hex, le32, unhex, utf8 } from "../client/bytes.js";
import { parseCanonical } from "../client/canonical.js";
import { Refused } from "./keyring.js";

/** The hash of an act's text, by which voices name it. @param {string} text */
const named = (text) => hex(sha256(utf8(text)));

/**
 * @param {any} act
 * @param {string} manifest
 */
const isAct = (act, manifest) => act.record === "isoloir/v1/act" && act.manifest === manifest;

/** What people read of a page's blocks, in their order. @param {any} page */
const read = ({ blocks }) =>
  blocks.flatMap((/** @type {any} */ { text, columns, rows }) => [
    text.join(". "),
    ...columns.map((/** @type {any} */ c) => c.title),
    ...rows.flatMap((/** @type {any} */ r) => r.cells),
  ]);

/** Texts as one compares them: how spaces are set, and what is empty, is not read. @param {string[]} texts */
const lined = (texts) => JSON.stringify(texts.map((t) => t.replace(/\s+/gu, " ").trim()).filter(Boolean));

/**
 * @param {Record<string, any>} body of a paraph
 * @param {import("./form.js").Sheet} sheet
 * @param {string} manifest
 */
function isPage({ page, digest }, { before, pages, text, shown }, manifest) {
  const parts = [utf8("isoloir/v1/page"), unhex(manifest, 32), unhex(before, 32), le32(page), le32(pages), utf8(text)];
  return hex(sha256(concat(...parts))) === digest && lined(read(parseCanonical(text))) === lined(shown);
}

/**
 * @param {import("./form.js").Stated} stated
 * @param {string} manifest
 */
function holds({ kind, body, act, sheet }, manifest) {
  if (act) return kind === "support" && named(act) === body.motion && isAct(parseCanonical(act), manifest);
  if (kind === "motion") return isAct(body.act, manifest);
  if (kind === "page") return sheet !== undefined && isPage(body, sheet, manifest);
  return true;
}

/**
 * Throws unless what is stated in a scrutin is what it is told to be.
 * @param {import("./form.js").Stated} stated
 * @param {string} manifest the scrutin's fingerprint
 */
export function honest(stated, manifest) {
  let sound = false;
  try {
    sound = holds(stated, manifest);
  } catch {
    sound = false; // what is in no form that is signed
  }
  if (!sound) throw new Refused("text");
}
