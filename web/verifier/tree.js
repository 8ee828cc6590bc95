// @ts-check
/**
 * Roots of the trees of RFC 6962.
 *
 * @module
 */

import { Frontier, leafHash } from "../client/merkle.js";
import { SIZE } from "./arithmetic.js";

/**
 * The root over account keys, 32 bytes each.
 * @param {Uint8Array} keys
 */
export function root(keys) {
  const tree = new Frontier();
  for (let at = 0; at < keys.length; at += SIZE) tree.append(leafHash(keys.subarray(at, at + SIZE)));
  return tree.root();
}
