package main

var ssoHelp = phrase{
	en: `isoloir sso says which civic sites let people in with their anonymous account (docs/sso.md), in the register's directory -dir DIR.

  ask -id ID -name NAME -redirect URL [-redirect URL …] [-logout URL …] [-territory none|constituency|NAME=C1+C2,NAME=C3] [-public]
        a site asks to be let in; nothing is let in yet. -public: an application on people's devices, which can keep no secret
  allow -id ID -by NAME [-secret FILE]
        lets it in; its secret is written to FILE, once, for the site alone (none for a public site)
  end -id ID -by NAME -reason TEXT
        lets it in no more, at once and for ever
  list  all sites, with who decided and why
  rotate [-algorithm RS256|ES256]
        a new key signs what sites are told, once isoloir register serve was started again; the two before it stay published

Exit codes: 0 done · 64 the command line is wrong · 65 the site, or a file, is wrong · 66 a file cannot be read · 73 FILE is there already
  74 writing failed · 77 others can read a secret
`,
	fr: `isoloir sso dit quels sites civiques reconnaissent les comptes anonymes (docs/sso.md), dans le dossier du registre -dir DOSSIER.

  ask -id ID -name NOM -redirect URL [-redirect URL …] [-logout URL …] [-territory none|constituency|NOM=C1+C2,NOM=C3] [-public]
        un site demande ; rien ne lui est encore ouvert. -public : une application sur l'appareil des gens, qui ne garde pas de secret
  allow -id ID -by NOM [-secret FICHIER]
        l'admet ; son secret est écrit dans FICHIER, une fois, pour le site seul (aucun pour un site public)
  end -id ID -by NOM -reason TEXTE
        ne l'admet plus, tout de suite et pour toujours
  list  tous les sites, avec qui a décidé et pourquoi
  rotate [-algorithm RS256|ES256]
        une clé nouvelle signe ce qui est dit aux sites, une fois isoloir register serve redémarré ; les deux d'avant restent publiées

Codes de sortie : 0 fait · 64 la commande est mal écrite · 65 le site, ou un fichier, est faux · 66 un fichier ne peut pas être lu
  73 FICHIER existe déjà · 74 l'écriture a échoué · 77 d'autres peuvent lire un secret
`}

var (
	ssoNeeds     = phrase{"a flag is missing: see isoloir sso help", "il manque une option : voyez isoloir sso help"}
	ssoTerritory = phrase{"-territory %q: write none, constituency, or NAME=C1+C2,NAME=C3", "-territory %q : écrivez none, constituency, ou NOM=C1+C2,NOM=C3"}
	ssoSecret    = phrase{"a site that keeps a secret needs -secret FILE, and a public one has none", "un site qui garde un secret veut -secret FICHIER, et un site public n'en a pas"}
	siteAsked    = phrase{"%s: asks to be let in (isoloir sso allow)", "%s : demande à être admis (isoloir sso allow)"}
	siteAllowed  = phrase{"%s: is let in", "%s : est admis"}
	siteSecret   = phrase{"its secret is in %s: carry it to the site, and destroy the file", "son secret est dans %s : portez-le au site, et détruisez le fichier"}
	siteEnded    = phrase{"%s: is let in no more", "%s : n'est plus admis"}
	keyRotated   = phrase{"key %s (%s) signs from the next start on", "la clé %s (%s) signe dès le prochain démarrage"}
	signOnOrigin = phrase{"there are keys of sign-on in the register's directory: say -origin https://HOST, as browsers and sites reach the citizens' accounts", "le dossier du registre a des clés de connexion : dites -origin https://HÔTE, l'adresse par laquelle navigateurs et sites atteignent les comptes"}
)
