// @ts-check
/**
 * What the page says, in French and in English.
 *
 * @module
 */

/** @typedef {"fr" | "en"} Language */

/** @type {Record<string, [string, string]>} */
const WORDS = {
  heading: ["Vérifier une élection", "Verify an election"],
  lead: [
    "Cette page refait tous les calculs d'une élection à partir de son archive. Rien ne quitte votre ordinateur : la page ne peut joindre aucun réseau. Vous pouvez couper le vôtre.",
    "This page makes all the computations of an election again, from its archive. Nothing leaves your computer: the page can reach no network. You may cut yours off.",
  ],
  archive: ["1. L'archive", "1. The archive"],
  archiveHint: ["Un fichier .tar, tel qu'il est publié. Vous pouvez aussi le déposer sur la page.", "A .tar file, as it is published. You may also drop it on the page."],
  directory: ["Ou son dossier, si vous l'avez extraite", "Or its folder, if you have unpacked it"],
  outside: ["2. Ce que vous savez d'ailleurs", "2. What you know from elsewhere"],
  outsideHint: [
    "Sans cela, la page dira si tout concorde, mais pas que c'est votre élection.",
    "Without this the page says whether all agrees, but not that it is your election.",
  ],
  fingerprint: ["Empreinte du scrutin", "Fingerprint of the election"],
  fingerprintHint: ["64 chiffres et lettres, imprimés sur le courrier des codes.", "64 digits and letters, printed on the letter with the codes."],
  fingerprintWrong: ["Recopiez les 64 chiffres et lettres, de 0 à 9 et de a à f.", "Copy the 64 digits and letters, from 0 to 9 and from a to f."],
  witnesses: ["Clés des témoins", "Keys of the witnesses"],
  witnessesHint: ["Une par ligne, telles que les témoins les publient.", "One in each line, as the witnesses publish them."],
  witnessesWrong: ["Une ligne n'est pas une clé de témoin, ou une clé s'y trouve deux fois.", "A line is no key of a witness, or a key stands there twice."],
  verify: ["Vérifier", "Verify"],
  stop: ["Arrêter", "Stop"],
  choose: ["Choisissez d'abord une archive ou un dossier.", "Choose an archive or a folder first."],
  running: ["Vérification en cours", "Verifying"],
  report: ["Rapport", "Report"],
  of: ["Archive ou dossier", "Archive or folder"],
  notGiven: ["non donné", "not given"],
  verified: ["Vérifiée", "Verified"],
  verifiedSays: [
    "Toutes les vérifications ont réussi, et l'élection est bien celle que vous connaissez d'ailleurs.",
    "All checks passed, and the election is the one that you know from elsewhere.",
  ],
  consistent: ["Cohérente, non authentifiée", "Consistent, not authenticated"],
  consistentSays: [
    "Tout concorde, mais rien ne dit encore que c'est votre élection : donnez l'empreinte du scrutin et les clés des témoins.",
    "All agrees, but nothing says yet that it is your election: give its fingerprint and the keys of the witnesses.",
  ],
  refused: ["Refusée", "Refused"],
  refusedSays: [
    "Au moins une vérification n'a pas réussi. Gardez l'archive et ce rapport, et écrivez au bureau du vote.",
    "At least one check did not pass. Keep the archive and this report, and write to the bureau of the vote.",
  ],
  annulled: ["Annulée", "Annulled"],
  annulledSays: ["Le bureau a annulé ce résultat : il est nul. Motif : ", "The bureau has annulled this result: it is void. Reason: "],
  unread: ["L'archive n'a pas pu être lue", "The archive could not be read"],
  failed: [
    "La page elle-même a échoué : on ne sait rien de cette élection.",
    "The page itself failed: nothing is known of this election.",
  ],
  broken: ["Vérifications qui n'ont pas réussi", "Checks that did not pass"],
  notMade: ["Vérifications qui n'ont pas été faites", "Checks that were not made"],
  checks: ["Vérifications", "Checks"],
  number: ["N°", "No."],
  check: ["Vérification", "Check"],
  outcome: ["Issue", "Outcome"],
  passed: ["oui", "yes"],
  refusedCheck: ["REFUSÉ", "REFUSED"],
  "not run": ["NON FAIT", "NOT MADE"],
  "not asked": ["non demandé", "not asked"],
  figures: ["Combien a été vérifié", "How much was checked"],
  checked: ["vérifié", "checked"],
  record: ["au dossier", "on record"],
  result: ["Résultat recompté", "The result, counted again"],
  electors: ["électeurs", "electors"],
  marks: ["émargements", "marks"],
  ballots: ["bulletins", "ballots"],
  option: ["Choix", "Choice"],
  votes: ["Bulletins", "Ballots"],
  blank: ["Blanc", "Blank"],
  nul: ["Nul", "Nul"],
  abstain: ["Abstention", "Abstention"],
  mixed: ["Scrutin mixte : élus et citoyens ensemble", "Members and citizens together"],
  members: ["Élus seuls", "Members alone"],
  citizens: ["Citoyens seuls", "Citizens alone"],
  together: ["Ensemble", "Together"],
  last: ["Dernier acte de cette copie", "Last act of this copy"],
  lastSays: [
    "Un acte ultérieur, comme une annulation, ne se verrait pas ici : demandez au bureau lequel est son dernier.",
    "A later one, as an annulment, would not be seen here: ask the bureau which is its last.",
  ],
  stamped: ["Dates données par des autorités extérieures", "Dates given by authorities outside"],
  none: ["manque", "missing"],
  amended: ["Fichier des électeurs, modifié pendant le vote", "The roll, amended while the vote was open"],
  added: ["ajoutés", "added"],
  struck: ["radiés", "struck off"],
  digests: ["Empreintes", "Digests"],
  machine: ["Rapport complet, pour les machines", "Whole report, for machines"],
  seconds: ["secondes", "seconds"],
  "figure-half-keys": ["clés des émetteurs", "issuers' keys"],
  "figure-account-keys": ["clés des comptes", "keys of accounts"],
  "figure-anonymised": ["clés anonymisées", "keys made anonymous"],
  "figure-leaves": ["feuilles des journaux", "leaves of the logs"],
  "figure-ballots": ["bulletins aux journaux", "ballots of the logs"],
  "figure-marks": ["émargements signés", "signed marks"],
  "figure-mixed": ["chiffrés mélangés", "mixed ciphertexts"],
  "figure-shares": ["parts de déchiffrement", "shares of decryption"],
  "figure-answers": ["réponses ouvertes", "answers opened"],
  "figure-files": ["fichiers", "files"],
  "figure-challenges": ["bulletins contrôlés", "challenged ballots"],
  "part-opening": ["acte d'ouverture", "opening record"],
  "part-contents": ["liste du contenu", "list of contents"],
  "part-ceremony": ["cérémonie des clés", "key ceremony"],
  "part-accounts": ["inscription et anonymisation", "enrolment and anonymisation"],
  "part-amendments": ["modifications du fichier", "amendments of the roll"],
  "part-distinct": ["clés de compte", "account keys"],
  "part-logs": ["bulletins", "ballots"],
  "part-roll": ["émargements", "marks"],
  "part-mixes": ["mélanges", "mixes"],
  "part-shares": ["déchiffrements", "shares"],
  "part-count": ["dépouillement", "count"],
  "part-paper": ["votes sur papier", "votes on paper"],
  "part-mixed": ["élus et citoyens", "members and citizens"],
  "part-challenges": ["bulletins ouverts", "challenged ballots"],
  "part-timestamps": ["horodatages", "timestamps"],
  "part-files": ["fichiers", "files"],
};

/**
 * @param {string} key
 * @param {Language} language
 */
export const word = (key, language) => WORDS[key]?.[language === "fr" ? 0 : 1] ?? "";

/**
 * What stands between a name and what is said of it.
 * @param {Language} language
 */
export const colon = (language) => (language === "fr" ? "\u00a0: " : ": ");
