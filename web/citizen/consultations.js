// @ts-check
/**
 * The public pages of consultations: a list by territory, and arguments in an order that
 * this device draws each time. Nothing is kept or sent.
 *
 * @module
 */

import { element } from "../client/pages/dom.js";
import { watchKiosk } from "./kiosk.js";

/** Puts what an element holds into an order drawn at random. @param {Element} holder */
function shuffle(holder) {
  const parts = [...holder.children];
  for (let i = parts.length - 1; i > 0; i--) {
    const j = Math.floor((crypto.getRandomValues(new Uint32Array(1))[0] / 2 ** 32) * (i + 1));
    [parts[i], parts[j]] = [parts[j], parts[i]];
  }
  holder.append(...parts);
}

function filter() {
  const place = /** @type {HTMLSelectElement} */ (element("place")).value;
  let left = 0;
  for (const section of document.querySelectorAll(".phase-of")) {
    let here = 0;
    for (const one of section.querySelectorAll("li")) {
      one.hidden = place !== "" && !(one.dataset.territory ?? "").split(" ").includes(place);
      if (!one.hidden) here++;
    }
    /** @type {HTMLElement} */ (section).hidden = here === 0;
    left += here;
  }
  element("filter-none").hidden = left > 0 || place === "";
}

watchKiosk();
for (const holder of document.querySelectorAll("[data-shuffled]")) shuffle(holder);
if (document.getElementById("filter")) {
  element("place").addEventListener("change", filter);
  element("filter").hidden = false;
}
