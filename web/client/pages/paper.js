// @ts-check
/**
 * The receipt as the voter keeps it: on the screen, as a copy, a file, a sheet of
 * paper, and by e-mail where the manifest wants that. It says nothing of the choice.
 *
 * @module
 */

import { receiptFile, showCode } from "../index.js";
import { download, element, writeDigest } from "./dom.js";
import { say } from "./sentences.js";

/** @typedef {import("../index.js").Casting} Casting */
/** @typedef {import("./place.js").Place} Place */

/**
 * Shows the receipt of a ballot that is recorded.
 * @param {Place} place
 * @param {Casting} casting
 */
export async function showReceipt(place, casting) {
  const said = element("receipt-said");
  said.textContent = "";
  writeDigest(element("receipt-code"), casting.code);
  element("receipt-address").textContent = checked(place);
  element("receipt-text").textContent = say("vote.say.recorded", { Urn: casting.urn.label });
  /** @type {HTMLAnchorElement} */ (element("receipt-check")).href = place.href("/verifier");
  element("receipt-download").onclick = () => downloadReceipt(place, casting);
  element("receipt-print").onclick = () => window.print();
  element("receipt-copy").onclick = () =>
    navigator.clipboard.writeText(showCode(casting.code)).then(
      () => (said.textContent = say("vote.say.copied")),
      () => (said.textContent = say("vote.say.copy.failed")),
    );
  const { email_after_vote: policy } = casting.scrutin.manifest.publication;
  element("receipt-mail").hidden = true;
  if (policy !== "none") await mail(place, casting, policy);
}

/**
 * Where a receipt is checked, in a sentence.
 * @param {Place} place
 */
export const checked = (place) => say("vote.say.file.check", { Address: place.href("/verifier") });

/**
 * Hands over the receipt file.
 * @param {Place} place
 * @param {Casting} casting
 */
export function downloadReceipt(place, casting) {
  const values = { Title: casting.scrutin.manifest.scrutin.title, Urn: casting.urn.label, Code: showCode(casting.code) };
  const [title, urn, code, choice, promise] = ["title", "urn", "code", "choice", "promise"].map((name) => say("vote.say.file." + name, values));
  download(`recepisse-${casting.urn.name}.txt`, "text/plain", receiptFile([title, urn, code, choice, checked(place), promise], casting.promise));
}

/**
 * Says what e-mail follows; where it holds the code, the device asks for it, so that
 * nobody else brings code and elector together.
 * @param {Place} place
 * @param {Casting} casting
 * @param {string} policy
 */
async function mail(place, casting, policy) {
  const about = element("receipt-mail");
  let sentence = "vote.say.mail." + policy;
  if (policy === "code") {
    const issuer = place.issuers[casting.scrutin.manifest.issuers.findIndex((i) => i.channel === "email")];
    await (issuer ? casting.mail(issuer) : Promise.reject()).catch(() => (sentence = "vote.say.mail.failed"));
  }
  about.textContent = say(sentence);
  about.hidden = false;
}
