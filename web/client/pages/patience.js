// @ts-check
/**
 * Asking again. What could not be reached, or is too busy, is asked the same again,
 * at growing intervals, at once when the network is back; everything else goes on to
 * who asked.
 *
 * @module
 */

import { ClocksDiffer, Refusal, Unreachable } from "../index.js";

/** @typedef {"offline" | "clocks" | "busy" | "wait" | ""} Trouble what is in the way; "" when nothing is any more */

const FIRST = 1_000; // milliseconds before the second try
const LONGEST = 15_000; // between two tries

export class Patience {
  /** @param {(trouble: Trouble) => void} told */
  constructor(told) {
    this.told = told;
    this.wake = () => {};
    window.addEventListener("online", () => this.now());
  }

  /** Tries again at once. */
  now() {
    this.wake();
  }

  /**
   * What act gives, once it could be reached.
   * @template T
   * @param {() => Promise<T>} act
   * @returns {Promise<T>}
   */
  async until(act) {
    for (let wait = FIRST; ; wait = Math.min(2 * wait, LONGEST)) {
      try {
        const got = await act();
        this.told("");
        return got;
      } catch (e) {
        const trouble = hindrance(e);
        this.told(trouble);
        if (trouble === "") throw e;
        const after = e instanceof Refusal || e instanceof Unreachable ? e.after : 0;
        await this.pause(Math.max(wait * (0.75 + Math.random() / 2), after * 1000));
      }
    }
  }

  /** @param {number} milliseconds */
  async pause(milliseconds) {
    await new Promise((/** @type {(nothing: void) => void} */ resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = () => {};
  }
}

/**
 * @param {unknown} e
 * @returns {Trouble}
 */
function hindrance(e) {
  if (e instanceof ClocksDiffer) return "clocks";
  if (e instanceof Unreachable) return e.status === 503 ? "busy" : "offline";
  if (e instanceof Refusal && (e.reason === "busy" || e.reason === "wait")) return e.reason;
  return "";
}
