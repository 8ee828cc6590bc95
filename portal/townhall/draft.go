package townhall

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"isoloir/scrutin"
	"isoloir/space"
)

// A sheet is a consultation with what is wrong with it, for the pages of its draft.
type sheet struct {
	*space.Consultation
	problems space.Problems
	checked  bool // somebody has saved this step, and is told what is wrong in it
	question int  // from 0, on the page of one
}

// at are the problems of a field, where they are to be said.
func (s *sheet) at(field string) space.Problems {
	if !s.checked {
		return nil
	}
	return s.problems.At(field)
}

// A step is one page of a draft's form, with the fields that it has.
type step struct {
	path, key string
	fields    []string
}

// steps are those of a draft, in their order.
func (s *sheet) steps() (all []step) {
	all = append(all, step{"/texte", "text", []string{"title", "context"}})
	for i := range s.Draft.Questions {
		all = append(all, step{fmt.Sprintf("/questions/%d", i+1), "question", []string{fmt.Sprintf("questions[%d]", i)}})
	}
	return append(all, step{"/documents", "documents", []string{"documents", "picture"}}, step{"/territoire", "territory", []string{"territory"}},
		step{"/dates", "dates", []string{"opens", "closes"}},
		step{"/regles", "rules", []string{"deciders", "absent", "scale", "rule", "majority", "turnout", "publication", "finality", "smallest"}})
}

// wrong are the problems of a step.
func (s *sheet) wrong(st step) (found space.Problems) {
	for _, f := range st.fields {
		found = append(found, s.problems.At(f)...)
	}
	return found
}

// after is the step behind the one of a path; empty for none.
func (s *sheet) after(path string) string {
	all := s.steps()
	for i, st := range all[:len(all)-1] {
		if st.path == path {
			return all[i+1].path
		}
	}
	return ""
}

// sheet reads the consultation of an address, and checks it. What is published has no problems any more.
func (v *visit) sheet() (*sheet, error) {
	c, err := v.consultation()
	if err != nil {
		return nil, err
	}
	s := &sheet{Consultation: c, checked: v.r.URL.Query().Has("revoir"), question: -1}
	if c.State == space.Drafting {
		s.problems, err = v.site.Space.Ready(v.r.Context(), c.ID, c.Draft)
	}
	return s, err
}

// form is a page of the draft.
func (s *site) form(title string, body func(*visit, *sheet) view) func(*visit) (view, error) {
	return func(v *visit) (view, error) {
		sh, err := v.sheet()
		if err != nil {
			return view{}, err
		}
		made := body(v, sh)
		made.title = v.Say(title)
		return made, nil
	}
}

// edit saves a step as it was typed, and goes on: to the next one where nothing is wrong with it, else
// back to it, where it is said. What is published is changed by acts alone.
func (v *visit) edit(path string, apply func(*space.Draft, url.Values)) (view, error) {
	c, err := v.consultation()
	if err != nil {
		return view{}, err
	}
	if err := v.r.ParseForm(); err != nil {
		return view{}, errNoPage
	}
	form := v.r.PostForm
	revision, err := strconv.Atoi(form.Get("revision"))
	if err != nil {
		return view{}, errNoPage
	}
	apply(c.Draft, form)
	if c.State == space.Published {
		return view{redirect: v.of(c, "")}, v.site.Space.Change(v.r.Context(), *v.who, c.ID, revision, c.Draft, form.Get("reason"))
	}
	if err := v.site.Space.Save(v.r.Context(), c.ID, revision, c.Draft); err != nil {
		return view{}, err
	}
	sh := &sheet{Consultation: c}
	sh.problems = c.Draft.Check(v.o, v.now)
	i := slices.IndexFunc(sh.steps(), func(st step) bool { return st.path == path })
	if i >= 0 && len(sh.wrong(sh.steps()[i])) > 0 {
		return view{redirect: v.of(c, path+"?revoir")}, nil
	}
	return view{redirect: v.of(c, sh.after(path))}, nil
}

func (s *site) saveText(v *visit) (view, error) {
	return v.edit("/texte", func(d *space.Draft, form url.Values) {
		d.Title, d.Context = space.Line(form.Get("title")), space.Lines(form.Get("context"))
	})
}

// question is the number of the address, from 0.
func (v *visit) question() (int, error) {
	n, err := strconv.Atoi(v.r.PathValue("n"))
	if err != nil || n < 1 || n > space.MaxQuestions || strconv.Itoa(n) != v.r.PathValue("n") {
		return 0, errNoPage
	}
	return n - 1, nil
}

func (s *site) questionForm(v *visit) (view, error) {
	sh, err := v.sheet()
	if err != nil {
		return view{}, err
	}
	if sh.question, err = v.question(); err != nil || sh.question >= len(sh.Draft.Questions) {
		return view{}, errNoPage
	}
	return view{title: v.Say("hall.question-title", "Number", sh.question+1), body: questionForm(v, sh)}, nil
}

func (s *site) saveQuestion(v *visit) (view, error) {
	i, err := v.question()
	if err != nil {
		return view{}, err
	}
	path := fmt.Sprintf("/questions/%d", i+1)
	return v.edit(path, func(d *space.Draft, form url.Values) {
		if i >= len(d.Questions) {
			return
		}
		if form.Get("do") == "remove" && len(d.Questions) > 1 {
			d.Questions = slices.Delete(d.Questions, i, i+1)
			return
		}
		q := space.Question{Title: space.Line(form.Get("title")), Answers: form.Get("answers"), Options: []string{}, Most: number(form.Get("most"))}
		for _, line := range space.Lines(form.Get("options")) {
			if line != "" {
				q.Options = append(q.Options, line)
			}
		}
		d.Questions[i] = q
	})
}

// number reads a whole number; -1, which no field admits, for anything else.
func number(typed string) int {
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	if err != nil {
		return -1
	}
	return n
}

func (s *site) addQuestion(v *visit) (view, error) {
	added := 0
	made, err := v.edit("", func(d *space.Draft, _ url.Values) {
		if len(d.Questions) < space.MaxQuestions {
			d.Questions = append(d.Questions, space.NewDraft(v.o).Questions...)
		}
		added = len(d.Questions)
	})
	if err == nil {
		made.redirect = v.href(fmt.Sprintf("/consultations/%s/questions/%d", v.r.PathValue("id"), added))
	}
	return made, err
}

func (s *site) saveTerritory(v *visit) (view, error) {
	return v.edit("/territoire", func(d *space.Draft, form url.Values) {
		d.Territory = []string{}
		for _, c := range v.o.Constituencies {
			if slices.Contains(form["territory"], c.ID) {
				d.Territory = append(d.Territory, c.ID)
			}
		}
	})
}

func (s *site) saveDates(v *visit) (view, error) {
	return v.edit("/dates", func(d *space.Draft, form url.Values) {
		d.Opens, d.Closes = moment(form, "opens"), moment(form, "closes")
	})
}

// moment is day and hour as they were typed, as a draft has them.
func moment(form url.Values, name string) string {
	day, hour := strings.TrimSpace(form.Get(name+"-day")), strings.TrimSpace(form.Get(name+"-hour"))
	if day == "" && hour == "" {
		return ""
	}
	return space.Line(day + "T" + hour)
}

func (s *site) saveRules(v *visit) (view, error) {
	return v.edit("/regles", func(d *space.Draft, form url.Values) {
		d.Deciders, d.Absent, d.Scale, d.Rule = form.Get("deciders"), form.Get("absent"), form.Get("scale"), form.Get("rule")
		d.Publication, d.Finality = form.Get("publication"), form.Get("finality")
		d.Majority, d.Turnout, d.Smallest = number(form.Get("majority")), number(form.Get("turnout")), number(form.Get("smallest"))
	})
}

func (s *site) dropDocument(v *visit) (view, error) {
	made, err := v.edit("", func(d *space.Draft, form url.Values) {
		digest, err := scrutin.ParseDigest(form.Get("digest"))
		switch {
		case err != nil:
		case digest == d.Picture.SHA256:
			d.Picture = space.Picture{}
		default:
			d.Documents = slices.DeleteFunc(d.Documents, func(f space.Document) bool { return f.SHA256 == digest })
		}
	})
	if err == nil {
		made.redirect = v.href("/consultations/" + v.r.PathValue("id") + "/documents")
	}
	return made, err
}

// uploaded are the fields of a form with a file, and the file.
func (v *visit) uploaded() (fields map[string]string, data []byte, err error) {
	_, params, err := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	if err != nil {
		return nil, nil, errNoPage
	}
	in, fields := multipart.NewReader(v.r.Body, params["boundary"]), map[string]string{}
	for range 8 {
		part, err := in.NextPart()
		if errors.Is(err, io.EOF) {
			return fields, data, nil
		}
		if err != nil {
			return nil, nil, errNoPage
		}
		bytes, err := io.ReadAll(part)
		if err != nil {
			return nil, nil, errNoPage
		}
		if part.FormName() == "file" {
			data = bytes
		} else {
			fields[part.FormName()] = string(bytes)
		}
	}
	return nil, nil, errNoPage
}

func (s *site) addDocument(v *visit) (view, error) {
	return v.upload(func(id string, revision int, fields map[string]string, data []byte) error {
		return s.Space.AddDocument(v.r.Context(), *v.who, id, revision, fields["title"], data, fields["reason"])
	})
}

func (s *site) setPicture(v *visit) (view, error) {
	return v.upload(func(id string, revision int, fields map[string]string, data []byte) error {
		return s.Space.SetPicture(v.r.Context(), id, revision, data, fields["text"])
	})
}

func (v *visit) upload(keep func(id string, revision int, fields map[string]string, data []byte) error) (view, error) {
	c, err := v.consultation()
	if err != nil {
		return view{}, err
	}
	fields, data, err := v.uploaded()
	if err != nil {
		return view{}, err
	}
	if err := keep(c.ID, number(fields["revision"]), fields, data); err != nil {
		return view{}, err
	}
	if c.State == space.Published {
		return view{redirect: v.of(c, "")}, nil
	}
	return view{redirect: v.of(c, "/documents")}, nil
}
