package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"isoloir/account"
	"isoloir/keyceremony"
	"isoloir/keyceremony/device"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
	"isoloir/tally"
	"isoloir/trustee"
)

// Exit codes, those of sysexits.
const (
	exitUsage   = 64
	exitData    = 65
	exitNoInput = 66
	exitCreate  = 73
	exitIO      = 74
	exitRefused = 77
)

// sentence is what the person reads for an error, with its exit code. The first
// that errors.Is finds is taken.
type sentence struct {
	err  error
	code int
	fr   string
}

var sentences = []sentence{
	{errNoTerminal, exitUsage, "il n'y a pas de terminal où taper la phrase secrète : donnez -passphrase-file pour un exercice"},
	{errNoAnswer, exitRefused, "aucune réponse n'a pu être lue : rien n'a été ouvert"},
	{errDiffer, exitRefused, "les deux phrases secrètes diffèrent : recommencez, rien n'a été écrit"},
	{errNotSaid, exitRefused, "sans votre confirmation rien n'a été ouvert"},
	{errNotSigned, exitRefused, "sans votre confirmation rien n'a été signé"},
	{errOtherText, exitRefused, "ce n'est ni un acte où vous êtes présent, ni une déclaration de vous : rien n'a été signé"},

	{device.ErrPassphrase, exitRefused, "cette phrase secrète n'ouvre pas le fichier : retapez-la ; majuscules et espaces comptent"},
	{device.ErrShort, exitRefused, "la phrase secrète est trop courte : prenez les mots que l'outil propose"},
	{device.ErrTwoMedia, exitRefused, "il faut vos deux supports : branchez-les, ou faites-en un second avec copy"},
	{device.ErrMedia, exitRefused, "les deux supports ne vont pas ensemble : gardez les deux et prévenez le bureau"},
	{device.ErrManifest, exitRefused, "vos clés servent un autre manifeste : faites des clés neuves pour chaque scrutin"},
	{device.ErrNotHolder, exitRefused, "le manifeste ne nomme pas ces clés : vérifiez les supports, ou prévenez le bureau"},
	{device.ErrSettled, exitRefused, "votre cérémonie est achevée : vos clés ne prennent part à aucun autre tour"},
	{device.ErrOtherBoard, exitRefused, "vos clés ont répondu à d'autres messages à cette étape de ce tour : comparez le dossier avec les autres porteurs"},
	{device.ErrOrder, exitRefused, "vos clés n'ont pas pris part aux étapes précédentes"},
	{device.ErrNoCeremony, exitRefused, "vos supports ne portent pas de fragment de cette cérémonie"},
	{device.ErrOtherSeal, exitRefused, "vos clés ont ouvert un autre scellé de ce scrutin et n'en ouvriront jamais un second : prévenez le bureau"},
	{device.ErrOtherInput, exitRefused, "les listes à ouvrir ne sont pas celles auxquelles vos clés ont déjà répondu : prévenez le bureau"},
	{device.ErrNotFragment, exitData, "ce n'est pas un fichier de fragment entier : prenez l'autre support, ou une copie"},
	{device.ErrExists, exitCreate, "un fichier de ce nom existe déjà et reste tel quel : choisissez un autre support ou dossier"},

	{keyceremony.ErrStep, exitRefused, "cette étape n'est pas attendue de vous maintenant"},
	{keyceremony.ErrTooFew, exitRefused, "il ne reste pas assez de porteurs pour une clause : il faut recommencer avec un autre manifeste"},
	{keyceremony.ErrComplete, exitRefused, "le tour précédent est complet : ses clés valent, et aucun autre ne peut suivre"},
	{keyceremony.ErrIncomplete, exitRefused, "la cérémonie n'est pas complète"},
	{keyceremony.ErrRunOver, exitRefused, "ce tour est terminé : un tour suivant a commencé"},
	{keyceremony.ErrCommitment, exitRefused, "l'engagement affiché en votre nom n'est pas celui de vos clés : prévenez le bureau"},
	{keyceremony.ErrForeign, exitData, "un message n'est pas de cette cérémonie : retirez le fichier"},
	{keyceremony.ErrEarly, exitData, "un message vient avant son étape : retirez le fichier jusque-là"},
	{keyceremony.ErrMisplaced, exitData, "un message n'est pas à sa place : remettez-le, ou redemandez-le à son porteur"},

	{trustee.ErrNotMixer, exitRefused, "le manifeste ne nomme aucun mélangeur avec ces clés"},
	{trustee.ErrNotSealed, exitRefused, "le bureau n'a pas scellé les urnes"},
	{trustee.ErrNotMixed, exitRefused, "le bureau n'a pas adopté ces mélanges des bulletins scellés"},
	{trustee.ErrVoid, exitRefused, "le bureau a arrêté ou annulé le vote : rien n'en est ouvert"},
	{trustee.ErrEarly, exitRefused, "le dernier bureau de vote n'a pas encore fermé : ouvrez l'urne ensuite"},
	{trustee.ErrWitnesses, exitRefused, "le scellé d'une urne n'est pas cosigné par plus des deux tiers des témoins"},
	{trustee.ErrUrnSeal, exitRefused, "le scellé d'une urne ne tient pas"},
	{trustee.ErrOpening, exitRefused, "l'acte d'ouverture ne tient pas"},
	{trustee.ErrActs, exitRefused, "les actes du bureau ne tiennent pas"},
	{trustee.ErrAmendment, exitRefused, "une modification du fichier des électeurs ne tient pas"},
	{scrutin.ErrAmendment, exitRefused, "cette modification du fichier des électeurs ne peut être faite : moins d'électeurs que l'effectif minimal, ou d'autres numéros"},
	{tally.ErrSmall, exitRefused, "un groupe compte moins de bulletins que le minimum, et aucun acte du bureau ne le nomme"},
	{tally.ErrSeal, exitRefused, "un mélange a été fait pour un autre scellé"},
	{tally.ErrStatement, exitData, "un relevé n'est pas celui qui est attendu ici"},
	{account.ErrStatement, exitData, "un relevé n'est pas celui qui est attendu ici"},

	{record.ErrDifferent, exitCreate, "un fichier d'un autre contenu est déjà là et reste tel quel : donnez un autre dossier avec -out"},
	{record.ErrDirectoryInUse, exitCreate, "le dossier de sortie n'est pas vide"},
	{note.ErrMalformed, exitData, "un fichier signé est abîmé : prenez une autre copie"},
	{note.ErrSignature, exitData, "une signature est fausse : prenez une autre copie"},
	{scrutin.ErrMalformed, exitData, "une pièce du dossier est abîmée : prenez une autre copie"},
	{canon.ErrNotCanonical, exitData, "une pièce du dossier est abîmée : prenez une autre copie"},
	{fs.ErrExist, exitCreate, "un fichier de ce nom existe déjà et reste tel quel"},
	{fs.ErrNotExist, exitNoInput, "un fichier ou un support manque : vérifiez ce qui est branché et les dossiers donnés"},
	{syscall.ENOSPC, exitIO, "le support est plein : faites de la place ou prenez-en un autre"},
}

// fail prints an error in the person's language and returns the exit code.
func (t *tool) fail(err error) int {
	if err == nil {
		return 0
	}
	var wrong *usageError
	if errors.As(err, &wrong) {
		fmt.Fprintf(t.err, "trustee: %s\n%s\n", t.words(wrong.phrase, wrong.args...), t.words(seeHelp))
		return exitUsage
	}
	code, french := exitData, ""
	var path *fs.PathError
	if errors.As(err, &path) {
		code = exitIO
	}
	for _, s := range sentences {
		if errors.Is(err, s.err) {
			code, french = s.code, s.fr
			break
		}
	}
	detail := strings.TrimSpace(err.Error())
	if t.french && french != "" {
		fmt.Fprintf(t.err, "trustee : %s.\n(%s)\n", french, detail)
	} else {
		fmt.Fprintf(t.err, "trustee: %s\n", detail)
	}
	return code
}
