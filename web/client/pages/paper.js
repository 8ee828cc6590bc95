// @ts-check
/**
 * The receipt as the voter keeps it: on the screen, as a copy, a file, a sheet of
 * paper, and by e-mail where the manifest wants that. It says nothing of the choice.
 *
 * @module
 */

import { receiptFile, showCode } from "../index.js";
import { clicked, download, element, writeDigest } from "./dom.js";
import { say } from "./sentences.js";

/** @typedef {import("../index.js").Casting} Casting */
/** @typedef {import("./page.js").Page} Page */

/**
 * Shows the receipt of a ballot that is recorded.
 * @param {Page} page
 * @param {Casting} casting
 */
export async function showReceipt(page, casting) {
  const code = showCode(casting.code);
  const said = element("receipt-said");
  writeDigest("receipt-code", casting.code);
  element("receipt-address").textContent = say("vote.say.file.check", { Address: location.origin + page.place.verify });
  element("receipt-text").textContent = say("vote.say.recorded", { Urn: casting.urn.label });
  clicked("receipt-download", () => download(`recepisse-${casting.urn.name}.txt`, "text/plain", receiptFile(lines(page, casting), casting.promise)));
  clicked("receipt-print", () => window.print());
  clicked("receipt-copy", () =>
    navigator.clipboard.writeText(code).then(
      () => (said.textContent = say("vote.say.copied")),
      () => (said.textContent = say("vote.say.copy.failed")),
    ),
  );
  const { email_after_vote: policy } = casting.scrutin.manifest.publication;
  if (policy !== "none") await mail(page, casting, policy);
}

/**
 * @param {Page} page
 * @param {Casting} casting
 */
function lines(page, casting) {
  const values = {
    Title: casting.scrutin.manifest.scrutin.title,
    Urn: casting.urn.label,
    Code: showCode(casting.code),
    Address: location.origin + page.place.verify,
  };
  return ["title", "urn", "code", "choice", "check", "promise"].map((name) => say("vote.say.file." + name, values));
}

/**
 * Says what e-mail follows; where it holds the code, the device asks for it, so that
 * nobody else brings code and elector together.
 * @param {Page} page
 * @param {Casting} casting
 * @param {string} policy
 */
async function mail(page, casting, policy) {
  const about = element("receipt-mail");
  let sentence = "vote.say.mail." + policy;
  if (policy === "code") {
    const issuer = page.issuers[casting.scrutin.manifest.issuers.findIndex((i) => i.channel === "email")];
    await (issuer ? casting.mail(issuer) : Promise.reject()).catch(() => (sentence = "vote.say.mail.failed"));
  }
  about.textContent = say(sentence);
  about.hidden = false;
}
