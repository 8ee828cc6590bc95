// @ts-check
/**
 * Where a scrutin is voted in: its portal, which says in which phase it is and gives
 * its records, and the roles that the device asks. Of what a portal says nothing is
 * believed but the phase, its dates and the time, which no ballot depends on.
 *
 * @module
 */

import { amendmentPath, asking, getting, reading, Scrutin, Unreachable } from "../index.js";

/**
 * Where a scrutin is served, as the page's document says it.
 * @typedef {{fingerprint: string, portal: string, roll: string, urns: string, issuers: string[]}} Origins
 */

/**
 * What a portal says of its scrutin: instants in seconds since 1970, and where the acts
 * are that adopt amendments of the roll.
 * @typedef {{phase: string, open: number, close: number, amendments: string[]}} Status
 */

/** What a portal calls the phases of its scrutin. */
const PHASES = ["before", "open", "suspended", "closed", "published"];

export class Place {
  /**
   * @param {Origins} at
   * @param {string} [urn] the identifier of the voter's urn, once it is known
   */
  constructor(at, urn = "") {
    this.fingerprint = at.fingerprint;
    this.portal = at.portal;
    this.urn = urn;
    this.roll = asking("roll", at.roll);
    this.box = asking("urn", at.urns);
    this.files = getting(at.urns);
    this.issuers = at.issuers.map((origin) => asking("issuer", origin));
    /** Seconds by which the portal's clock is ahead of this device's. */
    this.ahead = 0;
  }

  /**
   * The address of a page of the portal, in the language of this one.
   * @param {string} path
   */
  href(path) {
    return `${this.portal}/${document.documentElement.lang}${path}`;
  }

  /**
   * Brings the records of the scrutin and verifies them. Throws Lie or Unreachable.
   * @param {string} [fingerprint] by which it is known
   */
  async records(fingerprint = this.fingerprint) {
    const [manifest, opening] = await Promise.all(["record/manifest.json", "record/opening.note"].map((path) => this.read(path)));
    const scrutin = new Scrutin(manifest, opening, fingerprint);
    scrutin.now = () => Date.now() / 1000 + this.ahead;
    await this.amend(scrutin).catch((e) => {
      if (!(e instanceof Unreachable)) throw e; // who was not added to the roll needs none
    });
    return scrutin;
  }

  /**
   * Takes up the amendments of the roll that the bureau has adopted since. Throws as
   * records does.
   * @param {Scrutin} scrutin
   */
  async amend(scrutin) {
    const { amendments } = await this.status();
    for (const [n, act] of amendments.entries()) {
      if (n < scrutin.amendments.length) continue;
      const [decided, note] = await Promise.all([act, amendmentPath(n + 1)].map((path) => this.read("record/" + path)));
      scrutin.amend(decided, note);
    }
  }

  /**
   * What the portal says now. Throws Unreachable where it says nothing of the kind.
   * @returns {Promise<Status>}
   */
  async status() {
    const bytes = await this.read("status");
    try {
      const said = JSON.parse(new TextDecoder().decode(bytes));
      const [open, close] = [said.open, said.close].map((date) => Date.parse(date) / 1000);
      const amendments = said.amendments ?? [];
      const listed = Array.isArray(amendments) && amendments.every((path) => /^acts\/[0-9]{4}-addendum\.note$/.test(path));
      if (PHASES.includes(said.phase) && Number.isFinite(open) && Number.isFinite(close) && listed) return { phase: said.phase, open, close, amendments };
    } catch {
      // what is no status is none
    }
    throw new Unreachable("the portal says nothing of the kind");
  }

  /**
   * The phase of the scrutin now.
   * @param {string} [otherwise] where the portal does not say
   */
  phase(otherwise = "") {
    return this.status().then((status) => status.phase, () => otherwise);
  }

  /** @param {string} path */
  async read(path) {
    if (!this.portal) throw new Unreachable("this page does not know where it is served");
    const { bytes, date } = await reading(`${this.portal}/${path}`);
    if (date) this.ahead = (date - Date.now()) / 1000;
    return bytes;
  }
}
