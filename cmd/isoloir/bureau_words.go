package main

var bureauHelp = phrase{
	en: `isoloir bureau lets the members of the bureau come to their pages, and tells them of interventions (docs/bureau.md, sections 4 and 5).

  isoloir bureau init -config FILE [-lang en|fr]
        makes the bureau's store if there is none, and invites every member who was not invited yet
  isoloir bureau invite -config FILE -member ID [-lang en|fr]
        invites one again who lost his passkeys: two other members must have asked for it with their own signatures within a day
  isoloir bureau intervene -config FILE -ticket T -who NAME -why TEXT -measures TEXT -data TEXT [-lang en|fr]
        announces, before you touch the platform, under which ticket, who you are, why, what you will do, and which data you can see
  isoloir bureau intervened -config FILE -ticket T [-measures TEXT] [-lang en|fr]
        says that this intervention has ended, and what was done if it is not what was announced

Each code is printed once and kept nowhere: give it to its member alone. It is good for one passkey, for seven days.
What is said of an intervention enters the journal for good and stands in the minutes: write no name of an elector, and no secret. The service tells
all members at once. A ticket and a name have 300 characters at most, the other texts 2000, each on one line.
FILE is the configuration of serve. The service may be at work meanwhile.

Exit codes: 0 done · 1 two members have not asked for it; the ticket's intervention is under way already, or none has begun · 64 the command line
  is wrong, a text is empty or not in its form · 65 configuration, record or journal is wrong, or there is no such member · 66 a file cannot be read · 69 the database cannot be reached · 74 the store failed · 77 others can read a secret
`,
	fr: `isoloir bureau fait entrer les membres du bureau dans leurs pages, et leur annonce les interventions (docs/bureau.md, sections 4 et 5).

  isoloir bureau init -config FICHIER [-lang en|fr]
        fabrique la base du bureau s'il n'y en a pas, et invite chaque membre qui ne l'a pas encore été
  isoloir bureau invite -config FICHIER -member ID [-lang en|fr]
        réinvite un membre qui a perdu ses clés d'accès : deux autres membres doivent l'avoir demandé, chacun de sa signature, en un jour
  isoloir bureau intervene -config FICHIER -ticket T -who NOM -why TEXTE -measures TEXTE -data TEXTE [-lang en|fr]
        annonce, avant que vous touchiez à la plateforme : sous quel ticket, qui vous êtes, pourquoi, ce que vous ferez, quelles données vous voyez
  isoloir bureau intervened -config FICHIER -ticket T [-measures TEXTE] [-lang en|fr]
        dit que cette intervention est terminée, et ce qui a été fait si ce n'est pas ce qui était annoncé

Chaque code est imprimé une fois et gardé nulle part : donnez-le à son membre seul. Il vaut pour une clé d'accès, pendant sept jours.
Ce qui est dit d'une intervention entre au journal pour toujours et figure au procès-verbal : n'écrivez ni nom d'électeur, ni secret. Le service le
dit aussitôt à tous les membres. Un ticket et un nom ont 300 caractères au plus, les autres textes 2000, chacun sur une ligne.
FICHIER est la configuration de serve. Le service peut être à l'œuvre pendant ce temps.

Codes de sortie : 0 fait · 1 deux membres ne l'ont pas demandé ; l'intervention de ce ticket est déjà en cours, ou aucune n'a commencé · 64 la
  commande est mal écrite, un texte est vide ou n'a pas sa forme · 65 configuration, dossier ou journal est faux, ou il n'y a pas ce membre · 66 un fichier ne peut être lu · 69 la base n'est pas joignable · 74 le stockage a échoué · 77 d'autres peuvent lire
  un secret
`}

var journalHelp = phrase{
	en: `isoloir journal takes the bureau's journal out as a file, and says whether it holds (docs/bureau.md, section 2).

  isoloir journal export -config FILE -manifest FILE -out FILE [-lang en|fr]
  isoloir journal verify -manifest FILE [-record DIR] [-head HEX]… FILE [-lang en|fr]

  -config FILE     the configuration of serve
  -manifest FILE   manifest.json, sealed: its keys are those of the authors
  -head HEX        a head that you have kept (minutes, a photograph of the room's screen): it must be one of this journal's

  -record DIR      the record, whose acts the entries are judged by; without it, those that the journal itself has adopted

verify needs the file and the manifest alone. It computes every head anew, verifies every signature, compares what members said they saw, and judges
every entry by the rules by which it was taken: it names the first that could not be taken in its place.

Exit codes: 0 it holds · 1 it does not, and where is said · 64 the command line is wrong · 65 a file is none of a journal, or of another
  scrutin · 66 a file cannot be read · 69 the database cannot be reached · 73 a file of that name is there · 74 the store, or writing, failed
`,
	fr: `isoloir journal sort le journal du bureau dans un fichier, et dit s'il tient (docs/bureau.md, section 2).

  isoloir journal export -config FICHIER -manifest FICHIER -out FICHIER [-lang en|fr]
  isoloir journal verify -manifest FICHIER [-record DOSSIER] [-head HEX]… FICHIER [-lang en|fr]

  -config FICHIER     la configuration de serve
  -manifest FICHIER   manifest.json, scellé : ses clés sont celles des auteurs
  -head HEX           une tête que vous avez gardée (procès-verbal, photographie de l'écran de la salle) : elle doit être de ce journal

  -record DOSSIER     le dossier, dont les actes font juger les entrées ; sans lui, ceux que le journal même a adoptés

verify n'a besoin que du fichier et du manifeste. Il recalcule chaque tête, vérifie chaque signature, compare ce que les membres disent avoir vu, et
juge chaque entrée par les règles selon lesquelles elle fut prise : il nomme la première qui ne pouvait l'être à sa place.

Codes de sortie : 0 il tient · 1 il ne tient pas, et où est dit · 64 la commande est mal écrite · 65 un fichier n'est pas celui d'un journal, ou
  est d'un autre scrutin · 66 un fichier ne peut être lu · 69 la base n'est pas joignable · 73 un fichier de ce nom existe · 74 le stockage, ou
  l'écriture, a échoué
`}

var (
	bureauNeeds         = phrase{"-config is needed, and -member for invite: see isoloir bureau help", "il faut -config, et -member pour invite : voyez isoloir bureau help"}
	interventionNeeds   = phrase{"-config and -ticket are needed, for intervene -who, -why, -measures and -data too, and no text is empty: see isoloir bureau help", "il faut -config et -ticket, pour intervene aussi -who, -why, -measures et -data, et aucun texte n'est vide : voyez isoloir bureau help"}
	interventionForm    = phrase{"write each text on one line, without spaces around it or invisible characters: ticket and name of 300 characters at most, the others of 2000", "écrivez chaque texte sur une ligne, sans espaces autour ni caractères invisibles : le ticket et le nom de 300 caractères au plus, les autres de 2000"}
	interventionEntered = phrase{"%s: entry %d of the journal. The bureau's service tells all members at once; if it is not running, when it starts.\n  head  %s", "%s : entrée %d du journal. Le service du bureau le dit aussitôt à tous les membres ; s'il est arrêté, dès qu'il repart.\n  tête  %s"}
	allInvited          = phrase{"Every member was invited. Who lost his passkeys is invited again by two others: isoloir bureau help", "Chaque membre a été invité. Qui a perdu ses clés d'accès est réinvité par deux autres : isoloir bureau help"}
	invitationOf        = phrase{"%-40s %-20s %s", "%-40s %-20s %s"}
	invitedOnce         = phrase{"\nThese codes are not shown again. Each member goes to %s and types his own.", "\nCes codes ne seront plus montrés. Chaque membre va sur %s et tape le sien."}
	journalExports      = phrase{"-config, -manifest and -out are needed: see isoloir journal help", "il faut -config, -manifest et -out : voyez isoloir journal help"}
	journalVerifies     = phrase{"-manifest and one file are needed: see isoloir journal help", "il faut -manifest et un fichier : voyez isoloir journal help"}
	journalWritten      = phrase{"%s: %d entries\n  head  %s", "%s : %d entrées\n  tête  %s"}
	journalHolds        = phrase{"The journal holds: %d entries, the last one of %s\n  head  %s", "Le journal tient : %d entrées, la dernière du %s\n  tête  %s"}
	journalActs         = phrase{"the acts of which the journal tells do not follow each other: %w; if some were made elsewhere give the record, -record", "les actes dont le journal parle ne se suivent pas : %w ; si certains ont été faits ailleurs, donnez le dossier, -record"}
	journalFlaw         = phrase{"entry %d (changed after entry %d and before entry %d): %v", "entrée %d (changée après l'entrée %d et avant l'entrée %d) : %v"}
	moreFlaws           = phrase{"… and %d more, which may follow from these", "… et %d de plus, qui peuvent découler de celles-ci"}
	journalBroken       = phrase{"the journal does not hold: keep this file, and tell the bureau", "le journal ne tient pas : gardez ce fichier, et prévenez le bureau"}
)
