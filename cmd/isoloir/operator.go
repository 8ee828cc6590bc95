package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"isoloir/archive"
	"isoloir/audit"
	"isoloir/custody"
	"isoloir/custody/vault"
	"isoloir/pg"
	"isoloir/record"
	"isoloir/replay"
	"isoloir/roll"
	"isoloir/rowmac"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/server"
	"isoloir/server/config"
)

// An operator of roll or urn is spoken to in his language, -lang or that of his system.
type operator struct {
	out, err io.Writer
	lang     string
}

func newOperator(out, err io.Writer) operator { return operator{out, err, systemLanguage()} }

// flags begins the flags of a command.
func (o *operator) flags(command string) *flag.FlagSet {
	set := flag.NewFlagSet(command, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&o.lang, "lang", o.lang, "")
	return set
}

// parse reads the command line. flag.ErrHelp where help was asked for, and given.
func (o *operator) parse(set *flag.FlagSet, args []string, help phrase) error {
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(o.err, o.words(help))
		return err
	case err != nil:
		return &exit{exitUsage, err}
	}
	if o.lang != string(audit.English) && o.lang != string(audit.French) {
		return &exit{exitUsage, fmt.Errorf(badLanguage.en, o.lang)}
	}
	return nil
}

// words are those of a phrase in his language.
func (o *operator) words(p phrase) string {
	if o.lang == string(audit.French) {
		return p.fr
	}
	return p.en
}

// say prints a line.
func (o *operator) say(p phrase, args ...any) { fmt.Fprintf(o.out, o.words(p)+"\n", args...) }

func (o *operator) usage(p phrase, args ...any) error {
	return &exit{exitUsage, fmt.Errorf(o.words(p), args...)}
}

// readManifest reads a sealed manifest.
func (o *operator) readManifest(path string) (*scrutin.Manifest, scrutin.Digest, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, scrutin.Digest{}, refused(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, note.MaxSize+1))
	if err != nil {
		return nil, scrutin.Digest{}, &exit{exitNoInput, err}
	}
	m, digest, err := scrutin.ParseManifest(data)
	if err != nil {
		return nil, digest, &exit{exitData, fmt.Errorf("%s: %w", path, err)}
	}
	return m, digest, nil
}

// rollConfig reads the configuration that serve takes, which describes a roll.
func (o *operator) rollConfig(path string) (*config.Config, error) {
	c, err := config.Read(path)
	if err != nil {
		return nil, refused(err)
	}
	if c.Roll == nil {
		return nil, &exit{exitData, fmt.Errorf(o.words(noRollSection), path)}
	}
	return c, nil
}

// manifestOf is where a configuration's public record has the manifest.
func manifestOf(c *config.Config) string { return filepath.Join(c.Record, record.Manifest) }

// operatorErrors say in French what a person reads for an error. The first that errors.Is finds is taken.
var operatorErrors = []struct {
	err error
	fr  string
}{
	{vault.ErrUnwrapped, "ALERTE : ce premier accès a déjà été retiré, ou son heure est passée ; à moins que ce ne soit par vous, quelqu'un d'autre peut entrer comme ce rôle : faites retirer tous ses accès, et en faire un autre"},
	{vault.ErrStrange, "ALERTE : ceci n'a pas été fait comme accès d'un AppRole : quelqu'un l'a peut-être mis à la place du vrai, qu'il a alors : faites retirer tous les accès de ce rôle, et en faire un autre"},
	{vault.ErrForeign, "ce que le Vault garde sous ce nom est d'un autre scrutin, et y reste : voyez le nom et le dossier donnés"},
	{vault.ErrNothing, "ce Vault n'a aucun moteur d'un scrutin de ce nom, et rien n'a été détruit : voyez si c'est bien le nom, et le Vault, de ce scrutin, ou si tout a été détruit auparavant"},
	{vault.ErrLeft, "un moteur est encore là, ou de nouveau : voyez qui le monte, et relancez"},
	{custody.ErrUnavailable, "le Vault ne répond pas maintenant : voyez s'il est joignable et descellé, et relancez"},
	{custody.ErrRefused, "le Vault refuse : voyez ce que cet accès y peut, et s'il est encore bon"},
	{server.ErrExposed, "d'autres que son propriétaire peuvent lire un fichier secret : retirez les droits (chmod 600), et changez le secret si quelqu'un a pu le lire"},
	{server.ErrSecret, "un fichier secret ne contient pas ce qui est attendu : une ligne, terminée par un retour à la ligne"},
	{pg.ErrAddress, "ce n'est pas une chaîne de connexion : écrivez postgres://UTILISATEUR:MOT-DE-PASSE@HÔTE/BASE, ou host=… user=… password=… dbname=…, sur une ligne"},
	{server.ErrRows, "les lignes de ce stockage sont liées à une autre clé, ou quelqu'un a changé ce qu'il compte : donnez la même clé (rows) à tous les processus du rôle, et si elle est la bonne lancez isoloir check-integrity"},
	{rowmac.ErrLost, "les lignes de ce stockage sont liées à une clé dont le fichier n'est pas là : remettez ce fichier en place, ou nommez celui où elle est (rows)"},
	{server.ErrNotAmendable, "le manifeste n'autorise pas de modification du fichier des électeurs"},
	{server.ErrNotOpen, "le fichier des électeurs se modifie pendant que le vote est ouvert : ni avant, ni après"},
	{server.ErrBehind, "le fichier des électeurs n'a pas encore appliqué ce que le bureau a adopté : voyez s'il est servi sur ce dossier, et relancez"},
	{server.ErrUnstaged, "aucune modification n'est en cours"},
	{server.ErrSigned, "cette modification est signée, et le bureau peut l'adopter : s'il ne l'adopte pas, retirez d'abord addenda/N de toutes les copies du dossier"},
	{server.ErrLedScrutin, "les électeurs d'un scrutin associé se connectent par le scrutin principal, qui ne connaît pas ceux qu'on ajoute ensuite : ils votent autrement"},
	{roll.ErrMarked, "un électeur à radier a voté : son vote est acquis ; abandonnez la modification (-drop) et refaites-la sans lui"},
	{scrutin.ErrAmendment, "cette modification ne peut être appliquée au fichier des électeurs"},
	{archive.ErrForm, "ce n'est pas une archive dans la seule forme admise : prenez-en une copie entière"},
	{archive.ErrKept, "ce qui est là n'est pas ce que dit la liste de ce qui est gardé"},
	{archive.ErrSpecification, "l'acte d'ouverture nomme une autre version de la spécification que celle de ce programme : faites l'archive avec la version scellée"},
	{replay.ErrOutput, "le dossier donné par -out sert déjà, ou ne peut être fait : donnez-en un autre"},
	{replay.ErrDrill, "aucune répétition ne peut être faite de ce manifeste"},
	{custody.ErrSealed, "ceci n'a pas été scellé pour cette clé, ou a été changé"},
	{server.ErrHeld, "une conservation est ordonnée : rien n'est détruit avant que le bureau l'ait levée"},
	{server.ErrUnsealing, "rien n'a été mis sous scellés : le bureau archive d'abord"},
	{server.ErrRetained, "le délai de conservation n'a pas pris fin"},
	{server.ErrNoDestroy, "le bureau n'a pas adopté la destruction : l'acte destroy n'est pas dans cette copie du dossier"},
	{server.ErrOtherList, "l'acte destroy adopte une autre liste que celle de ce scrutin (isoloir retention -list)"},
	{server.ErrWithin, "le dossier public ou un autre rôle est dans le dossier de ce rôle : sortez-le d'abord, ou il serait détruit aussi"},
	{server.ErrUndone, "un fichier est revenu après sa destruction : voyez qui l'écrit, et relancez"},
	{server.ErrLinked, "c'est un lien, ou l'on y arrive par un lien, et ce à quoi il mène resterait : nommez dans la configuration ce à quoi il mène, retirez le lien, et relancez"},
	{server.ErrStale, "ceci n'est pas de cette destruction : si c'est d'un scrutin précédent, gardez-le avec les papiers de celui-là et retirez-le d'ici ; sinon voyez qui l'a écrit"},
	{server.ErrInstances, "ces configurations ne sont pas d'un même rôle : donnez celles de toutes ses instances, qui ont une seule clé"},
	{server.ErrLate, "détruit après la signature du constat, qui ne le nomme pas : faites-le dire au procès-verbal de destruction"},
	{server.ErrUnstated, "ce rôle n'a pas dit ce qu'il a détruit, et le signe de la clé qui est dans le Vault : lancez isoloir destroy sur sa machine, et versez son constat aux papiers du bureau"},
	{server.ErrEnding, "la destruction de ce rôle a commencé : plus rien n'est écrit ici ; relancez isoloir destroy jusqu'à ce qu'elle ait fini"},
	{server.ErrTaken, "un autre processus travaille sur ce dossier : arrêtez-le d'abord"},
	{pg.ErrUnfit, "la base n'est pas comme elle doit être : voir isoloir check-store"},
	{config.ErrConfig, "la configuration est refusée"},
	{scrutin.ErrMalformed, "le manifeste est abîmé : prenez une autre copie"},
	{fs.ErrNotExist, "un fichier manque : vérifiez le chemin donné"},
	{fs.ErrExist, "un fichier est déjà là et reste tel quel"},
	{fs.ErrPermission, "un fichier ne peut être lu avec vos droits"},
}

// explain gives an error French words before its own, where there are some.
func (o *operator) explain(err error) error {
	var e *exit
	if err == nil || o.lang != string(audit.French) || !errors.As(err, &e) {
		return err
	}
	for _, known := range operatorErrors {
		if errors.Is(err, known.err) {
			return &exit{e.code, fmt.Errorf("%s\n(%w)", known.fr, e.err)}
		}
	}
	if e.code == exitUnavailable {
		return &exit{e.code, fmt.Errorf("%s\n(%w)", o.words(databaseAway), e.err)}
	}
	return err
}
