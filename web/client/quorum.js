// @ts-check
/**
 * Which signatures of the bureau's members adopt a record or an act (docs/protocol.md,
 * section 3.4).
 *
 * @module
 */

/** @typedef {import("./types.js").Manifest} Manifest */
/** @typedef {import("./types.js").Member} Member */

/**
 * The members who take a seat, one for each seat: a substitute has that of a titular
 * who is not there, the first one named if there are several.
 * @param {Member[]} present in the manifest's order
 * @param {boolean} deliberative only those with such a voice
 */
function seats(present, deliberative) {
  const taken = new Set(present.filter((m) => m.rank === "titular").map((m) => m.id));
  return present.filter((m) => {
    if (deliberative && m.voice !== "deliberative") return false;
    if (m.rank !== "substitute") return true;
    if (taken.has(m.replaces)) return false;
    taken.add(m.replaces);
    return true;
  });
}

/**
 * Who presides: the president, else who takes his seat, else the oldest assessor with a
 * deliberative voice.
 * @param {Member[]} present
 */
function presiding(present) {
  const presidents = present.filter((m) => m.role === "president");
  const assessors = present.filter((m) => m.role === "assessor" && m.voice === "deliberative");
  const oldest = assessors.reduce((a, b) => (a && a.born <= b.born ? a : b), /** @type {Member | undefined} */ (undefined));
  return presidents.find((m) => m.rank === "titular") ?? presidents[0] ?? oldest;
}

/**
 * Says what is lacking, or nothing. Signers who are all that is present are always
 * a majority of it.
 * @param {Manifest["bureau"]} bureau
 * @param {Set<string>} signers identifiers of members
 * @param {string[]} [here] identifiers of those present; the signers, where nothing is said
 * @returns {string}
 */
export function lacking(bureau, signers, here = bureau.members.map((m) => m.id).filter((id) => signers.has(id))) {
  const present = bureau.members.filter((m) => here.includes(m.id));
  if (present.map((m) => m.id).join() !== here.join()) return "those present are not members in the manifest's order, each once";
  const absent = [...signers].find((id) => !here.includes(id));
  if (absent !== undefined) return `${absent} signed without being present`;
  const seated = seats(present, true);
  const signed = seated.filter((m) => signers.has(m.id));
  if (signed.length < bureau.quorum.count) return `${signed.length} voices signed where ${bureau.quorum.count} are required`;
  for (const c of bureau.quorum.clauses) {
    const n = seats(present, false).filter((m) => signers.has(m.id) && (c.roles.includes(m.role) || c.classes.includes(m.class))).length;
    if (n < c.at_least) return `"${c.label}" requires ${c.at_least}, and ${n} signed`;
  }
  const casting = bureau.casting_vote && signed.some((m) => m === presiding(present));
  if (2 * signed.length < seated.length || (2 * signed.length === seated.length && !casting)) {
    return `${signed.length} of ${seated.length} voices present are no majority`;
  }
  return "";
}
