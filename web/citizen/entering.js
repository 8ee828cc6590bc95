// @ts-check
/**
 * How an account is opened: by its number and a passphrase or the scratch code, or by a
 * passkey. Every page that opens one has this form.
 *
 * @module
 */

import { openAccount } from "../client/citizen.js";
import { clicked, element, input, submitted } from "../client/pages/dom.js";
import { knowsPasskeys, usePasskey } from "../client/passkey.js";
import { parseNumber, Register, showNumber } from "../client/register.js";
import { ofBrowser } from "../client/storage.js";
import { stretchIn } from "../client/stretch.js";
import { asking, reading } from "../client/transport.js";
import { fromPassphrase, fromPasskey, fromScratch } from "../client/ways.js";
import { choice, choices, given, help, unfault } from "./fields.js";
import { onKiosk } from "./kiosk.js";
import { attempt } from "./shown.js";

/** @typedef {import("../client/citizen.js").Account} Account */
/** @typedef {import("../client/ways.js").Way} Way */

/** Where the number stays, for who asks for that. */
const REMEMBERED = "isoloir/number";

/** The register's messages. */
export const ask = asking("register", "");

/** @type {Register | undefined} */
let known;

/** The register, whose descriptor is the one that the page names. */
export async function register() {
  const { rho = "" } = { rho: element("account-page").dataset.register };
  return (known ??= new Register((await reading("/register.json")).bytes, rho));
}

/** The domain of passkeys, empty for none. */
export const passkeyDomain = () => element("account-page").dataset.passkeys ?? "";

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

/**
 * Has the form open an account, and the page shown. Gives what stretches a code.
 * @param {(account: Account, kind: Way["kind"]) => void} entered
 */
export function entering(entered) {
  const stretch = stretchIn(workerAddress()), rp = passkeyDomain();
  const passkeys = rp !== "" && knowsPasskeys() && !onKiosk();
  for (const part of document.querySelectorAll(".only-passkey")) /** @type {HTMLElement} */ (part).hidden = !passkeys;
  for (const part of document.querySelectorAll(".not-kiosk")) /** @type {HTMLElement} */ (part).hidden = onKiosk();
  help();
  choices("by");
  const enter = async (/** @type {number} */ number, /** @type {Way} */ way) => {
    const account = await openAccount({ register: await register(), number, way, ask });
    remember(number);
    for (const id of ["passphrase", "scratch"]) input(id).value = "";
    entered(account, way.kind);
  };
  const open = async () => {
    unfault("number", "passphrase", "scratch");
    const of = await register();
    const number = parseNumber(given("number"));
    await enter(number, await (choice("by") === "scratch" ? fromScratch(of, number, given("scratch"), stretch) : fromPassphrase(of, number, given("passphrase"), stretch)));
  };
  const byPasskey = async () => {
    const of = await register();
    const { number, prf } = await usePasskey(of, rp);
    await enter(number, fromPasskey(of, number, prf));
  };
  clicked("use-passkey", () => void attempt(byPasskey, { computes: true }));
  submitted("open-form", () => void attempt(open, { number: "number", scratch: "scratch", computes: true }));
  const kept = onKiosk() ? null : ofBrowser().getItem(REMEMBERED);
  if (kept) {
    input("number").defaultValue = showNumber(Number(kept));
    input("remember").defaultChecked = true;
  }
  element("open").hidden = false;
  element("account-page").hidden = false;
  return stretch;
}
