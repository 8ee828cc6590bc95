// @ts-check
/**
 * A polling station's device: its key, which the browser does not give away, what waits
 * to be sent, and which cards it has sent (docs/accounts.md, section 5). All of it is in
 * one database of this origin; a card stands there as a digest.
 *
 * @module
 */

import { hex, unhex, utf8 } from "../client/bytes.js";

/** @typedef {{id: Uint8Array, keys: CryptoKeyPair, rho: string}} Device */
/** @typedef {{name: string, card: string, mode: number, bytes: Uint8Array}} Waiting a scan that was not answered */
/** @typedef {{card: string, mode: number, answer: number}} Known what a card was answered last, on this device */

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("isoloir-station", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("device");
      asked.result.createObjectStore("waiting", { keyPath: "name" });
      asked.result.createObjectStore("known", { keyPath: "card" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/**
 * One request in a transaction of its own, durable when it is answered.
 * @template T
 * @param {string} store
 * @param {IDBTransactionMode} mode
 * @param {(s: IDBObjectStore) => IDBRequest<T>} ask
 * @returns {Promise<T>}
 */
async function within(store, mode, ask) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode, { durability: "strict" });
      const asked = ask(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? asked.error);
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<Device | undefined>} */
export const device = () => within("device", "readonly", (s) => s.get("device"));

/** @param {Device} d */
export const keep = (d) => within("device", "readwrite", (s) => s.put(d, "device"));

/** Forgets all that this device has of its station. */
export async function forget() {
  for (const store of ["device", "waiting", "known"]) await within(store, "readwrite", (s) => s.clear());
}

/** @returns {Promise<Waiting[]>} */
export const waiting = () => within("waiting", "readonly", (s) => s.getAll());

/** @param {Waiting} w */
export const wait = (w) => within("waiting", "readwrite", (s) => s.put(w));

/** The answers after which a card is what it is: done, again, taken, invalid. */
const LAST_SETTLED = 3;

/** @param {Waiting} w @param {number} answer */
export async function answered(w, answer) {
  if (answer <= LAST_SETTLED) await within("known", "readwrite", (s) => s.put({ card: w.card, mode: w.mode, answer }));
  await within("waiting", "readwrite", (s) => s.delete(w.name));
}

/** @param {string} card @returns {Promise<Known | undefined>} */
export const known = (card) => within("known", "readonly", (s) => s.get(card));

/**
 * A new device, which is of a station once the register has taken its key.
 * @param {string} rho the register's digest, hexadecimal
 * @returns {Promise<Device>}
 */
export async function make(rho) {
  const keys = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  return { id: crypto.getRandomValues(new Uint8Array(16)), keys, rho };
}

/** The public key, 65 bytes. @param {Device} d */
export const publicKey = async (d) => new Uint8Array(await crypto.subtle.exportKey("raw", d.keys.publicKey));

/** @param {(Uint8Array | number[])[]} parts */
function joined(...parts) {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/**
 * @param {Device} d
 * @param {string} kind
 * @param {Uint8Array} message
 */
async function signed(d, kind, message) {
  const text = joined(utf8("isoloir/v1/" + kind), unhex(d.rho, 32), message);
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, d.keys.privateKey, text);
  return joined(message, new Uint8Array(signature));
}

/** The digest by which a card is known again here. @param {string} text of its code */
export async function cardOf(text) {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text))));
}

/** The 64 bytes of a card's code; undefined for anything else. @param {string} text */
export function parseCard(text) {
  const found = /^ISOLOIR1:([0-9A-F]{128})$/.exec(text.trim());
  return found ? unhex(found[1].toLowerCase(), 64) : undefined;
}

/**
 * A scan, to be kept until it is answered.
 * @param {Device} d
 * @param {number} mode 1 activate, 2 invalidate, 3 check
 * @param {string} text of the card's code
 * @returns {Promise<Waiting>}
 */
export async function scan(d, mode, text) {
  const name = crypto.getRandomValues(new Uint8Array(16));
  const message = joined(d.id, name, [mode], /** @type {Uint8Array} */ (parseCard(text)));
  return { name: hex(name), card: await cardOf(text), mode, bytes: await signed(d, "scan", message) };
}

/**
 * A notice.
 * @param {Device} d
 * @param {number} subject 1 state, 2 proxy, 3 count, 4 rest
 * @param {number} [number]
 */
export function notice(d, subject, number = 0) {
  const name = crypto.getRandomValues(new Uint8Array(16));
  return signed(d, "station", joined(d.id, name, [subject], [number & 255, (number >> 8) & 255, (number >> 16) & 255, (number >>> 24) & 255]));
}
