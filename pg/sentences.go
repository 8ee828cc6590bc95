package pg

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// verdicts are these in French.
var verdicts = map[Verdict]string{Right: "juste", Doubtful: "douteux", Wrong: "faux"}

// Word is the verdict in "fr" or else in English.
func (v Verdict) Word(language string) string {
	if language == "fr" {
		return verdicts[v]
	}
	return string(v)
}

// sentences are the findings in French, by their form in English: %s for what is of this server. What stands in both has the same order, but where
// French counts (%[2]s).
var sentences = map[string]string{
	"the server is PostgreSQL %s: 15 is the oldest that will do":                      "le serveur est PostgreSQL %s : il faut au moins la version 15",
	"database %s has migration %s and needs %s: its owner runs isoloir migrate-store": "la base %s en est à la migration %s et il lui faut la %s : son propriétaire lance isoloir migrate-store",
	"PostgreSQL %s, database %s, migration %s":                                        "PostgreSQL %s, base %s, migration %s",
	"table %s: the user may not %s":                                                   "table %s : l'utilisateur ne peut pas %s",
	"table %s: the user may %s, and should %s":                                        "table %s : l'utilisateur peut %s, et devrait pouvoir %s",
	"table %s: the user may %s, and has nothing to do there":                          "table %s : l'utilisateur peut %s, et n'a rien à y faire",
	"table %s: %s": "table %s : %s",
	"the user is no administrator of any kind":               "l'utilisateur n'est administrateur d'aucune sorte",
	"user %s is a superuser":                                 "l'utilisateur %s est superutilisateur",
	"user %s is allowed to make databases":                   "l'utilisateur %s peut créer des bases",
	"user %s is allowed to make users":                       "l'utilisateur %s peut créer des utilisateurs",
	"user %s is allowed to replicate the server":             "l'utilisateur %s peut répliquer le serveur",
	"user %s is above row security":                          "l'utilisateur %s est au-dessus des règles par ligne",
	"the user is a member of no other role":                  "l'utilisateur n'est membre d'aucun autre rôle",
	"user %s has all the rights of %s, being a member":       "l'utilisateur %s a tous les droits de %s, dont il est membre",
	"the user owns nothing":                                  "l'utilisateur ne possède rien",
	"user %s owns %s object(s)":                              "l'utilisateur %s possède %s objet(s)",
	"the user has rights in no other database of the server": "l'utilisateur n'a de droits dans aucune autre base du serveur",
	"user %s has rights in another database of the server, on %s object(s): that may be an older urn or roll, and never the one with the other": "l'utilisateur %s a des droits dans une autre base du serveur, sur %s objet(s) : ce peut être une urne ou un fichier plus ancien, jamais l'un avec l'autre",
	"the user makes nothing, temporary tables neither":                                                              "l'utilisateur ne crée rien, pas même de table temporaire",
	"user %s may make schemas or temporary tables in database %s":                                                   "l'utilisateur %s peut créer des schémas ou des tables temporaires dans la base %s",
	"user %s may make tables in schema %s":                                                                          "l'utilisateur %s peut créer des tables dans le schéma %s",
	"no function lends its owner's rights":                                                                          "aucune fonction ne prête les droits de son propriétaire",
	"function %s runs with the rights of its owner":                                                                 "la fonction %s s'exécute avec les droits de son propriétaire",
	"tables that are only added to refuse anything else to their owner too":                                         "les tables où l'on ne fait qu'ajouter refusent tout le reste à leur propriétaire aussi",
	"table %s has lost its trigger insert_only":                                                                     "la table %s a perdu son déclencheur insert_only",
	"not everybody may connect to the database":                                                                     "ne se connecte pas à la base qui veut",
	"every user of the server may connect to database %s: REVOKE ALL ON DATABASE %s FROM PUBLIC":                    "tout utilisateur du serveur peut se connecter à la base %s : REVOKE ALL ON DATABASE %s FROM PUBLIC",
	"nobody else may connect to the database but its owner":                                                         "personne d'autre que son propriétaire ne peut se connecter à la base",
	"user %s may connect to database %s too: nobody may be a user of both databases":                                "l'utilisateur %s peut se connecter à la base %s aussi : nul ne doit être utilisateur des deux bases",
	"a commit is on the disk before it is answered":                                                                 "une écriture est sur le disque avant qu'il y soit répondu",
	"setting %s is off: what was promised could be lost":                                                            "le réglage %s est désactivé : ce qui a été promis pourrait se perdre",
	"the server keeps no time of commits":                                                                           "le serveur ne garde pas l'heure des écritures",
	"setting track_commit_timestamp is on: it dates every row":                                                      "le réglage track_commit_timestamp est activé : il date chaque ligne",
	"the server's log says nothing of what the service does":                                                        "le journal du serveur ne dit rien de ce que fait le service",
	"setting %s is %s for this user: the server would write dated statements to its log":                            "le réglage %s vaut %s pour cet utilisateur : le serveur écrirait des requêtes datées dans son journal",
	"errors in the server's log hold no values":                                                                     "les erreurs dans le journal du serveur ne contiennent pas de valeurs",
	"setting %s is %s for this user: an error in the server's log could hold values of a row":                       "le réglage %s vaut %s pour cet utilisateur : une erreur dans le journal du serveur pourrait contenir les valeurs d'une ligne",
	"the write-ahead log is not archived":                                                                           "le journal d'écriture anticipée n'est pas archivé",
	"setting archive_mode is on: the archive dates every write, and keeps what was deleted; see docs/postgresql.md": "le réglage archive_mode est activé : l'archive date chaque écriture et garde ce qui a été effacé ; voir docs/postgresql.md",
	"the write-ahead log is not decoded":                                                                            "le journal d'écriture anticipée n'est pas décodé",
	"setting wal_level is logical: who has a replication slot reads every write":                                    "le réglage wal_level est logical : qui a un emplacement de réplication lit chaque écriture",
	"pages have checksums": "les pages ont des sommes de contrôle",
	"the cluster was made without checksums of its pages (initdb -k): damage by the disk can go unseen": "la grappe a été créée sans sommes de contrôle de ses pages (initdb -k) : un dommage du disque peut passer inaperçu",
	"the connection is encrypted, or stays on this machine":                                             "la connexion est chiffrée, ou reste sur cette machine",
	"the connection to %s is not encrypted: add sslmode=verify-full to the connection string":           "la connexion à %s n'est pas chiffrée : ajouter sslmode=verify-full à la chaîne de connexion",
}

// A form finds the sentences of one form, and what is of this server in them.
type form struct {
	pattern *regexp.Regexp
	french  string
}

// forms are the sentences, longer forms first, for what is short may be the beginning of what is long.
var forms = sync.OnceValue(func() (all []form) {
	for length := 300; length > 0; length-- {
		for english, french := range sentences {
			if len(english) == length {
				all = append(all, form{regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(english), "%s", "(.*)") + "$"), french})
			}
		}
	}
	return all
})

// Sentence is the finding in "fr" or else in English.
func (f Finding) Sentence(language string) string {
	if language != "fr" {
		return f.Text
	}
	for _, form := range forms() {
		if found := form.pattern.FindStringSubmatch(f.Text); found != nil {
			args := make([]any, len(found)-1)
			for i, s := range found[1:] {
				args[i] = s
			}
			return fmt.Sprintf(form.french, args...)
		}
	}
	return f.Text
}
