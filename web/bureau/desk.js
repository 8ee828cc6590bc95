// @ts-check
/**
 * The pages of a member: what he states and signs, from his medium, on this machine;
 * and the files that he brings. Without this script a statement leads to a page that
 * takes one which was signed elsewhere.
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { hex, utf8 } from "../client/bytes.js";
import { element, input } from "../client/pages/dom.js";
import { say } from "../client/pages/sentences.js";
import { confirmed } from "./dialog.js";
import { all } from "./form.js";
import { Keyring, Refused } from "./keyring.js";
import { honest } from "./honest.js";
import { live, refresh } from "./live.js";
import { instant, nonce, note, statementText } from "./statement.js";

const author = element("author").dataset;
const ring = new Keyring(author.key ?? "");
/** By how much the service's clock is ahead of this machine's, in milliseconds. */
const ahead = Date.parse(author.clock ?? "") - Date.now();

/**
 * Says what has happened.
 * @param {string} text
 * @param {boolean} good
 */
function tell(text, good) {
  const said = element("said");
  said.className = good ? "notice good" : "notice danger";
  said.textContent = text;
  said.hidden = false;
  said.focus();
}

/**
 * @param {string} address
 * @param {Uint8Array | Blob} body
 */
async function send(address, body) {
  const answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: /** @type {BodyInit} */ (body) });
  return { taken: answer.ok, says: (await answer.text()) || say("signing.say.offline") };
}

/**
 * Signs what a form states and brings it to the journal.
 * @param {import("./form.js").Stated} stated
 */
async function sign(stated) {
  const { kind, body, act, author: apart = {} } = stated;
  const { manifest = "", by = "", session = "0", next = "0", seen = "" } = { ...element("author").dataset, ...apart };
  honest(stated, manifest);
  if (act) body.signature = await ring.line(act);
  const sitting = Number(kind === "session-open" ? next : session);
  const text = statementText({ manifest, by, session: sitting, seen }, kind, body, instant(Date.now() + ahead), nonce());
  return send(author.send ?? "", utf8(note(text, await ring.line(text))));
}

/**
 * @param {HTMLFormElement} form
 * @param {string} title
 */
async function state(form, title) {
  const what = all(form);
  if (what.length === 0) return tell(say("signing.say.refused-nothing"), false);
  for (const one of what) honest(one, (one.author ?? author).manifest ?? "");
  if (!(await confirmed(ring, what, { title, zone: author.zone ?? "UTC" }))) return;
  let [some, says, taken] = [false, "", false];
  for (const one of what) {
    ({ taken, says } = await sign(one));
    if (!taken) break;
    some = true;
  }
  if (taken && what[0].then) return location.assign(what[0].then);
  await refresh({ anyway: some });
  const pages = what.map(({ body }) => body.page).join(", ");
  tell(taken && what[0].kind === "page" ? say("signing.say.paraphed", { Pages: pages }) : says, taken);
}

/** @param {HTMLFormElement} form */
async function bring(form) {
  const chosen = form.querySelector("input")?.files?.[0];
  if (!chosen) return;
  const { taken, says } = await send(form.action, chosen);
  await refresh({ anyway: taken });
  tell(says, taken);
}

/** Logs out. @param {HTMLFormElement} form */
async function leave({ dataset: { leave = "", then = "/" } }) {
  ring.lock();
  await fetch(leave, { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });
  location.assign(then);
}

/** @param {SubmitEvent} event */
function submitted(event) {
  const { target: form, submitter: pressed } = event;
  if (!(form instanceof HTMLFormElement) || pressed?.hasAttribute("data-elsewhere")) return;
  const { kind, brings, leave: out } = form.dataset;
  if (kind === undefined && brings === undefined && out === undefined) return;
  event.preventDefault();
  const done = kind !== undefined ? state(form, pressed?.textContent ?? "") : brings !== undefined ? bring(form) : leave(form);
  done.catch((e) => tell(say(e instanceof Refused ? "signing.say.refused-" + e.reason : "signing.say.offline"), false));
}

/** Fills in digest and size of a chosen file. @param {Event} event */
async function chosen({ target }) {
  const file = target instanceof HTMLInputElement && target.dataset.sum ? target.files?.[0] : undefined;
  if (!file || !(target instanceof HTMLInputElement)) return;
  input(target.dataset.sum ?? "").value = hex(sha256(new Uint8Array(await file.arrayBuffer())));
  input(target.dataset.size ?? "").value = String(file.size);
}

ring.onchange = () => (element("unlocked").hidden = !ring.unlocked);
element("lock").onclick = () => ring.lock();
document.addEventListener("submit", submitted);
document.addEventListener("change", (event) => void chosen(event));
live();
