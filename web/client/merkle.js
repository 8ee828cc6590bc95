// @ts-check
/**
 * The hash tree of RFC 6962 and RFC 9162 over SHA-256: of an urn's log and of its
 * account keys.
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { concat, equal } from "./bytes.js";

/** @param {Uint8Array} leaf */
export const leafHash = (leaf) => sha256(concat(Uint8Array.of(0), leaf));

/**
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 */
const nodeHash = (left, right) => sha256(concat(Uint8Array.of(1), left, right));

/**
 * Says whether the tree of that size and root holds the leaf of hash leaf at index:
 * RFC 9162, section 2.1.3.2.
 * @param {Uint8Array} leaf
 * @param {number} index
 * @param {number} size
 * @param {Uint8Array[]} path
 * @param {Uint8Array} root
 */
export function included(leaf, index, size, path, root) {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let at = BigInt(index);
  let last = BigInt(size) - 1n;
  let hash = leaf;
  for (const node of path) {
    if (last === 0n) return false;
    if ((at & 1n) === 1n || at === last) {
      hash = nodeHash(node, hash);
      while ((at & 1n) === 0n && at !== 0n) {
        at >>= 1n;
        last >>= 1n;
      }
    } else {
      hash = nodeHash(hash, node);
    }
    at >>= 1n;
    last >>= 1n;
  }
  return last === 0n && equal(hash, root);
}

/** The right edge of a tree that grows: enough to know its root. */
export class Frontier {
  constructor() {
    this.size = 0;
    /** @type {Uint8Array[]} roots of the complete subtrees, from the largest */
    this.peaks = [];
  }

  /**
   * Adds a leaf by its hash.
   * @param {Uint8Array} leaf
   */
  append(leaf) {
    let hash = leaf;
    for (let n = this.size; n % 2 === 1; n = (n - 1) / 2) {
      hash = nodeHash(/** @type {Uint8Array} */ (this.peaks.pop()), hash);
    }
    this.peaks.push(hash);
    this.size++;
  }

  root() {
    if (this.size === 0) return sha256(new Uint8Array());
    return this.peaks.reduceRight((right, left) => nodeHash(left, right));
  }
}
