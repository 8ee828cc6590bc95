// @ts-check
/**
 * Bytes and their encodings, each in one accepted form (docs/protocol.md, section 1).
 *
 * @module
 */

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @param {string} s */
export const utf8 = (s) => encoder.encode(s);

/**
 * Throws on what is not UTF-8.
 * @param {Uint8Array} b
 */
export const text = (b) => decoder.decode(b);

/** @param {Uint8Array} b */
export const hex = (b) => Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");

/**
 * Reads lower-case hexadecimal digits, of exactly size bytes if that is given.
 * @param {string} s
 * @param {number} [size]
 */
export function unhex(s, size) {
  if (!/^([0-9a-f]{2})*$/.test(s) || (size !== undefined && s.length !== 2 * size)) {
    throw new Error(`not ${size ?? "whole"} bytes in hexadecimal digits`);
  }
  return Uint8Array.from({ length: s.length / 2 }, (_, i) => parseInt(s.slice(2 * i, 2 * i + 2), 16));
}

/** @param {Uint8Array} b */
export const base64 = (b) => btoa(String.fromCharCode(...b));

/**
 * Reads standard base64 with padding in its one form.
 * @param {string} s
 */
export function unbase64(s) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(s)) throw new Error("not base64");
  const b = Uint8Array.from(atob(s), (c) => c.charCodeAt(0));
  if (base64(b) !== s) throw new Error("not the one base64 of these bytes");
  return b;
}

/** @param {Uint8Array[]} parts */
export function concat(...parts) {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/**
 * Compares public bytes.
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
export const equal = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);

/**
 * n as so many little-endian bytes.
 * @param {number} size
 * @param {number | bigint} n
 */
function little(size, n) {
  let v = BigInt(n);
  const b = new Uint8Array(size);
  for (let i = 0; i < size; i++, v >>= 8n) b[i] = Number(v & 255n);
  if (v !== 0n) throw new Error(`${n} does not fit in ${size} bytes`);
  return b;
}

/** @param {number} n */
export const le16 = (n) => little(2, n);
/** @param {number} n */
export const le32 = (n) => little(4, n);
/** @param {number} n */
export const le64 = (n) => little(8, n);

/**
 * LE16(length) ‖ part.
 * @param {Uint8Array} part
 */
export const short = (part) => concat(le16(part.length), part);

/**
 * LE16(length) ‖ name.
 * @param {string} name
 */
export const shortName = (name) => short(utf8(name));

/** Reads a message from its first byte to its last; throws where it is too short. */
export class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  /** @param {number} n */
  take(n) {
    if (this.at + n > this.bytes.length) throw new Error("the message is cut short");
    return this.bytes.slice(this.at, (this.at += n));
  }

  /** @param {number} size */
  little(size) {
    const n = this.take(size).reduceRight((v, x) => v * 256n + BigInt(x), 0n);
    if (n > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error("the number is out of range");
    return Number(n);
  }

  byte() {
    return this.take(1)[0];
  }

  le16() {
    return this.little(2);
  }

  le32() {
    return this.little(4);
  }

  le64() {
    return this.little(8);
  }

  /** LE16(length) ‖ part. */
  short() {
    return this.take(this.le16());
  }

  rest() {
    return this.take(this.bytes.length - this.at);
  }

  end() {
    if (this.at !== this.bytes.length) throw new Error("something follows the message");
  }
}
