package townhall

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"isoloir/portal/passkey"
	"isoloir/space"
	"isoloir/space/signature"
)

// A signing is what the page's script has its reader sign: the text, and what the browser is asked.
type signing struct {
	Text    string `json:"text"`
	Options any    `json:"options"`
}

// toSign is the text of a form: an argument that is proposed, or that is signed too.
func (s *site) toSign(v *visit, form url.Values) ([]byte, error) {
	id := v.r.PathValue("id")
	if n := number(form.Get("argument")); n > 0 {
		return s.Space.Signing(v.r.Context(), *v.who, id, n)
	}
	_, text, err := s.Space.Arguing(v.r.Context(), *v.who, id, form.Get("side"), form.Get("title"), form.Get("text"))
	return text, err
}

// askSignature answers the script with what is to be signed.
func (s *site) askSignature(v *visit) (view, error) {
	form, _, err := v.posted()
	if err != nil {
		return view{}, err
	}
	text, err := s.toSign(v, form)
	if err != nil {
		return view{}, err
	}
	q, err := s.door.Sign(v.r.Context(), v.who.ID, text)
	if err != nil {
		return view{}, err
	}
	body, err := json.Marshal(signing{string(text), q.Options})
	return view{serve: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(body)
	}}, err
}

// signature is the one that a form brings with it, of its own text.
func (s *site) signature(v *visit, form url.Values) (signature.Signature, error) {
	wrong := space.Problems{{Field: "signature", Code: "signature"}}
	text, err := s.toSign(v, form)
	if err != nil {
		return signature.Signature{}, err
	}
	if form.Get("signature") == "" {
		return signature.Signature{}, wrong
	}
	made, err := s.door.Signed(v.r.Context(), v.who.ID, text, json.RawMessage(form.Get("signature")))
	if errors.Is(err, passkey.ErrLogin) {
		return signature.Signature{}, wrong
	}
	if err != nil {
		return signature.Signature{}, err
	}
	return *made, nil
}

func (s *site) argue(v *visit) (view, error) {
	return v.spoke(func(form url.Values) error {
		signature, err := s.signature(v, form)
		if err != nil {
			return err
		}
		_, err = s.Space.Argue(v.r.Context(), *v.who, v.r.PathValue("id"), form.Get("side"), form.Get("title"), form.Get("text"), signature)
		return err
	})
}

func (s *site) sign(v *visit) (view, error) {
	return v.spoke(func(form url.Values) error {
		form.Set("argument", v.r.PathValue("n"))
		signature, err := s.signature(v, form)
		if err != nil {
			return err
		}
		return s.Space.Sign(v.r.Context(), *v.who, v.r.PathValue("id"), number(v.r.PathValue("n")), signature)
	})
}
