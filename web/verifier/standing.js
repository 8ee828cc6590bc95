// @ts-check
/**
 * A standing key that a scrutin takes up (docs/protocol.md, section 4.1; check 204).
 *
 * @module
 */

import { readManifest } from "./manifest.js";
import { broken } from "./rules.js";

/** @typedef {import("./election.js").Election} Election */

/** Where the standing manifest stands. */
export const STANDING = "standing.json";

/**
 * Compares the standing manifest with what the scrutin's own names, and the ceremony
 * with its digest.
 * @param {Election} e
 */
export async function standing(e) {
  const { ledger, m } = e;
  const named = m.standing[0];
  if (named) {
    const { f, value, wrong } = readManifest(await e.book.bytes(STANDING, 204, 32 << 20));
    ledger.need(f === named.manifest, 204, STANDING, "digest");
    const rules = wrong === "" ? broken(value) : [];
    ledger.need(wrong === "" && value.scrutin.profile === "standing", 204, STANDING, "form", wrong);
    for (const rule of rules) ledger.refuse(204, STANDING, "rule", rule);
    if (wrong === "") {
      const same = value.organisation.id === m.organisation.id && value.scrutin.kind === m.scrutin.kind;
      ledger.need(same, 204, STANDING, "statement");
      const people = (/** @type {any} */ x) => JSON.stringify([x.holders, x.clauses]);
      ledger.need(people(value) === people(m), 204, STANDING, "holders");
    }
    ledger.need(e.ceremonyDigest === named.ceremony, 204, "ceremony", "digest");
  }
  ledger.done(204);
}
