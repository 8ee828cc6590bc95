// @ts-check
/**
 * The way of a voter through the steps: from two codes to a receipt, and to one for
 * each scrutin where the codes open several.
 *
 * What it promises. Nothing leaves the device before the voter has seen his choice
 * alone and his receipt code; nothing is called recorded before the urn promised this
 * very ballot and the roll signed the mark. Back leads from the confirmation to the
 * choice, and never past the sending. A page that is closed while it sends goes on
 * when it is opened again. When it ends nothing is left of codes, key and choice.
 *
 * @module
 */

import { Casting, drawCoins, forgetCasting, keepDraft, Lie, NeedsSession, Opening, Refusal, Unreachable } from "../index.js";
import { alone } from "./alone.js";
import { Challenging } from "./challenging.js";
import { Choosing } from "./choice.js";
import { beside, clicked, element, painted, working, writeDigest } from "./dom.js";
import { Expiry } from "./expiry.js";
import { Login } from "./login.js";
import { Proving } from "./proving.js";
import { showReceipt } from "./paper.js";
import { say } from "./sentences.js";
import { REFUSED, Sending } from "./sending.js";
import { Several } from "./several.js";
import { ofBrowser, ofTab } from "../storage.js";
import { Turn } from "./turn.js";

/** @typedef {import("../index.js").Scrutin} Scrutin */
/** @typedef {import("../index.js").Session} Session */
/** @typedef {import("../types.js").Choices} Choices */
/** @typedef {import("../session.js").Key} Key */
/** @typedef {import("./page.js").Page} Page */

export class Vote {
  /**
   * @param {Page} page
   * @param {Scrutin} scrutin
   * @param {import("./login.js").Link} link
   */
  constructor(page, scrutin, link) {
    this.page = page;
    const urn = scrutin.urn(page.place.urn);
    /** The scrutin whose roll takes the codes. */
    this.leading = new Turn(page.place, scrutin);
    /** The one that the voter votes in now. */
    this.turn = this.leading;
    /** @type {Key | undefined} */
    this.key = undefined;
    /** The ballot that is made, or was waiting. @type {Casting | undefined} */
    this.casting = undefined;
    /** What the confirmation showed: the ballot holds it and nothing else. @type {Choices | undefined} */
    this.choices = undefined;
    /** Lets another tab log in. */
    this.leave = () => {};
    /** Lets another tab send in a companion. */
    this.free = () => {};
    for (const named of document.querySelectorAll(".urn-label")) named.textContent = urn.label;
    this.login = new Login({ page, scrutin, urn: () => urn.name, link, opened: (session, leave) => this.begin(session, leave) });
    const ended = () => void this.end("codes.say.session");
    const failed = (/** @type {unknown} */ e) => this.fail(e);
    this.factor = new Proving("factor", page, { proved: () => this.open(), ended, failed });
    this.validation = new Proving("validate", page, { proved: () => this.ready(), ended, failed });
    this.expiry = new Expiry(page, { extended: () => this.several?.extend(), ended: () => this.expired() });
    this.sending = new Sending();
    this.choosing = new Choosing((choices) => this.chosen(choices));
    /** The page is tried, by who has no codes: nothing is sent. */
    this.trial = false;
    this.challenging = new Challenging(page, { again: () => this.again(), failed, opened: () => this.opened() });
    /** The scrutins that the same codes open, if there are others. @type {Several | undefined} */
    this.several =
      scrutin.manifest.companions.length > 0
        ? new Several(page, this.leading, { chosen: (turn) => void this.enter(turn), home: () => this.home(), left: () => this.forget() })
        : undefined;
    clicked("confirm-yes", () => void this.confirmed());
    clicked("confirm-back", () => history.back());
    clicked("ready-back", () => this.choose());
    clicked("ready-send", () => void this.send());
  }

  /**
   * Goes on with a ballot that is on its way, if there is one; or says whether one
   * waits for its elector's codes.
   * @returns {Promise<"gone on" | "waiting" | "nothing">}
   */
  async resume() {
    let waiting = false;
    for (const turn of this.several?.turns ?? [this.leading]) {
      for (const casting of await turn.waiting()) {
        if (casting.stage === "made") {
          waiting = true;
          continue;
        }
        turn.identify({ urn: casting.urn.number, elector: casting.elector });
        const leave = await alone(turn.name, ofBrowser());
        if (leave) {
          this.leave = leave;
          this.casting = casting;
          this.take(turn);
          this.several?.offer();
          void this.send();
        } else this.page.problem("codes.say.elsewhere");
        return "gone on";
      }
    }
    return waiting ? "waiting" : "nothing";
  }

  /**
   * Asks for the codes.
   * @param {string} said
   */
  ask(said) {
    this.login.said(said);
    this.page.steps.show("codes");
  }

  /**
   * @param {Session} session
   * @param {() => void} leave
   */
  async begin(session, leave) {
    this.turn = this.leading;
    this.turn.identify({ urn: session.urn.number, elector: session.elector });
    this.turn.session = session;
    this.leave = leave;
    this.expiry.watch(session);
    beside(".top a:not([hreflang]), .bottom a");
    if (this.several) beside("#device section:not(#step-codes) a");
    await this.factor.start(session);
  }

  /**
   * Goes on in one of several scrutins.
   * @param {Turn} turn
   */
  async enter(turn) {
    this.turn = turn;
    if (turn.lie) return this.page.stop(turn.lie, turn);
    try {
      if (!["open", "kept"].includes(turn.standing)) return await this.several?.again(turn);
      const free = turn === this.leading ? () => {} : await alone(turn.name, ofBrowser());
      if (!free) return this.page.problem("codes.say.elsewhere", {}, () => void this.enter(turn));
      this.free = free;
      this.take(turn);
      this.casting = turn.kept;
      if (this.casting && this.casting.stage !== "made") return await this.send();
      const session = await turn.enter(this.several?.stretched(turn));
      if (session.state === undefined) await this.factor.start(session);
      else await this.open();
    } catch (e) {
      this.fail(e);
    }
  }

  /**
   * Shows of which scrutin the steps are.
   * @param {Turn} turn
   */
  take(turn) {
    this.turn = turn;
    turn.place.urn = turn.urn.name;
    this.several?.about(turn);
  }

  /** Opens the voting key, once the roll asks for nothing more. */
  async open() {
    const { turn } = this;
    const { session } = turn;
    if (!session) return;
    try {
      const key = await this.factor.patience.until(() => session.open());
      if (this.turn !== turn || turn.session !== session) return key.wipe();
      if (this.several && !this.several.connected) {
        key.wipe();
        return await this.several.gather(() => this.factor.patience.until(() => session.elsewhere()));
      }
      this.key = key;
      this.casting = turn.kept;
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
    this.done();
    if (this.several) this.home();
    else this.page.steps.show("voted");
  }

  /** Lets somebody without codes make ballots that are opened, and none that is cast. */
  try() {
    this.trial = true;
    this.key = this.challenging.ofNobody(this.turn);
    this.choose();
  }

  /** The ballot is opened, or may be: it counts for nobody, and nothing of it stays. */
  opened() {
    this.casting = undefined;
    keepDraft(ofTab(), this.turn.known, this.turn.urn.name, undefined);
  }

  again() {
    if (this.trial) this.key = this.challenging.ofNobody(this.turn);
    this.choose();
  }

  choose() {
    this.casting = this.choices = undefined;
    this.challenging.keep(undefined);
    this.choosing.ask(this.turn.known, this.turn.urn);
    this.page.steps.show("choice");
  }

  /** @param {Choices} choices which the page shows now */
  chosen(choices) {
    this.casting = undefined;
    this.choices = choices;
    this.page.steps.show("confirm", { push: true });
  }

  /**
   * Says whether the history may lead to a step: back, as long as the choice is one's own.
   * @param {string} to
   */
  admits(to) {
    const before = { choice: ["confirm", "validate", "ready"], confirm: ["validate", "ready"], ready: ["challenge"] }[to];
    if (to === "ready" && !this.casting) return false;
    return !!this.choices && !!before?.includes(this.page.steps.current);
  }

  async confirmed() {
    if (this.trial) await this.ready();
    else if (this.turn.session) await this.validation.start(this.turn.session);
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
    if (this.choices) {
      const { known, urn } = this.turn;
      const coins = drawCoins(urn);
      this.casting = Casting.make(known, urn, this.key, this.choices, coins);
      this.challenging.keep(new Opening(known, urn, this.casting.ballot, this.choices, coins), this.turn);
    }
    if (!this.casting) return;
    writeDigest(element("ready-code"), this.casting.code);
    making.hidden = true;
    made.hidden = false;
    working(element("ready-send"), false);
  }

  async send() {
    const { casting, turn } = this;
    if (!casting || this.page.steps.current === "sending") return;
    this.expiry.stop();
    this.challenging.keep(undefined);
    this.key?.wipe();
    this.key = this.choices = undefined;
    beside("a[hreflang]");
    keepDraft(ofTab(), turn.known, turn.urn.name, undefined);
    this.choosing.forget();
    writeDigest(element("sending-code"), casting.code);
    this.sending.keep(casting);
    this.page.steps.show("sending");
    try {
      await this.sending.send(casting, { roll: turn.place.roll, urn: turn.place.box, session: turn.session });
    } catch (e) {
      return this.hindered(casting, e);
    }
    turn.recorded = casting;
    this.done();
    this.several?.remind();
    this.page.steps.show("receipt");
    await showReceipt(turn.place, casting);
  }

  /** The voter has voted in this scrutin; there may be another one. */
  done() {
    this.turn.standing = "voted";
    if (!this.several?.connected) return this.forget();
    this.release();
    if (!this.several.remains) this.several.finish();
    else if (this.leading.session) this.expiry.watch(this.leading.session);
  }

  /**
   * What stopped a ballot on its way, and is no matter of the network.
   * @param {Casting} casting
   * @param {unknown} e
   */
  async hindered(casting, e) {
    const { turn } = this;
    const again = this.several && (() => this.home());
    const needs = e instanceof NeedsSession || (e instanceof Refusal && e.reason === "session");
    if (needs) return this.end("codes.say.kept");
    if (!(e instanceof Refusal)) return this.fail(e);
    if (e.reason === "unproven" && turn.session) return this.open();
    if (casting.promise.length > 0) return this.page.problem("vote.say.unmarked", {}, () => void this.send());
    if (e.reason === "closed" && (await turn.place.phase()) === "suspended") {
      return this.page.problem(this.sending.kept ? "vote.say.paused" : "vote.say.suspended", {}, again);
    }
    forgetCasting(ofBrowser(), casting);
    this.drop();
    const known = REFUSED[e.reason];
    if (known === "late") turn.standing = "late";
    if (known) this.page.problem("vote.say." + known, {}, null);
    else this.page.problem("vote.say.refused", { Reason: e.reason }, again);
  }

  /**
   * Ends the session calmly: the draft stays, and a ballot that has not left, while the
   * vote goes on.
   * @param {string} key of what is said
   */
  async end(key) {
    const { casting, page, several, turn } = this;
    if (page.steps.current === "sending" && casting?.stage !== "made") return;
    if (several?.connected && turn !== this.leading) {
      this.release();
      return several.again(turn, say("scrutins.say.session"));
    }
    this.forget();
    this.login.said(say(key));
    page.steps.show("codes");
    if (turn !== this.leading || (await page.phase()) !== "closed") return;
    if (casting) forgetCasting(ofBrowser(), casting);
    turn.standing = casting ? "late" : "closed";
    page.problem(casting ? "vote.say.late" : "vote.say.closed", { Time: page.says.closes }, several ? () => page.steps.show("codes") : null);
  }

  /** The session that the codes began is over: what shows stays, unless it needs one. */
  expired() {
    const waits = this.casting && !this.choices;
    if (!NEEDING.includes(this.page.steps.current)) return this.several?.finish();
    this.several?.forget();
    void this.end(waits ? "codes.say.kept" : "codes.say.expired");
  }

  /** @param {unknown} e that ends the page, or the vote in one of several scrutins */
  fail(e) {
    const { turn } = this;
    const treated = e instanceof Lie || e instanceof Refusal || e instanceof Unreachable;
    const others = treated && this.several?.connected;
    this.drop();
    if (others) turn.failed(e);
    this.page.fail(e, turn, others ? () => void this.enter(turn) : undefined);
  }

  /** Back to all scrutins, with what is known now of the one that one leaves. */
  home() {
    this.release();
    this.several?.show();
    if (this.several?.connected) void this.several.look(this.turn);
  }

  /** Gives the vote in this scrutin up; with it the session, if there is no other one. */
  drop() {
    if (this.several?.connected) this.release();
    else this.forget();
  }

  /** Drops key and choice, and lets another tab vote here. */
  release() {
    this.key?.wipe();
    this.key = this.casting = this.choices = undefined;
    this.challenging.keep(undefined);
    this.choosing.forget();
    this.free();
    this.free = () => {};
  }

  /** Ends the sessions too, and lets another tab log in. */
  forget() {
    this.expiry.stop();
    this.release();
    this.several?.forget();
    this.leading.leave();
    this.login.wipe();
    this.leave();
    this.leave = () => {};
  }
}

/** Steps that are of no use without a session. */
const NEEDING = ["factor", "choice", "confirm", "validate", "ready", "challenge"];
