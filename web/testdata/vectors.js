// @ts-check
// The vectors of spec/vectors that concern a voter's device, judged by the client.

import { argon2id } from "@noble/hashes/argon2.js";
import { encrypt, optionCode } from "../client/ballot.js";
import { hex, unhex, utf8 } from "../client/bytes.js";
import { ChallengeError, verifyChallenge } from "../client/challenge.js";
import { CodeError, companionCode, parseCode, readHalves, stretchCode } from "../client/codes.js";
import { BASE, decode, decodeNonIdentity, decodeScalar, encodeScalar, Encoding, modulo, power } from "../client/group.js";
import { openCasting } from "../client/deputy.js";
import { Frontier, leafHash } from "../client/merkle.js";
import { Verifier } from "../client/note.js";
import { deviceClaim, loginClaim, prove, proveBallot, proves, reservationClaim } from "../client/proof.js";
import { Transcript } from "../client/transcript.js";
import { differs } from "../client/wire.js";

/** @param {any} c */
const context = (c) => ({ manifest: unhex(c.manifest), opening: unhex(c.opening ?? "00".repeat(32)), urn: c.urn });

/**
 * @param {string} what
 * @param {unknown} got
 * @param {unknown} want
 */
function same(what, got, want) {
  if (got !== want) throw new Error(`${what} is ${got}, and not ${want}`);
}

/**
 * What f refuses, by the protocol's name, or nothing.
 * @param {() => boolean} f
 */
function refusal(f) {
  try {
    return f() ? "" : "proof";
  } catch (e) {
    if (e instanceof Encoding) return e.reason;
    throw e;
  }
}

/**
 * A proof of knowledge: makes it again with the nonce given, and judges it.
 * @param {any} c
 * @param {() => import("../client/proof.js").Claim} claim
 */
function knowledge(c, claim) {
  if (c.witness) {
    const secret = modulo(c.witness.secrets.reduce((/** @type {bigint} */ sum, /** @type {string} */ s) => sum + decodeScalar(unhex(s)), 0n));
    same("the proof", hex(prove(claim(), secret, decodeScalar(unhex(c.witness.nonces[0])))), c.proof);
  }
  same("the refusal", refusal(() => proves(claim(), unhex(c.proof))), c.refused);
}

/**
 * A code, stretched.
 * @param {any} c
 * @param {Uint8Array} code
 */
const stretched = (c, code) =>
  stretchCode(
    { length: c.length, alphabet: c.alphabet, passes: c.passes, memory_kib: c.memory_kib, lanes: c.lanes },
    { f: unhex(c.manifest), urn: c.urn, elector: c.elector, issuer: c.issuer },
    code,
    async (j) => argon2id(j.code, j.salt, { t: j.passes, m: j.memory, p: j.lanes, dkLen: 128 }),
  );

/**
 * Compares what is read of it with what the issuer deposited.
 * @param {any} c
 * @param {Uint8Array} made
 */
function deposited(c, made) {
  const { login, mask } = readHalves(made);
  same("the login half", hex(encodeScalar(login)), c.login);
  same("the mask", hex(encodeScalar(mask)), c.mask);
  same("its point", hex(power(BASE, login).toBytes()), c.point);
  same("the half", hex(encodeScalar(modulo(decodeScalar(unhex(c.masked)) - mask))), c.half);
}

/** @type {Record<string, (c: any) => void | false | Promise<void>>} what judges a case; false where it is no device's */
const judges = {
  transcript(c) {
    const t = new Transcript(c.proof, context(c));
    for (const s of c.steps) {
      if (s.kind === "append") t.append(s.label, unhex(s.data));
      else if (s.kind === "scalar") same(s.label, hex(encodeScalar(t.challenge(s.label))), s.scalar);
      else t.digest(s.label);
    }
  },

  elgamal(c) {
    if (c.refused) {
      const b = unhex(c.ciphertext);
      const judged = () => {
        if (b.length !== 64) throw new Encoding("length");
        decodeNonIdentity(b.slice(0, 32));
        decode(b.slice(32));
        return true;
      };
      return same("the refusal", refusal(judged), c.refused);
    }
    const code = optionCode(unhex(c.manifest), c.question, c.option);
    same("the code", hex(code.toBytes()), c.code);
    same("the ciphertext", hex(encrypt(decode(unhex(c.key)), code, decodeScalar(unhex(c.r)))), c.ciphertext);
  },

  ballot(c) {
    if (!c.witness) return false;
    const s = c.statement;
    const claim = {
      urnBase: decode(unhex(s.urn_base)),
      key: unhex(s.key),
      account: unhex(s.account),
      counter: s.counter,
      previous: unhex(s.previous),
      ciphertexts: unhex(s.ciphertexts),
    };
    const scalars = (/** @type {string[]} */ list) => list.map((x) => decodeScalar(unhex(x)));
    const proof = proveBallot(context(s), claim, scalars(c.witness.secrets), scalars(c.witness.nonces));
    return same("the proof", hex(proof), c.proof);
  },

  schnorr(c) {
    const s = c.statement;
    if (s.kind === "reserve") return knowledge(c, () => reservationClaim(context(s), unhex(s.key), s.elector));
    if (s.kind === "device") return knowledge(c, () => deviceClaim(context(s), unhex(s.key), s.elector, unhex(s.device)));
    return false;
  },

  login(c) {
    const s = c.statement;
    knowledge(c, () => loginClaim(context(s), unhex(s.key), s.elector, unhex(s.challenge)));
  },

  anonymisation(c) {
    if (c.refused) return false;
    const tree = new Frontier();
    const keys = unhex(c.stages.at(-1).keys);
    for (let i = 0; i < keys.length; i += 32) tree.append(leafHash(keys.slice(i, i + 32)));
    return same("the root", hex(tree.root()), c.root);
  },

  async codes(c) {
    let code;
    try {
      code = parseCode(c, c.typed);
    } catch (e) {
      if (!(e instanceof CodeError)) throw e;
      return same("the refusal", "code", c.refused);
    }
    same("the refusal", "", c.refused);
    deposited(c, await stretched(c, code));
  },

  challenge(c) {
    const urn = /** @type {any} */ ({ number: c.urn, questions: c.questions.map((/** @type {any} */ q) => ({ id: q.question, options: q.options.map((/** @type {string} */ id) => ({ id })) })) });
    const scrutin = /** @type {any} */ ({ fBytes: unhex(c.manifest), oBytes: unhex(c.opening), key: decode(unhex(c.key)) });
    let choices;
    try {
      choices = verifyChallenge(scrutin, urn, unhex(c.record), unhex(c.code));
    } catch (e) {
      if (!(e instanceof ChallengeError)) throw e;
      return same("the refusal", e.reason, c.refused);
    }
    same("the refusal", "", c.refused);
    c.choice.forEach((/** @type {string} */ o, /** @type {number} */ i) => same("the choice", choices[urn.questions[i].id], o));
  },

  deputy(c) {
    const key = Verifier.parse(c.key);
    const now = c.now === 0 ? undefined : c.now;
    if (c.refused) return same("the refusal", differs(utf8(c.signed), key, "promise", c.opening, "urn-1", new Uint8Array(32), now), c.refused);
    const said = openCasting(utf8(c.signed), key, c.opening, now);
    same("the kind", "isoloir/v1/" + said.kind, c.kind);
    same("the urn", said.urn, c.urn);
    same("the value", hex(said.value), c.value);
  },

  async companions(c) {
    const made = await stretched(c, parseCode(c, c.typed));
    same("the stretched code", hex(made), c.stretched);
    deposited(c, companionCode(made, unhex(c.companion), c.issuer));
  },
};

/**
 * Judges a file of vectors: how many cases are a device's, and what is wrong with them.
 * @param {string} name
 */
export async function judgeVectors(name) {
  const { cases } = await (await fetch(`/vectors/${name}.json`)).json();
  /** @type {string[]} */
  const wrong = [];
  let judged = 0;
  for (const c of cases) {
    try {
      if ((await judges[name](c)) !== false) judged++;
    } catch (e) {
      wrong.push(`${c.name}: ${e}`);
    }
  }
  return { judged, wrong };
}
