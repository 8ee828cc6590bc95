package space

import (
	"fmt"

	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/space/signature"
)

// A Validation is what somebody signs who proposes an argument, or signs it too: the argument, of
// which consultation as it was sealed, and who he is. Its text is canonical JSON.
type Validation struct {
	Record       string         `json:"record"`
	Organisation string         `json:"organisation"`
	Consultation string         `json:"consultation"`
	Fingerprint  scrutin.Digest `json:"fingerprint"`
	Side         string         `json:"side"`
	Title        string         `json:"title"`
	Text         []string       `json:"text"`
	Author       string         `json:"author"`
	By           string         `json:"by"` // the author, or who signs too
}

const validationRecord = scrutin.Version + "/validation"

// Validation is the text that somebody of this name signs.
func (a *Argument) Validation(organisation, consultation string, f scrutin.Digest, by string) ([]byte, error) {
	return canon.Marshal(&Validation{validationRecord, organisation, consultation, f, a.Side, a.Title, a.Text, a.Name, by})
}

// A Signed is who has signed an argument too, and how.
type Signed struct {
	Name      string
	Signature signature.Signature
}

// Verify says whether an argument is signed by its author, and by all others who stand there.
func (a *Argument) Verify(organisation, consultation string, f scrutin.Digest) error {
	for _, s := range append([]Signed{{a.Name, a.Signature}}, a.Others...) {
		text, err := a.Validation(organisation, consultation, f, s.Name)
		if err == nil {
			err = s.Signature.Verify(text)
		}
		if err != nil {
			return fmt.Errorf("argument %d, %s: %w", a.Number, s.Name, err)
		}
	}
	return nil
}

// Names are those of the others who have signed.
func (a *Argument) Names() []string {
	names := make([]string, len(a.Others))
	for i, s := range a.Others {
		names[i] = s.Name
	}
	return names
}
