package main

import (
	"fmt"

	"isoloir/audit"
)

// A sayer says a sentence of the table in one language.
type sayer func(name string, values ...any) string

// speaker says the sentences in English or French.
func speaker(lang string) (sayer, error) {
	at := 0
	switch audit.Language(lang) {
	case audit.English:
	case audit.French:
		at = 1
	default:
		return nil, fmt.Errorf("-lang %q: give en or fr", lang)
	}
	return func(name string, values ...any) string { return fmt.Sprintf(sayings[name][at], values...) }, nil
}

// sayings are what verify, follow, evidence and receipt tell, in English and in French.
var sayings = map[string][2]string{
	"grown":    {"urn %s: %d entries, all verified and kept", "urne %s : %d entrées, toutes vérifiées et gardées"},
	"withheld": {"urn %s: %d entries, which are for witnesses alone until the close; the signed total is kept", "urne %s : %d entrées, réservées aux témoins jusqu'à la clôture ; le total signé est gardé"},
	"smaller":  {"urn %s: the server shows %d entries, fewer than the urn has signed", "urne %s : le serveur montre %d entrées, moins que l'urne n'en a signé"},
	"signed":   {"urn %s: co-signed at %d entries", "urne %s : cosignée à %d entrées"},
	"trouble":  {"urn %s: %v; it will be asked again", "urne %s : %v ; elle sera interrogée de nouveau"},
	"forked":   {"URN %s HAS SIGNED TWO HISTORIES. The evidence is in %s: send it to the bureau and to other witnesses.", "L'URNE %s A SIGNÉ DEUX HISTOIRES. La preuve est dans %s : envoyez-la au bureau et aux autres témoins."},
	"shrank":   {"URN %s: the server keeps showing less than the urn has signed. What was seen is in %s: send it to the bureau and to other witnesses.", "URNE %s : le serveur montre encore moins que l'urne n'a signé. Ce qui a été vu est dans %s : envoyez-le au bureau et aux autres témoins."},

	"page":      {"index.html was drawn by another version of the program: it was not compared. Believe this report, not the page.", "index.html a été dessinée par une autre version du programme : elle n'a pas été comparée. Croyez ce rapport, non la page."},
	"unadopted": {"NOT ADOPTED by any act of the bureau, anybody may have added or changed it: %s", "QU'AUCUN ACTE du bureau n'adopte, et que n'importe qui a pu ajouter ou changer : %s"},

	"held":       {"%s (%s): the ballot that the device had shown held", "%s (%s) : le bulletin que l'appareil avait montré contenait"},
	"unverified": {"%s (%s): THE DEVICE DID NOT OPEN WHAT IT HAD SHOWN (%s). Keep the file, and tell the bureau.", "%s (%s) : L'APPAREIL N'A PAS OUVERT CE QU'IL AVAIT MONTRÉ (%s). Gardez le fichier, et prévenez le bureau."},
	"unopened":   {"no ballot of this code was opened", "aucun bulletin de ce code n'a été ouvert"},
	"blank":      {"blank", "blanc"},
	"seed":       {"Digest of the seed, to be read out beforehand: %s", "Empreinte du tirage, à lire d'avance à voix haute : %s"},
	"ask":        {"%s  check %d, urn %s", "%s  contrôle %d, urne %s"},

	"about":     {"Scrutin %s, urn %s, key %s", "Scrutin %s, urne %s, clé %s"},
	"fork":      {"PROVED: under this key the urn signed two histories that exclude each other.", "PROUVÉ : sous cette clé, l'urne a signé deux histoires qui s'excluent."},
	"shrunk":    {"TESTIMONY: the urn signed both totals. That the smaller one was shown after the larger one stands on the word of who wrote the file.", "TÉMOIGNAGE : l'urne a signé les deux totaux. Que le plus petit ait été montré après le plus grand repose sur la parole de l'auteur du fichier."},
	"missing":   {"PROVED: under this key the urn promised the ballot %s, and the sealed log of this export does not hold it as cast.", "PROUVÉ : sous cette clé, l'urne a promis le bulletin %s, et le journal scellé de cet export ne le contient pas comme déposé."},
	"nothing":   {"PROVES NOTHING: %v", "NE PROUVE RIEN : %v"},
	"anonymous": {"The key is the one that the file names: give -manifest with -fingerprint, or -vkey, to know that it is your scrutin's.", "La clé est celle que nomme le fichier : donnez -manifest avec -fingerprint, ou -vkey, pour savoir que c'est celle de votre scrutin."},
	"known":     {"The key is the one that you gave.", "La clé est celle que vous avez donnée."},

	"ballot":   {"Ballot %s", "Bulletin %s"},
	"logged":   {"1. It is entry %d of %d in the log of urn %s; %d steps lead from it to the total that the urn signed at the close (root %s).", "1. C'est l'entrée %d sur %d du journal de l'urne %s ; %d étapes mènent d'elle au total que l'urne a signé à la clôture (racine %s)."},
	"cosigned": {"2. That total is co-signed by %d of %d witnesses.", "2. Ce total est cosigné par %d témoins sur %d."},
	"counted":  {"3. It is number %d of the %d ballots of %s that went into the mix, through %d mixers, and were opened and counted.", "3. C'est le numéro %d des %d bulletins de %s qui sont entrés dans le mélange, par %d mélangeurs, puis ont été ouverts et comptés."},
	"replaced": {"3. A later ballot of the same voter replaced it: that one went into the mix, and this one was not counted.", "3. Un bulletin ultérieur du même électeur l'a remplacé : c'est celui-là qui est entré dans le mélange, et celui-ci n'a pas été compté."},
	"closed":   {"3. It is with so few others that what they hold stays closed, so that nobody's choice shows: it stands among the participation, and is in no count.", "3. Il est avec si peu d'autres que leur contenu reste fermé, pour que le choix de personne n'apparaisse : il compte dans la participation et n'entre dans aucun décompte."},
	"cast":     {"3. The export does not show what was mixed.", "3. L'export ne montre pas ce qui a été mélangé."},
	"other":    {"3. It is not there as a cast ballot: it was opened for a check, or set aside, and was not counted.", "3. Il n'y est pas comme bulletin déposé : il a été ouvert pour une vérification, ou mis à part, et n'a pas été compté."},
	"absent":   {"It is in no log of this export.", "Il n'est dans aucun journal de cet export."},
	"none":     {"A code alone accuses nobody: the receipt file holds the urn's signature. See docs/log.md, or the page “Vérifier”, for whom to write to.", "Un code seul n'accuse personne : le fichier de récépissé contient la signature de l'urne. Voyez docs/log.md, ou la page « Vérifier », pour savoir à qui écrire."},
	"kept":     {"The urn's promise was kept.", "La promesse de l'urne a été tenue."},
	"broken":   {"THE URN PROMISED THIS BALLOT, AND IT IS NOT THERE AS PROMISED. The evidence is in %s: send it to the bureau with this export's name.", "L'URNE A PROMIS CE BULLETIN, ET IL N'Y EST PAS COMME PROMIS. La preuve est dans %s : envoyez-la au bureau avec le nom de cet export."},
	"unproved": {"THE URN PROMISED THIS BALLOT, AND IT IS NOT THERE AS PROMISED. Give -evidence FILE to have the evidence written.", "L'URNE A PROMIS CE BULLETIN, ET IL N'Y EST PAS COMME PROMIS. Donnez -evidence FICHIER pour que la preuve soit écrite."},
	"false":    {"The promise in this file is not the word of this scrutin's urn: it accuses nobody.", "La promesse de ce fichier n'est pas la parole de l'urne de ce scrutin : elle n'accuse personne."},
	"faults":   {"This export does not hold: checks %v fail. Run audit verify.", "Cet export ne tient pas : les contrôles %v échouent. Lancez audit verify."},
	"verify":   {"The proofs of the mixers and of the opening are not part of this: audit verify recomputes them.", "Les preuves des mélangeurs et de l'ouverture n'en font pas partie : audit verify les recalcule."},
}
