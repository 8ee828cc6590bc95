// @ts-check
/**
 * An account that is open: what its owner can do with it.
 *
 * @module
 */

import { text } from "../client/bytes.js";
import { makePasskey } from "../client/passkey.js";
import { clicked, download, element, input, submitted } from "../client/pages/dom.js";
import { say } from "../client/pages/sentences.js";
import { digits, showNumber } from "../client/register.js";
import { fromPassphrase, fromPasskey, KINDS } from "../client/ways.js";
import { chosenPhrase } from "./fields.js";
import { attempt, show, tell } from "./shown.js";

/** @typedef {import("../client/citizen.js").Account} Account */

/** @type {Account | undefined} */
let account;

/** The register's signed word, once it is here. @type {string} */
let word = "";

/** @type {number | undefined} */
let ends;

/**
 * Shows an account.
 * @param {Account} opened
 * @param {{kind: 1 | 2 | 3, note?: Uint8Array, codes?: boolean}} how the kind of way by which it was opened; the note of
 *   its first use; whether it was opened by two codes, which have the card's kind
 */
export function showAccount(opened, { kind, note, codes = false }) {
  account = opened;
  word = note ? text(note) : "";
  element("welcome").hidden = !note || codes;
  element("by-codes").hidden = !codes;
  element("by-card").hidden = kind !== KINDS.scratch || codes;
  /** @type {HTMLDetailsElement} */ (element("word")).open = Boolean(note);
  window.clearTimeout(ends);
  ends = window.setTimeout(forget, opened.expiry * 1000 - Date.now());
  draw();
  show("account");
}

/** Draws what the account has. */
function draw() {
  if (!account) return;
  const { register, constituency, state } = account;
  element("own-number").textContent = showNumber(account.number);
  element("own-state").textContent = say("account.say.state-" + state);
  element("own-state").className = "phase " + (state === "used" ? "open" : "suspended");
  element("own-place").textContent = register.constituencies.find((c) => c.id === constituency)?.label ?? constituency;
  element("suspended").hidden = state !== "suspended";
  element("suspend").hidden = state === "suspended";
  element("resume").hidden = state !== "suspended";
  element("cut").hidden = element("cut-why").hidden = !account.has(KINDS.scratch);
  element("cut-done").hidden = account.has(KINDS.scratch);
  element("drop-passkey").hidden = !account.has(KINDS.passkey);
  element("word-text").textContent = word;
  const votable = document.querySelectorAll("#votable > li");
  for (const one of votable) /** @type {HTMLElement} */ (one).hidden = !(/** @type {HTMLElement} */ (one).dataset.territory ?? "").split(" ").includes(constituency);
  const none = document.getElementById("votable-none");
  if (none) none.hidden = [...votable].some((one) => !(/** @type {HTMLElement} */ (one).hidden));
}

/** Drops the account from this page, and ends its session. */
export function wipeAccount() {
  window.clearTimeout(ends);
  void account?.leave().catch(() => {});
  account = undefined;
  word = element("word-text").textContent = element("own-number").textContent = "";
  for (const form of document.forms) form.reset();
}

/** The session has ended. */
function forget() {
  wipeAccount();
  show("open");
  tell(say("account.say.ended"), "danger");
}

/**
 * Has the account do something, and says that it is done.
 * @param {(account: Account) => Promise<void>} what
 * @param {string} done the end of a key
 * @param {boolean} [computes]
 */
async function change(what, done, computes = false) {
  const well = await attempt(
    async () => {
      if (!account) return;
      await what(account);
      if (computes) show("account");
      draw();
    },
    { computes, lost: forget },
  );
  if (well) tell(say("account.say.done-" + done));
}

/**
 * Asks once more.
 * @param {string} what
 * @param {() => void} sure
 */
function ask(what, sure) {
  const dialog = /** @type {HTMLDialogElement} */ (element(what + "-sure"));
  clicked(what, () => dialog.showModal());
  clicked(what + "-sure-no", () => dialog.close());
  clicked(what + "-sure-yes", () => {
    dialog.close();
    sure();
  });
}

/**
 * Has the buttons of an open account do what they say.
 * @param {import("../client/types.js").Stretch} stretch
 * @param {string} rp the domain of passkeys
 */
export function listen(stretch, rp) {
  submitted("passphrase-form", () => {
    const done = async (/** @type {Account} */ a) => {
      await a.put(await fromPassphrase(a.register, a.number, chosenPhrase("new-passphrase"), stretch));
      input("new-passphrase").value = "";
      element("by-card").hidden = true;
    };
    void change(done, "passphrase", true);
  });
  clicked("add-passkey", () => void change(async (a) => a.put(fromPasskey(a.register, a.number, await makePasskey(a.register, a.number, rp))), "passkey"));
  clicked("drop-passkey", () => void change((a) => a.drop(KINDS.passkey), "passkey-dropped"));
  ask("cut", () => void change((a) => a.drop(KINDS.scratch), "cut"));
  clicked("suspend", () => void change((a) => a.suspend(), "suspended"));
  clicked("resume", () => void change((a) => a.resume(), "resumed"));
  ask("close", () => {
    void attempt(
      async () => {
        await account?.close();
        wipeAccount();
        show("closed");
      },
      { lost: forget },
    );
  });
  element("word").addEventListener("toggle", () => {
    if (word || !account || !(/** @type {HTMLDetailsElement} */ (element("word")).open)) return;
    void attempt(
      async () => {
        if (account) word = text(await account.word());
        draw();
      },
      { lost: forget },
    );
  });
  clicked("word-keep", () => account && word && download(`compte-${digits(account.number)}.txt`, "text/plain", word));
  clicked("leave", () => {
    wipeAccount();
    show("open");
    tell(say("account.say.left"));
  });
}
