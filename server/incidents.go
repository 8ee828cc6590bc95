package server

import (
	"context"
	"fmt"
	"strings"

	"isoloir/bve/journal"
	"isoloir/observe"
	"isoloir/portal/lookout"
	"isoloir/portal/oversight"
	"isoloir/scrutin"
)

// incidentWords are what an alert is about, in French and in English, after the name of the role.
var incidentWords = map[string][2]string{
	journal.AlertSilent:    {"ne répond plus", "does not answer"},
	journal.AlertNotReady:  {"répond et ne peut pas travailler", "answers and cannot work"},
	journal.AlertClock:     {"a une horloge décalée de plus d’une seconde", "has a clock that is off by more than a second"},
	journal.AlertDisk:      {"a un disque plein à plus de neuf dixièmes", "has a disk that is more than nine tenths full"},
	journal.AlertDelivery:  {"voit revenir plus d’un code sur cinq", "has more than one code in five coming back"},
	journal.AlertProgram:   {"exécute un autre programme que celui qui a été scellé", "runs another program than the one that was sealed"},
	journal.AlertIntegrity: {"a dans sa base ce que le service n’a pas écrit, ou n’y a plus ce qu’il a écrit", "has in its store what its service did not write, or lacks what it did"},
	journal.AlertAccess:    {"est à la portée de quelqu’un de plus depuis l’ouverture du vote", "is within reach of somebody more since the vote was opened"},
	journal.AlertTimestamp: {"n’obtient d’aucune autorité l’horodatage d’une décision", "gets no authority to date a decision"},
	journal.AlertUnwrap:    {"n’a pas été le premier à ouvrir son premier secret du coffre", "was not the first to unwrap its first secret of the Vault"},
}

// interventionWords are what is said of an intervention, by whether it is over, in French and in English, after its ticket.
var interventionWords = map[bool][2]string{
	false: {" : %s commence à travailler sur la plateforme", ": %s begins to work on the platform"},
	true:  {" : %s a fini de travailler sur la plateforme", ": %s has ended work on the platform"},
}

// tell has the members told of incidents. It does not wait: left is called once the messages have left, and never where the process ends before.
func (b *Bureau) tell(ctx context.Context, a *alarm, all []lookout.Incident, left func()) {
	for _, i := range all {
		if i.Work != nil { // who runs the service has said it himself
			continue
		}
		role, what := observe.RoleOf(i.Source), observe.IncidentOf(i.What)
		if i.Over {
			b.setting.Watch.Tell(observe.IncidentOver{Role: role, What: what})
		} else {
			b.setting.Watch.Tell(observe.IncidentSeen{Role: role, What: what})
		}
	}
	subject, body, short := incidentTexts(b.setting.Public.Manifest.Scrutin.Title, all)
	go func() {
		if a.deliver(ctx, subject, body, short); ctx.Err() == nil {
			left()
		}
	}()
}

// incidentTexts are those of a message, in French and in English.
func incidentTexts(title string, all []lookout.Incident) (subject, body, short string) {
	line := func(i lookout.Incident, language int) string {
		if i.Work != nil {
			words := interventionWords[i.Over][language]
			return fmt.Sprintf("%s  intervention %s"+words, scrutin.TimeOf(i.At), i.Work.Ticket, i.Work.Who)
		}
		words := incidentWords[i.What][language]
		if i.Over {
			words += []string{" : fin de l’incident", ": over"}[language]
		}
		if i.Detail != "" {
			words += " (" + i.Detail + ")"
		}
		return fmt.Sprintf("%s  %s %s", scrutin.TimeOf(i.At), i.Source, words)
	}
	var lines strings.Builder
	for n, i := range all {
		if n == namedAlerts {
			fmt.Fprintf(&lines, "… %d de plus / more\n", len(all)-n)
			break
		}
		fmt.Fprintf(&lines, "%s\n%s\n", line(i, 0), line(i, 1))
		if w := i.Work; w != nil {
			fmt.Fprintf(&lines, "Motif / why: %s\nMesures / measures: %s\nDonnées accessibles / data within reach: %s\n", w.Why, w.Measures, w.Data)
		}
		lines.WriteString("\n")
	}
	subject = "Alerte au bureau / alert to the bureau: " + title
	short = fmt.Sprintf("%s : %s / %s", title, line(all[0], 0), line(all[0], 1))
	if len(all) > 1 {
		short += fmt.Sprintf(" (+%d)", len(all)-1)
	}
	body = "Le service du bureau signale ce qui suit. La page « Alertes » le montre, et chaque membre y prend acte d’un incident ; le journal le garde.\n\n" +
		"The bureau's service reports the following. The page “Alerts” shows it, and there each member can acknowledge an incident; the journal keeps it.\n\n" + lines.String()
	return subject, body, short
}

// hourly enters what roll and urn show, and what became of codes.
func (b *Bureau) hourly(ctx context.Context) error {
	if phase := b.setting.Public.Procedure(); !phase.Opening.IsZero() && !phase.Ended() {
		t, err := b.turnout(ctx)
		if err != nil {
			return err
		}
		if _, err := b.Office.Say(ctx, journal.Turnout{Urns: t.Urns}); err != nil {
			return err
		}
	}
	return b.delivery(ctx)
}

// delivery enters what became of codes, by both issuers; nothing as long as none has left.
func (b *Bureau) delivery(ctx context.Context) error {
	var said journal.Delivery
	for _, role := range []string{"issuer-a", "issuer-b"} {
		d, err := question[oversight.Delivery](ctx, b.links[role], oversight.AskDelivery, nil)
		if err != nil {
			return err
		}
		for _, r := range d.Rows {
			said.Rows = append(said.Rows, journal.DeliveryRow(r))
		}
	}
	if len(said.Rows) == 0 {
		return nil
	}
	_, err := b.Office.Say(ctx, said)
	return err
}

// accesses enters, of every role that has answered, who may reach its processing.
func (b *Bureau) accesses(ctx context.Context) error {
	for _, s := range b.Lookout.Seen() {
		if s.State == nil {
			continue
		}
		if err := b.Office.Reach(ctx, s.Role, s.State.Access); err != nil {
			return err
		}
	}
	return b.Office.EndNoted(ctx)
}
