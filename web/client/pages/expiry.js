// @ts-check
/**
 * The end of a session: announced two minutes before, in a dialog that offers more
 * time while there is any, and then calm.
 *
 * @module
 */

import { Refusal } from "../index.js";
import { clicked, element } from "./dom.js";
import { lasting, say } from "./sentences.js";

/** @typedef {import("../index.js").Session} Session */
/** @typedef {import("./page.js").Page} Page */

const WARNING = 120; // seconds before the end

export class Expiry {
  /**
   * @param {Page} page
   * @param {object} then
   * @param {() => void} then.extended
   * @param {() => void} then.ended
   */
  constructor(page, then) {
    this.page = page;
    this.then = then;
    this.dialog = /** @type {HTMLDialogElement} */ (element("expiry"));
    /** @type {Session | undefined} */
    this.session = undefined;
    this.timer = 0;
    this.dismissed = 0;
    this.last = false;
    clicked("expiry-extend", () => void this.extend());
    clicked("expiry-close", () => this.dialog.close());
    clicked("expiry-leave", () => this.end());
    this.dialog.addEventListener("close", () => (this.dismissed = this.session?.expiry ?? 0));
    document.addEventListener("visibilitychange", () => this.look());
  }

  /** @param {Session} session */
  watch(session) {
    this.stop();
    this.session = session;
    this.last = false;
    this.timer = window.setInterval(() => this.look(), 1000);
  }

  stop() {
    clearInterval(this.timer);
    this.session = undefined;
    this.dialog.close();
  }

  look() {
    if (!this.session) return;
    const left = this.session.expiry - this.page.now();
    if (left <= 0) return this.end();
    if (left > WARNING || this.dismissed === this.session.expiry) return;
    element("expiry-text").textContent = say(this.last ? "codes.say.dialog.last" : "codes.say.dialog", { Time: lasting(left) });
    element("expiry-extend").hidden = this.last;
    element("expiry-close").hidden = !this.last;
    if (!this.dialog.open) this.dialog.showModal();
  }

  end() {
    this.stop();
    this.then.ended();
  }

  async extend() {
    const session = this.session;
    if (!session) return;
    const before = session.expiry;
    try {
      await session.extend();
      this.last = session.expiry <= before;
      this.then.extended();
    } catch (e) {
      if (!(e instanceof Refusal)) return this.page.fail(e, session);
      if (e.reason === "session") return this.end();
      this.last = true;
    }
    if (!this.last) this.dialog.close();
    this.look();
  }
}
