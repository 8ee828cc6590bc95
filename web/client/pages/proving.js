// @ts-check
/**
 * What the roll asks besides the codes: six digits that it has sent, or the answer to
 * the personal question, one after the other until nothing is asked any more.
 *
 * @module
 */

import { Refusal } from "../index.js";
import { clicked, element, fault, input, submitted } from "./dom.js";
import { Patience } from "./patience.js";
import { say } from "./sentences.js";

/** @typedef {import("../index.js").Session} Session */
/** @typedef {import("./page.js").Page} Page */

export class Proving {
  /**
   * @param {"factor" | "validate"} name of the step
   * @param {Page} page
   * @param {object} then
   * @param {() => Promise<void> | void} then.proved
   * @param {() => void} then.ended the session is no more
   * @param {(e: unknown) => void} then.failed
   */
  constructor(name, page, then) {
    this.name = name;
    this.page = page;
    this.then = then;
    this.field = input(name + "-text");
    /** @type {Session | undefined} */
    this.session = undefined;
    /** What is under way: one may answer before the roll has said that it sent. @type {Set<string>} */
    this.busy = new Set();
    this.patience = new Patience((trouble) => {
      if (trouble) this.said(say("device.say.trouble." + trouble));
    });
    submitted(name, () => void this.once("prove"));
    clicked(name + "-again", () => void this.once("send"));
  }

  /**
   * Asks for what session.step says; goes on at once where that is nothing.
   * @param {Session} session
   */
  async start(session) {
    this.session = session;
    if (session.step === "none") return this.then.proved();
    const digits = session.step !== "question";
    element(this.name + "-label").textContent = say(digits ? "codes.say.label.digits" : "codes.say.label.question");
    element(this.name + "-again").hidden = !digits;
    this.field.inputMode = digits ? "numeric" : "text";
    this.field.autocomplete = digits ? "one-time-code" : "off";
    this.field.value = "";
    fault(this.field, "");
    this.said(digits ? say("codes.say.digits.sending") : say("codes.say.question"));
    this.page.steps.show(this.name, { push: this.name === "validate" });
    if (digits) await this.once("send");
  }

  /** @param {string} text */
  said(text) {
    element(this.name + "-said").textContent = text;
  }

  /**
   * Each thing once at a time. What is heard of digits for a step that is over is of no use.
   * @param {"send" | "prove"} act
   */
  async once(act) {
    const { session } = this;
    const step = session?.step;
    const key = `${act} ${step}`;
    if (!session || this.busy.has(key)) return;
    this.busy.add(key);
    try {
      await this[act]();
    } catch (e) {
      if (act === "send" && (session !== this.session || session.step !== step)) return;
      if (e instanceof Refusal && e.reason === "session") this.then.ended();
      else if (e instanceof Refusal && e.reason === "code") this.wrong();
      else this.then.failed(e);
    } finally {
      this.busy.delete(key);
    }
  }

  wrong() {
    this.field.value = "";
    fault(this.field, say(this.session?.step === "question" ? "codes.say.answer" : "codes.say.code"));
  }

  async send() {
    const session = /** @type {Session} */ (this.session);
    const { step } = session;
    const { hint } = await this.patience.until(() => session.send());
    if (session === this.session && session.step === step) this.said(say("codes.say.digits." + session.step, { Hint: hint }));
  }

  async prove() {
    const session = /** @type {Session} */ (this.session);
    const digits = session.step !== "question";
    const text = digits ? this.field.value.replace(/\D/g, "") : this.field.value.trim();
    if (digits && text.length !== 6) return fault(this.field, say("codes.say.digits"));
    if (!text) return fault(this.field, say("codes.say.empty"));
    fault(this.field, "");
    try {
      await this.patience.until(() => session.prove(text));
    } catch (e) {
      if (!(e instanceof Refusal && e.reason === "step")) throw e;
      session.step = "none"; // the answer to a proof that had arrived was lost
    }
    this.field.value = "";
    await this.start(session);
  }
}
