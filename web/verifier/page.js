// @ts-check
/**
 * The page: what is chosen, how far the verification is, and the report.
 *
 * @module
 */

import { CHECKS } from "./checks.js";
import { element, show } from "./report.js";
import { parseFingerprint, parseWitnesses } from "./opening.js";
import { say } from "./reasons.js";
import { colon, word } from "./words.js";

/** @typedef {import("./words.js").Language} Language */

const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

/** @type {Language} */
let language = navigator.language.toLowerCase().startsWith("en") ? "en" : "fr";
/** @type {{file?: File, chosen?: {path: string, file: File}[], name: string} | undefined} */
let chosen;
/** @type {Worker[]} */
let workers = [];
/** @type {any} */
let report;

const source = URL.createObjectURL(new Blob([byId("worker").textContent], { type: "text/javascript" }));

/** Writes all words of the page in its language. */
function translate() {
  document.documentElement.lang = language;
  document.title = word("heading", language);
  for (const e of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-word]"))) e.textContent = word(e.dataset.word ?? "", language);
  byId("language").textContent = language === "fr" ? "English" : "Français";
  byId("language").lang = language === "fr" ? "en" : "fr";
  byId("language-note").hidden = false;
  if (report) show(byId("report"), report, language);
}

/** Takes the report away, as it is of what was given before. */
function forget() {
  report = undefined;
  byId("report").replaceChildren();
  byId("report").removeAttribute("data-verdict");
}

/** @param {typeof chosen} choice */
function choose(choice) {
  if (byId("start").disabled) return;
  forget();
  chosen = choice;
  byId("chosen").textContent = choice?.name ?? "";
  byId("missing").textContent = "";
}

/**
 * Opens the form or shuts it: what is given stays as it is until the report is there.
 * @param {boolean} closed
 */
function shut(closed) {
  byId("running").hidden = !closed;
  for (const id of ["start", "archive", "directory", "fingerprint", "witnesses"]) byId(id).disabled = closed;
}

/**
 * Marks a field as wrong, or as right with no words.
 * @param {string} id
 * @param {string} words
 */
function mark(id, words) {
  byId(`${id}-wrong`).textContent = words;
  byId(id).setAttribute("aria-invalid", String(words !== ""));
  return words === "";
}

/**
 * @param {string} id
 * @param {(s: string) => unknown} parse
 */
function valid(id, parse) {
  try {
    if (byId(id).value.trim() !== "") parse(byId(id).value);
    return mark(id, "");
  } catch {
    byId(id).focus();
    return mark(id, word(`${id}Wrong`, language));
  }
}

/** Makes the workers: the first one leads the others, as many as there are processors. */
function hire() {
  const ports = [];
  for (let i = 0; i < Math.max(1, navigator.hardwareConcurrency || 1); i++) {
    const worker = new Worker(source);
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ port: port2 }, [port2]);
    ports.push(port1);
    workers.push(worker);
  }
  const lead = new Worker(source);
  lead.postMessage({ ports }, ports);
  lead.onmessage = ({ data }) => heard(data);
  workers.unshift(lead);
  for (const w of workers) {
    w.onerror = (e) => {
      dismiss();
      finish({ failed: e.message });
    };
  }
}

/** Ends every worker, in the middle of what it does. */
function dismiss() {
  for (const w of workers) w.terminate();
  workers = [];
  shut(false);
}

/** Begins a verification. */
function start() {
  forget();
  byId("missing").textContent = chosen ? "" : word("choose", language);
  const right = [valid("witnesses", parseWitnesses), valid("fingerprint", parseFingerprint)].every(Boolean);
  if (!chosen || !right) return;
  shut(true);
  byId("bar").value = 0;
  if (workers.length === 0) hire();
  const fingerprint = byId("fingerprint").value.trim();
  workers[0].postMessage({
    file: chosen.file, chosen: chosen.chosen, fingerprint: fingerprint ? parseFingerprint(fingerprint) : undefined, witnesses: byId("witnesses").value,
  });
}

/** How many points were computed with. */
let points = 0;

/** @param {any} data */
function heard(data) {
  if (data.points) {
    points += data.points;
    byId("points").textContent = points.toLocaleString(language);
  } else if (data.part) {
    const name = word(`part-${data.part}`, language);
    if (name) byId("part").textContent = name;
    if (data.part !== "files") byId("bar").value = (data.done + 1) / data.total;
  } else {
    finish(data);
  }
}

/** @param {any} data */
function finish(data) {
  shut(false);
  points = 0;
  const root = byId("report");
  if (data.report) {
    const fingerprint = byId("fingerprint").value.trim();
    const given = { archive: chosen?.name ?? "", fingerprint: fingerprint && parseFingerprint(fingerprint), witnesses: parseWitnesses(byId("witnesses").value).map((w) => w.name) };
    report = { ...data.report, given };
    show(root, report, language);
    root.dataset.verdict = report.verdict;
  } else {
    const words = data.unread ? `${word("unread", language)}${colon(language)}${say(data.unread.reason, language)} ${data.unread.detail}` : `${word("failed", language)} ${data.failed}`;
    root.replaceChildren(element("h2", { tabIndex: -1 }, word("refused", language)), element("p", {}, words), element("p", {}, chosen?.name ?? ""));
    root.dataset.verdict = data.unread ? "unread" : "failed";
  }
  root.querySelector("h2")?.focus();
}

/**
 * What was dropped: one file.
 * @param {DragEvent} e
 */
function dropped(e) {
  e.preventDefault();
  const file = e.dataTransfer?.files[0];
  if (file) choose({ file, name: file.name });
}

byId("language").onclick = () => {
  language = language === "fr" ? "en" : "fr";
  translate();
};
byId("archive").onchange = () => byId("archive").files[0] && choose({ file: byId("archive").files[0], name: byId("archive").files[0].name });
byId("directory").onchange = () => {
  const files = /** @type {File[]} */ ([...byId("directory").files]);
  if (files.length > 0) choose({ chosen: files.map((file) => ({ path: file.webkitRelativePath, file })), name: `${files[0].webkitRelativePath.split("/")[0]}/` });
};
for (const id of ["fingerprint", "witnesses"]) byId(id).oninput = forget;
byId("form").onsubmit = (/** @type {Event} */ e) => {
  e.preventDefault();
  start();
};
byId("stop").onclick = dismiss;
document.addEventListener("dragover", (e) => e.preventDefault());
document.addEventListener("drop", dropped);
byId("count").textContent = String(CHECKS.length);
translate();
