package bve

import (
	"fmt"

	"isoloir/bve/journal"
)

// standingAlert is an alert as a refusal names it: in the words of the alerts' page, and who it is from.
type standingAlert journal.Alert

// Sentence is the words, in "fr" or else in English.
func (a standingAlert) Sentence(language string) string {
	words, at := "“%s” (%s)", 1
	if language == "fr" {
		words, at = "«\u00a0%s\u00a0» (%s)", 0
	}
	source := a.Source // of what is no role, its own name
	if said, is := sources[source]; is {
		source = said[at]
	}
	return fmt.Sprintf(words, alerts[a.What][at], source)
}

// alerts are what alerts say, in French and English.
var alerts = map[string][2]string{
	journal.AlertSilent:    {"Un service ne répond pas", "A service does not answer"},
	journal.AlertNotReady:  {"Un service ne peut pas travailler", "A service cannot do its work"},
	journal.AlertClock:     {"Une horloge n’est pas à l’heure", "A clock is off"},
	journal.AlertDisk:      {"Un disque est presque plein", "A disk is almost full"},
	journal.AlertDelivery:  {"Des codes n’arrivent plus", "Codes do not arrive any more"},
	journal.AlertProgram:   {"Un service n’exécute pas le programme scellé", "A service runs another program than the sealed one"},
	journal.AlertIntegrity: {"Un contrôle d’intégrité a trouvé quelque chose", "An integrity check has found something"},
	journal.AlertAccess:    {"Quelqu’un de plus a accès à un traitement", "Somebody more can reach a processing"},
	journal.AlertTimestamp: {"Aucune autorité n’horodate une décision du bureau", "No authority dates a decision of the board"},
	journal.AlertUnwrap:    {"Un secret a été pris avant le service à qui il était destiné", "A secret was taken before the service that it was for"},
}

// sources are the roles that alerts are from.
var sources = map[string][2]string{
	"roll":     {"Fichier des électeurs", "Roll of electors"},
	"urn":      {"Urne électronique", "Electronic urn"},
	"issuer-a": {"Premier émetteur", "First issuer"},
	"issuer-b": {"Second émetteur", "Second issuer"},
	"bureau":   {"Service du bureau", "The board’s service"},
}
