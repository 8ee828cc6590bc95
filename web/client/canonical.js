// @ts-check
/**
 * Canonical JSON (docs/protocol.md, section 3.1): one text for one record. Spacing,
 * doubled keys and forms of numbers and strings are judged by writing again what
 * was read; that the keys are those of the record, in their order, is for who knows
 * the record (shape).
 *
 * @module
 */

const MAX_SIZE = 32 << 20;
const MAX_DEPTH = 16;
const FORBIDDEN = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/**
 * Reads a canonical text; throws on any other.
 * @param {string} text
 * @returns {any}
 */
export function parseCanonical(text) {
  if (text.length > MAX_SIZE) throw new Error("the record is too long");
  const value = JSON.parse(text);
  if (typeof value !== "object") throw new Error("the record is no object");
  judge(value, 0);
  if (JSON.stringify(value, null, 2) + "\n" !== text) throw new Error("the record is not in canonical form");
  return value;
}

/**
 * @param {unknown} v
 * @param {number} depth of what holds v
 */
function judge(v, depth) {
  if (typeof v === "string") {
    if (FORBIDDEN.test(v)) throw new Error("a string of the record holds a control character");
  } else if (typeof v === "number") {
    if (!Number.isSafeInteger(v)) throw new Error("a number of the record is not whole or too large");
  } else if (v === null) {
    throw new Error("the record holds null");
  } else if (typeof v === "object") {
    if (depth === MAX_DEPTH) throw new Error("the record is nested too deep");
    for (const [key, item] of Object.entries(v)) {
      judge(key, depth);
      judge(item, depth + 1);
    }
  }
}

/**
 * What a value of a record must be: a test of a string or a whole number; a list of
 * one shape; or an object with exactly these keys in this order.
 * @typedef {((v: any) => boolean) | [Shape] | {[key: string]: Shape}} Shape
 */

/**
 * Throws unless v is of that shape.
 * @param {unknown} v
 * @param {any} shape a Shape
 * @param {string} [where]
 */
export function check(v, shape, where = "record") {
  if (typeof shape === "function") {
    if (!shape(v)) throw new Error(`${where} is not in its form`);
  } else if (Array.isArray(shape)) {
    if (!Array.isArray(v)) throw new Error(`${where} is no list`);
    v.forEach((item, i) => check(item, shape[0], `${where}[${i}]`));
  } else {
    if (typeof v !== "object" || v === null || Array.isArray(v)) throw new Error(`${where} is no object`);
    const keys = Object.keys(shape);
    if (Object.keys(v).join() !== keys.join()) throw new Error(`${where} has other keys than ${keys.join(", ")}`);
    for (const key of keys) check(/** @type {any} */ (v)[key], shape[key], `${where}.${key}`);
  }
}

/** @param {unknown} v */
export const isDigest = (v) => typeof v === "string" && /^[0-9a-f]{64}$/.test(v);

/** @param {unknown} v */
export const isName = (v) => typeof v === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(v);

/** @param {unknown} v */
export const isCount = (v) => typeof v === "number" && Number.isSafeInteger(v) && v > 0;
