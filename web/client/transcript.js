// @ts-check
/**
 * The transcript of a proof (docs/protocol.md, section 2): one running SHA-512 over
 * frames, from which alone challenges come.
 *
 * @module
 */

import { sha512 } from "@noble/hashes/sha2.js";
import { concat, le32, le64, utf8 } from "./bytes.js";
import { wideScalar } from "./group.js";

/**
 * The record that a proof belongs to.
 * @typedef {object} Context
 * @property {Uint8Array} manifest f, 32 bytes
 * @property {Uint8Array} opening o, 32 bytes
 * @property {string} urn name, empty where the proof belongs to none
 */

export class Transcript {
  /**
   * @param {string} proof
   * @param {Context} context
   */
  constructor(proof, context) {
    this.hash = sha512.create();
    this.frame(0, "isoloir/v1", utf8(proof));
    this.append("manifest", context.manifest);
    this.append("opening", context.opening);
    this.append("urn", utf8(context.urn));
  }

  /**
   * @param {number} tag
   * @param {string} label
   * @param {Uint8Array} data
   */
  frame(tag, label, data) {
    const name = utf8(label);
    this.hash.update(concat(Uint8Array.of(tag), le64(name.length), name, le64(data.length), data));
  }

  /**
   * @param {string} label
   * @param {Uint8Array} data
   */
  append(label, data) {
    this.frame(1, label, data);
  }

  /**
   * @param {string} label
   * @param {number} n
   */
  appendUint32(label, n) {
    this.append(label, le32(n));
  }

  /** SHA-512 of everything so far. */
  state() {
    return this.hash.clone().digest();
  }

  /**
   * The 64 bytes that a challenge comes from; they enter what follows.
   * @param {string} label
   */
  digest(label) {
    this.frame(2, label, new Uint8Array());
    const d = this.state();
    this.frame(3, label, d);
    return d;
  }

  /**
   * A scalar challenge.
   * @param {string} label
   */
  challenge(label) {
    return wideScalar(this.digest(label));
  }
}
