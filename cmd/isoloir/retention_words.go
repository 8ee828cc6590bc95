package main

import "isoloir/bve/retention"

var retentionHelp = phrase{`isoloir retention, backup, restore and destroy: what is kept of a scrutin, for how long, and its end (docs/archive.md).

  isoloir retention -record DIR [-json]
        what is kept, by whom, since which act and until when
  isoloir retention -record DIR -list FILE
        the list that the act destroy adopts, and its digest
  isoloir backup -role ROLE -config FILE -out COPY.age [-dump]
        a copy of a role's store, encrypted for the role's backup key, which is drawn the first time; with -dump what pg_dump writes
        is read from standard input
  isoloir restore -identity FILE -from COPY.age -out FILE
        the copy again, by the backup key (backup/identity of the role's directory, or the one copy that is kept apart)
  isoloir destroy -role ROLE -config FILE [-config FILE …] -out STATEMENT.note
        on the machine of a role that is stopped, once the bureau has adopted destroy: erases keys, then stores, then all else of the
        role's directory, and writes the signed statement of it. Name the configuration of every instance of the role, in one run: their
        key signs once. There is no way back. What was cut is gone on with.

ROLE is roll, urn, issuer-a, issuer-b or bureau; FILE the configuration of serve. Everywhere: -lang en|fr.

Exit codes: 0 done, or done already; 1 the destruction is refused: no act, a hold, too early, another list, a link, what
is of another destruction; or more was destroyed than the statement names; 64 the command line is wrong;
65 a file, the record or the configuration is wrong; 66 a file cannot be read; 73 what would be written is there already, or the role is
served; 74 a disk failed: run it again; 77 others than its owner can read a secret.
`, `isoloir retention, backup, restore et destroy : ce qui est gardé d'un scrutin, combien de temps, et sa fin (docs/archive.md).

  isoloir retention -record DOSSIER [-json]
        ce qui est gardé, par qui, depuis quel acte et jusqu'à quand
  isoloir retention -record DOSSIER -list FICHIER
        la liste qu'adopte l'acte destroy, et son empreinte
  isoloir backup -role RÔLE -config FICHIER -out COPIE.age [-dump]
        une copie de la base d'un rôle, chiffrée pour la clé de sauvegarde de ce rôle, tirée la première fois ; avec -dump, ce qu'écrit
        pg_dump est lu sur l'entrée standard
  isoloir restore -identity FICHIER -from COPIE.age -out FICHIER
        la copie de nouveau en clair, par la clé de sauvegarde (backup/identity du dossier du rôle, ou la seule copie gardée à part)
  isoloir destroy -role RÔLE -config FICHIER [-config FICHIER …] -out CONSTAT.note
        sur la machine d'un rôle arrêté, une fois que le bureau a adopté destroy : efface les clés, puis les bases, puis tout le reste du
        dossier du rôle, et en écrit le constat signé. Nommez la configuration de chaque instance du rôle, en une fois : leur clé ne signe
        qu'une fois. C'est sans retour. Ce qui a été interrompu est repris.

RÔLE est roll, urn, issuer-a, issuer-b ou bureau ; FICHIER la configuration de serve. Partout : -lang en|fr.

Codes de sortie : 0 fait, ou déjà fait ; 1 la destruction est refusée : pas d'acte, une conservation ordonnée, trop tôt, une autre liste, un
lien, ce qui est d'une autre destruction ; ou il a été détruit plus que le constat ne nomme ; 64 la ligne de commande est fausse ; 65 un fichier, le dossier public ou la configuration est faux ; 66 un fichier ne peut être lu ; 73 ce qui
serait écrit est déjà là, ou le rôle est servi ; 74 un disque a failli : relancez ; 77 d'autres que son propriétaire peuvent lire un secret.
`}

var (
	retentionNeeds  = phrase{"-record is needed: see isoloir retention -h", "il faut -record : voir isoloir retention -h"}
	retentionStates = map[string]phrase{
		retention.Running:   {"%s: nothing was put under seal yet: no time runs%.0[2]s%.0[3]s%.0[4]s", "%s : rien n'est encore sous scellés : aucun délai ne court%.0[2]s%.0[3]s%.0[4]s"},
		retention.Sealed:    {"%s: under seal since %s, until %s%.0[4]s", "%s : sous scellés depuis le %s, jusqu'au %s%.0[4]s"},
		retention.Held:      {"%s: a legal hold stands, nothing ends (under seal since %s, else until %s): %s", "%s : conservation ordonnée, rien ne finit (sous scellés depuis le %s, sinon jusqu'au %s) : %s"},
		retention.Due:       {"%s: under seal since %s; the time has ended at %s, and the bureau decides (destroy)%.0[4]s", "%s : sous scellés depuis le %s ; le délai a pris fin le %s, et le bureau décide (destroy)%.0[4]s"},
		retention.Destroyed: {"%s: the bureau has had destroyed what was under seal since %s, until %s%.0[4]s", "%s : le bureau a fait détruire ce qui était sous scellés depuis le %s, jusqu'au %s%.0[4]s"},
	}
	fateKept      = phrase{"kept", "gardé"}
	fateEnds      = phrase{"destroyed at the end of that time, by the bureau's act", "détruit au terme, par acte du bureau"}
	fateGone      = phrase{"destroyed by the bureau's act", "détruit par acte du bureau"}
	destroyListed = phrase{"%s: the act destroy adopts the digest\n%s", "%s : l'acte destroy adopte l'empreinte\n%s"}
	destroyNeeds  = phrase{"-role, -config and -out are needed: see isoloir destroy -h", "il faut -role, -config et -out : voir isoloir destroy -h"}
	destroyed     = phrase{"%s: destroyed; put the statement %s into the dossier", "%s : détruit ; versez le constat %s aux papiers du bureau"}
	backupNeeds   = phrase{"-role, -config and -out are needed: see isoloir backup -h", "il faut -role, -config et -out : voir isoloir backup -h"}
	backupDump    = phrase{"this role's store is no file of SQLite: pipe pg_dump into this command, with -dump", "la base de ce rôle n'est pas un fichier SQLite : envoyez pg_dump dans cette commande, avec -dump"}
	backedUp      = phrase{"%s: a copy of the store of %s, which backup/identity of its directory opens: keep one copy of that key apart, and enter it in the custody register", "%s : une copie de la base de %s, qu'ouvre backup/identity de son dossier : gardez à part une seule copie de cette clé, et inscrivez-la au registre"}
	backupForeign = phrase{"this is no copy for that key", "ce n'est pas une copie pour cette clé"}
	restoreNeeds  = phrase{"-identity, -from and -out are needed: see isoloir restore -h", "il faut -identity, -from et -out : voir isoloir restore -h"}
	restored      = phrase{"%s: the copy in the clear; destroy it when you are done", "%s : la copie en clair ; détruisez-la quand vous avez fini"}
)
