// @ts-check
/**
 * The dialog in which a member reads what he is about to sign, and opens his medium
 * where it is not open yet.
 *
 * @module
 */

import { element, input } from "../client/pages/dom.js";
import { say } from "../client/pages/sentences.js";
import { Refused } from "./keyring.js";
import { told } from "./words.js";

/** @param {[string, string][]} lines */
function write(lines) {
  element("sign-lines").replaceChildren(
    ...lines.map(([name, value]) => {
      const row = document.createElement("div");
      row.appendChild(document.createElement("dt")).textContent = name;
      row.appendChild(document.createElement("dd")).textContent = value;
      return row;
    }),
  );
}

/** @param {string} reason */
function refused(reason) {
  const error = element("sign-error");
  error.textContent = say("signing.say.refused-" + reason);
  error.hidden = false;
  element(reason === "passphrase" ? "passphrase" : "medium").focus();
}

/**
 * @param {import("./keyring.js").Keyring} ring
 * @param {import("./form.js").Stated[]} what
 * @param {{title: string, zone: string}} how
 * @returns {Promise<boolean>} whether it is to be signed
 */
export function confirmed(ring, what, { title, zone }) {
  const dialog = /** @type {HTMLDialogElement} */ (element("sign"));
  const button = /** @type {HTMLButtonElement} */ (element("sign-do"));
  const [file, passphrase] = [input("medium"), input("passphrase")];
  element("sign-title").textContent = title;
  write(what.flatMap((one) => told(one, zone)));
  element("sign-medium").hidden = ring.unlocked;
  element("sign-error").hidden = true;
  const open = async () => {
    const chosen = file.files?.[0];
    if (!chosen || !passphrase.value) return refused("none");
    button.disabled = true;
    button.textContent = say("signing.say.opening");
    try {
      await ring.unlock(new Uint8Array(await chosen.arrayBuffer()), passphrase.value);
      dialog.close("signed");
    } catch (e) {
      refused(e instanceof Refused ? e.reason : "form");
    } finally {
      passphrase.value = "";
      button.disabled = false;
      button.textContent = say("signing.say.do");
    }
  };
  return new Promise((resolve) => {
    dialog.onclose = () => {
      passphrase.value = "";
      resolve(dialog.returnValue === "signed");
    };
    element("sign-cancel").onclick = () => dialog.close("");
    button.onclick = () => (ring.unlocked ? dialog.close("signed") : void open());
    element("sign-medium").onsubmit = (event) => {
      event.preventDefault();
      button.click();
    };
    dialog.returnValue = "";
    dialog.showModal();
  });
}
