// @ts-check
/**
 * A terminal of the town hall (`?borne`): nothing is kept on it, and two minutes without
 * use end all. Every page that is served to a terminal loads this.
 *
 * @module
 */

import { clicked, element } from "../client/pages/dom.js";
import { lasting, say } from "../client/pages/sentences.js";
import { ofBrowser, ofTab } from "../client/storage.js";

/** Seconds without use after which all ends, and before that a warning. */
const IDLE = 120, WARNED = 30;

/** Whether this page is served to a terminal. */
export const onKiosk = () => document.getElementById("kiosk") !== null;

/** Empties what a browser would keep of this origin, and every field. */
function empty() {
  for (const storage of [ofBrowser(), ofTab()]) storage.clear();
  for (const form of document.forms) form.reset();
}

/**
 * Watches a terminal; on any other device it does nothing.
 * @param {() => void} [wipe] drops what the page holds, before it goes
 */
export function watchKiosk(wipe = () => {}) {
  if (!onKiosk()) return;
  const start = element("kiosk").dataset.start ?? "/";
  const go = (/** @type {string} */ to) => {
    wipe();
    empty();
    location.replace(to);
  };
  let used = Date.now();
  for (const use of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) {
    document.addEventListener(use, () => void (used = Date.now()), { capture: true, passive: true });
  }
  const tick = () => {
    const left = Math.ceil(IDLE - (Date.now() - used) / 1000);
    if (left <= 0) return go(start);
    element("kiosk-left").textContent = say("account.kiosk.left", { Left: lasting(left) });
    element("kiosk").classList.toggle("soon", left <= WARNED);
    const said = left <= WARNED ? say("account.kiosk.soon") : "";
    if (element("kiosk-said").textContent !== said) element("kiosk-said").textContent = said;
  };
  tick();
  window.setInterval(tick, 500);
  clicked("kiosk-end", () => go(start));
  window.addEventListener("pageshow", (event) => event.persisted && go(start));
  // One place in the history, however many pages are read.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin || link.getAttribute("href")?.startsWith("#")) return;
    event.preventDefault();
    if (!link.classList.contains("file")) go(link.href);
  });
  empty();
}
