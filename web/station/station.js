// @ts-check
/**
 * The page of a polling station's device: cards are scanned, one after the other, and each
 * is answered by a colour, a word and a sentence.
 *
 * @module
 */

import { hex, unhex } from "../client/bytes.js";
import { clicked, element, fault, input, submitted } from "../client/pages/dom.js";
import { hour, number, say } from "../client/pages/sentences.js";
import { watch } from "./camera.js";
import * as station from "./device.js";

/** The answers of a scan, by their numbers (docs/accounts.md, section 5). */
const ANSWERS = ["done", "again", "taken", "invalid", "closed", "station", "unknown", "box", "device"];

const MODES = ["", "activate", "invalidate", "check"];

/** How often what waits is sent again, and the station's state asked for, in milliseconds. */
const AGAIN = 5_000;

/** @type {station.Device} */
let device;

/** @type {(() => void) | undefined} */
let unwatch;

const rho = () => element("station").dataset.register ?? "";

const mode = () => Number(/** @type {HTMLInputElement} */ (document.querySelector("input[name=mode]:checked")).value);

/**
 * Shows what became of a card.
 * @param {"good" | "warning" | "danger" | "wait"} colour
 * @param {string} word
 * @param {string} sentence
 */
function show(colour, word, sentence) {
  const panel = element("answer");
  panel.className = "answer " + colour;
  element("answer-word").textContent = word;
  element("answer-text").textContent = sentence;
}

/**
 * @param {number} answer
 * @param {number} scanned the mode
 * @param {string} other the station of the card, where it is another one
 */
function tell(answer, scanned, other) {
  const name = ANSWERS[answer] ?? "unknown";
  const key = name === "done" ? "done-" + MODES[scanned] : name;
  const colour = name === "done" ? "good" : ["again", "taken", "invalid"].includes(name) ? "warning" : "danger";
  show(colour, say("station.word-" + colour), say("station.say." + key, { Station: other }));
}

/**
 * @param {string} name
 * @param {Uint8Array} body
 */
const post = (name, body) =>
  fetch("/v1/" + name, { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: /** @type {any} */ (body), signal: AbortSignal.timeout(15_000) });

/**
 * Sends a scan that waits; whether it was answered.
 * @param {station.Waiting} w
 */
async function send(w) {
  const answer = await post("scan", w.bytes).catch(() => undefined);
  if (!answer?.ok) return undefined;
  const said = new Uint8Array(await answer.arrayBuffer());
  await station.answered(w, said[0]);
  return { answer: said[0], station: new TextDecoder().decode(said.slice(1)) };
}

/** The end of what is being done with cards. */
let turn = Promise.resolve();

/**
 * Cards are taken one after the other: one that is read while another is sent, or asked about, waits for it, and is not lost.
 * @param {() => Promise<void>} work
 */
const inTurn = (work) => (turn = turn.then(work, work));

/** @param {string} text */
function read(text) {
  const scanned = mode();
  void inTurn(() => take(text, scanned)).catch(() => show("danger", say("station.word-danger"), say("station.say.broken")));
}

/** @param {string} text @param {number} scanned */
async function take(text, scanned) {
  if (!station.parseCard(text)) return show("danger", say("station.word-danger"), say("station.say.unknown"));
  show("wait", say("station.word-wait"), say("station.say.sending")); // what is read is never under the answer of the card before
  const card = await station.cardOf(text);
  const before = await station.known(card);
  const pile = await station.waiting();
  if (pile.some((w) => w.card === card)) return show("wait", say("station.word-wait"), say("station.say.waiting"));
  if (before && before.mode === scanned && !(await doubt(before))) return;
  const w = await station.scan(device, scanned, text);
  await station.wait(w);
  const said = pile.length ? undefined : await send(w); // behind others that had no answer it is sent with them
  if (said) tell(said.answer, scanned, said.station);
  else show("wait", say("station.word-wait"), say("station.say.waiting"));
  void refresh();
}

/**
 * A card that this device has sent already: the same answer again, and a question where it
 * would matter. Whether it is to be sent once more.
 * @param {station.Known} before
 * @returns {Promise<boolean>}
 */
function doubt(before) {
  tell(before.answer, before.mode, "");
  if (before.mode !== 1 || before.answer !== 0) return Promise.resolve(false);
  const dialog = /** @type {HTMLDialogElement} */ (element("doubt"));
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((settled) => dialog.addEventListener("close", () => settled(dialog.returnValue === "new"), { once: true }));
}

/** Sends what waits, and says when a pile of cards is done. */
async function flush() {
  const all = await station.waiting();
  let well = true;
  for (const w of all) {
    const said = await send(w);
    if (!said) return;
    well &&= said.answer === 0;
  }
  if (!all.length) return;
  show(well ? "good" : "warning", say(well ? "station.word-good" : "station.word-warning"), say(well ? "station.say.pile-done" : "station.say.pile-doubt", { Cards: all.length }));
  await refresh();
}

/** Has what waits sent again and again, never twice at once. */
async function keepFlushing() {
  for (;;) {
    await new Promise((slept) => window.setTimeout(slept, AGAIN));
    await inTurn(flush).catch(reportError);
  }
}

/** @param {number} subject @param {number} [n] */
async function inform(subject, n = 0) {
  const answer = await post("tell", await station.notice(device, subject, n)).catch(() => undefined);
  if (answer?.status === 403) return void (element("retired").hidden = false);
  if (!answer?.ok) return void (element("offline").hidden = false);
  element("offline").hidden = true;
  draw(await answer.json());
}

/** @param {any} st */
function draw(st) {
  element("name").textContent = st.station ? st.label : say("station.none");
  element("hours").textContent = st.station ? say(st.open ? "station.open" : st.opens ? "station.before" : "station.over", { Opens: clock(st.opens), Closes: clock(st.closes) }) : "";
  element("hours").className = "phase " + (st.open ? "open" : "closed");
  element("blocked").hidden = !(st.station && st.blocked);
  for (const key of ["cards", "activated", "invalidated", "again", "taken", "checked", "proxies"]) {
    element("n-" + key).textContent = number(st[key] ?? 0);
  }
  element("counted").textContent = st.counted < 0 ? say("station.not-counted") : number(st.counted);
  element("left").textContent = st.left < 0 ? say("station.not-counted") : number(st.left);
}

/** @param {string} instant */
const clock = (instant) => (instant ? hour(Date.parse(instant) / 1000, element("station").dataset.zone ?? "") : "");

async function refresh() {
  const n = (await station.waiting()).length;
  element("n-waiting").textContent = number(n);
  await inform(1);
}

async function enrol() {
  const field = input("code");
  const code = field.value.toLowerCase().replace(/[^0-9a-f]/g, "");
  if (code.length !== 32) return fault(field, say("station.say.code"));
  fault(field, "");
  const made = await station.make(rho());
  const body = new Uint8Array([...unhex(code, 16), ...made.id, ...(await station.publicKey(made))]);
  await station.keep(made);
  const answer = await post("enrol", body).catch(() => undefined);
  if (!answer?.ok) {
    await station.forget();
    return fault(field, say(answer?.status === 403 ? "station.say.code-used" : "station.say.no-network"));
  }
  device = made;
  await begin();
}

async function begin() {
  element("enrol").hidden = true;
  element("device").textContent = hex(device.id);
  element("station").hidden = false;
  await refresh();
  void keepFlushing();
  window.setInterval(() => document.visibilityState === "visible" && void refresh(), 6 * AGAIN);
}

async function camera() {
  const button = element("camera");
  const video = /** @type {HTMLVideoElement} */ (element("picture"));
  if (unwatch) {
    unwatch();
    unwatch = undefined;
  } else {
    try {
      unwatch = await watch(video, read);
    } catch {
      show("danger", say("station.word-danger"), say("station.say.no-camera"));
    }
  }
  element("view").hidden = !unwatch;
  button.textContent = say(unwatch ? "station.camera-off" : "station.camera-on");
}

/** @param {string} id @param {number} subject */
function counts(id, subject) {
  submitted(id, () => {
    const field = input(id + "-number");
    const n = Number(field.value);
    if (field.value.trim() === "" || !Number.isInteger(n) || n < 0 || n > 10_000_000) return fault(field, say("station.say.number"));
    fault(field, "");
    void inform(subject, n);
  });
}

async function main() {
  submitted("enrol-form", () => void enrol());
  submitted("typed", () => {
    const field = input("text");
    read(field.value.trim().toUpperCase());
    field.value = "";
    field.focus();
  });
  clicked("camera", () => void camera());
  clicked("proxy", () => void inform(2));
  for (const answer of ["same", "new"]) {
    clicked("doubt-" + answer, () => /** @type {HTMLDialogElement} */ (element("doubt")).close(answer));
  }
  counts("count", 3);
  counts("rest", 4);
  const given = /^#code=([0-9a-fA-F -]+)$/.exec(location.hash);
  if (given) {
    input("code").value = given[1];
    history.replaceState(null, "", location.pathname);
  }
  const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("isoloir", { createScriptURL: () => "/worker.js" });
  void navigator.serviceWorker?.register(policy ? policy.createScriptURL("") : "/worker.js");
  const found = await station.device();
  if (found && found.rho === rho()) {
    device = found;
    return begin();
  }
  element("enrol").hidden = false;
}

void main();
