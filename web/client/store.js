// @ts-check
/**
 * What a device keeps between two visits (docs/online.md, section 4): the choice
 * until it is sent, in the tab; a ballot on its way, until the mark has come.
 *
 * Storage may be missing or full: then nothing is kept, and the page says so.
 *
 * @module
 */

import { Casting } from "./casting.js";

/** @typedef {import("./scrutin.js").Scrutin} Scrutin */
/** @typedef {import("./types.js").Choices} Choices */

/**
 * @param {Scrutin} scrutin
 * @param {string} urn
 * @param {number} elector
 */
const castingKey = (scrutin, urn, elector) => `isoloir/${scrutin.f}/${urn}/${elector}`;

/**
 * Keeps a ballot on its way, or forgets it once it is marked. Says whether it is kept.
 * @param {Storage} storage localStorage
 * @param {Casting} casting
 */
export function keepCasting(storage, casting) {
  const key = castingKey(casting.scrutin, casting.urn.name, casting.elector);
  try {
    if (casting.stage === "marked") storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(casting));
    return true;
  } catch {
    return false;
  }
}

/**
 * The ballot of this elector that is on its way, if there is one. One that is
 * damaged is forgotten.
 * @param {Storage} storage
 * @param {Scrutin} scrutin
 * @param {string} urn
 * @param {number} elector
 * @returns {Casting | undefined}
 */
export function keptCasting(storage, scrutin, urn, elector) {
  const key = castingKey(scrutin, urn, elector);
  const text = storage.getItem(key);
  if (text === null) return undefined;
  try {
    return Casting.resume(scrutin, JSON.parse(text));
  } catch {
    storage.removeItem(key);
    return undefined;
  }
}

/**
 * Whose ballots are on their way on this device, by urn and elector.
 * @param {Storage} storage
 * @param {string} f of the scrutin
 * @returns {{urn: string, elector: number}[]}
 */
export function keptPlaces(storage, f) {
  const found = [];
  for (let i = 0; i < storage.length; i++) {
    const [record, of, urn, elector, ...more] = (storage.key(i) ?? "").split("/");
    if (record === "isoloir" && of === f && more.length === 0 && /^[0-9]+$/.test(elector ?? "")) found.push({ urn, elector: Number(elector) });
  }
  return found;
}

/**
 * Forgets a ballot on its way: only for who knows that it was refused for good.
 * @param {Storage} storage
 * @param {Casting} casting
 */
export function forgetCasting(storage, casting) {
  storage.removeItem(castingKey(casting.scrutin, casting.urn.name, casting.elector));
}

/**
 * @param {Scrutin} scrutin
 * @param {string} urn
 */
const draftKey = (scrutin, urn) => `isoloir/${scrutin.f}/${urn}/draft`;

/**
 * Keeps the choice in the tab, or forgets it.
 * @param {Storage} storage sessionStorage
 * @param {Scrutin} scrutin
 * @param {string} urn
 * @param {Choices | undefined} choices
 */
export function keepDraft(storage, scrutin, urn, choices) {
  try {
    if (choices === undefined) storage.removeItem(draftKey(scrutin, urn));
    else storage.setItem(draftKey(scrutin, urn), JSON.stringify(choices));
  } catch {
    // the voter chooses again after a reload
  }
}

/**
 * The choice that the tab keeps, as far as it answers questions of this urn.
 * @param {Storage} storage
 * @param {Scrutin} scrutin
 * @param {string} urn
 * @returns {Choices}
 */
export function keptDraft(storage, scrutin, urn) {
  /** @type {Choices} */
  const found = {};
  try {
    const draft = JSON.parse(storage.getItem(draftKey(scrutin, urn)) ?? "{}");
    for (const q of scrutin.urn(urn).questions) {
      if (draft[q.id] === "blank" || q.options.some((o) => o.id === draft[q.id])) found[q.id] = draft[q.id];
    }
  } catch {
    // what is no draft is none
  }
  return found;
}
