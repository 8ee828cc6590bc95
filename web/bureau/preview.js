// @ts-check
/**
 * The ballot as the voter sees it, before the vote opens: the voters' own script writes
 * the questions from the manifest, which stands in the page. Nothing is made of the
 * choice, and nothing is sent: this script asks the network for nothing.
 *
 * @module
 */

import { parseCanonical } from "../client/canonical.js";
import { Choosing } from "../client/pages/choice.js";
import { clicked, element } from "../client/pages/dom.js";
import { Steps } from "../client/pages/steps.js";
import { ofTab } from "../client/storage.js";
import { keepDraft } from "../client/store.js";

/** @typedef {import("../client/index.js").Scrutin} Scrutin */
/** @typedef {import("../client/scrutin.js").Urn} Urn */

const device = element("device");
const steps = new Steps(device, { stage: () => "", admits: (to) => to === "choice" });

/** The manifest of the page, as the voters' script reads a scrutin. */
function previewed() {
  const sealed = /** @type {HTMLTemplateElement} */ (element("manifest"));
  const manifest = parseCanonical(sealed.content.textContent ?? "");
  const urn = (/** @type {string} */ name) => ({
    name,
    questions: manifest.questions.filter((/** @type {{urns: string[]}} */ q) => q.urns.includes(name)),
  });
  return /** @type {Scrutin} */ (/** @type {unknown} */ ({ f: "preview", manifest, urn }));
}

function main() {
  const scrutin = previewed();
  const urn = scrutin.urn(device.dataset.urn ?? "");
  const choosing = new Choosing(() => steps.show("confirm", { push: true }));
  const begin = () => {
    keepDraft(ofTab(), scrutin, urn.name, undefined);
    choosing.ask(scrutin, urn);
    if (device.dataset.documents === undefined) for (const a of document.querySelectorAll("#questions .documents a")) a.removeAttribute("href");
    steps.show("choice");
  };
  clicked("confirm-back", () => history.back());
  clicked("confirm-yes", () => {
    keepDraft(ofTab(), scrutin, urn.name, undefined);
    steps.show("end");
  });
  clicked("again", begin);
  element("device").hidden = false;
  begin();
}

main();
