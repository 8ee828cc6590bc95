// @ts-check
/**
 * Passkeys (WebAuthn level 3) between the browser and the service: what is bytes goes in
 * base64 of addresses.
 *
 * @module
 */

import { element } from "../client/pages/dom.js";

/** @param {ArrayBuffer} b */
export const url64 = (b) => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** @param {string} s */
const unurl64 = (s) => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

/**
 * The options as the browser wants them: what is bytes stands in the service's JSON in
 * base64 of addresses.
 * @param {any} options
 */
export function opened(options) {
  const named = (/** @type {any[]} */ list) => list?.map((c) => ({ ...c, id: unurl64(c.id) }));
  return {
    ...options,
    challenge: unurl64(options.challenge),
    ...(options.user && { user: { ...options.user, id: unurl64(options.user.id) } }),
    ...(options.allowCredentials && { allowCredentials: named(options.allowCredentials) }),
    ...(options.excludeCredentials && { excludeCredentials: named(options.excludeCredentials) }),
  };
}

/**
 * A credential as the service reads it.
 * @param {any} credential
 */
export function closed(credential) {
  const { response } = credential;
  /** @type {Record<string, string>} */
  const answer = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) answer[part] = url64(response[part]);
  }
  return { id: credential.id, rawId: url64(credential.rawId), type: credential.type, response: answer, clientExtensionResults: {} };
}

/** What went wrong, where it is read. @param {string} text */
export function failed(text) {
  const said = element("said");
  said.className = "notice danger";
  said.textContent = text;
  said.hidden = false;
  said.focus();
}
