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

/** How long a service may take, in milliseconds. */
const PATIENCE = 20_000;

/** @type {RequestInit} */
const PLAIN = { credentials: "omit", mode: "cors", redirect: "error", referrerPolicy: "no-referrer" };

/**
 * Asks a service at its origin: POST /v1/NAME. Rejects with Unreachable when nobody
 * can say whether the request arrived, and with Refusal "wait" where the service
 * asks to be left alone.
 * @param {"roll" | "urn" | "issuer"} service
 * @param {string} origin
 * @returns {Ask}
 */
export const asking = (service, origin) => async (name, request) => {
  const response = await attempt(`${origin}/v1/${name}`, {
    ...PLAIN,
    method: "POST",
    cache: "no-store",
    headers: { "Content-Type": BYTES },
    body: concat(request),
  });
  if (response.status === 429) throw new Refusal(service, "wait", after(response));
  return body(response);
};

/**
 * Brings public files of a service, as they are now: GET /v1/PATH.
 * @param {string} origin
 * @returns {Get}
 */
export const getting = (origin) => async (path) => body(await attempt(`${origin}/v1/${path}`, { ...PLAIN, cache: "no-cache" }));

/**
 * Brings what a portal says to everybody, as it is now. Rejects as Ask does.
 * @param {string} url
 */
export async function reading(url) {
  const response = await attempt(url, { ...PLAIN, cache: "no-store" });
  return { bytes: await body(response), date: Date.parse(response.headers.get("Date") ?? "") };
}

/**
 * @param {string} url
 * @param {RequestInit} init
 */
async function attempt(url, init) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    return await fetch(url, { ...init, signal: patience.signal });
  } catch (e) {
    throw new Unreachable(String(e));
  } finally {
    clearTimeout(timer);
  }
}

/** @param {Response} response */
async function body(response) {
  if (response.status !== 200) throw new Unreachable(`status ${response.status}`, after(response), response.status);
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (e) {
    throw new Unreachable(String(e));
  }
}

/** @param {Response} response */
const after = (response) => Number(response.headers.get("Retry-After")) || 0;
