// @ts-check
/**
 * The way of a citizen with an anonymous account: what is protected and what not, his
 * account, how his ballots stand, his choice, his ballot, its receipt.
 *
 * What it promises. Nothing of account, key and choice stays on the device; what a ballot
 * follows is what the urn tells this account. Nothing leaves before the receipt code has
 * been shown, and nothing is called recorded before the urn promised this very ballot.
 *
 * @module
 */

import { verifyAccount } from "../account.js";
import { askChains, Consulted, Terminal, urnOf } from "../consulting.js";
import { drawCoins, Key, Lie, Opening as Challenge, Refusal } from "../index.js";
import { ofBrowser } from "../storage.js";
import { Challenging } from "./challenging.js";
import { Choosing } from "./choice.js";
import { clicked, element, input, painted, working, writeDigest } from "./dom.js";
import { onKiosk } from "./kiosk.js";
import { Opening } from "./opening.js";
import { showReceipt } from "./paper.js";
import { Patience } from "./patience.js";
import { number, say } from "./sentences.js";
import { Turn } from "./turn.js";

/** @typedef {import("../index.js").Scrutin} Scrutin */
/** @typedef {import("../types.js").Choices} Choices */
/** @typedef {import("../consulting.js").Chains} Chains */
/** @typedef {import("../citizen.js").Account} Account */
/** @typedef {import("./page.js").Page} Page */

/** Where a terminal keeps its own key. */
const TERMINAL = "isoloir/terminal";

export class Consultation {
  /**
   * @param {Page} page
   * @param {Scrutin} scrutin
   */
  constructor(page, scrutin) {
    this.page = page;
    this.scrutin = scrutin;
    this.turn = new Turn(page.place, scrutin);
    /** @type {Key | undefined} */
    this.key = undefined;
    /** @type {Chains | undefined} */
    this.chains = undefined;
    /** @type {Choices | undefined} */
    this.choices = undefined;
    /** @type {Consulted | undefined} */
    this.casting = undefined;
    /** @type {Terminal | undefined} */
    this.terminal = undefined;
    this.patience = new Patience((trouble) => this.trouble(trouble));
    this.opening = new Opening(page, scrutin.manifest.register[0].register, (account) => this.opened(account));
    this.choosing = new Choosing((choices) => this.chosen(choices), { keeps: false });
    this.challenging = new Challenging(page, { again: () => this.choose(), failed: (e) => this.fail(e), opened: () => void (this.casting = undefined) });
    clicked("about-go", () => page.steps.show("open", { push: true }));
    clicked("standing-change", () => this.choose());
    clicked("confirm-yes", () => void this.ready());
    clicked("confirm-back", () => history.back());
    clicked("ready-back", () => this.choose());
    clicked("ready-send", () => void this.send());
    clicked("sending-now", () => this.patience.now());
    input("terminal").addEventListener("change", () => void this.enrol());
  }

  /**
   * Begins; on a terminal, with its key.
   * @param {boolean} kiosk
   */
  begin(kiosk) {
    const needs = kiosk && this.scrutin.manifest.register[0].terminals.length > 0;
    if (!needs) return this.page.steps.show("about");
    try {
      this.terminal = Terminal.parse(this.scrutin, ofBrowser().getItem(TERMINAL) ?? "");
      this.page.steps.show("about");
    } catch {
      this.page.steps.show("terminal");
    }
  }

  /** Gives this terminal its key, which it keeps. */
  async enrol() {
    const [file] = input("terminal").files ?? [];
    if (!file) return;
    const text = await file.text();
    try {
      this.terminal = Terminal.parse(this.scrutin, text);
      ofBrowser().setItem(TERMINAL, text.trim());
      this.page.steps.show("about");
    } catch {
      element("terminal-error").hidden = false;
      input("terminal").focus();
    }
  }

  /**
   * Finds the account's urn, its key there, and how its ballots stand.
   * @param {Account} account
   */
  async opened(account) {
    const { scrutin, page } = this;
    const { x, state, constituency } = account;
    void account.leave().catch(() => {});
    try {
      if (state !== "used") return page.problem("consult.say.suspended", {}, null);
      const snapshot = await page.place.read(`record/enrolment/${scrutin.manifest.platform.roll.id}.note`);
      const urn = urnOf(scrutin, snapshot, constituency);
      if (!urn) return page.problem("consult.say.elsewhere", {}, null);
      this.turn.identify({ urn: urn.number, elector: 0 });
      page.place.urn = urn.name;
      this.key = new Key(urn, 0, x);
      await this.known(() => verifyAccount(urn, this.key?.account ?? new Uint8Array(), page.place.box));
      await this.stand();
    } catch (e) {
      this.fail(e);
    }
  }

  /**
   * What an urn says of an account that it does not know is no lie: one may have been taken
   * into use after the register was asked.
   * @param {() => Promise<void>} ask
   */
  async known(ask) {
    await this.patience.until(ask).catch((e) => {
      throw e instanceof Lie && e.check === "account-absent" ? new Refusal("urn", "account") : e;
    });
  }

  /** Asks how the account's ballots stand, and goes on from there. */
  async stand() {
    const { scrutin, key, turn } = this;
    if (!key) return;
    const chains = (this.chains = await this.patience.until(() => askChains(scrutin, turn.urn, key, turn.place.box)));
    const { mode, highest_counter: highest } = scrutin.manifest.finality;
    const { ballots, last } = this.terminal ? chains.supervised : chains.cast;
    const overruled = !this.terminal && chains.supervised.ballots > 0;
    if (ballots === 0 && !overruled) return this.choose();
    const may = mode === "revote" && !overruled && ballots <= highest;
    const how = overruled ? "terminal" : mode !== "revote" ? "final" : may ? "revote" : "full";
    element("standing-text").textContent = say("consult.say.standing." + how, { N: number(overruled ? chains.supervised.ballots : ballots) });
    writeDigest(element("standing-code"), [...(overruled ? chains.supervised.last : last)].map((b) => b.toString(16).padStart(2, "0")).join(""));
    element("standing-change").hidden = !may;
    if (!may) this.wipe();
    this.page.steps.show("standing");
  }

  choose() {
    this.casting = this.choices = undefined;
    this.challenging.keep(undefined);
    if (!this.key) return this.page.steps.show("open");
    this.choosing.ask(this.scrutin, this.turn.urn);
    this.page.steps.show("choice");
  }

  /** @param {Choices} choices which the page shows now */
  chosen(choices) {
    this.casting = undefined;
    this.choices = choices;
    this.page.steps.show("confirm", { push: true });
  }

  /** @param {string} to whether the history may lead to it */
  admits(to) {
    const before = { about: ["open"], choice: ["confirm", "ready"], confirm: ["ready"], ready: ["challenge"] }[to];
    if (to === "ready" && !this.casting) return false;
    return (to === "about" || !!this.choices) && !!before?.includes(this.page.steps.current);
  }

  /** Makes the ballot, and shows its code before it leaves. */
  async ready() {
    const making = element("ready-making"), made = element("ready-made");
    making.hidden = false;
    made.hidden = true;
    this.page.steps.show("ready");
    await painted();
    const { scrutin, key, chains, choices, terminal, turn } = this;
    if (!key || !chains || !choices) return;
    const coins = drawCoins(turn.urn);
    this.casting = Consulted.make(scrutin, turn.urn, key, choices, chains, { coins, terminal });
    if (!onKiosk()) this.challenging.keep(new Challenge(scrutin, turn.urn, this.casting.ballot, choices, coins), turn);
    writeDigest(element("ready-code"), this.casting.code);
    making.hidden = true;
    made.hidden = false;
    working(element("ready-send"), false);
  }

  async send() {
    const { casting, turn, page } = this;
    if (!casting || page.steps.current === "sending") return;
    this.challenging.keep(undefined);
    this.choosing.forget();
    writeDigest(element("sending-code"), casting.code);
    page.steps.show("sending");
    const leave = (/** @type {BeforeUnloadEvent} */ event) => event.preventDefault();
    window.addEventListener("beforeunload", leave);
    try {
      await this.patience.until(() => casting.send(turn.place.box));
    } catch (e) {
      return await this.hindered(e);
    } finally {
      window.removeEventListener("beforeunload", leave);
    }
    this.wipe();
    await showReceipt(turn.place, /** @type {any} */ (casting));
    element("receipt-text").textContent = say("consult.say.recorded", { Urn: casting.urn.label });
    page.steps.show("receipt");
  }

  /** What stopped a ballot, and is no matter of the network. @param {unknown} e */
  async hindered(e) {
    const overtaken = e instanceof Refusal && ["voted", "counter", "previous"].includes(e.reason);
    if (overtaken) return await this.stand().catch((other) => this.fail(other)); // another device of this account was faster
    this.fail(e);
  }

  /** @param {unknown} e that ends the page */
  fail(e) {
    this.wipe();
    if (!(e instanceof Refusal) || e.service !== "urn") return this.page.fail(e, this.turn);
    if (e.reason === "closed") this.page.problem("vote.say.late", {}, null);
    else if (e.reason === "account") this.page.problem("consult.say.absent", {}, null);
    else if (e.reason === "clock") this.page.problem("consult.say.clock");
    else this.page.problem("vote.say.refused", { Reason: e.reason });
  }

  /** @param {import("./patience.js").Trouble} trouble */
  trouble(trouble) {
    element("sending-trouble").hidden = trouble === "";
    element("sending-state").textContent = trouble ? say(trouble === "clocks" ? "vote.say.sending.clocks" : "device.say.trouble." + trouble) : "";
  }

  /** Drops key and choice. */
  wipe() {
    this.key?.wipe();
    this.key = this.choices = this.casting = undefined;
    this.challenging.keep(undefined);
    this.choosing.forget();
    this.opening.forget();
  }
}
