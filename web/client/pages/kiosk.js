// @ts-check
/**
 * A terminal of the town hall (`?borne`): nothing of who votes stays on it, and two
 * minutes without use end all, in plain sight.
 *
 * @module
 */

import { clicked, element } from "./dom.js";
import { lasting, say } from "./sentences.js";
import { ofTab } from "../storage.js";

/** Seconds without use after which all ends, and before that a warning. */
const IDLE = 120, WARNED = 30;

/** Whether this page is a terminal's. */
export const onKiosk = () => new URLSearchParams(location.search).has("borne");

/**
 * Watches a terminal; on any other device it does nothing.
 * @param {() => void} wipe drops what the page holds, before it begins again
 */
export function watchKiosk(wipe) {
  if (!onKiosk()) return;
  const again = () => {
    wipe();
    ofTab().clear();
    for (const form of document.forms) form.reset();
    location.replace(location.href);
  };
  let used = Date.now();
  for (const use of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) {
    document.addEventListener(use, () => void (used = Date.now()), { capture: true, passive: true });
  }
  const tick = () => {
    const left = Math.ceil(IDLE - (Date.now() - used) / 1000);
    if (left <= 0) return again();
    element("kiosk-left").textContent = say("account.kiosk.left", { Left: lasting(left) });
    element("kiosk").classList.toggle("soon", left <= WARNED);
    const said = left <= WARNED ? say("account.kiosk.soon") : "";
    if (element("kiosk-said").textContent !== said) element("kiosk-said").textContent = said;
  };
  tick();
  window.setInterval(tick, 500);
  clicked("kiosk-end", again);
  window.addEventListener("pageshow", (event) => event.persisted && again());
  element("kiosk").hidden = false;
  for (const part of document.querySelectorAll(".not-kiosk, .top nav, .bottom, .onward")) /** @type {HTMLElement} */ (part).hidden = true;
}
