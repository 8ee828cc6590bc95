// @ts-check
/**
 * What did that device put into the ballot that it opened? By its code, on another
 * device: the record is the urn's, and is verified here against the code alone. And the
 * way to try a device without codes.
 *
 * @module
 */

import { ChallengeError, challengeFile, contestChallenge, findChallenge, parseReceiptCode, Refusal, verifyChallenge } from "../index.js";
import { showChoice } from "./choice.js";
import { clicked, download, element, fault, offerUrns, submitted, working, writeDigest } from "./dom.js";
import { Page } from "./page.js";
import { Patience } from "./patience.js";
import { say } from "./sentences.js";

/** @typedef {import("../index.js").Scrutin} Scrutin */

class Opened {
  /**
   * @param {Page} page
   * @param {Scrutin} scrutin
   */
  constructor(page, scrutin) {
    this.page = page;
    this.scrutin = scrutin;
    this.code = /** @type {HTMLTextAreaElement} */ (element("code"));
    this.urn = offerUrns(scrutin);
    /** What shows: the code that is asked for, in its urn. @type {{code: string, record: Uint8Array | undefined} | undefined} */
    this.asked = undefined;
    this.patience = new Patience((trouble) => (element("search-text").textContent = trouble ? say("device.say.trouble." + trouble) : ""));
    this.urn.addEventListener("change", () => this.lead());
    this.lead();
    submitted("check", () => void this.go());
    clicked("found-again", () => this.ask());
    clicked("found-differs", () => this.page.steps.show("contest", { push: true }));
    clicked("contest-back", () => history.back());
    clicked("contest-yes", () => void this.contest());
    clicked("found-file", () => this.file());
    page.steps.show("ask");
  }

  /** Leads to the voters' page of this urn, to be tried. */
  lead() {
    /** @type {HTMLAnchorElement} */ (element("try")).href = this.page.place.href(`/urne/${this.urn.value}/voter#essai`);
  }

  ask() {
    this.page.root.dataset.found = "";
    this.page.steps.show("ask");
  }

  async go() {
    let code = "";
    try {
      code = parseReceiptCode(this.code.value);
      fault(this.code, "");
    } catch {
      return fault(this.code, say("opened.say.code"));
    }
    this.page.steps.show("search");
    try {
      const found = await this.patience.until(() => findChallenge(this.box(), code, this.page.place.box));
      this.asked = { code, record: found?.record };
      this.tell(found);
    } catch (e) {
      this.page.fail(e, { scrutin: this.scrutin });
    }
  }

  box() {
    return this.scrutin.urn(this.urn.value);
  }

  /** @param {{record: Uint8Array, contested: boolean} | undefined} found */
  tell(found) {
    const { scrutin, asked } = this;
    element("found-choice").replaceChildren();
    let state = found ? "opened" : "none";
    if (found && asked) {
      try {
        const bytes = Uint8Array.from(asked.code.match(/../g) ?? [], (x) => parseInt(x, 16));
        showChoice(this.box().questions, verifyChallenge(scrutin, this.box(), found.record, bytes), "found-choice");
      } catch (e) {
        if (!(e instanceof ChallengeError)) throw e;
        state = "false";
        this.page.root.dataset.reason = e.reason;
      }
    }
    this.page.root.dataset.found = state;
    element("found-title").textContent = say(`opened.say.${state}.title`);
    element("found-text").textContent = say("opened.say." + state);
    element("found-text").className = "notice " + (state === "opened" ? "" : "warning");
    writeDigest(element("found-code"), asked?.code ?? "");
    element("found-contested").hidden = !found?.contested;
    element("found-differs").hidden = !found || found.contested;
    element("found-file").hidden = !found;
    this.page.steps.show("found");
  }

  async contest() {
    const { asked } = this;
    const button = element("contest-yes");
    if (!asked || button.getAttribute("aria-disabled")) return;
    working(button, true);
    try {
      await this.patience.until(() => contestChallenge(this.box(), asked.code, this.page.place.box));
      this.page.steps.show("contested");
    } catch (e) {
      if (e instanceof Refusal && e.reason === "closed") this.page.problem("opened.say.closed", {}, null);
      else this.page.fail(e, { scrutin: this.scrutin });
    }
    working(button, false);
  }

  /** Hands over what anybody can verify again: audit challenge FILE. */
  file() {
    const { asked, scrutin } = this;
    if (!asked?.record) return;
    const { name, text } = challengeFile(scrutin, this.box(), asked.record, asked.code);
    download(name, "application/json", text);
  }
}

async function main() {
  const page = new Page({ admits: (to) => to === "found" });
  if (!page.able()) return;
  if (page.says.phase === "before") return page.problem("opened.say.early", { Time: page.says.opens });
  page.steps.show("start");
  const scrutin = await page.records();
  if (scrutin) new Opened(page, scrutin);
}

void main();
