// @ts-check
/**
 * The page of an anonymous account (docs/accounts.md, section 6): the first use of a card,
 * and every later visit.
 *
 * @module
 */

import { drawAccount, firstUse, openAccount } from "../client/citizen.js";
import { CodeError } from "../client/codes.js";
import { Refusal } from "../client/errors.js";
import { clicked, submitted } from "../client/pages/dom.js";
import { say } from "../client/pages/sentences.js";
import { makePasskey } from "../client/passkey.js";
import { parseNumber } from "../client/register.js";
import { fromHalves, fromPassphrase, fromPasskey, fromScratch } from "../client/ways.js";
import { ask, entering, passkeyDomain, register } from "./entering.js";
import { choice, choices, chosenPhrase, given, unfault } from "./fields.js";
import { onKiosk, watchKiosk } from "./kiosk.js";
import { listen, showAccount, wipeAccount } from "./opened.js";
import { attempt, FieldError, show } from "./shown.js";

/** @typedef {import("../client/ways.js").Way} Way */

/** What a first use has drawn, until its account is open: sent again, it is the same account. @type {{number: number, x: bigint, passkey?: Way} | undefined} */
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
  const { account, note } = await take(of, number, way, second, drawn.x);
  showAccount(account, { kind: second.kind, note });
}

/**
 * Takes an account into use, and opens it.
 * @param {import("../client/register.js").Register} of
 * @param {number} number
 * @param {Way} way
 * @param {Way} second
 * @param {bigint} x
 */
async function take(of, number, way, second, x) {
  const note = await firstUse({ register: of, number, way, second, x, ask });
  const account = await openAccount({ register: of, number, way: second, ask });
  drawn = undefined;
  for (const form of document.forms) form.reset();
  return { account, note };
}

/** By two codes: the first time, and whenever the passphrase was forgotten. @param {import("../client/types.js").Stretch} stretch */
async function halves(stretch) {
  unfault("half-1", "half-2", "halves-passphrase");
  const of = await register();
  const codes = /** @type {[string, string]} */ ([given("half-1"), given("half-2")]), phrase = chosenPhrase("halves-passphrase");
  const { number, way } = await fromHalves(of, codes, stretch).catch((e) => {
    throw e instanceof CodeError && e.half ? new FieldError("half-" + e.half, say("account.say.scratch")) : e;
  });
  if (drawn?.number !== number) drawn = { number, x: drawAccount() };
  const second = await fromPassphrase(of, number, phrase, stretch);
  try {
    const { account, note } = await take(of, number, way, second, drawn.x);
    showAccount(account, { kind: second.kind, note, codes: true });
  } catch (e) {
    if (!(e instanceof Refusal && e.reason === "used")) throw e;
    const account = await openAccount({ register: of, number, way, ask });
    await account.put(second);
    for (const form of document.forms) form.reset();
    showAccount(account, { kind: second.kind, codes: true });
  }
}

function main() {
  watchKiosk(wipeAccount);
  choices("then");
  const rp = passkeyDomain(), stretch = entering((account, kind) => showAccount(account, { kind }));
  clicked("to-first", () => show("first"));
  clicked("first-back", () => show("open"));
  clicked("to-halves", () => show("halves"));
  clicked("halves-back", () => show("open"));
  submitted("halves-form", () => void attempt(() => halves(stretch), { computes: true }));
  submitted("first-form", () => void attempt(() => first(stretch, rp), { number: "first-number", scratch: "first-scratch", computes: true }));
  listen(stretch, rp);
  for (const link of document.querySelectorAll("#votable a")) link.setAttribute("target", onKiosk() ? "_self" : "_blank");
  window.addEventListener("pagehide", wipeAccount);
  window.addEventListener("pageshow", (event) => event.persisted && show("open"));
}

main();
