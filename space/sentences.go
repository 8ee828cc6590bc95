package space

// A sentence says what is wrong and what to do, in both languages, with the same arguments in the
// same order.
type sentence struct{ en, fr string }

var sentences = map[string]sentence{
	"empty":             {"This is missing: fill it in.", "Il manque une valeur : remplissez ce champ."},
	"required":          {"This is missing: fill it in.", "Il manque une valeur : remplissez ce champ."},
	"line":              {"Write one line of at most 300 characters, in plain letters and signs.", "Écrivez une ligne de 300 caractères au plus, en lettres et signes ordinaires."},
	"paragraph":         {"Write paragraphs of at most 3,000 characters each, in plain letters and signs.", "Écrivez des paragraphes de 3 000 caractères au plus chacun, en lettres et signes ordinaires."},
	"moment":            {"Write day and hour, as 2032-05-21 10:00.", "Écrivez le jour et l’heure, comme 2032-05-21 10:00."},
	"min":               {"Give at least %s.", "Donnez au moins %s."},
	"max":               {"Give at most %s.", "Donnez au plus %s."},
	"oneof":             {"Choose one of the answers.", "Choisissez une des réponses."},
	"unique":            {"The same stands there twice: take one out.", "La même chose y figure deux fois : retirez-en une."},
	"two-options":       {"Write at least two options, each on a line of its own.", "Écrivez au moins deux options, chacune sur sa ligne."},
	"same-option":       {"The option “%s” stands there twice: change one.", "L’option « %s » y est deux fois : changez-en une."},
	"blank-option":      {"Take out the option “%s”: the blank vote is always offered.", "Retirez l’option « %s » : le vote blanc est toujours proposé."},
	"most-for-against":  {"For and against exclude each other: let one be chosen.", "Pour et contre s’excluent : laissez choisir une réponse."},
	"most-options":      {"There are %d options: let no more be chosen.", "Il y a %d options : n’en laissez pas choisir davantage."},
	"most-citizens":     {"Members vote for one answer: let one be chosen, or let the citizens decide.", "Un élu vote pour une réponse : laissez en choisir une, ou laissez décider les citoyens."},
	"most-sets":         {"A ballot holds one set of answers, and so many options have more than %d sets: let fewer be chosen, or offer fewer options.", "Un bulletin contient un ensemble de réponses, et tant d’options en ont plus de %d : laissez en choisir moins, ou proposez moins d’options."},
	"constituency":      {"“%s” is no constituency of this space: take it out.", "« %s » n’est pas une circonscription de cet espace : retirez-la."},
	"order":             {"“%s” stands in another place than in the space: choose the constituencies again.", "« %s » n’est pas à sa place : choisissez à nouveau les circonscriptions."},
	"no-member":         {"“%s” elects nobody: take it out of the territory, or let the citizens decide.", "« %s » n’élit personne : retirez-la du territoire, ou laissez décider les citoyens."},
	"clocks":            {"On that day the clocks change, and this hour does not exist, or comes twice: choose another one.", "Ce jour-là l’heure change, et cette heure n’existe pas, ou vient deux fois : choisissez-en une autre."},
	"closes-first":      {"The vote ends before it opens: choose a later end.", "Le vote finit avant d’ouvrir : choisissez une fin plus tardive."},
	"opens-past":        {"This hour has passed: choose a later one.", "Cette heure est passée : choisissez-en une plus tardive."},
	"majority-counts":   {"Where nothing is decided no majority is needed: write 0, or choose a rule.", "Là où rien n’est décidé, il ne faut pas de majorité : écrivez 0, ou choisissez une règle."},
	"majority-half":     {"A majority is at least 50 percent: write 50 to 100, or 0.", "Une majorité est d’au moins 50 pour cent : écrivez 50 à 100, ou 0."},
	"smallest-register": {"The accounts are hidden among at least %d: write this number or more.", "Les comptes se cachent parmi %d au moins : écrivez ce nombre ou plus."},
	"by-code-members":   {"Members vote in public, and draw no codes: choose the other publication.", "Les élus votent publiquement et ne tirent pas de codes : choisissez l’autre publication."},
	"picture-text":      {"Say in words what the picture shows, for those who do not see it.", "Dites en mots ce que montre l’image, pour qui ne la voit pas."},
	"majority-rule":     {"The answer with the most votes wins with any number of them: write 0, or choose more than half as the rule.", "La réponse qui a le plus de voix l’emporte quel que soit leur nombre : écrivez 0, ou choisissez pour règle plus de la moitié."},

	"document":       {"Choose a PDF, or a text in UTF-8, of at most 8 MiB.", "Choisissez un PDF, ou un texte en UTF-8, de 8 Mio au plus."},
	"document-title": {"Write the title of the document, in one line.", "Écrivez le titre du document, en une ligne."},
	"picture":        {"Choose a JPEG or PNG picture of at most 8 MiB and 40 million pixels.", "Choisissez une image JPEG ou PNG de 8 Mio et 40 millions de pixels au plus."},
	"not-published":  {"This consultation is not published yet: come back when it is.", "Cette consultation n’est pas encore publiée : revenez quand elle le sera."},
	"no-say":         {"On this question members do not vote, or not that member's: nothing is entered.", "Sur cette question les élus ne votent pas, ou pas celui-ci : rien n’est saisi."},
	"from-minutes":   {"Your vote was entered from the minutes: ask the staff if it is wrong.", "Votre vote a été saisi d’après le procès-verbal : signalez une erreur à l’administration."},
	"by-code-sealed": {"Devices draw no codes yet: choose the other publication.", "Les appareils ne tirent pas encore de codes : choisissez l’autre publication."},

	"no-parties":      {"Nobody is named yet who mixes, witnesses and serves: ask who runs this installation to write parties.json.", "Personne n’est encore nommé pour mélanger, témoigner et servir : demandez à l’exploitant d’écrire parties.json."},
	"no-standing":     {"The standing bureau is not named yet: ask who runs this installation for isoloir space standing.", "Le bureau permanent n’est pas encore nommé : demandez à l’exploitant isoloir space standing."},
	"no-ceremony":     {"The standing bureau has not held its key ceremony: it comes first. See the page of the bureau.", "Le bureau permanent n’a pas tenu sa cérémonie des clés : elle vient d’abord. Voyez la page du bureau."},
	"annulled":        {"The standing bureau's key was annulled: a new bureau holds its ceremony first.", "La clé du bureau permanent a été annulée : un nouveau bureau tient d’abord sa cérémonie."},
	"demonstration":   {"These are keys of a rehearsal: they never serve real voters. Hold the ceremony of a real bureau.", "Ce sont des clés de répétition : elles ne servent jamais à de vrais électeurs. Tenez la cérémonie d’un vrai bureau."},
	"other-kind":      {"This is no standing bureau of this organisation and of this kind: ask who runs this installation to name the right one.", "Ce n’est pas un bureau permanent de cette organisation et de cette nature : demandez à l’exploitant de nommer le bon."},
	"no-snapshot":     {"The register has not yet signed the list of accounts for this consultation: ask its operator for it.", "Le registre n’a pas encore signé la liste des comptes pour cette consultation : demandez-la à son exploitant."},
	"other-register":  {"The list of accounts is of another register or for another consultation: ask the register's operator for it again.", "La liste des comptes est d’un autre registre ou pour une autre consultation : redemandez-la à l’exploitant du registre."},
	"other-territory": {"The list of accounts is not of these constituencies (%s): ask for it again, or change the territory.", "La liste des comptes n’est pas de ces circonscriptions (%s) : redemandez-la, ou changez le territoire."},

	"reason":  {"Say why: the reason is shown to everybody.", "Dites pourquoi : le motif est montré à tous."},
	"meaning": {"What a vote means cannot change once it is published: question, options, territory, weights, rules. Prepare another consultation.", "Ce que signifie un vote ne change plus une fois publié : question, options, territoire, poids, règles. Préparez une autre consultation."},
	"earlier": {"Nobody may lose hours that were promised: an end can only come later.", "Nul ne perd des heures qui lui ont été promises : la fin ne peut être que plus tardive."},
	"over":    {"This consultation is over: nothing of it changes any more.", "Cette consultation est terminée : plus rien n’y change."},
}
