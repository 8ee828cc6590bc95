// @ts-check
/**
 * Reads a file that was encrypted with a passphrase in the format of age (C2SP age,
 * recipient scrypt alone, binary), as a member's medium holds one.
 *
 * @module
 */

import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { scrypt } from "@noble/hashes/scrypt.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, equal, unbase64, utf8 } from "../client/bytes.js";

/** Why a file is not read. */
export class AgeError extends Error {
  /** @param {"form" | "passphrase"} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

const VERSION = "age-encryption.org/v1";
/** The costliest work factor: a gigabyte. */
const MOST = 20;
const CHUNK = 64 * 1024;
const TAG = 16;
const HEADER =
  /^age-encryption\.org\/v1\n-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n([A-Za-z0-9+/]{43})\n--- ([A-Za-z0-9+/]{43})\n/;

/**
 * Standard base64 without padding, in its one form.
 * @param {string} s
 */
const unpadded = (s) => unbase64(s + "=".repeat((4 - (s.length % 4)) % 4));

/**
 * The header's parts; throws AgeError where it is none of a passphrase's.
 * @param {Uint8Array} file
 */
function header(file) {
  // Latin characters stand for bytes, so that a place in the text is one in the file.
  const head = HEADER.exec(String.fromCharCode(...file.subarray(0, 256)));
  if (!head || Number(head[2]) > MOST) throw new AgeError("form");
  try {
    const covered = head[0].lastIndexOf("---") + 3;
    return {
      salt: unpadded(head[1]),
      cost: Number(head[2]),
      wrapped: unpadded(head[3]),
      mac: unpadded(head[4]),
      covered: file.subarray(0, covered),
      rest: file.subarray(head[0].length),
    };
  } catch {
    throw new AgeError("form");
  }
}

/**
 * @param {Uint8Array} key
 * @param {Uint8Array} nonce
 * @param {Uint8Array} sealed
 * @param {"form" | "passphrase"} reason why it would not open
 */
function open(key, nonce, sealed, reason) {
  try {
    return chacha20poly1305(key, nonce).decrypt(sealed);
  } catch {
    throw new AgeError(reason);
  }
}

/**
 * The text of a file. It takes about a second, and 256 MiB, by the usual work factor:
 * ask for it in a worker. The caller wipes what it gives.
 * @param {Uint8Array} file
 * @param {string} passphrase
 */
export function decrypt(file, passphrase) {
  const { salt, cost, wrapped, mac, covered, rest } = header(file);
  const wrapping = scrypt(utf8(passphrase), concat(utf8(VERSION + "/scrypt"), salt), { N: 2 ** cost, r: 8, p: 1, dkLen: 32 });
  const key = open(wrapping, new Uint8Array(12), wrapped, "passphrase");
  wrapping.fill(0);
  const macKey = hkdf(sha256, key, undefined, utf8("header"), 32);
  if (key.length !== 16 || !equal(hmac(sha256, macKey, covered), mac) || rest.length < 16 + TAG) throw new AgeError("form");
  const payload = hkdf(sha256, key, rest.subarray(0, 16), utf8("payload"), 32);
  key.fill(0);
  const text = chunks(payload, rest.subarray(16));
  payload.fill(0);
  return text;
}

/**
 * The payload's chunks, in the construction STREAM: the last one is marked, and is
 * empty only where there is no other.
 * @param {Uint8Array} key
 * @param {Uint8Array} sealed
 */
function chunks(key, sealed) {
  const parts = [];
  const whole = CHUNK + TAG;
  const count = Math.ceil(sealed.length / whole);
  const nonce = new Uint8Array(12);
  for (let i = 0; i < count; i++) {
    new DataView(nonce.buffer).setUint32(7, i);
    nonce[11] = i === count - 1 ? 1 : 0;
    const part = open(key, nonce, sealed.subarray(i * whole, (i + 1) * whole), "form");
    if (part.length === 0 && i > 0) throw new AgeError("form");
    parts.push(part);
  }
  const out = concat(...parts);
  for (const part of parts) part.fill(0);
  return out;
}
