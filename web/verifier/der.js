// @ts-check
/**
 * DER, as far as timestamps and certificates need it: every length in its one form,
 * nothing left over.
 *
 * @module
 */

import { equal, hex } from "../client/bytes.js";

/**
 * Why a token is refused: one of the names of docs/protocol.md, section 13.1.
 */
export class TokenError extends Error {
  /** @param {string} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * Throws TokenError unless ok.
 * @param {unknown} ok
 * @param {string} [reason]
 */
export function must(ok, reason = "malformed") {
  if (!ok) throw new TokenError(reason);
}

/** An element: its tag, its body and all its bytes. @typedef {{tag: number, body: Uint8Array, whole: Uint8Array}} Element */

/**
 * The elements of a body, one after the other.
 * @param {Uint8Array} body
 * @returns {Element[]}
 */
export function elements(body) {
  const out = [];
  for (let at = 0; at < body.length; ) {
    must(at + 2 <= body.length && (body[at] & 31) !== 31);
    let size = body[at + 1];
    let from = at + 2;
    if (size & 128) {
      const n = size & 127;
      must(n >= 1 && n <= 4 && from + n <= body.length && body[from] !== 0);
      size = body.subarray(from, from + n).reduce((v, b) => v * 256 + b, 0);
      from += n;
      must(size >= 128);
    }
    must(from + size <= body.length);
    out.push({ tag: body[at], body: body.subarray(from, from + size), whole: body.subarray(at, from + size) });
    at = from + size;
  }
  return out;
}

/**
 * Exactly the elements of these tags, in this order; one of a negative tag may be
 * missing, and then is undefined.
 * @param {Uint8Array} body
 * @param {number[]} tags
 * @param {string} [reason]
 * @returns {any[]} Elements
 */
export function parts(body, tags, reason = "malformed") {
  const found = elements(body);
  const out = tags.map((tag) => {
    if (found[0]?.tag === Math.abs(tag)) return found.shift();
    must(tag < 0, reason);
    return undefined;
  });
  must(found.length === 0, reason);
  return out;
}

/**
 * The one element of a body.
 * @param {Uint8Array} body
 * @param {number} tag
 * @param {string} [reason]
 */
export const only = (body, tag, reason) => /** @type {Element} */ (parts(body, [tag], reason)[0]);

/**
 * A whole number, of its one form.
 * @param {Uint8Array} b
 */
export function integer(b) {
  must(b.length > 0 && !(b.length > 1 && ((b[0] === 0 && b[1] < 128) || (b[0] === 255 && b[1] >= 128))));
  return BigInt.asIntN(8 * b.length, BigInt("0x" + hex(b)));
}

/**
 * Throws unless the elements of a SET stand in the order of DER.
 * @param {Uint8Array} body
 */
export function sorted(body) {
  const all = elements(body).map((e) => hex(e.whole));
  must(all.every((x, i) => i === 0 || all[i - 1] <= x));
}

/**
 * An object identifier, in hexadecimal digits with its tag and length.
 * @param {Element} e
 */
export const oid = (e) => hex(e.whole);

/**
 * An algorithm whose parameters are absent or NULL: its identifier.
 * @param {Uint8Array} body
 */
export function algorithm(body) {
  const [id, ...rest] = elements(body);
  must(id?.tag === 6 && (rest.length === 0 || (rest.length === 1 && equal(rest[0].whole, Uint8Array.of(5, 0)))), "algorithm");
  return oid(id);
}

/**
 * A time in seconds since 1970, with its fraction.
 * @param {Element} e of UTCTime or GeneralizedTime
 */
export function time(e) {
  let s = String.fromCharCode(...e.body);
  if (e.tag === 0x17) s = (s.slice(0, 2) >= "50" ? "19" : "20") + s;
  const p = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d*[1-9])?Z$/.exec(s);
  must(p && (e.tag === 0x18 || !p[7]));
  const [, y, mo, d, h, mi, se, fraction] = /** @type {RegExpExecArray} */ (p);
  const at = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${se}Z`);
  must(!Number.isNaN(at) && new Date(at).toISOString().startsWith(`${y}-${mo}-${d}T${h}:${mi}:${se}`));
  return at / 1000 + Number(fraction ?? 0);
}
