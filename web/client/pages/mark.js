// @ts-check
/**
 * Was I marked? Login, and then the roll's signed answer; that of each roll, where the
 * codes open several scrutins.
 *
 * @module
 */

import { ownMark, Refusal } from "../index.js";
import { offerUrns } from "./dom.js";
import { List } from "./list.js";
import { Login, takeLink } from "./login.js";
import { Page } from "./page.js";
import { Proving } from "./proving.js";
import { say } from "./sentences.js";
import { Turn } from "./turn.js";

/** @typedef {import("../index.js").Scrutin} Scrutin */
/** @typedef {import("../index.js").Session} Session */
/** @typedef {import("./list.js").Said} Said */

/**
 * What a roll answers, or what is in the way.
 * @typedef {"marked" | "unmarked" | "early" | import("./turn.js").Standing} Answer
 */

/** How a roll's own answers look. @type {Partial<Record<Answer, "good" | "">>} */
const TOLD = { marked: "good", unmarked: "", early: "" };

class Mark {
  /**
   * @param {Page} page
   * @param {Scrutin} scrutin
   * @param {import("./login.js").Link} link
   */
  constructor(page, scrutin, link) {
    this.page = page;
    this.leading = new Turn(page.place, scrutin);
    this.others = scrutin.manifest.companions.map((f) => new Turn(page.companion(f)));
    this.proven = { resolve: () => {}, reject: (/** @type {unknown} */ _) => {} };
    const urns = offerUrns(scrutin);
    this.login = new Login({ page, scrutin, urn: () => urns.value, link, opened: (session, leave) => this.begin(session, leave) });
    this.factor = new Proving("factor", page, {
      proved: () => this.proven.resolve(),
      ended: () => this.proven.reject(new Refusal("roll", "session")),
      failed: (e) => this.proven.reject(e),
    });
    page.steps.show("codes");
  }

  /**
   * @param {Session} session
   * @param {() => void} leave
   */
  async begin(session, leave) {
    const { leading, page } = this;
    leading.identify({ urn: session.urn.number, elector: session.elector });
    leading.session = session;
    try {
      await this.prove(session);
      if (this.others.length > 0) await this.all(session);
      else page.steps.show(await this.ask(leading));
    } catch (e) {
      if (e instanceof Refusal && e.reason === "session") page.problem("mark.say.ended");
      else page.fail(e, leading);
    } finally {
      for (const turn of [leading, ...this.others]) turn.leave();
      leave();
    }
  }

  /**
   * Proves what a roll asks besides the codes.
   * @param {Session} session
   * @returns {Promise<void>}
   */
  prove(session) {
    return new Promise((resolve, reject) => {
      this.proven = { resolve, reject };
      void this.factor.start(session);
    });
  }

  /**
   * What the roll of a scrutin says, of whose session nothing more is asked.
   * @param {Turn} turn
   * @returns {Promise<"marked" | "unmarked">}
   */
  async ask({ session, known, urn, place }) {
    const { patience } = this.factor;
    const key = await patience.until(() => /** @type {Session} */ (session).open());
    try {
      if (session?.state !== "voted") return "unmarked";
      await patience.until(() => ownMark(known, urn, key, place.roll));
      return "marked";
    } finally {
      key.wipe();
    }
  }

  /**
   * Asks each roll, and shows what they say.
   * @param {Session} session
   */
  async all(session) {
    const turns = [this.leading, ...this.others];
    const found = await this.factor.patience.until(() => session.elsewhere());
    for (const turn of this.others) turn.identify(found.find((c) => c.f === turn.place.fingerprint));
    /** @type {Map<Turn, Answer>} */
    const answers = new Map();
    for (const turn of turns) answers.set(turn, await this.each(turn));
    new List(turns).write((turn) => this.tell(turn, answers.get(turn) ?? "looking"));
    for (const way of document.querySelectorAll(".to-scrutins")) {
      way.removeAttribute("hidden");
      way.addEventListener("click", () => this.page.steps.show("marks"));
    }
    this.page.steps.show("marks");
  }

  /**
   * What the roll of one of several scrutins says; what is in the way there is in the
   * way of no other one.
   * @param {Turn} turn
   * @returns {Promise<Answer>}
   */
  async each(turn) {
    try {
      await turn.verify();
      if (!turn.who) return "absent";
      turn.place.urn = turn.urn.name;
      if (!["closed", "published"].includes(await turn.place.phase())) return "early";
      const session = await turn.enter(this.leading.session?.companions.get(turn.place.fingerprint));
      if (turn !== this.leading) await this.prove(session);
      return await this.ask(turn);
    } catch (e) {
      turn.failed(e);
      return turn.standing;
    }
  }

  /**
   * @param {Turn} turn
   * @param {Answer} answer
   * @returns {Said}
   */
  tell(turn, answer) {
    const { lie, place } = turn;
    const key = (answer in TOLD ? "mark.say.roll." : "scrutins.say.") + answer;
    return {
      state: answer,
      tone: TOLD[answer] ?? (answer === "absent" ? "" : "warning"),
      word: say(key),
      more: say(key + ".more"),
      act: lie && { text: say("scrutins.say.act.why"), press: () => this.page.stop(lie, turn) },
      link: place.portal && answer !== "early" && answer !== "marked" ? { text: say("scrutins.say.act.help"), address: place.href("/assistance") } : undefined,
    };
  }
}

/**
 * Says whether one of the votes is over, whose marks can be asked for.
 * @param {Page} page
 */
async function over(page) {
  const phases = [page.says.phase, ...(await Promise.all(page.companions.map((c) => page.companion(c.fingerprint).phase())))];
  return phases.includes("closed") || phases.includes("published");
}

async function main() {
  const link = takeLink();
  const page = new Page();
  if (!page.able()) return;
  if (!(await over(page))) return page.problem("mark.say.early", { Time: page.says.closes }, null);
  page.steps.show("start");
  const scrutin = await page.records(link.fingerprint);
  if (scrutin) new Mark(page, scrutin, link);
}

void main();
