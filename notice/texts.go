package notice

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"isoloir/courier"
)

// A phrase is a form of package fmt in both languages.
type phrase struct{ fr, en string }

func (p phrase) in(language string, values ...any) string {
	form := p.en
	if language == "fr" {
		form = p.fr
	}
	return fmt.Sprintf(form, values...)
}

var (
	questionSubject = phrase{"%s\u00a0: confirmez votre adresse", "%s: confirm your address"}
	questionText    = phrase{
		"Quelqu'un a demandé que cette adresse reçoive les avis de consultation de %[1]s.\n\nSi c'est vous, ouvrez cette page et confirmez\u00a0:\n%[2]s\n\nSinon, ne faites rien\u00a0: l'adresse sera oubliée dans deux jours au plus tard.\n\nCes avis ne disent rien d'aucun compte, et ne sont liés à aucun.\n",
		"Somebody asked that this address be told of the consultations of %[1]s.\n\nIf that was you, open this page and confirm:\n%[2]s\n\nIf not, do nothing: the address will be forgotten within two days.\n\nThese notices say nothing of any account, and are linked to none.\n"}
	announcedSubject = phrase{"%s\u00a0: %s", "%s: %s"}
	announcedText    = phrase{
		"%[1]s vous informe d'une consultation\u00a0:\n\n%[2]s\n%[3]s\n%[4]s\n\nVous recevez cet avis parce que vous l'avez demandé\u00a0; il ne dit pas si vous pouvez voter, ni si vous l'avez fait, ce que personne ne sait ici.\nNe plus en recevoir\u00a0:\n%[5]s\n",
		"%[1]s tells you of a consultation:\n\n%[2]s\n%[3]s\n%[4]s\n\nYou receive this because you asked for it; it does not say whether you may vote or have voted, which nobody knows here.\nNo more of them:\n%[5]s\n"}
	open = phrase{"Ouverte du %s au %s", "Open from %s to %s"}
)

// when says when an event is open, in legal time.
func (s *Service) when(language string, e Event) string {
	form := "2 January 2006, 15:04"
	if language == "fr" {
		form = "02/01/2006 15:04"
	}
	return open.in(language, e.Opens.In(s.Zone).Format(form), e.Closes.In(s.Zone).Format(form))
}

// When is the same sentence, for a feed.
func (s *Service) When(language string) func(Event) string {
	return func(e Event) string { return s.when(language, e) }
}

// name is that of a message, which says nothing to others.
func (s *Service) name(purpose string, id [16]byte) string {
	d := sha256.Sum256(s.tag("name-"+purpose, id))
	return fmt.Sprintf("%x", d[:16])
}

func message(to Subscription, name, subject, body string) courier.Message {
	return courier.Message{Name: name, Kind: courier.Information, Channel: courier.Email, Language: to.Language, To: to.Address, Subject: subject, Body: body}
}

func (s *Service) page(language, path, purpose string, id [16]byte) string {
	return s.Site + "/" + language + path + "?code=" + s.link(purpose, id)
}

// question asks the owner of an address whether it was he who asked. Asked again it is another
// message, which no server takes for the first.
func (s *Service) question(to Subscription) courier.Message {
	var name [16]byte
	rand.Read(name[:])
	return message(to, hex.EncodeToString(name[:]), questionSubject.in(to.Language, s.Organisation),
		questionText.in(to.Language, s.Organisation, s.page(to.Language, "/avis/confirmer", "confirm", to.ID)))
}

// announcement is the notice of an event, which its reader ends by one click.
func (s *Service) announcement(d Due, e Event) courier.Message {
	leave := s.page(d.Language, "/avis/arreter", "leave", d.ID)
	m := message(d.Subscription, s.name("event-"+e.ID, d.ID), announcedSubject.in(d.Language, s.Organisation, e.Title),
		announcedText.in(d.Language, s.Organisation, e.Title, s.when(d.Language, e), e.URL, leave))
	m.Unsubscribe = leave
	return m
}
