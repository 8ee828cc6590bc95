// @ts-check
/**
 * The worker that holds a member's signing key while his page is open. It answers by
 * signature lines, never by the key, and its memory ends with it.
 *
 * @module
 */

import { AgeError } from "./age.js";
import { open } from "./medium.js";

/**
 * @typedef {{file: Uint8Array, passphrase: string} | {sign: string}} Job
 * @typedef {{name: string, key: string} | {line: string} | {refused: "form" | "passphrase"}} Answer
 */

/** @type {import("./medium.js").Signer | undefined} */
let signer;

/**
 * @param {Job} job
 * @returns {Answer}
 */
function work(job) {
  if ("file" in job) {
    signer?.wipe();
    signer = open(job.file, job.passphrase);
    return { name: signer.name, key: signer.key };
  }
  if (!signer) throw new AgeError("form");
  return { line: signer.line(job.sign) };
}

self.onmessage = (/** @type {MessageEvent<Job>} */ event) => {
  try {
    self.postMessage(work(event.data));
  } catch (e) {
    self.postMessage({ refused: e instanceof AgeError ? e.reason : "form" });
  }
};
