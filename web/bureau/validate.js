// @ts-check
/**
 * An argument is signed by the passkey of who proposes it, or signs it too: the form is
 * sent with the signature of its text.
 *
 * @module
 */

import { say } from "../client/pages/sentences.js";
import { closed, failed, opened, url64 } from "./credential.js";

/** @param {HTMLFormElement} form */
async function sign(form) {
  const field = form.elements.namedItem("signature");
  if (!(field instanceof HTMLInputElement)) return;
  field.value = "";
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) fields.append(name, String(value));
  const answer = await fetch(form.dataset.sign ?? "", { method: "POST", body: fields });
  if (answer.redirected || answer.status === 422) return form.submit(); // the page says what is wrong
  if (!answer.ok) return failed(say("entry.say.later"));
  const { text, options } = await answer.json();
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  if (url64(digest) !== options.publicKey.challenge) return failed(say("entry.say.later"));
  try {
    field.value = JSON.stringify(closed(await navigator.credentials.get({ publicKey: opened(options.publicKey) })));
  } catch {
    return failed(say("entry.say.none"));
  }
  form.submit();
}

function main() {
  document.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement) || !event.target.dataset.sign) return;
    event.preventDefault();
    if (!window.PublicKeyCredential) return failed(say("entry.say.old"));
    sign(event.target).catch((e) => failed(e instanceof TypeError ? say("entry.say.offline") : e.message));
  });
}

main();
