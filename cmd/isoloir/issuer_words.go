package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"isoloir/courier"
	"isoloir/issuer"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/server"
	"isoloir/server/config"
)

var issuerHelp = phrase{`isoloir issuer is an issuer's station: codes on their way to people (docs/issuers.md).

  isoloir issuer init -dir DIR -role issuer-a|issuer-b -id NAME [-portal URL] [-roll URL] [-secret FILE]   keys and configuration
  isoloir issuer enrol -dir DIR -manifest FILE -out DIR                  the issuer's part of the record
  isoloir issuer import -dir DIR -extract FILE -book FILE [-letters FILE] [-without-digits] [-dry-run]   the address book
  isoloir issuer companion -dir DIR -fingerprint F -extract FILE         who votes in a companion with the same codes
  isoloir issuer amend -dir DIR -amendment N -extract FILE -book FILE [-letters FILE] -out RECORD [-without-digits] [-dry-run]   who is added to the roll
  isoloir issuer information -dir DIR [-again]                           the general information leaves
  isoloir issuer deposit -dir DIR [-out DIR]                             deposits go to the roll, or into files
  isoloir issuer send -dir DIR [-again]                                  codes leave, and what else is due
  isoloir issuer renew -dir DIR -reference REF | -list FILE              new codes; the old ones are dead
  isoloir issuer letters -dir DIR -kind information|codes|renewal -out DIR                  letters to print, PDF and text
  isoloir issuer deliveries -dir DIR [-bounces MAILBOX] [-csv] [-floor PERCENT] [-undelivered KIND]   what has arrived

Every command takes -lang en|fr, -quiet and -workers N, may be interrupted and repeated. Secrets are files of DIR, never on the command
line; carriers are described in DIR/issuer.yaml. -secret is for a companion, whose issuers have the secrets of the leading scrutin's. -without-digits takes electors by letter whose college asks for six digits by the
issuer's channel: they vote otherwise than online. -again tries once more what carriers refused. -bounces may stand several times: an mbox
file, a Maildir, or - for one message from standard input. -floor exits with 1 when a country of 100 messages or more is below.

Exit codes: 0 done; 1 fewer have arrived than -floor says; 64 the command line is wrong; 65 a file or the configuration is wrong, every
mistake with its line; 66 a file cannot be read; 70 it failed; 73 something is there already or cannot be made; 74 writing failed; 75 the
carrier or the roll does not take it now, the rest waits in the spool; 77 it must wait or is refused; 130 interrupted.
`, `isoloir issuer est le poste d'un émetteur : des codes en route vers les électeurs (docs/issuers.md).

  isoloir issuer init -dir DOSSIER -role issuer-a|issuer-b -id NOM [-portal URL] [-roll URL] [-secret FICHIER]   clés et configuration
  isoloir issuer enrol -dir DOSSIER -manifest FICHIER -out DOSSIER       la part de l'émetteur au dossier
  isoloir issuer import -dir DOSSIER -extract FICHIER -book FICHIER [-letters FICHIER] [-without-digits] [-dry-run]   le carnet d'adresses
  isoloir issuer companion -dir DOSSIER -fingerprint F -extract FICHIER  qui vote à un scrutin associé avec les mêmes codes
  isoloir issuer amend -dir DOSSIER -amendment N -extract FICHIER -book FICHIER [-letters FICHIER] -out DOSSIER [-without-digits] [-dry-run]   les inscrits supplémentaires
  isoloir issuer information -dir DOSSIER [-again]                       l'information générale part
  isoloir issuer deposit -dir DOSSIER [-out DOSSIER]                     les dépôts vont au fichier des électeurs, ou dans des fichiers
  isoloir issuer send -dir DOSSIER [-again]                              les codes partent, et ce qui est dû
  isoloir issuer renew -dir DOSSIER -reference RÉF | -list FICHIER       de nouveaux codes ; les anciens ne valent plus rien
  isoloir issuer letters -dir DOSSIER -kind information|codes|renewal -out DOSSIER   des lettres à imprimer, en PDF et en texte
  isoloir issuer deliveries -dir DOSSIER [-bounces BOÎTE] [-csv] [-floor POURCENT] [-undelivered TYPE]   ce qui est arrivé

Chaque commande prend -lang en|fr, -quiet et -workers N, et peut être interrompue et répétée. Les secrets sont des fichiers du dossier,
jamais sur la ligne de commande ; les transporteurs sont décrits dans DOSSIER/issuer.yaml. -again essaie encore ce qu'ils ont refusé.
-secret est pour un scrutin associé, dont les émetteurs ont les secrets de ceux du scrutin principal.
-without-digits accepte, par lettre, des électeurs dont le collège demande six chiffres par la voie de l'émetteur : ils votent autrement.
-bounces peut figurer plusieurs fois : un fichier mbox, un Maildir, ou - pour un message sur l'entrée standard. -floor rend 1 quand un
pays d'au moins 100 messages est en dessous.

Codes de sortie : 0 fait ; 1 il en est arrivé moins que ne le dit -floor ; 64 la ligne de commande est fausse ; 65 un fichier ou la
configuration est faux, chaque faute avec sa ligne ; 66 un fichier ne peut être lu ; 70 échec ; 73 il y a déjà quelque chose, ou on ne peut
le créer ; 74 l'écriture a échoué ; 75 le transporteur ou le fichier des électeurs ne prend rien pour l'instant, le reste attend ; 77 cela
doit attendre ou est refusé ; 130 interrompu.
`}

// The command line.
var (
	sayWhat        = phrase{"say what to do: isoloir issuer -h", "dites quoi faire : isoloir issuer -h"}
	noSuchCommand  = phrase{"there is no command issuer %q: see isoloir issuer -h", "il n'y a pas de commande issuer %q : voir isoloir issuer -h"}
	badLanguage    = phrase{"-lang %q: give en or fr", "-lang %q : donnez en ou fr"}
	oneWordTooMany = phrase{"%q is one word too many: everything is said by flags", "%q est un mot de trop : tout se dit par des options"}
	missingFlag    = phrase{"-%s is missing", "il manque -%s"}
	renewWhom      = phrase{"give -reference or -list, one of them", "donnez -reference ou -list, l'un des deux"}
	badRole        = phrase{"-role %q: give issuer-a for the manifest's first issuer, issuer-b for the second", "-role %q : donnez issuer-a pour le premier émetteur du manifeste, issuer-b pour le second"}
	badKind        = phrase{"%q is no kind of message for this command", "%q n'est pas un type de message pour cette commande"}
	badFloor       = phrase{"-floor %d: give a percentage", "-floor %d : donnez un pourcentage"}
	badName        = phrase{"-id %q: use up to 40 letters without accents, digits, dots, hyphens and underscores", "-id %q : jusqu'à 40 lettres sans accent, chiffres, points, tirets et soulignés"}
	badFingerprint = phrase{"-fingerprint %q: give the companion's 64 hexadecimal digits", "-fingerprint %q : donnez les 64 chiffres hexadécimaux du scrutin associé"}
	isDirectory    = phrase{"%s is a directory: name a file in it", "%s est un dossier : nommez un fichier qui s'y trouve"}
	alreadyThere   = phrase{"%s is there already and stays as it is", "%s existe déjà et reste tel quel"}
	oneIssuer      = phrase{"it must describe one issuer, issuer-a or issuer-b", "elle doit décrire un seul émetteur, issuer-a ou issuer-b"}
	noManifest     = phrase{"the directory has no manifest yet: run enrol first", "le dossier n'a pas encore de manifeste : lancez d'abord enrol"}
	noCarrier      = phrase{"%s does not say by what messages leave: describe %s there", "%s ne dit pas par quoi les messages partent : décrivez-y %s"}
	noLink         = phrase{"there is no link to the roll (%s): give -out for files, or put the secret there", "il n'y a pas de lien avec le fichier des électeurs (%s) : donnez -out pour des fichiers, ou mettez-y le secret"}
)

// What has been done.
var (
	initDone = phrase{"The directory %s is ready. For the manifest, the issuer's key:\n\n    %s\n\nCopy %s once, onto paper or a medium in a safe: no code can be made without it. Describe the carriers in %s.",
		"Le dossier %s est prêt. Pour le manifeste, la clé de l'émetteur :\n\n    %s\n\nCopiez %s une fois, sur papier ou sur un support au coffre : sans lui aucun code ne peut être fait. Décrivez les transporteurs dans %s."}
	enrolling = phrase{"enrolment", "enrôlement"}
	enrolDone = phrase{"%d electors are enrolled; give %s to the bureau. Fingerprint of the manifest: %s",
		"%d électeurs sont enrôlés ; remettez %s au bureau. Empreinte du manifeste : %s"}
	booksFit = phrase{"%d electors, each once: by %s %d, by letter %d; %d share an address with somebody.",
		"%d électeurs, chacun une fois : par %s %d, par lettre %d ; %d partagent une adresse avec quelqu'un."}
	digitless = phrase{"%d electors cannot vote online: their colleges ask for six digits by %s, and they are reached by letter alone.",
		"%d électeurs ne peuvent pas voter en ligne : leurs collèges demandent six chiffres par %s, et ils ne sont joints que par lettre."}
	dryRun        = phrase{"Nothing was written.", "Rien n'a été écrit."}
	importDone    = phrase{"The address book is there; %d addresses have changed.", "Le carnet d'adresses est là ; %d adresses ont changé."}
	importRenewed = phrase{"The address book is there; %d addresses have changed, and %d codes are renewed: run deposit, then send.",
		"Le carnet d'adresses est là ; %d adresses ont changé et %d codes sont renouvelés : lancez deposit, puis send."}
	noOpening      = phrase{"the record in the directory (record/) has no opening yet: an amendment of the roll comes after it", "le dossier public de ce répertoire (record/) n'a pas encore d'ouverture : une modification du fichier des électeurs vient après"}
	otherAmendment = phrase{"amendment %d: by the record in the directory (record/) the next one is %d; bring it up to date, or give that number", "modification %d : d'après le dossier public de ce répertoire (record/) la prochaine est la %d ; mettez-le à jour, ou donnez ce numéro"}
	extractRead    = phrase{"SHA-256 of %s: %x. It must be what the roll's operator says, or these codes are those of others", "SHA-256 de %s : %x. Ce doit être ce que dit l'exploitant du fichier des électeurs, sans quoi ces codes sont ceux d'autres personnes"}
	amendDone      = phrase{"%d electors are enrolled for the amendment; give %s to the bureau, and run deposit. Their codes leave (information, then send) once the act that adopts it is in record/.",
		"%d électeurs sont enrôlés pour la modification ; remettez %s au bureau, et lancez deposit. Leurs codes partent (information, puis send) dès que l'acte qui l'adopte est dans record/."}
	companionDone = phrase{"%d electors vote in the companion with the same codes; their deposits go to its roll too: run deposit.",
		"%d électeurs votent au scrutin associé avec les mêmes codes ; leurs dépôts vont aussi à son fichier : lancez deposit."}
	informed   = phrase{"%d messages of general information were added to the spool.", "%d messages d'information générale ont été mis en attente d'envoi."}
	released   = phrase{"%d messages with codes were added to the spool.", "%d messages de codes ont été mis en attente d'envoi."}
	triedAgain = phrase{"%d refused messages are tried once more.", "%d messages refusés sont essayés encore une fois."}
	sending    = phrase{"sending", "envoi"}
	dispatched = phrase{"Accepted by the carrier: %d; refused for good: %d; postponed: %d. Still waiting: %d, and %d letters to print.",
		"Acceptés par le transporteur : %d ; refusés définitivement : %d ; remis à plus tard : %d. En attente : %d, et %d lettres à imprimer."}
	stretching    = phrase{"stretching codes", "étirement des codes"}
	deposited     = phrase{"%d deposits are with the roll.", "%d dépôts sont au fichier des électeurs."}
	depositsSoFar = phrase{"%d deposits were made before it failed; the next run goes on from there.", "%d dépôts ont été faits avant l'échec ; la prochaine fois reprendra là."}
	depositFiles  = phrase{"%d deposits are in %s: give all of its files to the roll's operator.", "%d dépôts sont dans %s : remettez tous ses fichiers à l'opérateur du fichier des électeurs."}
	depositNext   = phrase{"The new codes leave once their deposits are with the roll: isoloir issuer deposit -dir %s -out DIR", "Les nouveaux codes partent quand leurs dépôts sont au fichier des électeurs : isoloir issuer deposit -dir %s -out DOSSIER"}
	renewed       = phrase{"%d codes are renewed; send lets them leave.", "%d codes sont renouvelés ; send les fait partir."}
	renewalsWait  = phrase{"New codes asked for and waiting for their turn: %d.", "Nouveaux codes demandés qui attendent leur tour : %d."}
	unprintable   = phrase{"%s cannot be printed: %v", "%s ne peut être imprimé : %v"}
	lettersDone   = phrase{"%d letters are in %s, %d could not be printed. Print them, count them, and destroy the files.", "%d lettres sont dans %s, %d n'ont pu être imprimées. Imprimez-les, comptez-les, et détruisez les fichiers."}
	bounced       = phrase{"%s: %d reports on messages of ours, %d on unknown ones, %d other messages", "%s : %d rapports sur nos messages, %d sur des messages inconnus, %d autres messages"}
	tooFew        = phrase{"%s by %s, country %s: %d %% have arrived, fewer than %d %%", "%s par %s, pays %s : %d %% sont arrivés, moins que %d %%"}
	tableHead     = phrase{"kind\tchannel\tcountry\toperator\tall\twaiting\tsent\tdelivered\tbounced\trefused\tarrived\t",
		"message\tvoie\tpays\topérateur\ttous\ten attente\tenvoyés\tremis\trevenus\trefusés\tarrivés\t"}
	otherOperators = phrase{"others", "autres"}
)

var kindNames = map[courier.Kind]phrase{
	courier.Information: {"information", "information"}, courier.Codes: {"codes", "codes"}, courier.Renewal: {"renewal", "renouvellement"},
	courier.Validation: {"six digits", "six chiffres"}, courier.Voted: {"confirmation", "confirmation"}, courier.Receipt: {"receipt", "récépissé"},
}

// issuerErrors say what a person reads for an error, with its exit code. The first that errors.Is finds is taken.
var issuerErrors = []struct {
	err  error
	code int
	fr   string
}{
	{context.Canceled, exitInterrupted, "interrompu : ce qui est fait reste fait, relancez la même commande"},
	{courier.ErrTrouble, exitTrouble, "le transporteur ne prend pas de messages pour l'instant : le reste attend, relancez plus tard"},
	{server.ErrLink, exitTrouble, "le fichier des électeurs n'a pas pris les dépôts : relancez plus tard, ou donnez -out"},
	{issuer.ErrInformation, exitWaits, "l'information générale n'est pas partie pour tous : les codes l'attendent"},
	{issuer.ErrDeposits, exitWaits, "tous les dépôts ne sont pas au fichier des électeurs : les codes les attendent ; lancez deposit"},
	{issuer.ErrNoBook, exitWaits, "le carnet d'adresses n'est pas là : lancez import"},
	{issuer.ErrClosed, exitWaits, "le vote est clos : aucun code n'est plus renouvelé"},
	{issuer.ErrLed, exitWaits, "ce scrutin est associé à un autre : ses électeurs votent avec les codes du scrutin principal, que les émetteurs de celui-ci envoient et renouvellent"},
	{issuer.ErrCompanion, exitWaits, "les scrutins associés du manifeste ne sont pas tous là comme il faut : les décrire dans issuer.yaml et importer l'extrait du fichier des électeurs de chacun (companion)"},
	{issuer.ErrNoRoll, exitData, "il n'y a pas de lien avec le fichier des électeurs d'un scrutin associé : donnez -out pour des fichiers, ou mettez-y le secret"},
	{issuer.ErrTooEarly, exitWaits, "aucun code n'est encore parti pour cet électeur : il n'y en a pas à renouveler"},
	{issuer.ErrUnknown, exitData, "le carnet d'adresses n'a pas cet électeur : vérifiez la référence"},
	{issuer.ErrOtherPeople, exitData, "ce n'est pas le fichier des électeurs importé auparavant : ses électeurs ou leurs numéros sont autres"},
	{issuer.ErrNotIssuer, exitData, "le manifeste ne nomme pas cet émetteur avec ces clés"},
	{issuer.ErrPolicy, exitData, "cet émetteur n'envoie pas par cette voie"},
	{server.ErrExposed, exitExposed, "d'autres que son propriétaire peuvent lire un fichier secret : retirez les droits (chmod 600)"},
	{server.ErrSecret, exitData, "un fichier secret ne contient pas le secret attendu"},
	{config.ErrConfig, exitData, "la configuration est refusée"},
	{record.ErrDifferent, exitCannot, "un fichier d'un autre contenu est déjà là et reste tel quel"},
	{canon.ErrNotCanonical, exitData, "le manifeste est abîmé : prenez une autre copie"},
	{scrutin.ErrMalformed, exitData, "le manifeste est abîmé : prenez une autre copie"},
	{fs.ErrNotExist, exitNoInput, "un fichier manque : vérifiez le dossier donné"},
	{fs.ErrPermission, exitNoInput, "un fichier ne peut être lu avec vos droits"},
}

// explain gives an error its words in the person's language, and its exit code.
func (d *desk) explain(err error) error {
	var e *exit
	var books issuer.Problems
	var manifest scrutin.Problems
	switch {
	case err == nil || errors.As(err, &e):
		return err
	case errors.As(err, &books):
		return &exit{exitData, errors.New(books.Sentences(d.lang))}
	case errors.As(err, &manifest):
		return &exit{exitData, errors.New(manifest.Sentences(d.lang))}
	}
	for _, s := range issuerErrors {
		if !errors.Is(err, s.err) {
			continue
		}
		switch {
		case d.lang == "fr":
			err = fmt.Errorf("%s\n(%w)", s.fr, err)
		case s.code == exitInterrupted:
			err = errors.New("interrupted: what is done stays done, run the same command again")
		}
		return &exit{s.code, err}
	}
	return err
}
