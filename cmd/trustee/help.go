package main

// help is printed by "trustee help" and for a wrong command line.
var help = phrase{
	en: `trustee keeps the keys of one person and does his part of an election, offline.

  trustee init -name NAME -medium DIR [-second DIR] [-card FILE]
        make your keys; FILE (NAME.isoloir-card) is what you hand to the bureau
  trustee copy -medium DIR -second DIR
        copy your keys to a second medium, and read the copy back
  trustee passphrase -medium DIR [-second DIR] [-new-passphrase-file FILE]
        change your passphrase
  trustee show [-medium DIR [-second DIR]] [-record DIR]
        what your media hold, without any secret; where the ceremony stands

  The key ceremony, in this order, everybody at each step before the next one:
  trustee commit   -record DIR -medium DIR -second DIR [-out DIR] [-run N]
  trustee reveal   -record DIR -medium DIR -second DIR [-out DIR] [-run N]
  trustee check    -record DIR -medium DIR -second DIR [-out DIR] [-run N]
  trustee seal     -record DIR -medium DIR -second DIR [-out DIR] [-run N]
  trustee rehearse -record DIR -medium DIR -second DIR [-out DIR]
        -run N begins run N: whoever has not answered in the run before is left out

  The other days:
  trustee test    -record DIR -medium DIR -second DIR
        open the test text again with both media, before the vote closes; no message is written
  trustee mix     -record DIR -medium DIR -what accounts|ballots [-out DIR] [-amendment N]
        anonymise the accounts, or mix the sealed ballots, at your stage;
        -amendment N: the accounts that amendment N of the roll adds
  trustee decrypt -record DIR -medium DIR -second DIR [-out DIR]
        verify the sealed urns and the mixes, show them, and open them once you say so
  trustee sign    -medium DIR -text FILE [-out FILE]
        sign an act of the bureau or a statement of yours, or what the bureau signs of a decision
        of members and citizens, shown before, once you say so

  trustee version
        release, toolchain, and digest of this program
  trustee help

-medium and -second are the directories of your two media, of different kinds.
-record is your copy of the record; -out (by default the same) is where what you
make is written: give it back to the bureau.

Everywhere: -lang en|fr (default: the LANG of your system), -passphrase-file FILE
for drills (its first line; else the passphrase is asked and not shown),
-workers N, -quiet. For drills too: -work N, the cost of the passphrase as a power
of two (default 18).

Example, for member-3 with two USB keys:
  trustee init -name member-3 -medium /media/red -second /media/blue -card member-3.isoloir-card
  trustee commit -record /media/record -medium /media/red -second /media/blue

Exit codes:
  0   done
  64  the command line is wrong
  65  a file is damaged, of something else, or does not hold
  66  a file or a medium is not there
  73  a file of that name is there already; nothing was changed
  74  a medium could not be read or written
  77  wrong passphrase, or refused
`,
	fr: `trustee garde les clés d'une personne et fait sa part d'une élection, hors ligne.

  trustee init -name NOM -medium DOSSIER [-second DOSSIER] [-card FICHIER]
        fabriquer vos clés ; FICHIER (NOM.isoloir-card) est ce que vous remettez au bureau
  trustee copy -medium DOSSIER -second DOSSIER
        copier vos clés sur un second support, et relire la copie
  trustee passphrase -medium DOSSIER [-second DOSSIER] [-new-passphrase-file FICHIER]
        changer de phrase secrète
  trustee show [-medium DOSSIER [-second DOSSIER]] [-record DOSSIER]
        ce que contiennent vos supports, sans aucun secret ; où en est la cérémonie

  La cérémonie des clés, dans cet ordre, tous à chaque étape avant la suivante :
  trustee commit   -record DOSSIER -medium DOSSIER -second DOSSIER [-out DOSSIER] [-run N]
  trustee reveal   -record DOSSIER -medium DOSSIER -second DOSSIER [-out DOSSIER] [-run N]
  trustee check    -record DOSSIER -medium DOSSIER -second DOSSIER [-out DOSSIER] [-run N]
  trustee seal     -record DOSSIER -medium DOSSIER -second DOSSIER [-out DOSSIER] [-run N]
  trustee rehearse -record DOSSIER -medium DOSSIER -second DOSSIER [-out DOSSIER]
        -run N commence le tour N : qui n'a pas répondu au tour précédent n'y est plus

  Les autres jours :
  trustee test    -record DOSSIER -medium DOSSIER -second DOSSIER
        rouvrir le texte d'essai avec les deux supports, avant la clôture ; aucun message n'est écrit
  trustee mix     -record DOSSIER -medium DOSSIER -what accounts|ballots [-out DOSSIER] [-amendment N]
        anonymiser les comptes, ou mélanger les bulletins scellés, à votre étape ;
        -amendment N : les comptes qu'ajoute la modification N du fichier des électeurs
  trustee decrypt -record DOSSIER -medium DOSSIER -second DOSSIER [-out DOSSIER]
        vérifier les urnes scellées et les mélanges, les montrer, et ouvrir quand vous le dites
  trustee sign    -medium DOSSIER -text FICHIER [-out FICHIER]
        signer un acte du bureau, une déclaration de vous, ou ce que le bureau signe d'une décision
        des élus et des citoyens, montrés avant, quand vous le dites

  trustee version
        version, compilateur, et empreinte de ce programme
  trustee help

-medium et -second sont les dossiers de vos deux supports, de natures différentes.
-record est votre copie du dossier de l'élection ; -out (par défaut le même) est le
lieu où s'écrit ce que vous faites : rendez-le au bureau.

Partout : -lang en|fr (par défaut, le LANG de votre système), -passphrase-file
FICHIER pour les exercices (sa première ligne ; sinon la phrase est demandée et ne
s'affiche pas), -workers N, -quiet. Pour les exercices aussi : -work N, le coût de la
phrase secrète en puissance de deux (par défaut 18).

Exemple, pour member-3 avec deux clés USB :
  trustee init -name member-3 -medium /media/rouge -second /media/bleue -card member-3.isoloir-card
  trustee commit -record /media/dossier -medium /media/rouge -second /media/bleue

Codes de sortie :
  0   fait
  64  la ligne de commande est fausse
  65  un fichier est abîmé, d'autre chose, ou ne tient pas
  66  un fichier ou un support manque
  73  un fichier de ce nom est déjà là ; rien n'a été changé
  74  un support n'a pu être lu ou écrit
  77  phrase secrète fausse, ou refus
`,
}
