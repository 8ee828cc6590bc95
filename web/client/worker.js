// @ts-check
/**
 * A worker that stretches one code, so that the page goes on answering. It knows
 * nothing else of the vote, and is ended by who started it.
 *
 * @module
 */

import { argon2id } from "@noble/hashes/argon2.js";

/** @typedef {import("./types.js").StretchJob} StretchJob */

self.onmessage = (/** @type {MessageEvent<StretchJob>} */ event) => {
  const { code, salt, passes, memory, lanes } = event.data;
  const out = argon2id(code, salt, { t: passes, m: memory, p: lanes, dkLen: 128 });
  code.fill(0);
  self.postMessage(out, { transfer: [out.buffer] });
};
