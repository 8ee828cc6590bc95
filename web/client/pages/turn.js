// @ts-check
/**
 * One of the scrutins in which a voter may vote by the same login: what is known of
 * it, who he is there, and how he stands.
 *
 * @module
 */

import { enter, forgetCasting, keptCasting, keptPlaces, Lie, Refusal, Unreachable } from "../index.js";
import { ofBrowser } from "../storage.js";

/** @typedef {import("../index.js").Casting} Casting */
/** @typedef {import("../index.js").Scrutin} Scrutin */
/** @typedef {import("../index.js").Session} Session */
/** @typedef {import("../types.js").Companion} Companion */
/** @typedef {import("./place.js").Place} Place */
/** @typedef {import("./place.js").Status} Status */

/**
 * How the voter stands: open (he may vote), kept (a ballot of his waits on this
 * device), voted; what the phase of the scrutin forbids, late being a ballot that did
 * not leave before the close; absent (he is not on its roll); or what is in the way.
 * @typedef {"looking" | "open" | "kept" | "voted" | "before" | "suspended" | "closed" | "late" | "absent" | "unreachable" | "refused" | "stopped"} Standing
 */

/** @type {Record<string, Standing>} */
const PHASES = { before: "before", open: "open", suspended: "suspended", closed: "closed", published: "closed" };

export class Turn {
  /**
   * @param {Place} place
   * @param {Scrutin} [scrutin] where it is verified already
   */
  constructor(place, scrutin) {
    this.place = place;
    this.scrutin = scrutin;
    /** Who the voter is here; nothing, where he is nobody. @type {{urn: number, elector: number} | undefined} */
    this.who = undefined;
    /** @type {Session | undefined} */
    this.session = undefined;
    /** The voter's recorded ballot, if it left from this page. @type {Casting | undefined} */
    this.recorded = undefined;
    /** What the scrutin was stopped by. @type {Lie | undefined} */
    this.lie = undefined;
    /** @type {Standing} */
    this.standing = "looking";
    /** @type {Status | undefined} */
    this.status = undefined;
  }

  /** The urn of the voter. */
  get urn() {
    const { manifest } = this.known;
    const number = this.who?.urn ?? -1;
    const urn = manifest.urns[number];
    if (!urn || Number(this.who?.elector) >= this.known.numbered(number)) throw new Refusal("roll", "elector");
    return this.known.urn(urn.id, this.who?.elector);
  }

  /** The scrutin, which is verified by now. */
  get known() {
    if (!this.scrutin) throw new Error("the scrutin is not verified");
    return this.scrutin;
  }

  /** The name under which a tab is alone, and keeps what it sends. */
  get name() {
    return `isoloir/${this.known.f}/${this.urn.name}/${this.who?.elector}`;
  }

  /** Verifies the records of the scrutin. */
  async verify() {
    this.scrutin ??= await this.place.records();
    return this.scrutin;
  }

  /**
   * Says who the voter is here. What was recorded for somebody else is forgotten.
   * @param {{urn: number, elector: number} | undefined} who
   */
  identify(who) {
    const { recorded } = this;
    if (recorded && (recorded.urn.number !== who?.urn || recorded.elector !== who?.elector)) this.recorded = undefined;
    this.who = who;
    this.session = undefined;
    this.standing = "looking";
  }

  /** The voter's ballot that waits on this device. */
  get kept() {
    return this.who && keptCasting(ofBrowser(), this.known, this.urn.name, this.who.elector);
  }

  /**
   * The ballots that wait on this device, whoever made them, of this scrutin, or of its
   * urn where that is known. Those of a companion that cannot be reached now are left
   * for later.
   */
  async waiting() {
    const { fingerprint, urn } = this.place;
    const places = keptPlaces(ofBrowser(), this.scrutin?.f ?? fingerprint).filter((p) => !urn || p.urn === urn);
    if (places.length === 0) return [];
    const scrutin = await this.verify().catch(() => undefined);
    return scrutin ? places.map((p) => keptCasting(ofBrowser(), scrutin, p.urn, p.elector)).filter((c) => !!c) : [];
  }

  /**
   * The session with the roll; in a companion it is begun here, with nothing typed.
   * @param {Uint8Array[]} [stretched]
   */
  async enter(stretched) {
    if (this.session) return this.session;
    const { known: scrutin, urn, who } = this;
    if (!stretched) throw new Refusal("roll", "session");
    const attempt = () => enter({ scrutin, urn, elector: who?.elector ?? 0, stretched, roll: this.place.roll });
    return (this.session = await attempt().catch((e) => {
      if (e instanceof Refusal && e.reason === "session") return attempt(); // what the roll said was lost
      throw e;
    }));
  }

  /**
   * Finds out how the voter stands.
   * @param {Uint8Array[]} [stretched]
   */
  async look(stretched) {
    try {
      this.standing = await this.find(stretched);
    } catch (e) {
      this.failed(e);
    }
  }

  /**
   * @param {Uint8Array[]} [stretched]
   * @returns {Promise<Standing>}
   */
  async find(stretched) {
    if (this.lie) return "stopped";
    try {
      await this.verify();
    } catch (e) {
      if (e instanceof Unreachable && !this.who) return "absent";
      throw e;
    }
    if (!this.who) return "absent";
    if (this.recorded) return "voted";
    this.place.urn = this.urn.name;
    this.status = await this.place.status();
    const phase = PHASES[this.status.phase];
    if (!phase) throw new Unreachable("the portal says no phase");
    if (phase === "before") return phase;
    const { kept } = this;
    if (kept && kept.stage !== "made") return "kept";
    const session = await this.enter(stretched).catch((e) => {
      if (phase === "closed" && e instanceof Unreachable) return undefined; // a roll need not be served for ever
      throw e;
    });
    if (!session) return phase;
    if (session.step === "none" && session.state === undefined) (await session.open()).wipe();
    if (session.state === "voted") return "voted";
    if (phase === "closed" && this.standing === "late") return "late";
    if (!kept || phase === "suspended") return phase;
    if (phase === "open") return "kept";
    forgetCasting(ofBrowser(), kept);
    return "late";
  }

  /** @param {unknown} e that keeps the voter from voting here */
  failed(e) {
    if (e instanceof Lie) {
      this.lie = e;
      this.standing = "stopped";
    } else if (e instanceof Refusal && !["busy", "wait", "session"].includes(e.reason)) this.standing = "refused";
    else if (e instanceof Unreachable || e instanceof Refusal) this.standing = "unreachable";
    else throw e;
    if (e instanceof Refusal && e.reason === "session") this.session = undefined;
  }

  /** Drops the session, and ends it at the roll. */
  leave() {
    void this.session?.leave().catch(() => {});
    this.session = undefined;
  }
}
