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

/** Says whether somebody is filling in a form of the part that would be replaced. */
function busy() {
  const at = document.activeElement;
  const typing = at instanceof HTMLElement && element("live").contains(at) && at.matches("input, textarea, select");
  return typing || document.querySelector("dialog[open]") !== null;
}

/**
 * Brings the content up to date, unless somebody is at work in it. What was opened
 * stays open, and the focus where it was.
 * @param {{anyway?: boolean}} [how]
 * @returns {Promise<boolean>} whether the service answered
 */
export async function refresh({ anyway = false } = {}) {
  const found = await fetched(location.href);
  const fresh = found?.getElementById("live");
  element("stale").hidden = Boolean(fresh);
  if (!found || !fresh) return false;
  if (!anyway && busy()) return true;
  const old = element("live");
  const opened = [...old.querySelectorAll("details[open][id]")].map((d) => d.id);
  const focused = old.contains(document.activeElement) ? document.activeElement?.id : "";
  for (const [name, value] of Object.entries(found.getElementById("author")?.dataset ?? {})) element("author").dataset[name] = value;
  old.replaceWith(document.importNode(fresh, true));
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  if (focused) document.getElementById(focused)?.focus();
  return true;
}

/** Goes on bringing the page up to date, if it asks for that. */
export function live() {
  const every = Number(element("author").dataset.every ?? 0);
  if (!every) return;
  window.setInterval(() => document.visibilityState === "visible" && void refresh(), every * 1000);
}
