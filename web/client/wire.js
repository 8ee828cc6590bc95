// @ts-check
/**
 * Every message between the device and the services, in bytes (docs/protocol.md,
 * section 12; docs/online.md, sections 1 to 3), and the one way to ask.
 *
 * @module
 */

import { concat, equal, le16, le32, Reader, short, utf8 } from "./bytes.js";
import { Lie, Refusal } from "./errors.js";
import { openCasting } from "./deputy.js";
import { NoteError } from "./note.js";

/** @typedef {import("./types.js").Ask} Ask */
/** @typedef {import("./types.js").Step} Step */
/** @typedef {import("./note.js").Verifier} Verifier */

/** The refusals of each service, numbered from 1. */
const REFUSALS = {
  roll: [
    "format", "urn", "elector", "signature", "marked", "closed", "receipt", "reservation", "busy", "device",
    "login", "session", "unproven", "code", "wait", "step",
  ],
  urn: [
    "format", "opening record", "urn", "account", "voted", "counter", "previous", "copy", "proof", "closed",
    "authorisation", "spent", "void", "busy", "device", "full", "unknown",
    "clock",
  ],
  issuer: ["format", "policy", "signature", "address", "busy"],
  register: ["format", "login", "session", "used", "invalid", "last way", "wait", "busy"],
};

/** @type {Step[]} */
const STEPS = ["none", "email", "sms", "question"];

/** The length in bytes of a reservation: the request of step 1. */
export const RESERVATION = 2 + 4 + 64 + 32 + 64;

/**
 * @typedef {object} Exchange
 * @property {"roll" | "urn" | "issuer" | "register"} service
 * @property {string} step the name of the request
 * @property {Ask} ask
 * @property {Uint8Array} request
 * @property {Uint8Array} [shown] what evidence may show of the request: all of it, if not given
 * @property {boolean} [secret] the answer is no evidence: it is a secret between the two
 */

/**
 * Asks, and reads the answer to its last byte. Throws what ask throws; Refusal; or a
 * Lie of check answer-form. lie makes the Lie of another check of this answer.
 * @template T
 * @param {Exchange} exchange
 * @param {(r: Reader) => T} read
 */
export async function exchange({ service, step, ask, request, shown = request, secret = false }, read) {
  const answer = await ask(step, request);
  const lie = (/** @type {string} */ check, /** @type {string} */ detail) =>
    new Lie(step, check, detail, shown, secret ? undefined : answer);
  const refusal = answer.length === 1 && answer[0] !== 0 && REFUSALS[service][answer[0] - 1];
  if (refusal) throw new Refusal(service, refusal);
  try {
    const r = new Reader(answer);
    if (r.byte() !== 0) throw new Error("neither an answer nor a refusal");
    const value = read(r);
    r.end();
    return { value, lie };
  } catch (e) {
    throw lie("answer-form", String(e));
  }
}

/**
 * What the roll may ask besides the codes, as the manifest has it: the factors after
 * them, and the validation.
 * @param {import("./types.js").College} college
 * @returns {{factors: Step[], validation: Step}}
 */
export function stepsOf(college) {
  const step = (/** @type {{kind: string, channel: string}} */ f) => /** @type {Step} */ (f.kind === "code" ? f.channel : f.kind);
  const further = college.factors.filter((f) => f.kind !== "identifier" && f.kind !== "password");
  return { factors: further.map(step), validation: step(college.validation) };
}

/**
 * A step of the login, one of those that may be asked now, or none. A roll that asks
 * for something else is not answered: it may be after what is no business of its own.
 * @param {Reader} r
 * @param {Step[]} asked
 */
export function readStep(r, asked) {
  const step = STEPS[r.byte()];
  if (step === undefined || (step !== "none" && !asked.includes(step))) throw new Error("no such step in this vote");
  return step;
}

/**
 * LE16(urn) ‖ LE32(elector).
 * @param {number} urn
 * @param {number} elector
 */
export const elector = (urn, elector) => concat(le16(urn), le32(elector));

/**
 * The request of step 1, and of step 3 with the receipt.
 * @param {number} urn
 * @param {number} number the elector's
 * @param {Uint8Array} signature R ‖ s
 * @param {Uint8Array} device T
 * @param {Uint8Array} deviceSignature R' ‖ s'
 */
export const reservation = (urn, number, signature, device, deviceSignature) =>
  concat(elector(urn, number), signature, device, deviceSignature);

/**
 * The request of step 2.
 * @param {{urn: number, token: Uint8Array, device: Uint8Array, signature: Uint8Array,
 *   authorisation: Uint8Array, ballot: Uint8Array}} a
 */
export const append = (a) =>
  concat(le16(a.urn), a.token, a.device, a.signature, short(a.authorisation), a.ballot);

/**
 * The answer to the six digits or to the personal question.
 * @param {Uint8Array} session
 * @param {string} text
 */
export const proveRequest = (session, text) => concat(session, short(utf8(text)));

/**
 * Says why a signed text is not exactly the text of casting that is expected, said by
 * the role whose key this is: the name of what differs, or nothing. now is in seconds
 * since 1970; without it no deputy expires.
 * @param {Uint8Array} signed
 * @param {Verifier} key
 * @param {string} kind
 * @param {string} opening hex o
 * @param {string} urn
 * @param {Uint8Array} value
 * @param {number} [now]
 * @returns {"" | "form" | "signature" | "role" | "deputy" | "expired" | "kind" | "opening" | "urn" | "value"}
 */
export function differs(signed, key, kind, opening, urn, value, now) {
  try {
    const got = openCasting(signed, key, opening, now);
    if (got.kind !== kind) return "kind";
    if (got.opening !== opening) return "opening";
    if (got.urn !== urn) return "urn";
    return equal(got.value, value) ? "" : "value";
  } catch (e) {
    if (!(e instanceof NoteError)) return "form";
    switch (e.reason) {
      case "form":
      case "opening":
      case "role":
      case "deputy":
      case "expired":
        return e.reason;
    }
    return "signature";
  }
}
