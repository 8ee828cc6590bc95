// @ts-check
/**
 * Statements of a member (docs/bureau.md, section 2): the text that he signs, and the
 * note that goes to the journal.
 *
 * @module
 */

import { hex } from "../client/bytes.js";

/**
 * What every statement of a page shares.
 * @typedef {object} Author
 * @property {string} manifest f
 * @property {string} by the member
 * @property {number} session the open one, the next one where it opens one, 0 for none
 * @property {string} seen the journal's head that the page shows
 */

/** Sixteen bytes that nobody foresees, in hexadecimal digits. */
export const nonce = () => hex(crypto.getRandomValues(new Uint8Array(16)));

/**
 * An instant in whole seconds, UTC.
 * @param {number} ms since 1970
 */
export const instant = (ms) => new Date(Math.floor(ms / 1000) * 1000).toISOString().replace(".000", "");

/**
 * Text as a record holds it: on one line, in Unicode form NFC.
 * @param {string} typed
 */
export const plain = (typed) => typed.normalize("NFC").replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();

/**
 * The canonical text of a statement.
 * @param {Author} author
 * @param {string} kind
 * @param {Record<string, any>} body its keys in the order of the kind
 * @param {string} time
 * @param {string} once
 */
export function statementText({ manifest, by, session, seen }, kind, body, time, once) {
  const statement = { record: "isoloir/v1/statement", manifest, kind, by, session, time, nonce: once, seen, body };
  return JSON.stringify(statement, null, 2) + "\n";
}

/**
 * A note of a text and one signature line.
 * @param {string} message
 * @param {string} line
 */
export const note = (message, line) => `${message}\n${line}\n`;
