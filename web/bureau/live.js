// @ts-check
/**
 * A page that stays and brings its content up to date: the same address is asked
 * again, and what stands in #live is replaced. Nothing of the answer is run.
 *
 * @module
 */

import { element } from "../client/pages/dom.js";

/**
 * The document of an address, parsed by the browser without running anything.
 * @param {string} address
 * @returns {Promise<Document | null>}
 */
function fetched(address) {
  return new Promise((resolve) => {
    const asked = new XMLHttpRequest();
    asked.responseType = "document";
    asked.timeout = 20_000;
    asked.onload = () => resolve(asked.status === 200 && new URL(asked.responseURL).pathname === location.pathname ? asked.responseXML : null);
    asked.onerror = asked.ontimeout = () => resolve(null);
    asked.open("GET", address);
    asked.send();
  });
}

/** Says whether somebody is filling in, or pressing, something of the part that would be replaced. */
function busy() {
  const at = document.activeElement;
  const typing = at instanceof HTMLElement && element("live").contains(at) && at.matches("input, textarea, select");
  return typing || element("live").querySelector(":active") !== null || document.querySelector("dialog[open]") !== null;
}

/** What the service said last: what has not changed is not touched. @type {Node | undefined} */
let last;

/**
 * Takes over what a page tells its script, and says when there is an alert more.
 * @param {Document} found
 */
function tell(found) {
  const told = element("author").dataset;
  const before = Number(told.alerts ?? 0);
  for (const [name, value] of Object.entries(found.getElementById("author")?.dataset ?? {})) told[name] = value;
  if (Number(told.alerts ?? 0) > before) element("alarm").hidden = false;
}

/**
 * Brings the content up to date, unless somebody is at work in it, or it is to stay. What
 * was opened stays open, and the focus where it was.
 * @param {{anyway?: boolean, stay?: boolean}} [how]
 */
export async function refresh({ anyway = false, stay = false } = {}) {
  const found = await fetched(location.href);
  const fresh = found?.getElementById("live");
  element("stale").hidden = Boolean(fresh);
  if (!found || !fresh) return;
  tell(found);
  if (stay || (!anyway && busy()) || fresh.isEqualNode(last ?? null)) return;
  last = fresh.cloneNode(true);
  const old = element("live");
  const opened = [...old.querySelectorAll("details[open][id]")].map((d) => d.id);
  const focused = old.contains(document.activeElement) ? document.activeElement?.id : "";
  old.replaceWith(document.importNode(fresh, true));
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  if (focused) document.getElementById(focused)?.focus();
}

/** How often a page that is not to change looks for alerts, in seconds. */
const LOOK = 20;

/** Goes on bringing the page up to date, as often as it asks for that; alerts come in any case. */
export function live() {
  last = element("live").cloneNode(true);
  const every = Number(element("author").dataset.every ?? 0);
  window.setInterval(() => document.visibilityState === "visible" && void refresh({ stay: every === 0 }), (every || LOOK) * 1000);
}
