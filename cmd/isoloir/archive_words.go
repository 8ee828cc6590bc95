package main

var archiveHelp = phrase{`isoloir archive makes, unpacks and opens again what a bureau keeps under seal as one file (docs/archive.md).

  isoloir archive list -record DIR [-dossier DIR] -out kept.json
        the list of what is kept, and its digest, which the act archive adopts
  isoloir archive make -record DIR [-dossier DIR] [-kept kept.json] -out FILE.tar
        the archive; the same files give the same bytes, whoever makes it. Once the act archive stands, -kept is the list that it adopted,
        where something was added to the dossier since
  isoloir archive unpack FILE.tar -out DIR
        verifies the archive, and writes its files into a new directory
  isoloir archive recount -record DIR -shares DIR [-workers N]
        the count, once more, by shares that a quorum of holders gave again (trustee decrypt -out): whether the result is the same

audit verify FILE.tar verifies an archive where it lies. Everywhere: -lang en|fr.

Exit codes: 0 done; 1 what is there is not what was adopted, or the count is another; 64 the command line is wrong; 65 a file is wrong, or
is no archive; 66 a file cannot be read; 73 what would be written is there already; 74 a disk failed.
`, `isoloir archive fait, déballe et rouvre ce qu'un bureau garde sous scellés en un seul fichier (docs/archive.md).

  isoloir archive list -record DOSSIER [-dossier PAPIERS] -out kept.json
        la liste de ce qui est gardé, et son empreinte, qu'adopte l'acte archive
  isoloir archive make -record DOSSIER [-dossier PAPIERS] [-kept kept.json] -out FICHIER.tar
        l'archive ; les mêmes fichiers donnent les mêmes octets, qui que ce soit qui la fasse. Une fois l'acte archive adopté, -kept est la
        liste qu'il adopte, si quelque chose est entré depuis dans les papiers
  isoloir archive unpack FICHIER.tar -out DOSSIER
        vérifie l'archive, et en écrit les fichiers dans un dossier nouveau
  isoloir archive recount -record DOSSIER -shares PARTS [-workers N]
        le dépouillement, une fois encore, par les parts qu'un quorum de détenteurs a données de nouveau (trustee decrypt -out) : si le
        résultat est le même

audit verify FICHIER.tar vérifie une archive là où elle est. Partout : -lang en|fr.

Codes de sortie : 0 fait ; 1 ce qui est là n'est pas ce qui a été adopté, ou le dépouillement en donne un autre ; 64 la ligne de commande est
fausse ; 65 un fichier est faux, ou n'est pas une archive ; 66 un fichier ne peut être lu ; 73 ce qui serait écrit est déjà là ; 74 un disque a failli.
`}

var (
	archiveNeeds    = phrase{"-record and -out are needed: see isoloir archive help", "il faut -record et -out : voir isoloir archive help"}
	archiveUnpacks  = phrase{"name the archive, then -out and a directory that does not exist", "nommez l'archive, puis -out et un dossier qui n'existe pas"}
	recountNeeds    = phrase{"-record and -shares are needed: see isoloir archive help", "il faut -record et -shares : voir isoloir archive help"}
	keptListed      = phrase{"%s: %d files are kept; the act archive adopts the digest\n%s", "%s : %d fichiers sont gardés ; l'acte archive adopte l'empreinte\n%s"}
	archiveMade     = phrase{"%s: archive of “%s”, %d bytes; have another person make it too, and compare the SHA-256\n%s", "%s : archive de « %s », %d octets ; faites-la faire aussi par une autre personne, et comparez le SHA-256\n%s"}
	notAdopted      = phrase{"the bureau has not adopted what is kept yet: this is a draft (isoloir archive list, then the act archive)", "le bureau n'a pas encore adopté ce qui est gardé : ceci est un projet (isoloir archive list, puis l'acte archive)"}
	unpackThere     = phrase{"%s is there already: give a directory that does not exist", "%s est déjà là : donnez un dossier qui n'existe pas"}
	otherPage       = phrase{"index.html was drawn by another version of the program: it was not compared", "index.html a été dessinée par une autre version du programme : elle n'a pas été comparée"}
	unadopted       = phrase{"not adopted by any act of the bureau, anybody may have added or changed it: %s", "qu'aucun acte du bureau n'adopte, et que n'importe qui a pu ajouter ou changer : %s"}
	archiveUnpacked = phrase{"the archive holds what it lists; %d files are in %s", "l'archive contient ce qu'elle liste ; %d fichiers sont dans %s"}
	shareHolds      = phrase{"%s, %s: shares that hold%s", "%s, %s : parts qui tiennent%s"}
	shareFails      = phrase{"%s, %s: left out: %s", "%s, %s : écartées : %s"}
	recountDiffers  = phrase{"the count gives another result than the proclaimed one: tell the bureau", "le dépouillement donne un autre résultat que celui proclamé : prévenez le bureau"}
	recountSame     = phrase{"the count gives the same result, and the same bytes of %s\n%s", "le dépouillement donne le même résultat, et les mêmes octets de %s\n%s"}
)
