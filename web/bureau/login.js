// @ts-check
/**
 * Login by passkey (WebAuthn level 3): a form whose script asks the browser for what
 * the service asked, and brings the answer back. The service decides.
 *
 * @module
 */

import { say } from "../client/pages/sentences.js";
import { closed, failed, opened } from "./credential.js";

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
