// @ts-check
/**
 * One document, of which one step shows at a time.
 *
 * A step is a section "step-NAME" with a heading that can take the focus, and stands
 * in one of the stages that the list "stages" shows. Who does not see the page hears
 * at which step he is. Back leads from step to step as far as the page allows, and
 * never past what was sent: an older entry of the history then becomes the present one.
 *
 * @module
 */

import { element, one } from "./dom.js";

export class Steps {
  /**
   * @param {HTMLElement} root holds the steps; its data-step is the one that shows
   * @param {object} how
   * @param {(n: number, total: number) => string} how.stage says at which stage one is
   * @param {(step: string) => boolean} how.admits says whether the history may lead to a step now
   */
  constructor(root, how) {
    this.root = root;
    this.how = how;
    this.sections = [...root.querySelectorAll("section")].filter((s) => s.id.startsWith("step-"));
    this.stages = [...root.querySelectorAll("#stages > li")];
    const [, vote] = document.title.split(/ (?=– )/);
    this.title = vote ? " " + vote : "";
    window.addEventListener("popstate", (event) => this.popped(event.state));
  }

  /** The name of the step that shows. */
  get current() {
    return this.root.dataset.step ?? "";
  }

  /**
   * Shows a step. Its heading takes the focus.
   * @param {string} name
   * @param {{push?: boolean}} [how] push: Back will lead to the step before
   */
  show(name, how = {}) {
    const first = this.current === "";
    for (const s of this.sections) s.hidden = s.id !== "step-" + name;
    const section = element("step-" + name);
    this.root.dataset.step = name;
    const heading = one(section, "h1");
    const stage = this.reach(section.dataset.stage ?? "");
    document.title = heading.textContent + this.title;
    history[how.push ? "pushState" : "replaceState"]({ step: name }, "");
    element("announce").textContent = [stage, heading.textContent].filter(Boolean).join(" : ");
    if (first) return;
    window.scrollTo({ top: 0, behavior: "instant" });
    heading.focus({ preventScroll: true });
  }

  /** @param {string} stage */
  reach(stage) {
    const progress = document.getElementById("progress");
    const at = this.stages.findIndex((li) => li.id === "stage-" + stage);
    if (progress) progress.hidden = at < 0;
    if (at < 0) return "";
    this.stages.forEach((li, i) => {
      li.classList.toggle("done", at > i);
      if (i === at) li.setAttribute("aria-current", "step");
      else li.removeAttribute("aria-current");
    });
    const said = this.how.stage(at + 1, this.stages.length);
    element("stage-now").textContent = said;
    return said;
  }

  /** @param {{step?: string} | null} state */
  popped(state) {
    const to = state?.step ?? "";
    if (to && to !== this.current && this.how.admits(to)) this.show(to);
    else history.replaceState({ step: this.current }, "");
  }
}
