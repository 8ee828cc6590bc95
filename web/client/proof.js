// @ts-check
/**
 * The proofs that a voter's device makes and reads: knowledge of one exponent
 * (login, reservation, device) and the proof of a ballot, which is its signature
 * (docs/protocol.md, sections 7, 9 and 12).
 *
 * @module
 */

import { concat, equal, le64, utf8 } from "./bytes.js";
import { BASE, decodeNonIdentity, decodeScalar, encodeScalar, Encoding, modulo, nonce, power, publicPower } from "./group.js";
import { Transcript } from "./transcript.js";

/** @typedef {import("./group.js").Point} Point */
/** @typedef {import("./transcript.js").Context} Context */

/** The length in bytes of the roll's challenge to a login. */
export const CHALLENGE = 56;

const generator = () => BASE.toBytes();

/**
 * A claim: I know the exponent of key over base, which is g if none is named, here and
 * for this purpose.
 * @typedef {{transcript: Transcript, key: Uint8Array, base?: Point}} Claim
 */

/**
 * Login (docs/online.md, section 1): key is L.
 * @param {Context} context
 * @param {Uint8Array} key
 * @param {number} elector
 * @param {Uint8Array} challenge the roll's 56 bytes
 * @returns {Claim}
 */
export function loginClaim(context, key, elector, challenge) {
  if (challenge.length !== CHALLENGE) throw new Encoding("length");
  const transcript = new Transcript("login", context);
  transcript.append("base", generator());
  transcript.append("key", key);
  transcript.appendUint32("elector", elector);
  transcript.append("challenge", challenge);
  return { transcript, key };
}

/**
 * Possession of an account's key (docs/protocol.md, section 5): key is y.
 * @param {Context} context
 * @param {Uint8Array} key
 * @param {string} holder
 * @returns {Claim}
 */
export function accountClaim(context, key, holder) {
  const transcript = new Transcript("account", context);
  transcript.append("base", generator());
  transcript.append("key", key);
  transcript.append("holder", utf8(holder));
  return { transcript, key };
}

/**
 * The elector's signature on his reservation, which the mark will carry: key is y.
 * @param {Context} context
 * @param {Uint8Array} key
 * @param {number} elector
 * @returns {Claim}
 */
export function reservationClaim(context, key, elector) {
  const transcript = new Transcript("reserve", context);
  transcript.append("base", generator());
  transcript.append("account", key);
  transcript.appendUint32("elector", elector);
  return { transcript, key };
}

/**
 * The elector's signature on the one-time key of his device: key is y.
 * @param {Context} context
 * @param {Uint8Array} key
 * @param {number} elector
 * @param {Uint8Array} device T
 * @returns {Claim}
 */
export function deviceClaim(context, key, elector, device) {
  const transcript = new Transcript("device", context);
  transcript.append("base", generator());
  transcript.append("account", key);
  transcript.appendUint32("elector", elector);
  transcript.append("device", device);
  return { transcript, key };
}

/**
 * An account's question how its ballots stand (docs/online.md, section 2): account is its
 * key ŷ over the urn's generator ĝ.
 * @param {Context} context
 * @param {Point} urnBase ĝ
 * @param {Uint8Array} account ŷ
 * @param {number} asked in seconds since 1970
 * @returns {Claim}
 */
export function chainClaim(context, urnBase, account, asked) {
  const transcript = new Transcript("chain", context);
  transcript.append("urn-base", urnBase.toBytes());
  transcript.append("account", account);
  transcript.append("asked", le64(asked));
  return { transcript, key: account, base: urnBase };
}

/**
 * Proves a claim: R ‖ s, 64 bytes. The claim is used up.
 * @param {Claim} claim
 * @param {bigint} secret
 * @param {bigint} [omega] the nonce, given only to compare with vectors
 */
export function prove({ transcript, base = BASE }, secret, omega = nonce(transcript.state(), secret)) {
  const r = power(base, omega).toBytes();
  transcript.append("commitment", r);
  const c = transcript.challenge("c");
  return concat(r, encodeScalar(modulo(omega + c * secret)));
}

/**
 * Says whether R ‖ s proves a claim: throws Encoding where they are no point and
 * scalar, or the identity. The claim is used up.
 * @param {Claim} claim
 * @param {Uint8Array} proof
 */
export function proves({ transcript, key, base = BASE }, proof) {
  const y = decodeNonIdentity(key);
  decodeNonIdentity(proof.slice(0, 32));
  const s = decodeScalar(proof.slice(32));
  transcript.append("commitment", proof.slice(0, 32));
  const c = transcript.challenge("c");
  return equal(publicPower(base, s).subtract(publicPower(y, c)).toBytes(), proof.slice(0, 32));
}

/**
 * What the proof of a ballot is about.
 * @typedef {object} BallotClaim
 * @property {Point} urnBase ĝ
 * @property {Uint8Array} key Y
 * @property {Uint8Array} account ŷ
 * @property {number} counter
 * @property {Uint8Array} previous
 * @property {Uint8Array} ciphertexts 64 bytes for each question
 */

/**
 * The proof of a ballot: R_1 … R_w ‖ R_x ‖ s_1 … s_w ‖ s_x.
 * @param {Context} context
 * @param {BallotClaim} claim
 * @param {bigint[]} secrets the coin of each ciphertext, and then the account's secret
 * @param {bigint[]} [omegas] the nonces, given only to compare with vectors
 */
export function proveBallot(context, claim, secrets, omegas) {
  const transcript = ballotTranscript(context, claim);
  const nonces = omegas ?? secrets.map(() => nonce(transcript.state(), ...secrets));
  const last = secrets.length - 1;
  const commitments = nonces.map((n, i) => power(i === last ? claim.urnBase : BASE, n).toBytes());
  transcript.append("commitment", concat(...commitments));
  const c = transcript.challenge("c");
  return concat(...commitments, ...secrets.map((x, i) => encodeScalar(modulo(nonces[i] + c * x))));
}

/**
 * @param {Context} context
 * @param {BallotClaim} claim
 */
function ballotTranscript(context, claim) {
  const transcript = new Transcript("ballot", context);
  transcript.append("base", generator());
  transcript.append("urn-base", claim.urnBase.toBytes());
  transcript.append("key", claim.key);
  transcript.append("account", claim.account);
  transcript.appendUint32("counter", claim.counter);
  transcript.append("previous", claim.previous);
  transcript.append("ciphertexts", claim.ciphertexts);
  return transcript;
}
