// @ts-check
/**
 * What is about to be signed, in plain words, told from the very text that is signed:
 * nothing that the page says beside it is believed.
 *
 * @module
 */

import { parseCanonical } from "../client/canonical.js";
import { instant, number, say } from "../client/pages/sentences.js";

/** @typedef {[string, string]} Line what, and which */

/** A digest by the groups that people compare. @param {string} digest */
const groups = (digest) => (digest.slice(0, 16).match(/.{4}/g) ?? []).join(" ") + "…";

/**
 * @param {any} act
 * @param {string} zone
 * @returns {Line[]}
 */
function actLines(act, zone) {
  const when = (/** @type {string} */ t) => instant(Date.parse(t) / 1000, zone);
  const { body } = act;
  /** @type {Line[]} */
  const lines = [
    [say("signing.say.field-scrutin"), groups(act.manifest)],
    [say("signing.say.act"), say("deed.name-" + act.type)],
    [say("signing.say.does"), say("deed.does-" + act.type)],
    [say("signing.say.number"), number(act.seq)],
    [say("signing.say.when"), when(act.time)],
    [say("signing.say.present"), act.present.join(", ")],
  ];
  for (const f of body.found) lines.push([f.urn, say("signing.say.found", { Marks: number(f.marks), Ballots: number(f.ballots) })]);
  if (body.close) lines.push([say("signing.say.close"), when(body.close)]);
  if (body.excluded.length) lines.push([say("signing.say.excluded"), body.excluded.map((/** @type {any} */ e) => e.holder).join(", ")]);
  if (body.waives.length) lines.push([say("signing.say.waives"), body.waives.join(", ")]);
  if (body.cells.length) lines.push([say("signing.say.cells"), body.cells.join(", ")]);
  if (body.reason) lines.push([say("signing.say.reason"), body.reason]);
  if (body.opinion) lines.push([say("signing.say.opinion"), body.opinion]);
  for (const a of body.replaces) lines.push([say("signing.say.replaced"), `${a.path} ${groups(a.sha256)}`]);
  for (const a of body.adopts) lines.push([a.path, groups(a.sha256)]);
  return lines;
}

/**
 * @param {import("./form.js").Stated} stated
 * @param {string} zone
 * @returns {Line[]}
 */
export function told({ kind, body, act, author }, zone) {
  if (act) return actLines(parseCanonical(act), zone);
  if (kind === "motion") return actLines(body.act, zone);
  if (author) return [[say("signing.say.field-scrutin"), groups(author.manifest ?? "")], ...told({ kind, body, act, then: "" }, zone)];
  if (kind === "page") return [[say("signing.say.field-page", { Page: number(body.page) }), groups(body.digest)]];
  return Object.entries(body)
    .filter(([, value]) => value !== "" && value !== false && !/^0{64}$/.test(value))
    .map(([key, value]) => [say("signing.say.field-" + key), /^[0-9a-f]{64}$/.test(value) ? groups(value) : [value].flat().join("\n")]);
}
