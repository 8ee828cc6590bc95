// @ts-check
/**
 * The page on which a citizen comes to a civic site with his account (docs/sso.md): he
 * opens it, agrees, and is sent back.
 *
 * @module
 */

import { unhex } from "../client/bytes.js";
import { Refusal } from "../client/errors.js";
import { clicked, element } from "../client/pages/dom.js";
import { say } from "../client/pages/sentences.js";
import { enterSite, REQUEST } from "../client/sites.js";
import { entering } from "./entering.js";
import { attempt, show, tell } from "./shown.js";

/** @typedef {import("../client/citizen.js").Account} Account */

/** @type {Account | undefined} */
let account;

/** Drops the account from this page, and ends its session. */
function wipe() {
  void account?.leave().catch(() => {});
  account = undefined;
}

/** Back to where an account is opened. @param {string} why the end of a key, or none */
function again(why) {
  wipe();
  show("open");
  if (why) tell(say("signon.say." + why), "danger");
}

/** @param {Account} opened */
function entered(opened) {
  account = opened;
  if (opened.state === "suspended") again("suspended");
  else show("consent");
}

async function agree() {
  if (!account) return;
  const { site = "", request = "" } = element("account-page").dataset;
  try {
    const back = await enterSite(account, site, unhex(request, REQUEST));
    await account.leave().catch(() => {});
    account = undefined;
    location.replace(back);
  } catch (e) {
    if (!(e instanceof Refusal) || e.reason !== "format") throw e;
    again("over");
  }
}

entering(entered);
clicked("agree", () => void attempt(agree, { lost: () => again("") }));
window.addEventListener("pagehide", wipe);
window.addEventListener("pageshow", (event) => event.persisted && again(""));
