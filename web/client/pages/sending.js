// @ts-check
/**
 * A ballot on its way: sent until it is confirmed, whatever the network does, with
 * the state in plain sight.
 *
 * @module
 */

import { Casting, keepCasting, Refusal } from "../index.js";
import { clicked, element, one } from "./dom.js";
import { Patience } from "./patience.js";
import { say } from "./sentences.js";
import { ofBrowser } from "../storage.js";

/** @typedef {import("../casting.js").Services} Services */

/** What is done at each stage of a Casting. */
const LEGS = { made: "reserve", reserved: "append", appended: "mark", marked: "" };

export class Sending {
  constructor() {
    this.kept = true;
    this.patience = new Patience((trouble) => this.trouble(trouble));
    clicked("sending-now", () => this.patience.now());
  }

  /**
   * Goes on until the mark has come; what neither network nor load explains is for
   * who calls. A ballot whose authorisation was released or is over, or whose answer
   * was lost, is reserved once more: the roll knows what became of it.
   * @param {Casting} casting
   * @param {Services} services
   */
  async send(casting, services) {
    const leave = (/** @type {BeforeUnloadEvent} */ event) => event.preventDefault();
    window.addEventListener("beforeunload", leave);
    let again = true;
    try {
      for (;;) {
        this.show(casting);
        try {
          await this.patience.until(() => casting.cast(services, () => this.keep(casting)));
          return;
        } catch (e) {
          const released = e instanceof Refusal && e.service === "urn" && ["void", "spent", "authorisation"].includes(e.reason);
          if (!released || !again) throw e;
          again = false;
        }
      }
    } finally {
      window.removeEventListener("beforeunload", leave);
    }
  }

  /** @param {Casting} casting */
  keep(casting) {
    this.kept = keepCasting(ofBrowser(), casting);
    this.show(casting);
  }

  /** @param {Casting} casting */
  show(casting) {
    const now = Object.keys(LEGS).indexOf(casting.stage);
    Object.values(LEGS).forEach((leg, i) => {
      if (!leg) return;
      const state = i < now ? "done" : i === now ? "current" : "waiting";
      const item = element("leg-" + leg);
      item.dataset.state = state;
      one(item, ".now").textContent = say("vote.say." + state);
    });
  }

  /** @param {import("./patience.js").Trouble} trouble */
  trouble(trouble) {
    element("sending-trouble").hidden = trouble === "";
    const said = trouble === "clocks" ? "clocks" : trouble !== "offline" ? "busy" : this.kept ? "offline" : "offline.here";
    element("sending-state").textContent = trouble === "" ? "" : say("vote.say.sending." + said);
  }
}

/**
 * What the page says of a refusal for good.
 * @type {Record<string, string>}
 */
export const REFUSED = { marked: "used", voted: "used", spent: "used", closed: "late" };

