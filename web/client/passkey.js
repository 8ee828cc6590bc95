// @ts-check
/**
 * A passkey as a way into an anonymous account (WebAuthn level 3, extension `prf`): the
 * device gives 32 bytes that only this passkey gives, after its owner has shown himself.
 * Nobody verifies a signature of it, and no service learns its name.
 *
 * The passkey remembers the number of its account, so that nothing is typed. It is good on
 * pages of the domain named (rp), whose address is this page's or the end of it.
 *
 * @module
 */

import { concat, le64, Reader, utf8 } from "./bytes.js";
import { random } from "./group.js";
import { digits } from "./register.js";

/** @typedef {import("./register.js").Register} Register */

/** No passkey: the person said no, or the device cannot. */
export class PasskeyError extends Error {
  /** @param {"none" | "unable" | "foreign"} reason */
  constructor(reason) {
    super("no passkey: " + reason);
    this.name = "PasskeyError";
    this.reason = reason;
  }
}

/** What is asked of every passkey of a register. @param {Register} register */
const question = ({ rhoBytes }) => ({ prf: { eval: { first: concat(utf8("isoloir/v1/passkey"), rhoBytes) } } });

/** Whether this browser knows passkeys at all. */
export const knowsPasskeys = () => typeof PublicKeyCredential === "function";

/**
 * @template T
 * @param {Promise<T>} asked
 * @returns {Promise<NonNullable<T>>}
 */
async function answered(asked) {
  const found = await asked.catch(() => null);
  if (!found) throw new PasskeyError("none");
  return found;
}

/** The 32 bytes, if they were given. @param {any} credential @returns {Uint8Array | undefined} */
function output(credential) {
  const first = credential.getClientExtensionResults().prf?.results?.first;
  return first && first.byteLength === 32 ? new Uint8Array(first.slice(0)) : undefined;
}

/**
 * Makes a passkey for an account, and gives its 32 bytes. Throws PasskeyError.
 * @param {Register} register
 * @param {number} number
 * @param {string} rp
 * @returns {Promise<Uint8Array>} to be wiped
 */
export async function makePasskey(register, number, rp) {
  const name = `${register.title} · ${digits(number).slice(-4)}`;
  const made = /** @type {any} */ (
    await answered(
      navigator.credentials.create({
        publicKey: {
          rp: { id: rp, name: register.title },
          user: { id: le64(number), name, displayName: name },
          challenge: random(32),
          pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: /** @type {const} */ ("public-key"), alg })),
          authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
          attestation: "none",
          extensions: /** @type {any} */ (question(register)),
        },
      }),
    )
  );
  const given = output(made);
  if (given) return given;
  if (!made.getClientExtensionResults().prf?.enabled) throw new PasskeyError("unable");
  return (await usePasskey(register, rp, new Uint8Array(made.rawId))).prf;
}

/**
 * Has the person choose a passkey of this register, and gives its account and its 32
 * bytes. Throws PasskeyError.
 * @param {Register} register
 * @param {string} rp
 * @param {Uint8Array} [only] this one
 * @returns {Promise<{number: number, prf: Uint8Array}>} prf to be wiped
 */
export async function usePasskey(register, rp, only) {
  const used = /** @type {any} */ (
    await answered(
      navigator.credentials.get({
        publicKey: {
          rpId: rp,
          challenge: random(32),
          userVerification: "required",
          ...(only && { allowCredentials: [{ type: "public-key", id: /** @type {BufferSource} */ (only) }] }),
          extensions: /** @type {any} */ (question(register)),
        },
      }),
    )
  );
  const prf = output(used);
  if (!prf) throw new PasskeyError("unable");
  const handle = new Uint8Array(used.response.userHandle ?? 0);
  if (handle.length !== 8) throw new PasskeyError("foreign");
  return { number: new Reader(handle).le64(), prf };
}
