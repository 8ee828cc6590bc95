// @ts-check
/**
 * The vote in several scrutins by one login (docs/online.md, section 5): whoever has
 * logged in with the leading one sees how he stands in each, and chooses where to go
 * on, until there is nothing left to do.
 *
 * What it promises. What is in the way of one scrutin, a false answer too, is in the
 * way of no other one. The secrets of the logins live as long as something can be done
 * with them, and no longer than the leading session.
 *
 * @module
 */

import { clicked, element } from "./dom.js";
import { List, titleOf } from "./list.js";
import { instant, say } from "./sentences.js";
import { Turn } from "./turn.js";

/** @typedef {import("../index.js").Session} Session */
/** @typedef {import("./list.js").Said} Said */
/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./turn.js").Standing} Standing */

/** Where nothing more can be done in this visit. @type {Standing[]} */
const OVER = ["voted", "before", "closed", "late", "absent", "stopped"];

/**
 * What the button of a scrutin says: the ends of scrutins.say.act.
 * @type {Partial<Record<Standing, string>>}
 */
const ACTS = { open: "vote", kept: "resume", unreachable: "again", refused: "again", suspended: "again", stopped: "why" };

/** @type {Partial<Record<Standing, "next" | "good" | "warning">>} */
const TONES = { open: "next", kept: "next", voted: "good", suspended: "warning", late: "warning", unreachable: "warning", refused: "warning", stopped: "warning" };

export class Several {
  /**
   * @param {Page} page
   * @param {Turn} leading
   * @param {object} then
   * @param {(turn: Turn) => void} then.chosen
   * @param {() => void} then.home the voter wants to see all of them
   * @param {() => void} then.left the sessions are to end
   */
  constructor(page, leading, then) {
    this.page = page;
    this.leading = leading;
    this.then = then;
    this.others = leading.known.manifest.companions.map((f) => new Turn(page.companion(f)));
    this.list = new List(this.turns);
    /** The voter has logged in, and it is known who he is in each. */
    this.connected = false;
    this.ways = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".to-scrutins")]);
    for (const way of this.ways) way.addEventListener("click", then.home);
    clicked("scrutins-leave", () => this.finish());
    clicked("scrutins-codes", () => page.steps.show("codes"));
    clicked("scrutins-print", () => window.print());
  }

  get turns() {
    return [this.leading, ...this.others];
  }

  /** Says whether something can still be done in one of them. */
  get remains() {
    return this.turns.some((turn) => !OVER.includes(turn.standing));
  }

  /** Says whether one of the companions can be voted in now, as far as their portals tell. */
  async open() {
    return (await Promise.all(this.others.map((turn) => turn.place.phase()))).includes("open");
  }

  /**
   * Learns from the leading roll who the voter is in the companions, and then how he
   * stands everywhere.
   * @param {() => Promise<import("../types.js").Companion[]>} asked
   */
  async gather(asked) {
    const found = await asked();
    for (const turn of this.others) turn.identify(found.find((c) => c.f === turn.place.fingerprint));
    this.connected = true;
    this.show();
    this.offer();
    for (const turn of this.turns) void this.look(turn);
  }

  /**
   * Finds out how the voter stands in one of them.
   * @param {Turn} turn
   */
  async look(turn) {
    const { session } = this.leading;
    await turn.look(this.stretched(turn));
    if (this.leading.session === session) {
      if (!this.remains) this.finish();
    } else if (turn !== this.leading) turn.leave();
    this.write();
  }

  /**
   * What stands for the codes in a companion.
   * @param {Turn} turn
   */
  stretched(turn) {
    return this.leading.session?.companions.get(turn.place.fingerprint);
  }

  /**
   * Looks again at one of them.
   * @param {Turn} turn
   * @param {string} [said] why
   */
  async again(turn, said) {
    if (turn !== this.leading) turn.leave();
    turn.standing = "looking";
    this.show(said);
    await this.look(turn);
  }

  /**
   * Shows all of them; to who has not logged in since, the codes.
   * @param {string} [said]
   */
  show(said = "") {
    const known = this.turns.every((turn) => this.connected || turn.standing !== "looking");
    this.about(undefined);
    this.write();
    element("scrutins-said").textContent = said;
    element("scrutins-said").hidden = said === "";
    this.page.steps.show(known ? "scrutins" : "codes");
  }

  /** Offers the way back to all of them wherever one is. */
  offer() {
    for (const way of this.ways) way.hidden = false;
  }

  /** Says on a receipt whether there is another scrutin to vote in, and leads there plainly. */
  remind() {
    const waits = this.connected && this.turns.some((turn) => ["open", "kept"].includes(turn.standing));
    element("receipt-more").hidden = !waits;
    for (const way of this.ways) if (way.closest("#step-receipt")) way.classList.toggle("quiet", !waits);
  }

  write() {
    const { connected, turns } = this;
    const voted = turns.some((turn) => turn.standing === "voted");
    const state = connected ? "choose" : this.remains ? "ended" : voted ? "done" : "none";
    element("scrutins-title").textContent = say(`scrutins.say.title.${state === "done" ? "done" : "list"}`);
    element("scrutins-text").textContent = say("scrutins.say.text." + state);
    element("scrutins-leave").hidden = !connected;
    element("scrutins-codes").hidden = state !== "ended";
    element("scrutins-print").hidden = !turns.some((turn) => turn.recorded);
    this.list.write((turn) => this.tell(turn));
  }

  /**
   * @param {Turn} turn
   * @returns {Said}
   */
  tell(turn) {
    const { standing, status, recorded, place, scrutin } = turn;
    const time = status && scrutin ? instant(standing === "before" ? status.open : status.close, scrutin.manifest.schedule.zone) : "";
    const act = ACTS[standing];
    const pressed = act && (this.connected || standing === "stopped");
    const [page, link] = standing === "voted" ? ["/verifier", "check"] : standing === "absent" || standing === "refused" ? ["/assistance", "help"] : [];
    return {
      state: standing,
      tone: TONES[standing] ?? "",
      word: say("scrutins.say." + standing),
      more: standing === "looking" || recorded ? "" : say(`scrutins.say.${standing}.more`, { Time: time }),
      act: pressed ? { text: say("scrutins.say.act." + act), press: () => this.then.chosen(turn) } : undefined,
      link: page && place.portal ? { text: say("scrutins.say.act." + link), address: place.href(page) } : undefined,
    };
  }

  /**
   * Says in which of them one is.
   * @param {Turn | undefined} turn
   */
  about(turn) {
    element("which").hidden = !turn;
    element("which-title").textContent = turn ? titleOf(turn) : "";
  }

  /** Goes on as long as the leading session does. */
  extend() {
    for (const turn of this.others) void turn.session?.extend().catch(() => {});
  }

  /** Ends all sessions: nothing is left to do, or the voter wants no more. */
  finish() {
    if (!this.connected) return;
    this.then.left();
    this.write();
  }

  /** Ends the sessions that follow from the leading one. */
  forget() {
    this.connected = false;
    for (const turn of this.others) turn.leave();
  }
}
