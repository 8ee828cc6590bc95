package config

import "errors"

// Alerts is who hears, beside the log, of what a check of a store finds (docs/integrity.md), by e-mail, by text message or by both.
type Alerts struct {
	To     []string `yaml:"to" validate:"dive,email"`
	Email  *Email   `yaml:"email" validate:"excluded_with=Outbox,omitempty"`
	Outbox string   `yaml:"outbox"` // a directory that keeps e-mails instead
	Phones []string `yaml:"phones" validate:"dive,e164"`
	SMS    *SMS     `yaml:"sms" validate:"omitempty"`
}

// unheard finds a carrier of alerts that is told nobody.
func (a *Alerts) unheard() (wrong []error) {
	if a != nil && (a.Email != nil || a.Outbox != "") && len(a.To) == 0 {
		wrong = append(wrong, errors.New("alerts.to: it is missing"))
	}
	if a != nil && a.SMS != nil && len(a.Phones) == 0 {
		wrong = append(wrong, errors.New("alerts.phones: it is missing"))
	}
	return wrong
}

func (a *Alerts) paths() []*string {
	all := []*string{&a.Outbox}
	if a.Email != nil {
		all = append(all, &a.Email.Password)
	}
	if a.SMS != nil {
		all = append(all, &a.SMS.Key)
	}
	return all
}
