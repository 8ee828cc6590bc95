// @ts-check
/**
 * Login by passkey (WebAuthn level 3): a form whose script asks the browser for what
 * the service asked, and brings the answer back. The service decides.
 *
 * @module
 */

import { element } from "../client/pages/dom.js";
import { say } from "../client/pages/sentences.js";

/** @param {ArrayBuffer} b */
const url64 = (b) => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** @param {string} s */
const unurl64 = (s) => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

/**
 * The options as the browser wants them: what is bytes stands in the service's JSON in
 * base64 of addresses.
 * @param {any} options
 */
function opened(options) {
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
function closed(credential) {
  const { response } = credential;
  /** @type {Record<string, string>} */
  const answer = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) answer[part] = url64(response[part]);
  }
  return { id: credential.id, rawId: url64(credential.rawId), type: credential.type, response: answer, clientExtensionResults: {} };
}

/** What the service refuses: the ends of entry.say.*. */
const REFUSALS = ["login", "invitation", "wait", "later"];

/**
 * @param {string} address
 * @param {any} body
 */
async function post(address, body) {
  const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const said = await answer.json().catch(() => ({ refused: "later" }));
  if (!answer.ok) throw new Error(say("entry.say." + (REFUSALS.includes(said.refused) ? said.refused : "later")));
  return said;
}

/** @param {string} text */
function failed(text) {
  const said = element("said");
  said.className = "notice danger";
  said.textContent = text;
  said.hidden = false;
  said.focus();
}

/** @param {HTMLFormElement} form */
async function enter(form) {
  const { ask = "", answer = "", then = "/" } = form.dataset;
  const code = form.elements.namedItem("code");
  const question = await post(ask, code instanceof HTMLInputElement ? { code: code.value.trim() } : {});
  const publicKey = opened(question.options.publicKey);
  /** @type {Credential | null} */
  let credential;
  try {
    credential = await (code ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
  } catch {
    return failed(say("entry.say.none"));
  }
  await post(answer, { ceremony: question.ceremony, credential: closed(credential) });
  location.assign(then);
}

function main() {
  if (!window.PublicKeyCredential) return failed(say("entry.say.old"));
  document.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement)) return;
    event.preventDefault();
    enter(event.target).catch((e) => failed(e instanceof TypeError ? say("entry.say.offline") : e.message));
  });
}

main();
