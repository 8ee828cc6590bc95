// @ts-check
/**
 * What was found, check by check, and the verdict that follows from it alone.
 *
 * A check that did not report for the whole export, or for each urn or cell that it is
 * made for, has not passed: what stops a verification half way never looks like one
 * that went well.
 *
 * @module
 */

import { CHECKS } from "./checks.js";

/** @typedef {"passed" | "refused" | "not run" | "not asked"} Outcome */
/** @typedef {"verified" | "consistent, not authenticated" | "refused" | "annulled"} Verdict */

/**
 * What is wrong with what: reason is one of reasons.js; detail is a name, a number or a
 * text from the export.
 * @typedef {{subject: string, reason: string, detail: string}} Finding
 */

/** @typedef {import("./checks.js").Check & {outcome: Outcome, findings: Finding[]}} CheckReport */

/** How many findings of one check are kept. */
const MOST = 20;

/**
 * Thrown where a check was refused so that what builds on it cannot be looked at.
 */
export class Refused extends Error {
  /**
   * @param {number} check
   * @param {string} subject
   * @param {string} reason
   * @param {unknown} [detail]
   */
  constructor(check, subject, reason, detail) {
    super(`${check} ${subject}: ${reason} ${detail ?? ""}`);
    this.finding = { check, subject, reason, detail: detail === undefined ? "" : String(detail) };
  }
}

export class Ledger {
  constructor() {
    /** @type {Map<number, Finding[]>} */
    this.refusals = new Map();
    /** @type {Map<number, Set<string>>} */
    this.reports = new Map();
    /** @type {Set<number>} */
    this.unasked = new Set();
    /** How many things of a kind were checked, and how many there are. @type {Map<string, {checked: number, record: number}>} */
    this.figures = new Map();
    /** What stopped a part of the verification, for who looks for a mistake of this program. @type {string[]} */
    this.stopped = [];
  }

  /**
   * @param {number} check
   * @param {string} subject
   * @param {string} reason
   * @param {unknown} [detail]
   */
  refuse(check, subject, reason, detail = "") {
    const found = this.refusals.get(check) ?? [];
    if (found.length < MOST) found.push({ subject, reason, detail: String(detail) });
    this.refusals.set(check, found);
  }

  /**
   * Refuses unless ok; gives ok back.
   * @param {unknown} ok
   * @param {number} check
   * @param {string} subject
   * @param {string} reason
   * @param {unknown} [detail]
   */
  need(ok, check, subject, reason, detail = "") {
    if (!ok) this.refuse(check, subject, reason, detail);
    return !!ok;
  }

  /**
   * Says that these checks were made to their end, for the export or for one urn or cell.
   * @param {number | number[]} checks
   * @param {string} [subject]
   */
  done(checks, subject = "") {
    for (const check of [checks].flat()) {
      const found = this.reports.get(check) ?? new Set();
      found.add(subject);
      this.reports.set(check, found);
    }
  }

  /**
   * @param {string} name
   * @param {number} checked
   * @param {number} record
   */
  count(name, checked, record) {
    const f = this.figures.get(name) ?? { checked: 0, record: 0 };
    this.figures.set(name, { checked: f.checked + checked, record: f.record + record });
  }

  /**
   * Does a part of the verification. What it throws stops this part alone: its checks
   * then have not been made.
   * @template T
   * @param {() => Promise<T>} part
   * @returns {Promise<T | undefined>}
   */
  async part(part) {
    try {
      return await part();
    } catch (e) {
      if (e instanceof Refused) this.refuse(e.finding.check, e.finding.subject, e.finding.reason, e.finding.detail);
      else this.stopped.push(e instanceof Error ? `${e.message}\n${e.stack}` : String(e));
      return undefined;
    }
  }

  /**
   * The checks with their outcomes, where these are the urns and the cells.
   * @param {string[]} urns
   * @param {string[] | undefined} cells where they are known
   * @returns {CheckReport[]}
   */
  conclude(urns, cells) {
    return CHECKS.map((c) => {
      const findings = this.refusals.get(c.number) ?? [];
      const subjects = c.per === "urn" ? urns : c.per === "cell" ? cells : [""];
      const reported = this.reports.get(c.number);
      const whole = subjects !== undefined && subjects.every((s) => reported?.has(s));
      /** @type {Outcome} */
      const outcome = findings.length > 0 ? "refused" : this.unasked.has(c.number) ? "not asked" : whole ? "passed" : "not run";
      return { ...c, outcome, findings };
    });
  }
}

/**
 * The verdict, from the outcomes and the figures alone. Where a part was stopped by a
 * mistake nothing is verified.
 * @param {CheckReport[]} checks
 * @param {{checked: number, record: number}[]} figures
 * @param {string[]} stopped
 * @param {string} annulled why the bureau annulled the result; empty if it did not
 * @returns {Verdict}
 */
export function verdict(checks, figures, stopped, annulled) {
  if (stopped.length > 0 || checks.some((c) => c.outcome === "refused" || c.outcome === "not run")) return "refused";
  if (figures.some((f) => f.checked !== f.record)) return "refused";
  if (annulled) return "annulled";
  return checks.some((c) => c.outcome === "not asked") ? "consistent, not authenticated" : "verified";
}
