// @ts-check
/**
 * What the pages use of the client. In the order of a vote:
 *
 *     const scrutin = new Scrutin(manifestBytes, openingBytes, f)      // throws Lie
 *     const urn = scrutin.urn("urne-japon")                            // questions, college …
 *     const { elector, code } = parseIdentifier(scrutin.manifest.codes, typed)   // CodeError
 *     const other = parseCode(scrutin.manifest.codes, typedToo)
 *     const roll = asking("roll", rollOrigin), box = asking("urn", urnOrigin)
 *     const stretch = stretchIn("/client/worker.js")
 *     const session = await login({ scrutin, urn, elector, codes: [code, other], stretch, roll })
 *     session.step, session.expiry; await session.send(); await session.prove(digits)
 *     const key = await session.open()                                 // session.state, session.step
 *     const casting = Casting.make(scrutin, urn, key, { question: "option" or "blank" })
 *     key.wipe(); showCode(casting.code); keepCasting(localStorage, casting)
 *     await casting.cast({ roll, urn: box, session }, (c) => keepCasting(localStorage, c))
 *     receiptFile(lines, casting.promise); casting.mail(issuer)
 *
 * In a companion of the scrutin, by the same login: for each f, urn and elector of
 * await session.elsewhere(), a Scrutin with that f, and then
 *
 *     const other = await enter({ scrutin, urn, elector, stretched: session.companions.get(f), roll })
 *
 * To check: parseReceiptCode(typed) or parseReceiptFile(scrutin, file); then
 * findReceipt(scrutin, code, box, urnOfThePromise) or findInList(scrutin, urn, code,
 * getting(urnOrigin)); once the result is out findCounted(scrutin, urn, code,
 * exported(portal)). To see one's mark: ownMark(scrutin, urn, key, roll).
 *
 * To have the device open a ballot instead of sending it: const coins = drawCoins(urn), which
 * Casting.make takes too; then await new Opening(scrutin, urn, casting.ballot, choices, coins).open(box).
 * On another device: findChallenge(urn, code, box), verifyChallenge(scrutin, urn, record, code).
 *
 * Errors are of four kinds: Lie (stop; lie.evidence(scrutin, urn.name, new Date()) is
 * the evidence file), Refusal (service, reason, after), Unreachable (send the same
 * again: the same call; ClocksDiffer is one of these), NeedsSession (log in again, and go on with the same casting).
 *
 * @module
 */

export { amendmentPath } from "./amendment.js";
export { BLANK } from "./ballot.js";
export { Casting, NeedsSession } from "./casting.js";
export { ChallengeError, challengeFile, contestChallenge, drawCoins, findChallenge, Opening, verifyChallenge } from "./challenge.js";
export { findCounted } from "./counted.js";
export { CodeError, parseCode, parseIdentifier } from "./codes.js";
export { ClocksDiffer, Lie, Refusal, Unreachable } from "./errors.js";
export { ownMark } from "./mark.js";
export { findInList, findReceipt, parseReceiptCode, parseReceiptFile, ReceiptError, receiptFile, showCode } from "./receipt.js";
export { Scrutin } from "./scrutin.js";
export { enter, Key, login, Session } from "./session.js";
export { forgetCasting, keepCasting, keepDraft, keptCasting, keptDraft, keptPlaces } from "./store.js";
export { stretchIn } from "./stretch.js";
export { asking, exported, getting, reading } from "./transport.js";
