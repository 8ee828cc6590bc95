package main

import "isoloir/custody/vault"

var custodyHelp = phrase{`isoloir custody sets up where the services' keys and secrets are kept (docs/custody.md).

With files:
  isoloir custody identity FILE                     draw an age identity; print its recipient
  isoloir custody encrypt -identity FILE PATH …     make age files of secrets in the clear, in their place

With a Vault, for who administers it (a token of the policy deploy/vault/administrator.hcl, never the root token):
  isoloir custody prepare -vault URL -token FILE -scrutin NAME -role ROLE -policies DIR -credential FILE
                          [-party ID] [-from CIDR,…] [-trust PEM] [-withdraw]
                                                    make the scrutin's engines, and the role's key, secrets, policy and AppRole;
                                                    write a first credential to carry to the role's machine within an hour
  isoloir custody put -vault URL -token FILE -scrutin NAME -name NAME [-trust PEM]
                                                    keep the line of standard input (a password) where there is none yet
  isoloir custody destroy -vault URL -token FILE -scrutin NAME -record DIR -dossier DIR [-trust PEM]
                                                    once the act destroy stands in the record, and destruction-ROLE.note of each role whose
                                                    key is there in the dossier: the scrutin's AppRoles and policies, and its engines with all
                                                    keys and secrets (a token of the policy deploy/vault/destroyer.hcl)
and on the role's machine:
  isoloir custody enrol -config FILE -role ROLE -credential FILE
                                                    take the credential out, once for ever, into the files of the role's approle

The deputies of roll or urn, on the role's machine, whatever keeps its key (both write into the record of the configuration, for the bureau):
  isoloir custody deputies -config FILE -role ROLE DIRECTORY …
                                                    list them, from the directories of all processes, before the urns are sealed
  isoloir custody withdraw -config FILE -role ROLE CERTIFICATE …
                                                    withdraw stolen ones: then the act withdraw adopts the notes

All take -lang en|fr. What was done is printed, a line each; no secret ever is. Everything can be run again: what is there stays. -withdraw takes
earlier credentials of the role back first; -party is how the manifest calls it (the role's name unless said).

Exit codes: 0 done; 1 somebody else may have a credential: do what is said; or the bureau has not adopted the destruction, a role has
not signed its statement, or the Vault has nothing of the scrutin; 64 the command line is wrong; 65 a file or the
configuration is wrong; 66 a file cannot be read; 73 a file to write is there already; 75 the Vault does not answer now;
77 the Vault refuses, or others than its owner can read a secret.
`, `isoloir custody met en place la garde des clés et des secrets des services (docs/custody.md).

Avec des fichiers :
  isoloir custody identity FICHIER                  tire une identité age ; écrit son destinataire
  isoloir custody encrypt -identity FICHIER CHEMIN …
                                                    fait des fichiers age de secrets en clair, à leur place

Avec un Vault, pour qui l'administre (un jeton de la règle deploy/vault/administrator.hcl, jamais le jeton racine) :
  isoloir custody prepare -vault URL -token FICHIER -scrutin NOM -role ROLE -policies DOSSIER -credential FICHIER
                          [-party ID] [-from CIDR,…] [-trust PEM] [-withdraw]
                                                    fait les moteurs du scrutin, et la clé, les secrets, la règle et l'AppRole du
                                                    rôle ; écrit un premier accès à porter à la machine du rôle dans l'heure
  isoloir custody put -vault URL -token FICHIER -scrutin NOM -name NOM [-trust PEM]
                                                    garde la ligne de l'entrée standard (un mot de passe) là où il n'y en a pas
  isoloir custody destroy -vault URL -token FICHIER -scrutin NOM -record DOSSIER -dossier DOSSIER [-trust PEM]
                                                    une fois l'acte destroy dans le dossier public, et destruction-ROLE.note de chaque rôle dont
                                                    la clé est là dans les papiers du bureau : les AppRole et les règles, et les moteurs du scrutin
                                                    avec toutes leurs clés et secrets (un jeton de la règle deploy/vault/destroyer.hcl)
et sur la machine du rôle :
  isoloir custody enrol -config FICHIER -role ROLE -credential FICHIER
                                                    retire l'accès, une fois pour toutes, dans les fichiers approle du rôle

Les clés déléguées de roll ou urn, sur la machine du rôle, où que soit sa clé (l'une et l'autre écrivent dans le dossier record de la
configuration, pour le bureau) :
  isoloir custody deputies -config FICHIER -role ROLE DOSSIER …
                                                    en fait la liste, des dossiers de tous les processus, avant le scellement des urnes
  isoloir custody withdraw -config FICHIER -role ROLE CERTIFICAT …
                                                    retire celles qui ont été volées : l'acte withdraw adopte ensuite ces relevés

Toutes prennent -lang en|fr. Ce qui est fait est écrit, une ligne chacun ; aucun secret ne l'est jamais. Tout peut être relancé : ce qui est là
reste. -withdraw retire d'abord les accès antérieurs du rôle ; -party est le nom du rôle dans le manifeste (celui du rôle à défaut).

Codes de sortie : 0 fait ; 1 quelqu'un d'autre a peut-être un accès : faites ce qui est dit ; ou le bureau n'a pas adopté la destruction, un rôle n'a
pas signé son constat, ou le Vault n'a rien du scrutin ; 64 la ligne de commande est fausse ; 65 un
fichier ou la configuration est faux ; 66 un fichier ne peut être lu ; 73 un fichier à écrire est déjà là ; 75 le Vault ne répond pas
maintenant ; 77 le Vault refuse, ou d'autres que son propriétaire peuvent lire un secret.
`}

// Custody of keys.
var (
	custodyNeeds     = phrase{"-%s is missing: see isoloir custody help", "-%s manque : voir isoloir custody help"}
	custodyPaths     = phrase{"identity, encrypt, deputies and withdraw take paths, the others none: see isoloir custody help", "identity, encrypt, deputies et withdraw prennent des chemins, les autres aucun : voir isoloir custody help"}
	deputiesListed   = phrase{"%s: written into the record; the act seal adopts it", "%s : écrit dans le dossier ; l'acte seal l'adopte"}
	deputyWithdrawn  = phrase{"%s: written into the record; it has effect once an act withdraw adopts it", "%s : écrit dans le dossier ; il prend effet quand un acte withdraw l'adopte"}
	custodyRole      = phrase{"-role: %q has nothing in a Vault: give roll, urn, issuer-a or issuer-b", "-role : %q n'a rien dans un Vault : donnez roll, urn, issuer-a ou issuer-b"}
	identityDrawn    = phrase{"%s: an identity was drawn; its recipient is %s", "%s : une identité a été tirée ; son destinataire est %s"}
	encryptedNow     = phrase{"%s: is an age file now; what the medium keeps of the old bytes is for you to erase", "%s : est maintenant un fichier age ; ce que le support garde des anciens octets est à effacer par vous"}
	encryptedAlready = phrase{"%s: was an age file already", "%s : était déjà un fichier age"}
	vaultDestroyed   = phrase{"enter this into the minutes of the destruction; backups of the Vault are for its administrator to destroy", "à inscrire au procès-verbal de destruction ; les sauvegardes du Vault sont à détruire par son administrateur"}
	carryIt          = phrase{"%s: carry it to the machine of the %s, and take it out there (isoloir custody enrol)", "%s : portez-le à la machine de %s, et retirez-l'y (isoloir custody enrol)"}
	enrolled         = phrase{"%s: the login of the %s; the credential was taken out and its file removed", "%s : l'accès de %s ; le premier accès a été retiré et son fichier supprimé"}
)

// vaultSaid is in French what an administrator of a Vault is told.
var vaultSaid = map[string]string{
	vault.There:          "%s : déjà là",
	vault.Mounted:        "%s : monté",
	vault.KeyMade:        "%s : une clé Ed25519 qui ne peut en sortir a été faite",
	vault.KeyNamed:       "%s : à écrire dans le manifeste comme clé de %s : %s",
	vault.SecretThere:    "%s/kv/%s : déjà là",
	vault.SecretWritten:  "%s/kv/%s : écrit, pas montré",
	vault.PolicyWritten:  "règle %s : écrite",
	vault.RoleWritten:    "AppRole %s : écrit",
	vault.CredentialMade: "AppRole %s : un premier accès a été fait, à retirer une fois avant %s",
	vault.Withdrawn:      "AppRole %s : %d accès ont été retirés",
	vault.Disabled:       "%s : désactivé, et avec lui chaque clé et secret qu'il gardait",
	vault.LoginRemoved:   "%s : AppRole et règle retirés",
	vault.Ended:          "le jeton de l'administrateur : révoqué",
}
