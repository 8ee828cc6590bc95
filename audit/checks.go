package audit

// A Check is one thing that an export must satisfy. Its number never changes
// and is never used again for another meaning.
type Check struct {
	Number  int    `json:"number"`
	English string `json:"english"`
	French  string `json:"french"`
	Section string `json:"section"` // of the protocol
	Per     Scope  `json:"per"`     // what it must have passed for
}

// Scope says for what a check reports: once, or for each of several subjects.
// A check that did not report for each of them has not passed.
type Scope string

// The scopes.
const (
	Whole   Scope = "export"
	PerUrn  Scope = "urn"
	PerCell Scope = "cell"
	Anchor  Scope = "anchor" // once, where trust from outside was given
)

// Checks returns the registry: every check, in ascending order of number.
func Checks() []Check {
	return append([]Check(nil), registry...)
}

var registry = []Check{
	{101, "The list of contents is signed by the platform's contents key.",
		"La liste du contenu est signée par la clé de contenu de la plateforme.", "13", Whole},
	{102, "The list of contents is signed by the bureau's quorum.",
		"La liste du contenu est signée par le quorum du bureau.", "13", Whole},
	{103, "Every listed file is there with the size and the SHA-256 that the list says.",
		"Chaque fichier de la liste est présent, avec la taille et l'empreinte SHA-256 indiquées.", "13", Whole},
	{104, "No file lies in the export that the list does not name.",
		"Aucun fichier de l'export n'est absent de la liste.", "13", Whole},
	{105, "The list names the files that the manifest calls for, and no other.",
		"La liste nomme les fichiers que le manifeste appelle, et aucun autre.", "14", Whole},
	{111, "The manifest is canonical and satisfies every rule of its profile.",
		"Le manifeste est canonique et satisfait toutes les règles de son profil.", "3.2", Whole},
	{112, "Every record names this manifest.",
		"Chaque acte et relevé nomme ce manifeste.", "3.1", Whole},
	{113, "Every record made after the opening record names it.",
		"Chaque acte et relevé postérieur à l'acte d'ouverture le nomme.", "3.1", Whole},

	{201, "Every run of the key ceremony verifies; an earlier run is void for a fault that its messages show.",
		"Chaque tour de la cérémonie des clés se vérifie ; un tour antérieur est nul par une faute que ses messages montrent.", "4", Whole},
	{202, "The keys of the opening record are those that the ceremony made.",
		"Les clés de l'acte d'ouverture sont celles que la cérémonie a produites.", "4", Whole},
	{203, "Every holder opened the rehearsal text from both media, in quorums that cover every holder.",
		"Chaque détenteur a ouvert le texte de répétition depuis ses deux supports, en quorums qui couvrent tous les détenteurs.", "4", Whole},
	{204, "Where a standing key is taken up, the standing manifest and the ceremony are those that the manifest names, with its holders and clauses.",
		"Si une clé permanente est reprise, le manifeste permanent et la cérémonie sont ceux que le manifeste nomme, avec ses détenteurs et ses clauses.", "4.1", Whole},

	{301, "Each issuer's statement, or the register's snapshot, is signed by it and names its files by number and digest.",
		"Le relevé de chaque émetteur, ou celui du registre des comptes, est signé par lui et nomme ses fichiers par nombre et empreinte.", "5", Whole},
	{302, "Each issuer, or the device of each account, proves that it knows the exponent of every key it made.",
		"Chaque émetteur, ou l'appareil de chaque compte, prouve qu'il connaît l'exposant de chaque clé qu'il a faite.", "5", PerUrn},
	{303, "No account key is the identity, and no two of the scrutin are equal.",
		"Aucune clé de compte n'est l'identité, et deux clés du scrutin ne sont jamais égales.", "5", Whole},
	{304, "In a scrutin of accounts the snapshot is the one that the manifest names, of its register, scrutin and urns.",
		"Dans un scrutin de comptes, le relevé des comptes est celui que le manifeste nomme, de son registre, de ce scrutin et de ses urnes.", "5.1", Whole},
	{305, "In a scrutin of accounts the keys of an urn ascend, each once.",
		"Dans un scrutin de comptes, les clés d'une urne croissent, chacune une fois.", "5.1", PerUrn},

	{401, "Each mixer's statement of anonymisation is signed by it and names the populations before and after by digest.",
		"Le relevé d'anonymisation de chaque mixeur est signé par lui et nomme par empreinte les populations avant et après.", "6", Whole},
	{402, "Each stage of anonymisation proves one exponent and one permutation.",
		"Chaque étape d'anonymisation prouve un seul exposant et une permutation.", "8.2", PerUrn},

	{411, "Each amendment of the roll is signed by the roll's key, numbered in turn, and adopted with exactly the statements that it needs.",
		"Chaque modification du fichier des électeurs est signée par la clé de celui-ci, numérotée à son tour et adoptée avec exactement les relevés qu'elle demande.", "6.1", Whole},
	{412, "Each amendment numbers whom it adds to an urn from the next number on, and adds nobody or at least the minimum size.",
		"Chaque modification numérote ceux qu'elle ajoute à une urne à la suite, et n'ajoute personne ou au moins l'effectif minimal.", "6.1", PerUrn},
	{413, "The generator and root of account keys of each amendment are those of the last stage of its anonymisation, and its keys are new to the urn.",
		"Le générateur et la racine des clés de compte de chaque modification sont ceux de la dernière étape de son anonymisation, et ses clés sont nouvelles dans l'urne.", "6.1", PerUrn},
	{414, "The number of electors whom an amendment adds is the same in the amendment, its enrolment and its anonymisation.",
		"Le nombre d'électeurs qu'une modification ajoute est le même dans la modification, son inscription et son anonymisation.", "6.1", PerUrn},
	{415, "Each amendment strikes off electors who have a number and are not struck off yet, and leaves one.",
		"Chaque modification radie des électeurs qui ont un numéro et ne sont pas encore radiés, et en laisse un.", "6.1", PerUrn},

	{501, "The opening record is signed by the bureau's quorum.",
		"L'acte d'ouverture est signé par le quorum du bureau.", "3.3", Whole},
	{502, "The opening record is signed by all witnesses.",
		"L'acte d'ouverture est signé par tous les témoins.", "3.3", Whole},
	{503, "The opening record adopts the statements of enrolment and anonymisation that stand in the export.",
		"L'acte d'ouverture adopte les relevés d'inscription et d'anonymisation qui figurent dans l'export.", "3.3", Whole},
	{504, "Each urn's number of electors is the same in manifest, enrolment and opening record.",
		"Le nombre d'électeurs de chaque urne est le même au manifeste, à l'inscription et à l'acte d'ouverture.", "3.3", PerUrn},
	{505, "Each urn's generator and root of account keys in the opening record are those of the last stage of anonymisation.",
		"Le générateur et la racine des clés de compte de chaque urne, à l'acte d'ouverture, sont ceux de la dernière étape d'anonymisation.", "6", PerUrn},
	{506, "The opening record names the manifest's keys of roll and urn.",
		"L'acte d'ouverture nomme les clés du fichier des électeurs et de l'urne qui figurent au manifeste.", "3.3", Whole},

	{601, "Every checkpoint is signed by the urn's key, and their sizes grow.",
		"Chaque point de contrôle est signé par la clé de l'urne, et leurs tailles croissent.", "9", PerUrn},
	{602, "Every checkpoint's root is that of the leaves before it.",
		"La racine de chaque point de contrôle est celle des feuilles qui le précèdent.", "9", PerUrn},
	{603, "Within a batch the leaves are in ascending order of their SHA-256.",
		"Dans un lot, les feuilles sont en ordre croissant de leur SHA-256.", "9", PerUrn},
	{604, "The seal is the last checkpoint and covers every leaf.",
		"Le scellé est le dernier point de contrôle et couvre toutes les feuilles.", "9", PerUrn},
	{605, "The seal is co-signed by more than two thirds of the witnesses, at a slot of the schedule.",
		"Le scellé est cosigné par plus des deux tiers des témoins, à une tranche horaire du calendrier.", "9", PerUrn},
	{606, "Every leaf is of a type that the manifest allows.",
		"Chaque feuille est d'un type que le manifeste admet.", "9", PerUrn},
	{607, "The seal has its two thirds of the witnesses without the co-signatures dated before the end of voting.",
		"Le scellé a ses deux tiers des témoins sans les cosignatures datées d'avant la fin du vote.", "9", PerUrn},
	{611, "Every ballot is bound to this opening record and to this urn.",
		"Chaque bulletin est lié à cet acte d'ouverture et à cette urne.", "7", PerUrn},
	{612, "Every ballot's key is one of the urn's account keys.",
		"La clé de chaque bulletin est une des clés de compte de l'urne.", "7", PerUrn},
	{613, "Every ballot proves that its voter knows its content and its account's secret.",
		"Chaque bulletin prouve que son votant en connaît le contenu et le secret de son compte.", "7", PerUrn},
	{614, "No account votes twice; where revotes are allowed, each account's ballots form one chain.",
		"Aucun compte ne vote deux fois ; si le revote est permis, les bulletins d'un compte forment une seule chaîne.", "7", PerUrn},
	{615, "No half of a ciphertext stands twice in the urns of the scrutin.",
		"Aucune moitié de chiffré ne figure deux fois dans les urnes du scrutin.", "7", Whole},
	{616, "Every supervised ballot, and no other, stands in a supervised leaf, for which a terminal of the manifest has signed.",
		"Chaque bulletin sous surveillance, et aucun autre, figure dans une feuille de ce type, signée par une borne du manifeste.", "9", PerUrn},

	{701, "The roll statement is signed by the roll's key and names its marks by number and digest.",
		"Le relevé d'émargement est signé par la clé du fichier des électeurs et nomme ses émargements par nombre et empreinte.", "9", PerUrn},
	{702, "The marks name distinct electors of the urn, in ascending order.",
		"Les émargements nomment des électeurs distincts de l'urne, en ordre croissant.", "9", PerUrn},
	{703, "Every mark carries its elector's own signature.",
		"Chaque émargement porte la signature de son électeur.", "9", PerUrn},
	{704, "There are as many marks as accounts that cast a ballot.",
		"Il y a autant d'émargements que de comptes ayant déposé un bulletin.", "9", PerUrn},
	{705, "No mark is of an elector who was struck off.",
		"Aucun émargement n'est d'un électeur radié.", "6.1", PerUrn},

	{801, "Each mixer's statement is signed by it and names its lists and proofs by digest, from the counted ballots on.",
		"Le relevé de chaque mixeur est signé par lui et nomme par empreinte ses listes et ses preuves, à partir des bulletins comptés.", "10", Whole},
	{802, "Each stage of the mix proves a permutation and re-encryption of the list before it.",
		"Chaque étape du mélange prouve une permutation et un rechiffrement de la liste précédente.", "8.1", PerCell},
	{803, "A cell below the minimum size is opened only under an act that names it.",
		"Un groupe sous l'effectif minimal n'est ouvert qu'en vertu d'un acte qui le nomme.", "9", PerCell},

	{901, "Each share statement that the result accepts is signed by its holder, for this seal.",
		"Chaque relevé de déchiffrement que le résultat accepte est signé par son détenteur, pour ce scellé.", "10", Whole},
	{902, "Each share list that the result accepts has a valid proof under its holder's verification key.",
		"Chaque liste de déchiffrement que le résultat accepte a une preuve valide sous la clé de vérification de son détenteur.", "10", Whole},
	{903, "Every clause is met by as many holders as its threshold says.",
		"Chaque clause est satisfaite par autant de détenteurs que son seuil le dit.", "10", Whole},

	{1001, "The result is signed by the bureau's quorum.",
		"Le résultat est signé par le quorum du bureau.", "11", Whole},
	{1002, "The counts of the result are those that the shares open.",
		"Les décomptes du résultat sont ceux que les déchiffrements ouvrent.", "10", PerCell},
	{1003, "The result's cells, electors, marks and ballots are those of the record.",
		"Les groupes, électeurs, émargements et bulletins du résultat sont ceux du dossier.", "11", Whole},
	{1004, "The result names every share statement, and refuses none that is valid.",
		"Le résultat nomme chaque relevé de déchiffrement, et n'en refuse aucun qui soit valide.", "11", Whole},
	{1005, "result.csv has the numbers of the result.",
		"result.csv porte les nombres du résultat.", "11", Whole},

	{1101, "Every act is signed by a quorum of the members present.",
		"Chaque acte est signé par un quorum des membres présents.", "3.4", Whole},
	{1102, "The acts are chained: each names its number and the act before it.",
		"Les actes sont enchaînés : chacun nomme son numéro et l'acte précédent.", "3.4", Whole},
	{1103, "The acts follow each other in an order that the procedure allows, from constitution to proclamation.",
		"Les actes se suivent dans un ordre que la procédure admet, de la constitution à la proclamation.", "3.4", Whole},
	{1104, "The times of the acts ascend and keep to the schedule.",
		"Les heures des actes croissent et respectent le calendrier.", "3.4", Whole},
	{1105, "Each act fixes what an act of its type must fix, and nothing else.",
		"Chaque acte fixe ce qu'un acte de son type doit fixer, et rien d'autre.", "3.4", Whole},
	{1106, "Each act adopts the records that stand in the export, and states its numbers.",
		"Chaque acte adopte les relevés qui figurent dans l'export, et en énonce les nombres.", "3.4", Whole},
	{1107, "What the bureau decided after the end is chained on from its acts, by the same rules.",
		"Ce que le bureau a décidé après la fin s'enchaîne à ses actes, selon les mêmes règles.", "3.4", Whole},

	{1201, "The manifest's fingerprint is the one given from outside.",
		"L'empreinte du manifeste est celle donnée de l'extérieur.", "15", Anchor},
	{1202, "More than two thirds of the witness keys given from outside signed the opening record and every seal.",
		"Plus des deux tiers des clés de témoins données de l'extérieur ont signé l'acte d'ouverture et chaque scellé.", "15", Anchor},

	{1301, "Every timestamp is a whole one, by a certificate that the manifest or an act names for the authority under whose name it lies.",
		"Chaque horodatage est entier, par un certificat que le manifeste ou un acte nomme pour l'autorité sous le nom de laquelle il est rangé.", "13.1", Whole},
	{1302, "Every timestamp is over the digest of its text.",
		"Chaque horodatage porte sur l'empreinte de son texte.", "13.1", Whole},
	{1303, "Every timestamp was given once its text stood, and before anything was built on it.",
		"Chaque horodatage a été donné une fois son texte établi, et avant que rien ne s'y appuie.", "13.1", Whole},
	{1304, "Where the manifest names authorities, the act that seals the urns bears a timestamp.",
		"Si le manifeste nomme des autorités, l'acte qui scelle les urnes porte un horodatage.", "13.1", Whole},
	{1305, "Every timestamp has a nonce, and no two have the same one, or the same number of one certificate.",
		"Chaque horodatage a un nonce, et deux n'ont jamais le même, ni le même numéro d'un même certificat.", "13.1", Whole},

	{1401, "Every certificate of a deputy is in its form, signed by its role's own key alone, for this opening record.",
		"Chaque certificat d'une clé déléguée est dans sa forme, signé par la seule clé propre de son service, pour cet acte d'ouverture.", "12", Whole},
	{1402, "The deputies of roll and urn are listed by their first days and keys, each once.",
		"Les clés déléguées du fichier des électeurs et de l'urne sont listées par premier jour et par clé, chacune une fois.", "12", Whole},
	{1403, "Every withdrawal of a deputy is signed by its role's own key.",
		"Chaque retrait d'une clé déléguée est signé par la clé propre de son service.", "12", Whole},

	{1501, "Each list of challenges is the one of a statement that the urn signed, with as many as it says.",
		"Chaque liste de bulletins ouverts est celle d'un relevé que l'urne a signé, avec le nombre qu'il dit.", "12.1", Whole},
	{1502, "Every challenge opens an option of each question, and they stand in ascending order of their names, each once.",
		"Chaque bulletin ouvert l'est sur une option de chaque question ; ils sont en ordre croissant de leurs noms, chacun une fois.", "12.1", Whole},
	{1503, "No half of a ciphertext that was opened stands in another one that was, nor in a ballot of the scrutin's logs.",
		"Aucune moitié d'un chiffré ouvert ne figure dans un autre, ni dans un bulletin des journaux du scrutin.", "12.1", Whole},
	{1504, "Every challenge that is contested is so by its own code, and the statement says how many are and how many of these fail.",
		"Chaque bulletin ouvert qui est contesté l'est par son propre code, et le relevé dit combien le sont et combien de ceux-ci ne se vérifient pas.", "12.1", Whole},

	{1601, "The minutes of votes on paper are signed by the bureau's quorum, of an urn, with as many accounts as voters, and open no choices of fewer than the minimum size.",
		"Les procès-verbaux des votes sur papier sont signés par le quorum du bureau, sont d'une urne, avec autant de comptes que de votants, et n'ouvrent pas les choix d'un groupe sous l'effectif minimal.", "11.1", Whole},
	{1602, "Everyone who voted on paper proves an account of the urn; the accounts of minutes ascend.",
		"Chaque votant sur papier prouve un compte de l'urne ; les comptes d'un procès-verbal sont en ordre croissant.", "11.1", Whole},
	{1603, "No account voted on paper twice, and none that did has a ballot in the urn.",
		"Aucun compte n'a voté deux fois sur papier, et aucun de ceux-là n'a de bulletin dans l'urne.", "11.1", Whole},
	{1611, "Each question of a scrutin mixte has a statement on this result, signed by the bureau's quorum.",
		"Chaque question d'un scrutin mixte a un relevé sur ce résultat, signé par le quorum du bureau.", "11.1", Whole},
	{1612, "The decision, rules and electorates of each such statement are those of the manifest.",
		"La décision, les règles et les électorats de chacun de ces relevés sont ceux du manifeste.", "11.1", Whole},
	{1613, "The citizens' ballots in each such statement are those of the opened urns and of the minutes on paper.",
		"Les bulletins des citoyens, dans chacun de ces relevés, sont ceux des urnes ouvertes et des procès-verbaux sur papier.", "11.1", Whole},
	{1614, "The weights and the result of each such statement follow from its votes.",
		"Les poids et le résultat de chacun de ces relevés découlent de ses votes.", "11.1", Whole},
	{1615, "The table of each such statement has its rows.",
		"Le tableau de chacun de ces relevés en a les lignes.", "11.1", Whole},
	{1616, "A definitive statement follows the provisional one that it replaces, where there is one.",
		"Un relevé définitif suit le relevé provisoire qu'il remplace, s'il y en a un.", "11.1", Whole},
}
