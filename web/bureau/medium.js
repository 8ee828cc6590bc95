// @ts-check
/**
 * A member's medium: the file NAME.isoloir-fragment, of which the bureau's pages take
 * the signing key and nothing else.
 *
 * What it promises: the key is nowhere but in what open() gives, until wipe().
 *
 * @module
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { base64, concat, hex, text, unbase64, utf8 } from "../client/bytes.js";
import { parseCanonical } from "../client/canonical.js";
import { AgeError, decrypt } from "./age.js";

/** The algorithm of a key that signs plainly: Ed25519. */
const PLAIN = Uint8Array.of(1);
const FIRST = ["record", "name", "serial", "signing", "reception"];

/** A signing key in memory. */
export class Signer {
  /**
   * @param {string} name
   * @param {Uint8Array} seed 32 bytes, which wipe() destroys
   */
  constructor(name, seed) {
    this.name = name;
    this.seed = seed;
    this.public = concat(PLAIN, ed25519.getPublicKey(seed));
    /** The key hash of C2SP signed-note. */
    this.id = sha256(concat(utf8(name + "\n"), this.public)).slice(0, 4);
  }

  /** The public key, as the manifest writes it. */
  get key() {
    return `${this.name}+${hex(this.id)}+${base64(this.public)}`;
  }

  /**
   * The line by which this key signs a text (C2SP signed-note), without its end.
   * @param {string} message ends with a newline
   */
  line(message) {
    const signature = ed25519.sign(utf8(message), this.seed);
    return `— ${this.name} ${base64(concat(this.id, signature))}`;
  }

  wipe() {
    this.seed.fill(0);
  }
}

/**
 * Opens a medium's file; throws AgeError.
 * @param {Uint8Array} file
 * @param {string} passphrase
 */
export function open(file, passphrase) {
  const plain = decrypt(file, passphrase);
  try {
    const c = parseCanonical(text(plain));
    if (c.record !== "isoloir/v1/fragment" || Object.keys(c).slice(0, FIRST.length).join() !== FIRST.join()) throw new AgeError("form");
    return signer(c.name, c.signing);
  } catch {
    throw new AgeError("form");
  } finally {
    plain.fill(0);
  }
}

/**
 * @param {string} name
 * @param {string} encoded PRIVATE+KEY+NAME+HASH+BASE64
 */
function signer(name, encoded) {
  const parts = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(encoded);
  const raw = unbase64(parts?.[3] ?? "");
  if (!parts || parts[1] !== name || raw.length !== 33 || raw[0] !== PLAIN[0]) throw new AgeError("form");
  const s = new Signer(name, raw.slice(1));
  raw.fill(0);
  if (hex(s.id) !== parts[2]) throw new AgeError("form");
  return s;
}
