// @ts-check
/**
 * X.509 certificates of timestamp authorities, and chains of them (docs/protocol.md,
 * section 13.1; RFC 5280 as far as that asks). Signatures are verified by the browser's
 * own cryptography.
 *
 * @module
 */

import { concat, equal, hex } from "../client/bytes.js";
import { elements, integer, must, oid, only, parts, time, TokenError } from "./der.js";

/** Digests, by their identifiers. @type {Record<string, string>} */
export const DIGESTS = { "0609608648016503040201": "SHA-256", "0609608648016503040202": "SHA-384", "0609608648016503040203": "SHA-512" };

const RSA = "06092a864886f70d010101";
const EC = "06072a8648ce3d0201";

/** Signatures, by their identifiers: with which key and digest; RSA alone leaves the digest to the signer. @type {Record<string, [string, string]>} */
export const SIGNATURES = {
  "06092a864886f70d01010b": [RSA, "SHA-256"], "06092a864886f70d01010c": [RSA, "SHA-384"], "06092a864886f70d01010d": [RSA, "SHA-512"],
  "06082a8648ce3d040302": [EC, "SHA-256"], "06082a8648ce3d040303": [EC, "SHA-384"], "06082a8648ce3d040304": [EC, "SHA-512"],
  [RSA]: [RSA, ""],
};

/** Curves, by their identifiers: the name and the size of a coordinate in bytes. @type {Record<string, [string, number]>} */
const CURVES = { "06082a8648ce3d030107": ["P-256", 32], "06052b81040022": ["P-384", 48], "06052b81040023": ["P-521", 66] };

const BASIC = "0603551d13";
const USAGE = "0603551d0f";
const EXTENDED = "0603551d25";
/** What may be critical: the three above, and policies. */
const KNOWN = [EXTENDED, USAGE, BASIC, "0603551d20"];
/** What stands in no certificate: constraints of names, mappings and constraints of policies, inhibited policy. */
const LIMITING = ["0603551d1e", "0603551d21", "0603551d24", "0603551d36"];
/** For timestamps, and for anything. */
const USES = ["06082b06010505070308", "0604551d2500"];

export class Certificate {
  /** @param {Uint8Array} whole */
  constructor(whole) {
    const [tbs, algorithm, signature] = parts(only(whole, 0x30, "chain").body, [0x30, 0x30, 3], "chain");
    const fields = elements(tbs.body);
    must(fields[0]?.tag === 0xa0 && hex(fields[0].body) === "020102", "algorithm"); // version 3
    must(fields.length >= 7, "chain");
    const [, serial, inner, issuer, validity, subject, key, ...rest] = fields;
    this.whole = whole;
    this.signed = tbs.whole;
    this.signature = signature.body.subarray(1);
    this.serial = integer(serial.body);
    must(equal(inner.whole, algorithm.whole), "chain");
    this.algorithm = oid(elements(algorithm.body)[0]);
    this.issuer = hex(issuer.whole);
    this.issuerName = issuer.whole;
    this.subject = hex(subject.whole);
    const times = elements(validity.body);
    this.begins = time(times[0]);
    this.ends = time(times[1]);
    must(Number.isInteger(this.begins) && Number.isInteger(this.ends), "chain");
    this.key = key;
    /** @type {Map<string, {critical: boolean, value: Uint8Array}>} */
    this.extensions = new Map();
    for (const e of rest) {
      if (e.tag !== 0xa3) continue;
      for (const x of elements(only(e.body, 0x30, "chain").body)) {
        const inside = elements(x.body);
        const name = oid(inside[0]);
        must(!this.extensions.has(name), "chain");
        const flag = inside.length === 3;
        must(!flag || equal(inside[1].whole, Uint8Array.of(1, 1, 255)), "chain");
        this.extensions.set(name, { critical: flag, value: inside[inside.length - 1].body });
      }
    }
  }

  /** Throws unless this is a certificate for timestamps and nothing else. */
  forTimestamps() {
    const extended = this.extensions.get(EXTENDED);
    must(extended?.critical && hex(extended.value) === "300a06082b06010505070308", "usage");
    const usage = this.extensions.get(USAGE)?.value;
    must(!usage || ((usage[3] & 0x3f) === 0 && usage.subarray(4).every((b) => b === 0)), "usage");
    const basic = this.extensions.get(BASIC)?.value;
    must(!basic || elements(basic)[0].body.length === 0 || elements(elements(basic)[0].body)[0].tag !== 1, "usage");
  }

  /** Throws unless every verifier judges this certificate in the same way. */
  plain() {
    for (const [name, x] of this.extensions) must((!x.critical || KNOWN.includes(name)) && !LIMITING.includes(name), "extension");
    must(this.algorithm in SIGNATURES && this.algorithm !== RSA, "algorithm");
    const [kind, bits] = elements(this.key.body);
    const [id, parameter] = elements(kind.body);
    const bytes = bits.body.subarray(1);
    if (oid(id) === RSA) {
      const [n, e] = elements(elements(bytes)[0].body).map((x) => integer(x.body));
      const size = n.toString(2).length;
      must(n > 0n && size >= 2048 && size <= 8192 && e >= 3n && e % 2n === 1n && e < 1n << 31n, "algorithm");
      return;
    }
    const curve = oid(id) === EC && CURVES[oid(parameter)];
    must(curve && bytes[0] === 4 && bytes.length === 1 + 2 * curve[1], "algorithm");
  }

  /** Throws unless this one may certify others, with so many below it. @param {number} below */
  certifies(below) {
    const basic = this.extensions.get(BASIC)?.value;
    const inside = basic ? elements(elements(basic)[0].body) : [];
    must(inside[0]?.tag === 1 && inside[0].body[0] === 255, "chain");
    must(!inside[1] || integer(inside[1].body) >= below, "chain");
    const usage = this.extensions.get(USAGE)?.value;
    must(!usage || (usage[3] & 0x04) !== 0, "chain"); // keyCertSign
    const uses = this.extensions.get(EXTENDED)?.value;
    must(!uses || elements(elements(uses)[0].body).some((x) => USES.includes(oid(x))), "chain");
  }

  /** The key identifier of the authority above, where one is named. */
  above() {
    const value = this.extensions.get("0603551d23")?.value;
    return value && elements(elements(value)[0].body).find((e) => e.tag === 0x80)?.body;
  }

  /** Its own key identifier. */
  own() {
    const value = this.extensions.get("0603551d0e")?.value;
    return value && elements(value)[0].body;
  }

  /**
   * Whether the key of this certificate made a signature.
   * @param {string} algorithm its identifier
   * @param {string} digest that the signer names, for RSA alone
   * @param {Uint8Array} message
   * @param {Uint8Array} signature
   */
  async verifies(algorithm, digest, message, signature) {
    const how = SIGNATURES[algorithm];
    must(how, "algorithm");
    const hash = how[1] || digest;
    const [id, curve] = elements(elements(this.key.body)[0].body);
    must(oid(id) === how[0], "algorithm");
    const subtle = globalThis.crypto?.subtle;
    if (!subtle) throw new Error("this browser verifies no signatures in a page that was opened in this way");
    if (how[0] === RSA) {
      const key = await subtle.importKey("spki", own(this.key.whole), { name: "RSASSA-PKCS1-v1_5", hash }, false, ["verify"]).catch(() => undefined);
      return !!key && subtle.verify("RSASSA-PKCS1-v1_5", key, own(signature), own(message));
    }
    const named = CURVES[oid(curve)];
    must(named, "algorithm");
    const [r, s] = parts(only(signature, 0x30, "signature").body, [2, 2], "signature").map((x) => integer(x.body));
    if (r <= 0n || s <= 0n) return false;
    const raw = [r, s].map((n) => n.toString(16).padStart(2 * named[1], "0"));
    if (raw.some((x) => x.length !== 2 * named[1])) return false;
    const bytes = concat(...raw.map((x) => Uint8Array.from({ length: named[1] }, (_, i) => parseInt(x.slice(2 * i, 2 * i + 2), 16))));
    const key = await subtle.importKey("spki", own(this.key.whole), { name: "ECDSA", namedCurve: named[0] }, false, ["verify"]).catch(() => undefined);
    return !!key && subtle.verify({ name: "ECDSA", hash }, key, own(bytes), own(message));
  }
}

/** A copy over a buffer of its own. @param {Uint8Array} b */
const own = (b) => new Uint8Array(b).slice().buffer;

/**
 * Throws unless the certificates form one chain from the signer's on, in which none is
 * left over and each is valid at that time.
 * @param {Certificate} signer
 * @param {Certificate[]} all
 * @param {number} at
 */
export async function judgeChain(signer, all, at) {
  for (const c of all) c.plain();
  must(new Set(all.map((c) => c.subject)).size === all.length, "chain");
  must(all.every((c) => c.begins <= at && at <= c.ends), "validity");
  const order = [signer];
  while (order.length < all.length) {
    const low = order[order.length - 1];
    const next = all.find((c) => !order.includes(c) && c.subject === low.issuer);
    if (!next) throw new TokenError("chain");
    next.certifies(order.length - 1);
    must(await next.verifies(low.algorithm, "", low.signed, low.signature), "chain");
    order.push(next);
  }
  const last = order[order.length - 1];
  if (last.issuer === last.subject) {
    must(await last.verifies(last.algorithm, "", last.signed, last.signature), "chain");
    return;
  }
  const above = last.above();
  const mine = last.own();
  must(above && above.length > 0 && !(mine && equal(above, mine)), "chain");
}
