// @ts-check
/**
 * Was I marked? Login, and then the roll's signed answer.
 *
 * @module
 */

import { ownMark, Refusal } from "../index.js";
import { offerUrns } from "./dom.js";
import { Login, takeLink } from "./login.js";
import { Page } from "./page.js";
import { Proving } from "./proving.js";

/** @typedef {import("../index.js").Scrutin} Scrutin */
/** @typedef {import("../index.js").Session} Session */

class Mark {
  /**
   * @param {Page} page
   * @param {Scrutin} scrutin
   * @param {import("./login.js").Link} link
   */
  constructor(page, scrutin, link) {
    this.page = page;
    this.scrutin = scrutin;
    /** @type {Session | undefined} */
    this.session = undefined;
    this.leave = () => {};
    const urns = offerUrns(scrutin);
    this.login = new Login({ page, scrutin, urn: () => urns.value, link, opened: (session, leave) => this.begin(session, leave) });
    this.factor = new Proving("factor", page, { proved: () => this.answer(), ended: () => page.problem("mark.say.ended") });
    page.steps.show("codes");
  }

  /**
   * @param {Session} session
   * @param {() => void} leave
   */
  async begin(session, leave) {
    this.session = session;
    this.leave = leave;
    await this.factor.start(session);
  }

  async answer() {
    const session = /** @type {Session} */ (this.session);
    const { page, scrutin } = this;
    try {
      const key = await this.factor.patience.until(() => session.open());
      try {
        if (session.state === "voted") await this.factor.patience.until(() => ownMark(scrutin, session.urn, key, page.roll));
      } finally {
        key.wipe();
      }
      page.steps.show(session.state === "voted" ? "marked" : "unmarked");
    } catch (e) {
      if (e instanceof Refusal && e.reason === "session") page.problem("mark.say.ended");
      else page.fail(e, scrutin);
    } finally {
      void session.leave().catch(() => {});
      this.leave();
    }
  }
}

async function main() {
  const link = takeLink();
  const page = new Page();
  if (!page.able()) return;
  const { phase, closes } = page.place;
  if (phase !== "closed" && phase !== "published") return page.problem("mark.say.early", { Time: closes }, null);
  page.steps.show("start");
  const scrutin = await page.records(link.fingerprint);
  if (scrutin) new Mark(page, scrutin, link);
}

void main();
