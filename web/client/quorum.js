// @ts-check
/**
 * Which signatures of the bureau's members adopt a record (docs/protocol.md,
 * section 3.4), the signers being taken as those present.
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
 * Says what is lacking, or nothing. Signers who are all that is present are always
 * a majority of it.
 * @param {Manifest["bureau"]} bureau
 * @param {Set<string>} signers identifiers of members
 * @returns {string}
 */
export function lacking(bureau, signers) {
  const present = bureau.members.filter((m) => signers.has(m.id));
  const voices = seats(present, true).length;
  if (voices < bureau.quorum.count) return `${voices} voices signed where ${bureau.quorum.count} are required`;
  const seated = seats(present, false);
  for (const c of bureau.quorum.clauses) {
    const n = seated.filter((m) => c.roles.includes(m.role) || c.classes.includes(m.class)).length;
    if (n < c.at_least) return `"${c.label}" requires ${c.at_least}, and ${n} signed`;
  }
  return "";
}
