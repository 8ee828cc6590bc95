// @ts-check
/**
 * The vote: from two codes to a receipt, in one document.
 *
 * What it promises. Nothing leaves the device before the voter has seen his choice
 * alone and his receipt code; nothing is called recorded before the urn promised this
 * very ballot and the roll signed the mark. Back leads from the confirmation to the
 * choice, and never past the sending. A page that is closed while it sends goes on
 * when it is opened again. When it ends nothing is left of codes, key and choice.
 *
 * @module
 */

import {
  Casting, forgetCasting, keepDraft, keptCasting, keptDraft, keptElectors, NeedsSession, Refusal,
} from "../index.js";
import { alone } from "./alone.js";
import { askChoice, completeChoice, forgetChoice, readChoice, showChoice } from "./choice.js";
import { clicked, element, submitted, working, writeDigest } from "./dom.js";
import { Expiry } from "./expiry.js";
import { Login, takeLink } from "./login.js";
import { Page } from "./page.js";
import { Proving } from "./proving.js";
import { showReceipt } from "./paper.js";
import { say } from "./sentences.js";
import { Sending } from "./sending.js";
import { ofBrowser, ofTab } from "../storage.js";

/** @typedef {import("../index.js").Scrutin} Scrutin */
/** @typedef {import("../index.js").Session} Session */
/** @typedef {import("../types.js").Choices} Choices */
/** @typedef {import("../session.js").Key} Key */

class Vote {
  /**
   * @param {Page} page
   * @param {Scrutin} scrutin
   * @param {import("./login.js").Link} link
   */
  constructor(page, scrutin, link) {
    this.page = page;
    this.scrutin = scrutin;
    this.urn = scrutin.urn(page.place.urn);
    /** @type {Session | undefined} */
    this.session = undefined;
    /** @type {Key | undefined} */
    this.key = undefined;
    /** The ballot that is made, or was waiting. @type {Casting | undefined} */
    this.casting = undefined;
    /** What the confirmation showed: the ballot holds it and nothing else. @type {Choices | undefined} */
    this.choices = undefined;
    this.leave = () => {};
    for (const named of document.querySelectorAll(".urn-label")) named.textContent = this.urn.label;
    this.login = new Login({
      page, scrutin, urn: () => this.urn.name, link,
      opened: (session, leave) => this.begin(session, leave),
    });
    const ended = () => void this.end("codes.say.session");
    this.factor = new Proving("factor", page, { proved: () => this.open(), ended });
    this.validation = new Proving("validate", page, { proved: () => this.ready(), ended });
    this.expiry = new Expiry(page, () => void this.end(this.casting ? "codes.say.kept" : "codes.say.expired"));
    this.sending = new Sending();
    submitted("choice", () => this.chosen());
    element("choice").addEventListener("change", () => this.draft());
    clicked("confirm-yes", () => void this.confirmed());
    clicked("confirm-back", () => history.back());
    clicked("ready-back", () => this.choose());
    clicked("ready-send", () => void this.send());
  }

  /** Goes on with a ballot that is on its way, or asks for the codes. */
  async start() {
    let waiting = false;
    for (const elector of keptElectors(ofBrowser(), this.scrutin, this.urn.name)) {
      const casting = keptCasting(ofBrowser(), this.scrutin, this.urn.name, elector);
      if (!casting) continue;
      if (casting.stage === "made") {
        waiting = true;
        continue;
      }
      const leave = await alone(this.name(elector), ofBrowser());
      if (!leave) return this.page.problem("codes.say.elsewhere");
      this.leave = leave;
      this.casting = casting;
      return this.send();
    }
    if (!voting(this.page)) return;
    if (waiting) this.login.said(say("codes.say.kept"));
    this.page.steps.show("codes");
  }

  /** @param {number} elector */
  name(elector) {
    return `isoloir/${this.scrutin.f}/${this.urn.name}/${elector}`;
  }

  /**
   * @param {Session} session
   * @param {() => void} leave
   */
  async begin(session, leave) {
    this.session = session;
    this.leave = leave;
    this.expiry.watch(session);
    beside(".top a:not([hreflang]), .bottom a");
    await this.factor.start(session);
  }

  /** Opens the voting key, once the roll asks for nothing more. */
  async open() {
    const session = this.session;
    if (!session) return;
    try {
      const key = await this.factor.patience.until(() => session.open());
      if (this.session !== session) return key.wipe();
      this.key = key;
      this.casting = keptCasting(ofBrowser(), this.scrutin, this.urn.name, session.elector);
      if (session.state === "voted") return this.voted();
      if (this.casting) await this.validation.start(session);
      else this.choose();
    } catch (e) {
      if (e instanceof Refusal && e.reason === "session") void this.end("codes.say.session");
      else this.fail(e);
    }
  }

  voted() {
    if (this.casting) forgetCasting(ofBrowser(), this.casting);
    this.forget();
    this.page.steps.show("voted");
  }

  choose() {
    this.casting = this.choices = undefined;
    askChoice(this.scrutin, this.urn.questions, keptDraft(ofTab(), this.scrutin, this.urn.name));
    this.page.steps.show("choice");
  }

  draft() {
    keepDraft(ofTab(), this.scrutin, this.urn.name, readChoice(this.urn.questions));
  }

  chosen() {
    const choices = readChoice(this.urn.questions);
    if (!completeChoice(this.urn.questions, choices)) return;
    this.casting = undefined;
    this.choices = choices;
    showChoice(this.urn.questions, choices);
    this.page.steps.show("confirm", { push: true });
  }

  /**
   * Says whether the history may lead to a step: back, as long as the choice is one's own.
   * @param {string} to
   */
  admits(to) {
    const before = { choice: ["confirm", "validate", "ready"], confirm: ["validate", "ready"] }[to];
    return !!this.choices && !!before?.includes(this.page.steps.current);
  }

  async confirmed() {
    if (this.session) await this.validation.start(this.session);
  }

  /** Makes the ballot, unless one was waiting, and shows its code before it leaves. */
  async ready() {
    const making = element("ready-making"), made = element("ready-made");
    making.hidden = false;
    made.hidden = true;
    this.page.steps.show("ready");
    element("ready-back").hidden = !this.choices;
    await painted();
    if (!this.key) return;
    if (this.choices) this.casting = Casting.make(this.scrutin, this.urn, this.key, this.choices);
    if (!this.casting) return;
    writeDigest("ready-code", this.casting.code);
    making.hidden = true;
    made.hidden = false;
    working(element("ready-send"), false);
  }

  async send() {
    const casting = this.casting;
    if (!casting || this.page.steps.current === "sending") return;
    this.expiry.stop();
    this.key?.wipe();
    this.key = this.choices = undefined;
    beside("a[hreflang]");
    keepDraft(ofTab(), this.scrutin, this.urn.name, undefined);
    forgetChoice();
    writeDigest("sending-code", casting.code);
    this.sending.keep(casting);
    this.page.steps.show("sending");
    try {
      await this.sending.send(casting, { roll: this.page.roll, urn: this.page.box, session: this.session });
    } catch (e) {
      return this.hindered(casting, e);
    }
    void this.session?.leave().catch(() => {});
    this.forget();
    this.page.steps.show("receipt");
    await showReceipt(this.page, casting);
  }

  /**
   * What stopped a ballot on its way, and is no matter of the network.
   * @param {Casting} casting
   * @param {unknown} e
   */
  async hindered(casting, e) {
    const needs = e instanceof NeedsSession || (e instanceof Refusal && e.reason === "session");
    if (needs) return this.end("codes.say.kept");
    if (!(e instanceof Refusal)) return this.fail(e);
    if (e.reason === "unproven" && this.session) return this.open();
    if (casting.stage === "appended") return this.page.problem("vote.say.unmarked", {}, () => void this.send());
    if (e.reason === "closed" && (await this.page.phase()) === "suspended") {
      return this.page.problem(this.sending.kept ? "vote.say.paused" : "vote.say.suspended");
    }
    forgetCasting(ofBrowser(), casting);
    this.forget();
    const known = REFUSED[e.reason];
    if (known) this.page.problem("vote.say." + known, {}, null);
    else this.page.problem("vote.say.refused", { Reason: e.reason });
  }

  /**
   * Ends the session calmly: the draft stays, and a ballot that has not left, while the
   * vote goes on.
   * @param {string} key of what is said
   */
  async end(key) {
    const { casting, page } = this;
    if (page.steps.current === "sending" && casting?.stage !== "made") return;
    this.forget();
    this.login.said(say(key));
    page.steps.show("codes");
    if ((await page.phase()) !== "closed") return;
    if (casting) forgetCasting(ofBrowser(), casting);
    page.problem(casting ? "vote.say.late" : "vote.say.closed", { Time: page.place.closes }, null);
  }

  /** @param {unknown} e that ends the page */
  fail(e) {
    this.forget();
    this.page.fail(e, this.scrutin);
  }

  /** Drops session, key and choice, and lets another tab log in. */
  forget() {
    this.expiry.stop();
    this.key?.wipe();
    this.key = this.session = this.casting = this.choices = undefined;
    this.login.wipe();
    forgetChoice();
    this.leave();
    this.leave = () => {};
  }
}

/**
 * Has links lead to another tab, so that they do not end what stands in this one.
 * @param {string} links
 */
function beside(links) {
  for (const link of document.querySelectorAll(links)) link.setAttribute("target", "_blank");
}

/** Lets the browser show what was changed before it computes. */
const painted = () => new Promise((resolve) => setTimeout(resolve, 40));

/**
 * What the page says of a refusal for good.
 * @type {Record<string, string>}
 */
const REFUSED = { marked: "used", voted: "used", spent: "used", closed: "late" };

/**
 * What the page says of a phase in which nobody can vote.
 * @type {Record<string, string>}
 */
const SHUT = { before: "early", suspended: "suspended", closed: "closed", published: "closed" };

/**
 * Says whether one may vote now; if not, the page says why.
 * @param {Page} page
 */
function voting(page) {
  const { phase, opens, closes } = page.place;
  const shut = SHUT[phase];
  if (shut === "closed") page.problem("vote.say.closed", { Time: closes }, null);
  else if (shut) page.problem("vote.say." + shut, { Time: opens });
  return !shut;
}

async function main() {
  const link = takeLink();
  /** @type {Vote | undefined} */
  let vote = undefined;
  const page = new Page({
    stage: (n, total) => say("vote.say.stage", { N: n, Total: total }),
    admits: (to) => !!vote?.admits(to),
  });
  if (!page.able() || (page.place.phase === "before" && !voting(page))) return;
  page.steps.show("start");
  const scrutin = await page.records(link.fingerprint);
  if (!scrutin) return;
  vote = new Vote(page, scrutin, link);
  await vote.start();
}

void main();
