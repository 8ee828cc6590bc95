// @ts-check
/**
 * Émargement as the elector sees it (docs/protocol.md, sections 9 and 12): his
 * signature, which his mark carries, and the roll's word that he is marked.
 *
 * @module
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { concat, le32 } from "./bytes.js";
import { ClocksDiffer } from "./errors.js";
import { random } from "./group.js";
import { deviceClaim, prove, proves, reservationClaim } from "./proof.js";
import { differs, exchange, reservation } from "./wire.js";

/** @typedef {import("./types.js").Ask} Ask */
/** @typedef {import("./scrutin.js").Scrutin} Scrutin */
/** @typedef {import("./scrutin.js").Urn} Urn */
/** @typedef {import("./session.js").Key} Key */

/**
 * Whose mark it is: account is y.
 * @typedef {{scrutin: Scrutin, urn: Urn, elector: number, account: Uint8Array}} Elector
 */

/**
 * A mark: the elector's own signature, R ‖ s, and the roll's signed text over it.
 * @typedef {{mark: Uint8Array, marked: Uint8Array}} Mark
 */

/**
 * The request of step 1: the elector's signatures on his mark and on the device's key.
 * @param {Scrutin} scrutin
 * @param {Urn} urn
 * @param {Key} key
 * @param {Uint8Array} device T
 */
export function signReservation(scrutin, urn, key, device) {
  const context = scrutin.context(urn.name);
  const mark = prove(reservationClaim(context, key.public, key.elector), key.x);
  const own = prove(deviceClaim(context, key.public, key.elector, device), key.x);
  return reservation(urn.number, key.elector, mark, device, own);
}

/**
 * Says whether R ‖ s is the elector's own signature on his mark.
 * @param {Elector} e
 * @param {Uint8Array} mark
 */
export function isOwn(e, mark) {
  try {
    return proves(reservationClaim(e.scrutin.context(e.urn.name), e.account, e.elector), mark);
  } catch {
    return false;
  }
}

/**
 * Says what is wrong with the roll's signed text over a mark, or nothing.
 * @param {Elector} e
 * @param {Mark} m
 * @param {number} [now] in seconds since 1970, if it was said just now
 */
export const markedDiffers = (e, m, now) =>
  differs(m.marked, e.scrutin.rollKey, "marked", e.scrutin.o, e.urn.name, sha256(concat(le32(e.elector), m.mark)), now);

/**
 * Has the roll mark the elector, or say again that he is marked. Throws a Lie of
 * check mark-elector, or marked- and what is wrong.
 * @param {Elector} e
 * @param {Uint8Array} request
 * @param {Ask} roll
 * @returns {Promise<Mark>}
 */
export async function askMark(e, request, roll) {
  const { value, lie } = await exchange({ service: "roll", step: "mark", ask: roll, request }, (r) => ({
    mark: r.take(64),
    marked: r.rest(),
  }));
  if (!isOwn(e, value.mark)) throw lie("mark-elector", "the mark does not carry the elector's own signature");
  const wrong = markedDiffers(e, value);
  if (wrong) throw lie(`marked-${wrong}`, "the roll did not sign this mark");
  if (markedDiffers(e, value, e.scrutin.now())) throw new ClocksDiffer("mark");
  return value;
}

/**
 * The mark of an elector who has one, for who holds his key: Refusal "reservation"
 * where he is not marked. It asks with a device key that nothing is signed under.
 * @param {Scrutin} scrutin
 * @param {Urn} urn
 * @param {Key} key
 * @param {Ask} roll
 */
export const ownMark = (scrutin, urn, key, roll) =>
  askMark({ scrutin, urn, elector: key.elector, account: key.public }, signReservation(scrutin, urn, key, random(32)), roll);
