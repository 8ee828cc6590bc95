package config

// Alerts is who hears, beside the log, of what a check of a store finds (docs/integrity.md), by e-mail, by text message or by both.
type Alerts struct {
	To     []string `yaml:"to" validate:"required_with=Email Outbox,dive,email"`
	Email  *Email   `yaml:"email" validate:"excluded_with=Outbox,omitempty"`
	Outbox string   `yaml:"outbox"` // a directory that keeps e-mails instead
	Phones []string `yaml:"phones" validate:"required_with=SMS,dive,e164"`
	SMS    *SMS     `yaml:"sms" validate:"omitempty"`
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
