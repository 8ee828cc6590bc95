package main

var registerHelp = phrase{
	en: `isoloir register keeps the register of anonymous accounts of an organisation (docs/accounts.md), in the directory -dir DIR.

  init -organisation ID -id ID -title TEXT -constituencies FILE [-zone Europe/Paris] [-kind real|rehearsal] [-minimum 20]
        a new register with its keys; FILE is CSV, constituency,label. Prints its digest
  plan -title TEXT -stations FILE -round OPENS/CLOSES [-exception STATION=OPENS/CLOSES …] [-round …] [-scope general|addition] -out FILE
        the next distribution: cards as many as electors, over the stations. FILE is CSV, station,label,constituency,electors.
        An exception gives a station hours of its own in the round before it
  open -distribution FILE -cards FILE -digest HEX
        takes up the cards that isoloir cards make has drawn, by the digest that it printed
  device -station S        a code by which a device of a station is enrolled, once, within a day
  devices -station S       the devices of a station, by the number that each one's page shows
  retire -device HEX       takes a device back
  allow -station S -by NAME -reason TEXT
        lets a station hand out cards though its count is not that of the plan
  invalidate -number NUMBER -by NAME -reason TEXT
        the last resort, for somebody who has lost all that opened his account: it ends for good
  sent -by NAME -reason TEXT
        makes the accounts of a distribution by two codes (isoloir codes) active, once both codes have left
  acts                     what was decided by allow, invalidate, sent, hold, release, by whom and why, and the digest that stands for all of it
  backup -out FILE         an encrypted copy; DIR/backup/identity opens it again (isoloir restore), is in no copy, and ends with the register
  hold -by NAME -reason TEXT, release -by NAME -reason TEXT
        from the one to the other nothing is destroyed
  destroy -by NAME -reason TEXT -out STATEMENT
        the register ends: keys, then accounts, then the rest are overwritten, and its key signs what was. Not while a distribution is
        under way, a hold stands, or it is served. A run that was cut is run again
  report [-number N]       every station: received, handed out, cancelled, left; cards that are missing
  minutes [-number N] [-station S] [-language fr|en] [-browser PATH|none] -out DIR
        the minutes of each station once the distribution is over: N-S.json, signed by N-S.note, and as HTML and PDF
  publish [-number N] -out DIR
        the list that everybody can add up, once the distribution is over
  snapshot -scrutin ID [-urns FILE] [-later] -out DIR
        the accounts that may vote in a scrutin, signed, for its record; the manifest names the digest that is printed. FILE is
        CSV, urn,constituency: constituencies with the same urn vote in one; without it each has its own. It is refused while it
        would show fewer accounts coming than hide each other; with -later these vote from the next scrutin on
  serve -listen ADDR [-certificate FILE -key FILE] [-proxy ADDRESS]
        [-accounts ADDR -published DIR [-passkeys DOMAIN] [-voting ORIGIN,…] [-origin URL] [-consultations DIR] [-notices ORIGIN]]
        the page and the messages of the stations; in the clear on an address of this machine alone, behind the proxy whose
        address or network is given. With -accounts the pages and messages of the citizens' accounts too, at an address that is
        another origin; DIR is where publish writes, DOMAIN what passkeys are for, and pages of the ORIGINs, where one votes, may
        open accounts. With keys of sign-on (isoloir sso rotate) civic sites are served too; URL is the accounts' own origin.
        The DIR of -consultations is where a back office publishes (isoloir space): citizens, and other sites, read it there,
        with the members' pages and the page on which votes are tried; the ORIGIN of -notices is where they ask to be told
  discard  opens a register that was restored from a backup again, without the scans that no backup has; says how many

Exit codes: 0 done · 1 a station's counts do not agree · 64 the command line is wrong · 65 a file is wrong · 66 a file cannot be read
  69 the address cannot be listened on · 70 failed · 73 the output is there already · 74 writing failed · 77 others can read a secret
`,
	fr: `isoloir register tient le registre des comptes anonymes d'une organisation (docs/accounts.md), dans le dossier -dir DOSSIER.

  init -organisation ID -id ID -title TEXTE -constituencies FICHIER [-zone Europe/Paris] [-kind real|rehearsal] [-minimum 20]
        un nouveau registre et ses clés ; FICHIER est un CSV, constituency,label. Affiche son empreinte
  plan -title TEXTE -stations FICHIER -round OUVRE/FERME [-exception BUREAU=OUVRE/FERME …] [-round …] [-scope general|addition] -out FICHIER
        la prochaine remise : autant de cartes que d'électeurs, réparties. FICHIER est un CSV, station,label,constituency,electors.
        Une exception donne à un bureau ses propres heures au tour qui la précède
  open -distribution FICHIER -cards FICHIER -digest HEX
        prend les cartes que isoloir cards make a tirées, par l'empreinte qu'elle a affichée
  device -station B        un code pour inscrire un appareil d'un bureau de vote, une fois, dans la journée
  devices -station B       les appareils d'un bureau, par le numéro que montre la page de chacun
  retire -device HEX       retire un appareil
  allow -station B -by NOM -reason TEXTE
        laisse un bureau remettre des cartes bien que son compte ne soit pas celui du plan
  invalidate -number NUMÉRO -by NOM -reason TEXTE
        en dernier recours, pour qui a perdu tout ce qui ouvrait son compte : il finit pour de bon
  sent -by NOM -reason TEXTE
        rend actifs les comptes d'une remise par deux codes (isoloir codes), une fois les deux codes partis
  acts                     ce qu'ont décidé allow, invalidate, sent, hold, release, par qui et pourquoi, et l'empreinte qui vaut pour le tout
  backup -out FICHIER      une copie chiffrée ; DOSSIER/backup/identity la rouvre (isoloir restore), n'est dans aucune copie et finit avec le registre
  hold -by NOM -reason TEXTE, release -by NOM -reason TEXTE
        de l'un à l'autre rien n'est détruit
  destroy -by NOM -reason TEXTE -out DÉCLARATION
        le registre finit : les clés, puis les comptes, puis le reste sont écrasés, et sa clé signe ce qui l'a été. Pas pendant une
        remise, ni sous conservation, ni tant qu'il est servi. Interrompue, la commande se relance
  report [-number N]       chaque bureau : reçues, remises, annulées, restantes ; les cartes qui manquent
  minutes [-number N] [-station B] [-language fr|en] [-browser CHEMIN|none] -out DOSSIER
        le procès-verbal de chaque bureau une fois la remise terminée : N-B.json, que signe N-B.note, en HTML et en PDF
  publish [-number N] -out DOSSIER
        la liste que chacun peut additionner, une fois la remise terminée
  snapshot -scrutin ID [-urns FICHIER] [-later] -out DOSSIER
        les comptes qui peuvent voter à un scrutin, signés, pour son dossier ; le manifeste cite l'empreinte affichée. FICHIER est
        un CSV, urn,constituency : les circonscriptions d'une même urne votent ensemble ; sans lui chacune a la sienne. Refusé
        tant qu'il montrerait l'arrivée de trop peu de comptes ; avec -later ceux-ci votent à partir du scrutin suivant
  serve -listen ADRESSE [-certificate FICHIER -key FICHIER] [-proxy ADRESSE]
        [-accounts ADRESSE -published DOSSIER [-passkeys DOMAINE] [-voting ORIGINE,…] [-origin URL] [-consultations DOSSIER] [-notices ORIGINE]]
        la page et les messages des bureaux ; en clair sur une adresse de cette machine seulement, derrière le mandataire dont
        l'adresse ou le réseau est donné. Avec -accounts aussi les pages et les messages des comptes des citoyens, à une adresse
        qui est une autre origine ; DOSSIER est celui où écrit publish, DOMAINE celui des clés d'accès, et les pages des
        ORIGINES, où l'on vote, peuvent ouvrir des comptes. Avec des clés de connexion (isoloir sso rotate), les sites civiques
        sont servis aussi ; URL est l'origine des comptes. Le DOSSIER de -consultations est celui où une mairie publie (isoloir
        space) : citoyens et autres sites l'y lisent, avec les pages des élus et celle où l'on essaie des votes ; l'ORIGINE de
        -notices est celle où ils demandent à être prévenus
  discard  rouvre un registre restauré d'une sauvegarde, sans les lectures qu'aucune sauvegarde n'a ; dit combien

Codes de sortie : 0 fait · 1 les comptes d'un bureau ne concordent pas · 64 la commande est mal écrite · 65 un fichier est faux · 66 un fichier
  ne peut pas être lu · 69 l'adresse ne peut pas être écoutée · 70 échec · 73 la sortie existe déjà · 74 l'écriture a échoué · 77 d'autres
  peuvent lire un secret
`}

var cardsHelp = phrase{
	en: `isoloir cards make draws and prints the cards of a distribution, on a machine without a network.

  isoloir cards make -register FILE -distribution FILE -out DIR [-split]
        DIR/boxes/STATION.pdf for the printer and STATION.csv for whoever counts; DIR/cards.list for the register, with neither
        codes nor tokens. With -split the codes to scratch are in DIR/labels, for a second printer. The PDFs hold secrets: they
        go to the printer and are then destroyed

Exit codes: 0 done · 64 the command line is wrong · 65 a file is wrong · 66 a file cannot be read · 73 DIR is there already · 74 writing failed
`,
	fr: `isoloir cards make tire et imprime les cartes d'une remise, sur une machine sans réseau.

  isoloir cards make -register FICHIER -distribution FICHIER -out DOSSIER [-split]
        DOSSIER/boxes/BUREAU.pdf pour l'imprimeur et BUREAU.csv pour qui compte ; DOSSIER/cards.list pour le registre, sans code
        ni jeton. Avec -split les codes à gratter sont dans DOSSIER/labels, pour un second imprimeur. Les PDF contiennent des
        secrets : ils vont à l'imprimeur, puis sont détruits

Codes de sortie : 0 fait · 64 la commande est mal écrite · 65 un fichier est faux · 66 un fichier ne peut pas être lu
  73 DOSSIER existe déjà · 74 l'écriture a échoué
`}

var (
	registerNeeds       = phrase{"-%s is needed by register %s: see isoloir register help", "register %[2]s a besoin de -%[1]s : voyez isoloir register help"}
	constituencyColumns = phrase{"the file of constituencies is CSV, its first line constituency,label", "le fichier des circonscriptions est un CSV, sa première ligne constituency,label"}
	registerMade        = phrase{"%s\n  digest  %s\nKeep the files *.key of this directory as secrets; back them up apart from register.db.", "%s\n  empreinte  %s\nLes fichiers *.key de ce dossier sont des secrets ; sauvegardez-les à part de register.db."}
	distributionPlanned = phrase{"%s: distribution %d, %d cards, %d stations\n  digest  %s", "%s : remise %d, %d cartes, %d bureaux\n  empreinte  %s"}
	otherCards          = phrase{"%s has the digest %s, which is not the one given: these are not the cards that were drawn", "%s a l'empreinte %s, qui n'est pas celle donnée : ce ne sont pas les cartes qui ont été tirées"}
	distributionOpen    = phrase{"distribution %d: %d cards; stations open from %s on", "remise %d : %d cartes ; les bureaux ouvrent à partir de %s"}
	deviceCode          = phrase{"station %s, enrolment code, good once and within a day:\n  %s\n  or the page's address with #code=%s", "bureau %s, code d'inscription, valable une fois et dans la journée :\n  %s\n  ou l'adresse de la page avec #code=%s"}
	deviceDigits        = phrase{"-device is 32 hexadecimal digits", "-device a 32 chiffres hexadécimaux"}
	deviceThere         = phrase{"%s", "%s"}
	deviceGone          = phrase{"%s  taken back", "%s  retiré"}
	scansDiscarded      = phrase{"%d cards were scanned and not entered: they are not handed out. Have their stations scan them again", "%d cartes avaient été lues sans être inscrites : elles ne sont pas remises. Faites-les relire par leurs bureaux"}
	proxyAddress        = phrase{"-proxy is an address, or a network as 10.0.0.0/24", "-proxy est une adresse, ou un réseau comme 10.0.0.0/24"}
	deviceRetired       = phrase{"the device is nobody's any more", "l'appareil n'est plus à personne"}
	stationAllowed      = phrase{"station %s may hand out cards; the reason stands in its minutes", "le bureau %s peut remettre des cartes ; la raison est à son procès-verbal"}
	accountInvalidated  = phrase{"account %s is invalid; its citizen is represented by his member in what opens from now on", "le compte %s est annulé ; son citoyen est représenté par son élu dans ce qui ouvre désormais"}
	codesSent           = phrase{"%d accounts are active", "%d comptes sont actifs"}
	actLine             = phrase{"%d  %s  distribution %d, station %s  %s\n  %s: %s", "%d  %s  remise %d, bureau %s  %s\n  %s : %s"}
	actOfAll            = phrase{"%d  %s\n  %s: %s", "%d  %s\n  %s : %s"}
	registerCopied      = phrase{"%s", "%s"}
	registerHeld        = phrase{"nothing of this register is destroyed until release", "rien de ce registre n'est détruit jusqu'à release"}
	registerReleased    = phrase{"the hold has ended", "la conservation a pris fin"}
	registerDestroyed   = phrase{"the register has ended; %s says what was destroyed, and by whose decision: keep it with what was published", "le registre a pris fin ; %s dit ce qui a été détruit, et sur décision de qui : gardez-la avec ce qui a été publié"}
	actsHead            = phrase{"head  %s", "tête  %s"}
	notOver             = phrase{"distribution %d is not over yet: its stations' minutes follow", "la remise %d n'est pas terminée : les procès-verbaux viennent après"}
	snapshotUrn         = phrase{"%s (%s): %d accounts", "%s (%s) : %d comptes"}
	snapshotMade        = phrase{"%s\n  digest  %s\n  register  %s", "%s\n  empreinte  %s\n  registre  %s"}
	stationMinutes      = phrase{"%s: %d pages\n  digest  %s\n  last page  %s", "%s : %d pages\n  empreinte  %s\n  dernière page  %s"}
	stationReport       = phrase{"%s: %d planned, %s counted, %d activated, %d cancelled, %d active already, %d in use already, %d proxies; %d should be left, %s counted",
		"%s : %d prévues, %s comptées, %d activées, %d annulées, %d déjà actives, %d déjà en service, %d procurations ; il doit en rester %d, %s comptées"}
	reportAllowed     = phrase{"  allowed: %s", "  autorisé : %s"}
	reportMissing     = phrase{"  missing: %s", "  manque : %s"}
	reportDiffers     = phrase{"the counts of %d of %d stations do not agree, or are not there yet", "les comptes de %d bureaux sur %d ne concordent pas, ou manquent encore"}
	accountsPublished = phrase{"%s\n  digest  %s", "%s\n  empreinte  %s"}
	bothFiles         = phrase{"-certificate and -key go together", "-certificate et -key vont ensemble"}
	registerServed    = phrase{"stations are served on %s; interrupt to end", "les bureaux sont servis sur %s ; interrompre pour finir"}
	citizensServed    = phrase{"citizens' accounts are served on %s", "les comptes des citoyens sont servis sur %s"}
	noticesOrigin     = phrase{"-notices: %q is no origin: write https://HOST[:PORT]", "-notices : %q n'est pas une origine : écrivez https://HÔTE[:PORT]"}
	votingOrigins     = phrase{"-voting: %q is no origin: write https://HOST[:PORT], several with commas", "-voting : %q n'est pas une origine : écrivez https://HÔTE[:PORT], plusieurs avec des virgules"}
	registerFailing   = phrase{"%s: %v", "%s : %v"}
	cardsNeeds        = phrase{"-register, -distribution and -out are needed: see isoloir cards help", "il faut -register, -distribution et -out : voyez isoloir cards help"}
	boxMade           = phrase{"%s: %d cards", "%s : %d cartes"}
	cardsMade         = phrase{"%d cards\n%s\n  digest  %s", "%d cartes\n%s\n  empreinte  %s"}
)
