// @ts-check
/**
 * Requests to a service's origin (docs/online.md, section 0): bytes there, bytes
 * back, no cookie, no cache, no referrer.
 *
 * @module
 */

import { concat } from "./bytes.js";
import { Refusal, Unreachable } from "./errors.js";

/** @typedef {import("./types.js").Ask} Ask */
/** @typedef {import("./types.js").Get} Get */

const BYTES = "application/octet-stream";

/** How long a service may take for its whole answer, in milliseconds. */
const PATIENCE = 20_000;

/** How many bytes an answer may have: those of the largest record. */
const MOST = 33 << 20;

/** How many bytes of one log are taken into memory. */
const LARGEST = 256 << 20;

/** @type {RequestInit} */
const PLAIN = { credentials: "omit", mode: "cors", redirect: "error", referrerPolicy: "no-referrer" };

/**
 * Asks a service at its origin: POST /v1/NAME. Rejects with Unreachable when nobody
 * can say whether the request arrived, and with Refusal "wait" where the service
 * asks to be left alone.
 * @param {"roll" | "urn" | "issuer" | "register"} service
 * @param {string} origin
 * @returns {Ask}
 */
export const asking = (service, origin) => (name, request) => {
  const init = { ...PLAIN, method: "POST", cache: /** @type {const} */ ("no-store"), headers: { "Content-Type": BYTES }, body: concat(request) };
  return attempt(`${origin}/v1/${name}`, init, (response) => {
    if (response.status === 429) throw new Refusal(service, "wait", after(response));
    return body(response, MOST);
  });
};

/**
 * Brings public files of a service, as they are now: GET /v1/PATH. Once one has begun
 * it may take its time: that of all ballots is long.
 * @param {string} origin
 * @returns {Get}
 */
export const getting = (origin) => async (path) =>
  body(await attempt(`${origin}/v1/${path}`, { ...PLAIN, cache: "no-cache" }, async (response) => response), Infinity);

/**
 * Brings files of the export from a portal, GET /record/PATH, at most what a device can
 * hold. Once one has begun it may take its time.
 * @param {string} portal
 * @returns {Get}
 */
export const exported = (portal) => async (path) =>
  body(await attempt(`${portal}/record/${path}`, { ...PLAIN, cache: "no-cache" }, async (response) => response), LARGEST);

/**
 * Brings what a portal says to everybody, as it is now. Rejects as Ask does.
 * @param {string} url
 */
export const reading = (url) =>
  attempt(url, { ...PLAIN, cache: "no-store" }, async (response) => ({
    bytes: await body(response, MOST),
    date: Date.parse(response.headers.get("Date") ?? ""),
  }));

/**
 * @template T
 * @param {string} url
 * @param {RequestInit} init
 * @param {(response: Response) => Promise<T>} read within the same time
 */
async function attempt(url, init, read) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    return await read(await fetch(url, { ...init, signal: patience.signal }).catch(lost));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {unknown} e
 * @returns {never}
 */
function lost(e) {
  throw new Unreachable(String(e));
}

/**
 * The bytes of an answer, at most so many: a service that never ends one is as good as
 * one that does not answer.
 * @param {Response} response
 * @param {number} most
 */
async function body(response, most) {
  if (response.status !== 200) throw new Unreachable(`status ${response.status}`, after(response), response.status);
  /** @type {Uint8Array[]} */
  const parts = [];
  const reader = response.body?.getReader();
  for (let size = 0; reader; ) {
    const { done, value } = await reader.read().catch(lost);
    if (done) break;
    parts.push(value);
    if ((size += value.length) <= most) continue;
    void reader.cancel().catch(() => {});
    throw new Unreachable("too long an answer");
  }
  return concat(...parts);
}

/** @param {Response} response */
const after = (response) => Number(response.headers.get("Retry-After")) || 0;
