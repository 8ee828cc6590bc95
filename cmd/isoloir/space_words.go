package main

var spaceHelp = phrase{
	en: `isoloir space keeps and serves the spaces in which organisations work on their consultations (docs/consultations.md, section 11).
Every command reads the configuration -config FILE, YAML: where the back office (hall) and the notices are.

  init -config FILE -register FILE -constituencies FILE [-label TEXT]
        the space of the organisation of a register, whose register.json is given; the other FILE is CSV,
        constituency,electors,seats: a line for each constituency of the register, seats 0 where it elects nobody
  parties -config FILE -organisation ID -file FILE
        who mixes, witnesses and serves, as the manifests of its consultations will name them, in JSON
  standing -config FILE -organisation ID -manifest FILE
        names its standing bureau, by that bureau's sealed manifest; in the directory that is printed its record comes to lie:
        acts, ceremony, rehearsal
  invite -config FILE -organisation ID -name TEXT
        a publisher, new or by the name of one: prints the code by which he makes a passkey, once and within a week. All
        others are invited from the pages. While the back office is served somebody else's code is asked for there
  lists -config FILE -organisation ID -consultation ID
        the directory into which the register writes the accounts of a consultation (isoloir register snapshot -out), also
        while the back office is served; for init, parties, standing and invite it must be stopped
  show -config FILE -organisation ID -consultation ID [-voting URL] [-result URL [-record DIR]]
        writes where citizens read it, once the consultation is published there: where one votes, from the opening on; where the
        result is, once it is public, and by the sealed record of the consultation how members and citizens have decided
  serve -config FILE [-role hall|notices|all] [-check]
        serves them until it is interrupted; with -check opens all that they need, says what is wrong, and stops

Exit codes: 0 done · 64 the command line is wrong · 65 a file or the configuration is wrong · 66 a file cannot be read · 69 an
  address cannot be listened on · 70 failed · 73 it is there already, or another process works on it · 74 a store failed
  75 a Vault does not answer · 77 others can read a secret
`,
	fr: `isoloir space tient et sert les espaces où des organisations travaillent à leurs consultations (docs/consultations.md, section 11).
Chaque commande lit la configuration -config FICHIER, en YAML : où sont l'arrière-guichet (hall) et les avis (notices).

  init -config FICHIER -register FICHIER -constituencies FICHIER [-label TEXTE]
        l'espace de l'organisation d'un registre, dont on donne register.json ; l'autre FICHIER est un CSV,
        constituency,electors,seats : une ligne par circonscription du registre, seats 0 là où elle n'élit personne
  parties -config FICHIER -organisation ID -file FICHIER
        qui mélange, témoigne et sert, comme les manifestes de ses consultations les nommeront, en JSON
  standing -config FICHIER -organisation ID -manifest FICHIER
        nomme son bureau permanent, par le manifeste scellé de ce bureau ; dans le dossier affiché se range son dossier public :
        actes, cérémonie, répétition
  invite -config FICHIER -organisation ID -name TEXTE
        quelqu'un qui publie, nouveau ou désigné par son nom : affiche le code par lequel il fait une clé d'accès, une fois et sous
        une semaine. Tous les autres sont invités depuis les pages. Pendant que l'arrière-guichet est servi, on y demande les codes
  lists -config FICHIER -organisation ID -consultation ID
        le dossier où le registre écrit les comptes d'une consultation (isoloir register snapshot -out), aussi pendant que
        l'arrière-guichet est servi ; pour init, parties, standing et invite il doit être arrêté
  show -config FICHIER -organisation ID -consultation ID [-voting URL] [-result URL [-record DOSSIER]]
        écrit là où les citoyens lisent, une fois que la consultation y est publiée : où l'on vote, dès l'ouverture ; où est le
        résultat, une fois public, et d'après le dossier scellé de la consultation comment élus et citoyens ont décidé
  serve -config FICHIER [-role hall|notices|all] [-check]
        les sert jusqu'à interruption ; avec -check ouvre tout ce qu'il leur faut, dit ce qui ne va pas, et s'arrête

Codes de sortie : 0 fait · 64 la ligne de commande est fausse · 65 un fichier ou la configuration est faux · 66 un fichier ne peut être lu · 69 une
  adresse ne peut être écoutée · 70 échec · 73 c'est déjà là, ou un autre processus y travaille · 74 un stockage a échoué
  75 un Vault ne répond pas · 77 d'autres peuvent lire un secret
`}

var (
	spaceNeeds      = phrase{"-%s is missing: isoloir space %s needs it", "il manque -%s : isoloir space %s en a besoin"}
	spaceRole       = phrase{"-role: there is no role %q: give hall, notices or all", "-role : il n'y a pas de rôle %q : donnez hall, notices ou all"}
	spaceNoHall     = phrase{"%s: there is no back office in it (hall)", "%s : il n'y a pas d'arrière-guichet (hall)"}
	spaceNowhere    = phrase{"%s: what is published is written nowhere (hall.published)", "%s : ce qui est publié n'est écrit nulle part (hall.published)"}
	spaceShows      = phrase{"show: give -voting URL, or -result URL; -record DIR goes with -result", "show : donnez -voting URL, ou -result URL ; -record DOSSIER va avec -result"}
	spaceOther      = phrase{"%s: this is the record of another consultation", "%s : c'est le dossier d'une autre consultation"}
	spaceShown      = phrase{"%s says it from now on", "%s le dit désormais"}
	spaceColumns    = phrase{"the constituencies are a CSV with the columns constituency,electors,seats: a line for each of the register, and no other, with numbers", "les circonscriptions sont un CSV aux colonnes constituency,electors,seats : une ligne pour chacune du registre, et nulle autre, avec des nombres"}
	spaceMade       = phrase{"the space of %s is made: next isoloir space invite -organisation %[1]s -name …", "l'espace de %s est fait : ensuite isoloir space invite -organisation %[1]s -name …"}
	spaceParties    = phrase{"%s\n  digest  %s", "%s\n  empreinte  %s"}
	spaceStanding   = phrase{"%s\n  fingerprint  %s", "%s\n  empreinte  %s"}
	spaceInvited    = phrase{"%s comes in at %s/%s/ with this invitation, once and within a week: %s", "%s entre à %s/%s/ par cette invitation, une fois et sous une semaine : %s"}
	spaceOtherKind  = phrase{"this is no manifest of a standing bureau of %s (%s)", "ce n'est pas le manifeste d'un bureau permanent de %s (%s)"}
	spaceStandsThus = phrase{"%s: a standing bureau is named there already, by another manifest", "%s : un bureau permanent y est déjà nommé, par un autre manifeste"}
)
