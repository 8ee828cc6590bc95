// @ts-check
/**
 * An elector's account among those that the opening record fixes, or an amendment that
 * the bureau has adopted: whoever is given another key than his own is stopped here,
 * before his ballot counts for nobody (docs/online.md, section 2).
 *
 * @module
 */

import { concat, le16 } from "./bytes.js";
import { Lie, Refusal } from "./errors.js";
import { included, leafHash } from "./merkle.js";
import { exchange } from "./wire.js";

/** @typedef {import("./types.js").Ask} Ask */
/** @typedef {import("./scrutin.js").Urn} Urn */

/**
 * What is thrown for what roll or urn refused: who was added lately asks again, since they
 * may still be taking the amendment up.
 * @param {Urn} urn
 * @param {unknown} e
 */
export const unlessFresh = (urn, e) =>
  urn.fresh && e instanceof Refusal && ["account", "elector"].includes(e.reason) ? new Refusal(e.service, "busy") : e;

/**
 * Verifies that an account stands under the root of the urn's population. Throws a Lie of check account-absent, account-count or account-proof;
 * the Refusal busy, for the first, while the population is fresh.
 * @param {Urn} urn
 * @param {Uint8Array} account ŷ
 * @param {Ask} ask of the urn
 */
export async function verifyAccount(urn, account, ask) {
  const request = concat(le16(urn.number), account);
  const { value, lie } = await exchange({ service: "urn", step: "account", ask, request }, readPlace).catch((refused) => {
    const e = unlessFresh(urn, refused);
    const absent = e instanceof Refusal && e.reason === "account";
    throw absent ? new Lie("account", "account-absent", "the urn has no such account", request) : e;
  });
  if (value.count !== urn.accounts) {
    throw lie("account-count", `${value.count} accounts, where the record fixes ${urn.accounts}`);
  }
  if (!included(leafHash(account), value.place, value.count, value.path, urn.root)) {
    throw lie("account-proof", "the account is not under the root of the record");
  }
}

/** @param {import("./bytes.js").Reader} r */
function readPlace(r) {
  const place = r.le32();
  const count = r.le32();
  /** @type {Uint8Array[]} */
  const path = [];
  while (r.at < r.bytes.length) path.push(r.take(32));
  return { place, count, path };
}
