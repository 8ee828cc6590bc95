// @ts-check
/**
 * The scrutins of a voter who has several, as a list: what each is called, how he
 * stands in it, what he can do there, and his receipt.
 *
 * @module
 */

import { copy, element, one, writeDigest } from "./dom.js";
import { checked, downloadReceipt } from "./paper.js";
import { say } from "./sentences.js";

/** @typedef {import("./turn.js").Turn} Turn */

/**
 * What a card says of a scrutin: in a word, and in a sentence where that helps.
 * @typedef {object} Said
 * @property {string} state its name
 * @property {"" | "next" | "good" | "warning"} tone
 * @property {string} word
 * @property {string} [more]
 * @property {{text: string, press: () => void}} [act] what its button does
 * @property {{text: string, address: string}} [link]
 */

/**
 * What a scrutin is called: by its sealed title, once it is verified.
 * @param {Turn} turn
 */
export const titleOf = (turn) => turn.scrutin?.manifest.scrutin.title ?? say("scrutins.say.unnamed", { Address: turn.place.portal.replace(/^https?:\/\//, "") });

export class List {
  /** @param {Turn[]} turns */
  constructor(turns) {
    this.cards = new Map(turns.map((turn) => [turn, copy("scrutin-card")]));
    element("scrutins").replaceChildren(...this.cards.values());
  }

  /**
   * Writes what there is to say of each.
   * @param {(turn: Turn) => Said} said
   */
  write(said) {
    for (const [turn, card] of this.cards) {
      const title = titleOf(turn);
      const { state, tone, word, more = "", act, link } = said(turn);
      card.dataset.state = state;
      one(card, "h2").textContent = title;
      one(card, ".phase").className = "phase " + tone;
      one(card, ".phase").textContent = word;
      one(card, ".more").textContent = more;
      one(card, ".more").hidden = more === "";
      const button = one(card, ".act"), away = /** @type {HTMLAnchorElement} */ (one(card, ".away"));
      name(button, act?.text, title);
      button.onclick = act?.press ?? null;
      name(away, link?.text, title);
      if (link) away.href = link.address;
      receipt(card, turn, title);
    }
  }
}

/**
 * Writes the receipt of a ballot that left from this page.
 * @param {HTMLElement} card
 * @param {Turn} turn
 * @param {string} title
 */
function receipt(card, { recorded, place }, title) {
  const file = one(card, ".file");
  name(file, recorded && say("scrutins.say.act.file"), title);
  one(card, ".receipt").hidden = one(card, ".on-paper").hidden = !recorded;
  if (!recorded) return;
  writeDigest(one(card, ".groups"), recorded.code);
  one(card, ".on-paper").textContent = checked(place);
  file.onclick = () => downloadReceipt(place, recorded);
}

/**
 * Names what one presses, for who hears it alone too; hides it where it has no name.
 * @param {HTMLElement} at
 * @param {string | undefined} text
 * @param {string} title
 */
function name(at, text, title) {
  at.hidden = !text;
  at.textContent = text ?? "";
  at.setAttribute("aria-label", `${text}, ${title}`);
}
