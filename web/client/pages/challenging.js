// @ts-check
/**
 * A voter who has his device open the ballot that it made, instead of sending it: the
 * code shows already when he says so, and he votes afterwards, with another ballot.
 *
 * What it promises. What opens a ballot is kept in the page's memory alone, from the
 * making of the ballot to the moment at which it is opened or sent. Before it is opened
 * the page says what everybody will see of it.
 *
 * @module
 */

import { Key, Opening, Refusal } from "../index.js";
import { showChoice } from "./choice.js";
import { clicked, download, element, working, writeDigest } from "./dom.js";
import { Patience } from "./patience.js";
import { say } from "./sentences.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./turn.js").Turn} Turn */

export class Challenging {
  /**
   * @param {Page} page
   * @param {{again: () => void, failed: (e: unknown) => void, opened: () => void}} told
   */
  constructor(page, told) {
    this.page = page;
    this.told = told;
    /** What opens the ballot that shows. @type {Opening | undefined} */
    this.opening = undefined;
    this.patience = new Patience((trouble) => (element("challenge-said").textContent = trouble ? say("device.say.trouble." + trouble) : ""));
    clicked("ready-challenge", () => this.page.steps.show("challenge", { push: true }));
    clicked("challenge-back", () => history.back());
    clicked("challenge-open", () => void this.open());
    for (const id of ["challenged-again", "unopened-again"]) clicked(id, () => this.told.again());
  }

  /**
   * Keeps what opens the ballot that was made, or drops it.
   * @param {Opening | undefined} opening
   * @param {Turn} [turn]
   */
  keep(opening, turn) {
    this.opening = opening;
    this.turn = turn;
    element("ready-challenge").hidden = !opening;
    element("challenge-said").textContent = "";
    working(element("challenge-open"), false);
    if (opening) this.write(["challenge-code", "challenged-code"], opening);
  }

  /**
   * @param {string[]} places
   * @param {Opening} opening
   */
  write(places, { ballot }) {
    for (const place of places) writeDigest(element(place), Opening.code(ballot));
  }

  /**
   * Makes the page one on which nothing is sent, and gives a key of nobody's: for who has
   * no codes, and wants to see what this device does.
   * @param {Turn} turn
   */
  ofNobody(turn) {
    const urn = turn.known.urn(this.page.place.urn);
    turn.identify({ urn: urn.number, elector: 0 });
    element("trial").hidden = false;
    for (const id of ["ready-send", "ready-final"]) element(id).hidden = true;
    return Key.ofNobody(urn);
  }

  async open() {
    const { opening, turn } = this;
    const button = element("challenge-open");
    if (!opening || !turn || button.getAttribute("aria-disabled")) return;
    working(button, true);
    this.told.opened();
    try {
      await this.patience.until(() => opening.open(turn.place.box));
    } catch (e) {
      working(button, false);
      if (!(e instanceof Refusal && KNOWN.includes(e.reason))) return this.told.failed(e);
      return this.unopened(opening, e.reason);
    }
    showChoice(opening.urn.questions, opening.choices, "challenged-choice");
    const page = turn.place.href("/controler");
    element("challenged-address").textContent = page;
    /** @type {HTMLAnchorElement} */ (element("challenged-check")).href = page;
    this.opening = undefined;
    this.page.steps.show("challenged");
  }

  /**
   * Hands the opening to the voter where the urn did not take it, so that no refusal, true
   * or not, spares a device the check.
   * @param {Opening} opening
   * @param {string} reason
   */
  unopened(opening, reason) {
    const { name, text } = opening.file();
    element("unopened-text").textContent = say("vote.say.challenge." + reason);
    this.write(["unopened-code"], opening);
    element("unopened-file").onclick = () => download(name, "application/json", text);
    element("unopened-again").hidden = reason === "closed";
    this.opening = undefined;
    this.page.steps.show("unopened");
  }
}

/** Refusals that the page explains: those of an urn that is at no fault, or of a device that says so. */
const KNOWN = ["closed", "full"];
