// @ts-check
/**
 * An account lets its owner into a civic site (docs/sso.md, section 2): its element there,
 * and the proof that it is his, for one login.
 *
 * @module
 */

import { concat, utf8 } from "./bytes.js";
import { BASE, encodeScalar, hashToGroup, modulo, nonce, power } from "./group.js";
import { Transcript } from "./transcript.js";
import { exchange } from "./wire.js";

/** @typedef {import("./citizen.js").Account} Account */

/** The length in bytes of the number of a login. */
export const REQUEST = 16;

/**
 * The base of a site of the register ρ, and the account's element there, 32 bytes.
 * @param {Uint8Array} rho
 * @param {string} site its identifier
 * @param {bigint} x
 */
export function siteElement(rho, site, x) {
  const base = hashToGroup("isoloir/v1/site", concat(rho, utf8(site)));
  return { base, element: power(base, x).toBytes() };
}

/**
 * Proves that the element of an account on a site has the exponent of its key:
 * R₁ ‖ R₂ ‖ s, 96 bytes.
 * @param {{rho: Uint8Array, site: string, key: Uint8Array, request: Uint8Array, x: bigint, omega?: bigint}} login
 *   omega is the nonce, given only to compare with vectors
 */
export function proveSite({ rho, site, key, request, x, omega }) {
  const { base, element } = siteElement(rho, site, x);
  const transcript = new Transcript("site", { manifest: rho, opening: new Uint8Array(32), urn: "" });
  transcript.append("base", BASE.toBytes());
  transcript.append("key", key);
  transcript.append("site-base", base.toBytes());
  transcript.append("subject", element);
  transcript.append("request", request);
  const n = omega ?? nonce(transcript.state(), x);
  const commitments = concat(power(BASE, n).toBytes(), power(base, n).toBytes());
  transcript.append("commitment", commitments);
  return concat(commitments, encodeScalar(modulo(n + transcript.challenge("c") * x)));
}

/**
 * Lets the owner of an open account into a site, at a login that is under way there. Gives
 * the path of this origin that leads back to the site. Refusal "format" where the login is
 * over, "invalid" where the account is not in use, "session".
 * @param {Account} account
 * @param {string} site
 * @param {Uint8Array} request the number of the login
 */
export async function enterSite(account, site, request) {
  const { register, x, public: key, ask } = account;
  const rho = register.rhoBytes, { element } = siteElement(rho, site, x);
  const message = concat(account.token, request, element, proveSite({ rho, site, key, request, x }));
  const { value, lie } = await exchange({ service: "register", step: "site", ask, request: message, shown: request, secret: true }, (r) => new TextDecoder().decode(r.rest()));
  if (!value.startsWith("/oidc/")) throw lie("answer-form", "the way back leads elsewhere");
  return value;
}
