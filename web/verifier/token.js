// @ts-check
/**
 * Timestamps of authorities outside: RFC 3161 responses in the one accepted form
 * (docs/protocol.md, section 13.1).
 *
 * @module
 */

import { concat, equal, hex } from "../client/bytes.js";
import { Certificate, DIGESTS, judgeChain, SIGNATURES } from "./certificate.js";
import { algorithm, elements, integer, must, oid, only, parts, sorted, time, TokenError } from "./der.js";

const SIGNED_DATA = "06092a864886f70d010702";
const TST_INFO = "060b2a864886f70d0109100104";
const CONTENT_TYPE = "06092a864886f70d010903";
const MESSAGE_DIGEST = "06092a864886f70d010904";
const SIGNING_TIME = "06092a864886f70d010905";
const SIGNING_CERTIFICATE = "060b2a864886f70d010910022f";
const SHA256 = "0609608648016503040201";

const LONGEST = 1 << 16;

/**
 * What a token says: of which digest, at what time in seconds since 1970, its nonce and
 * number, and the digest of the certificate that signed. Digests are in hexadecimal digits.
 * @typedef {{digest: string, time: number, nonce: bigint | undefined, serial: bigint, certificate: string}} Token
 */

/**
 * @param {string} name
 * @param {Uint8Array} data
 */
const hash = async (name, data) => new Uint8Array(await crypto.subtle.digest(name, new Uint8Array(data).buffer));

/**
 * Reads and verifies a response; throws TokenError with the first rule that refuses.
 * @param {Uint8Array} data
 * @returns {Promise<Token>}
 */
export async function readToken(data) {
  try {
    return await read(data);
  } catch (e) {
    if (e instanceof TypeError || e instanceof RangeError) throw new TokenError("malformed"); // an element that is not there
    throw e;
  }
}

/** @param {Uint8Array} data */
async function read(data) {
  must(data.length <= LONGEST);
  const [status, token] = parts(only(data, 0x30).body, [0x30, 0x30]);
  must(elements(status.body)[0]?.tag === 2);
  const [kind, outer] = parts(token.body, [6, 0xa0]);
  const [version, digests, content, certificates, revocation, signers] = parts(only(outer.body, 0x30).body, [2, 0x31, 0x30, -0xa0, -0xa1, 0x31]);
  const [contentKind, octets] = parts(content.body, [6, 0xa0]);
  const info = only(octets.body, 4).body;
  sorted(digests.body);
  sorted(signers.body);
  const read = elements(signers.body).map((s) => {
    must(s.tag === 0x30);
    const fields = parts(s.body, [2, 0x30, 0x30, 0xa0, 0x30, 4, -0xa1]);
    sorted(fields[3].body);
    return fields;
  });
  must(hex(status.body) === "020100", "granted");
  must(oid(kind) === SIGNED_DATA && oid(contentKind) === TST_INFO && equal(version.body, Uint8Array.of(3)));
  must(read.length === 1, "signers");
  const [signerVersion, of, hashed, attributes, how, signature, unsigned] = read[0];
  must(equal(signerVersion.body, Uint8Array.of(1)));
  must(!revocation && !unsigned, "unsigned");
  const said = tstInfo(info);
  const chain = certificates ? elements(certificates.body).map((c) => new Certificate(c.whole)) : [];
  const [issuer, number] = parts(of.body, [0x30, 2]);
  const signer = chain.find((c) => c.issuer === hex(issuer.whole) && c.serial === integer(number.body));
  if (chain.length < 2 || !signer) throw new TokenError("chain");
  const listed = elements(digests.body);
  const name = DIGESTS[algorithm(hashed.body)];
  must(listed.length === 1 && algorithm(listed[0].body) === algorithm(hashed.body) && name && SIGNATURES[algorithm(how.body)], "algorithm");
  const stated = await judgeAttributes(attributes.body, signer);
  signer.forTimestamps();
  await judgeChain(signer, chain, said.time);
  if (stated.at) judgeTime(stated.at, signer);
  must(equal(stated.digest, await hash(name, info)), "signature");
  const set = concat(Uint8Array.of(0x31), attributes.whole.subarray(1));
  must(await signer.verifies(algorithm(how.body), name, set, signature.body), "signature");
  return { ...said, certificate: hex(await hash("SHA-256", signer.whole)) };
}

/** @param {Uint8Array} info */
function tstInfo(info) {
  const fields = parts(only(info, 0x30).body, [2, 6, 0x30, 2, 0x18, -0x30, -1, -2, -0xa0, -0xa1]);
  const [version, , imprint, serial, at, , , nonce, , extensions] = fields;
  const number = integer(serial.body);
  must(equal(version.body, Uint8Array.of(1)) && number > 0n);
  const [kind, digest] = parts(imprint.body, [0x30, 4]);
  must(oid(elements(kind.body)[0]) === SHA256 && digest.body.length === 32, "imprint");
  must(!extensions || elements(extensions.body).every((x) => elements(x.body).length === 2), "extension");
  return { digest: hex(digest.body), time: time(at), nonce: nonce && integer(nonce.body), serial: number };
}

/**
 * A time of signing is one of the certificate's: UTCTime to 2049, GeneralizedTime after.
 * @param {import("./der.js").Element} e
 * @param {Certificate} signer
 */
function judgeTime(e, signer) {
  must(e.tag === 0x17 || e.tag === 0x18, "validity");
  const at = time(e);
  must(Number.isInteger(at) && (e.tag === 0x18) === (at >= Date.UTC(2050, 0) / 1000) && at >= signer.begins && at <= signer.ends, "validity");
}

/**
 * Each attribute once, with one value; gives the message digest that is signed, and the
 * time of signing where there is one.
 * @param {Uint8Array} body
 * @param {Certificate} signer
 */
async function judgeAttributes(body, signer) {
  /** @type {Map<string, Uint8Array>} */
  const found = new Map();
  for (const a of elements(body)) {
    const [id, values] = parts(a.body, [6, 0x31]);
    must(!found.has(oid(id)) && elements(values.body).length === 1, "attribute");
    found.set(oid(id), values.body);
  }
  const contentType = found.get(CONTENT_TYPE);
  const digest = found.get(MESSAGE_DIGEST);
  const named = found.get(SIGNING_CERTIFICATE);
  if (!contentType || !digest || !named) throw new TokenError("attribute");
  must(hex(contentType) === TST_INFO && digest[0] === 4, "attribute");
  const inside = elements(elements(elements(elements(named)[0].body)[0].body)[0].body); // of the first ESSCertIDv2
  let name = "SHA-256";
  if (inside[0].tag === 0x30) name = DIGESTS[oid(elements(/** @type {any} */ (inside.shift()).body)[0])];
  must(name && inside[0].tag === 4 && equal(await hash(name, signer.whole), inside[0].body), "attribute");
  if (inside.length > 1) {
    const [names, number] = parts(inside[1].body, [0x30, 2], "attribute");
    const directory = elements(names.body);
    must(integer(number.body) === signer.serial && directory.length === 1 && equal(directory[0].body, signer.issuerName), "attribute");
  }
  const at = found.get(SIGNING_TIME);
  return { digest: elements(digest)[0].body, at: at && elements(at)[0] };
}
