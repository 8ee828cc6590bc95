// @ts-check
/**
 * The page of an anonymous account (docs/accounts.md, section 6): the first use of a card,
 * and every later visit.
 *
 * @module
 */

import { drawAccount, firstUse, openAccount } from "../client/citizen.js";
import { clicked, element, input, submitted } from "../client/pages/dom.js";
import { knowsPasskeys, makePasskey, usePasskey } from "../client/passkey.js";
import { parseNumber, Register, showNumber } from "../client/register.js";
import { ofBrowser } from "../client/storage.js";
import { stretchIn } from "../client/stretch.js";
import { asking, reading } from "../client/transport.js";
import { fromPassphrase, fromPasskey, fromScratch } from "../client/ways.js";
import { choice, choices, chosenPhrase, given, help, unfault } from "./fields.js";
import { onKiosk, watchKiosk } from "./kiosk.js";
import { listen, showAccount, wipeAccount } from "./opened.js";
import { attempt, show } from "./shown.js";

/** @typedef {import("../client/ways.js").Way} Way */

/** Where the number stays, for who asks for that. */
const REMEMBERED = "isoloir/number";

const ask = asking("register", "");

/** @type {Register | undefined} */
let known;

/** The register, whose descriptor is the one that the page names. */
async function register() {
  const { rho = "" } = { rho: element("account-page").dataset.register };
  return (known ??= new Register((await reading("/register.json")).bytes, rho));
}

/** The address of a script, where the browser wants it named by a policy. */
function workerAddress() {
  const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("isoloir", { createScriptURL: () => "/client/worker.js" });
  return policy ? policy.createScriptURL("") : "/client/worker.js";
}

/** Remembers the number on this device, or forgets it. @param {number} number */
function remember(number) {
  try {
    if (!onKiosk() && input("remember").checked) ofBrowser().setItem(REMEMBERED, String(number));
    else ofBrowser().removeItem(REMEMBERED);
  } catch {
    // the number is typed again the next time
  }
}

/** What a first use has drawn, until it is answered: sent again, it is the same account. @type {{number: number, x: bigint, passkey?: Way} | undefined} */
let drawn;

/** @param {import("../client/types.js").Stretch} stretch @param {string} rp */
async function first(stretch, rp) {
  unfault("first-number", "first-scratch", "first-passphrase");
  const of = await register();
  const number = parseNumber(given("first-number")), code = given("first-scratch"), then = choice("then");
  const phrase = then === "passphrase" ? chosenPhrase("first-passphrase") : "";
  if (drawn?.number !== number) drawn = { number, x: drawAccount() };
  if (then === "passkey") drawn.passkey ??= fromPasskey(of, number, await makePasskey(of, number, rp));
  const way = await fromScratch(of, number, code, stretch);
  const second = (then === "passkey" && drawn.passkey) || (await fromPassphrase(of, number, phrase, stretch));
  const note = await firstUse({ register: of, number, way, second, x: drawn.x, ask });
  drawn = undefined;
  const account = await openAccount({ register: of, number, way: second, ask });
  for (const form of document.forms) form.reset();
  showAccount(account, { kind: second.kind, note });
}

/** @param {number} number @param {Way} way */
async function enter(number, way) {
  const account = await openAccount({ register: await register(), number, way, ask });
  remember(number);
  for (const id of ["passphrase", "scratch"]) input(id).value = "";
  showAccount(account, { kind: way.kind });
}

/** @param {import("../client/types.js").Stretch} stretch */
async function open(stretch) {
  unfault("number", "passphrase", "scratch");
  const of = await register();
  const number = parseNumber(given("number")), by = choice("by");
  await enter(number, await (by === "scratch" ? fromScratch(of, number, given("scratch"), stretch) : fromPassphrase(of, number, given("passphrase"), stretch)));
}

/** @param {string} rp */
async function byPasskey(rp) {
  const of = await register();
  const { number, prf } = await usePasskey(of, rp);
  await enter(number, fromPasskey(of, number, prf));
}

function main() {
  watchKiosk(wipeAccount);
  const rp = element("account-page").dataset.passkeys ?? "", stretch = stretchIn(workerAddress());
  const passkeys = rp !== "" && knowsPasskeys() && !onKiosk();
  for (const part of document.querySelectorAll(".only-passkey")) /** @type {HTMLElement} */ (part).hidden = !passkeys;
  for (const part of document.querySelectorAll(".not-kiosk")) /** @type {HTMLElement} */ (part).hidden = onKiosk();
  help();
  choices("by");
  choices("then");
  clicked("to-first", () => show("first"));
  clicked("first-back", () => show("open"));
  clicked("use-passkey", () => void attempt(() => byPasskey(rp), { computes: true }));
  submitted("open-form", () => void attempt(() => open(stretch), { number: "number", scratch: "scratch", computes: true }));
  submitted("first-form", () => void attempt(() => first(stretch, rp), { number: "first-number", scratch: "first-scratch", computes: true }));
  listen(stretch, rp);
  for (const link of document.querySelectorAll("#votable a")) link.setAttribute("target", onKiosk() ? "_self" : "_blank");
  window.addEventListener("pagehide", wipeAccount);
  window.addEventListener("pageshow", (event) => event.persisted && show("open"));
  const kept = onKiosk() ? null : ofBrowser().getItem(REMEMBERED);
  if (kept) {
    input("number").defaultValue = showNumber(Number(kept));
    input("remember").defaultChecked = true;
  }
  element("open").hidden = false;
  element("account-page").hidden = false;
}

main();
