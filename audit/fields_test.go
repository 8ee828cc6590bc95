package audit_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
)

// fields calls try after each of some ways to make one field of v another, named by
// its path, and puts it back.
func fields(path string, v reflect.Value, try func(what string)) {
	old := reflect.New(v.Type()).Elem()
	old.Set(v)
	defer v.Set(old)
	set := func(what string, to reflect.Value) {
		v.Set(to)
		try(path + what)
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				fields(path+"."+f.Name, v.Field(i), try)
			}
		}
	case reflect.Slice:
		n := v.Len()
		set(" emptied", reflect.MakeSlice(v.Type(), 0, 0))
		if n > 0 {
			set(" cut", old.Slice(0, n-1))
			set(" with one twice", reflect.AppendSlice(old.Slice3(0, n, n), old.Slice(n-1, n)))
		}
		if n > 1 {
			set(" reordered", reflect.AppendSlice(reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, n), old.Slice(1, n)), old.Slice(0, 1)))
		}
		v.Set(old)
		for i := range min(2, n) {
			fields(fmt.Sprintf("%s[%d]", path, i), v.Index(i), try)
		}
	case reflect.Array:
		for i := range min(2, v.Len()) {
			fields(fmt.Sprintf("%s[%d]", path, i), v.Index(i), try)
		}
	case reflect.String:
		for _, s := range []string{"", "urn-2", "a/b"} {
			set(fmt.Sprintf(" = %q", s), reflect.ValueOf(s).Convert(v.Type()))
		}
	case reflect.Bool:
		set(" negated", reflect.ValueOf(!v.Bool()))
	case reflect.Int, reflect.Int64:
		for _, n := range []int64{old.Int() + 1, old.Int() - 1, 0, -1, math.MaxInt64} {
			set(fmt.Sprintf(" = %d", n), reflect.ValueOf(n).Convert(v.Type()))
		}
	case reflect.Uint8, reflect.Uint32:
		set(" turned", reflect.ValueOf(old.Uint()^1).Convert(v.Type()))
	}
}

// unseen are the fields that no check can compare with anything in the export: the
// roll's own chain, and what the bureau says of programs.
var unseen = []string{".Chain", ".Software", ".Specification", ".Client"}

// TestEveryFieldIsChecked changes each field of each kind of record, signs the
// record again in the names of all who had signed it, and lets everybody go on from
// there: no value is taken on faith.
func TestEveryFieldIsChecked(t *testing.T) {
	honest := climb(t, 0, 41)
	everyField[scrutin.Enrolment](t, honest[audittest.Enrolled], record.Enrolment("issuer-1"))
	everyField[scrutin.Anonymisation](t, honest[audittest.Anonymised], record.Anonymisation(2))
	everyField[scrutin.Opening](t, honest[audittest.Opened], record.Opening)
	everyField[scrutin.RollStatement](t, honest[audittest.Logged], record.Roll("urn-2"))
	everyField[scrutin.Mix](t, honest[audittest.Mixed], record.Mix(2))
	everyField[scrutin.Shares](t, honest[audittest.Shared], record.Shares("quorum", "member-3"))
	everyField[scrutin.Result](t, honest[audittest.Counted], record.Result)
	everyField[scrutin.Act](t, honest[audittest.Adopted], record.Act(8, scrutin.ActSeal))
}

func everyField[T any, P interface {
	*T
	scrutin.Record
}](t *testing.T, honest *audittest.World, path string) {
	before := text(honest, path)
	r := must(scrutin.Parse[T, P](before))
	tried := 0
	fields("", reflect.ValueOf(r).Elem(), func(what string) {
		signed, err := scrutin.Sign(P(r), honest.Keyring(honest.SignersOf(path)...)...)
		if err != nil {
			return
		}
		w := honest.Clone()
		w.Files[path] = signed
		if after := text(w, path); after == before {
			return
		}
		if path == record.Opening {
			w.O = w.Text(path)
		}
		tried++
		if honest.Rand.IntN(5) > 0 && *mutationRuns == 1 {
			return
		}
		if !goesOn(w) {
			return // nobody who follows would sign
		}
		expected := slices.ContainsFunc(unseen, func(field string) bool { return strings.HasPrefix(what, field) })
		if r := verify(t, w, audit.Options{}); r.Holds() != expected {
			t.Errorf("%s%s: %s", path, what, r.Verdict)
		}
	})
	if tried == 0 {
		t.Errorf("%s: %d fields were changed", path, tried)
	}
}

// goesOn says whether the parties could take a world to its end.
func goesOn(w *audittest.World) (done bool) {
	defer func() { done = recover() == nil }()
	w.Advance(audittest.Listed)
	return
}

// TestOddManifests gives the auditor manifests of which one field is odd, listed as
// they are: none makes it fail, and none passes for the election's own.
func TestOddManifests(t *testing.T) {
	honest := climb(t, 0, 42)[audittest.Listed]
	var m scrutin.Manifest
	if err := canon.Unmarshal(honest.Bytes, &m); err != nil {
		t.Fatal(err)
	}
	fields("", reflect.ValueOf(&m).Elem(), func(what string) {
		data, err := canon.Marshal(&m)
		if err != nil || string(data) == string(honest.Bytes) || honest.Rand.IntN(12) > 0 && *mutationRuns == 1 {
			return
		}
		w := honest.Clone()
		w.Files[record.Manifest] = data
		w.List("contents")
		if r := verify(t, w, audit.Options{}); r.Holds() {
			t.Errorf("manifest%s, listed: %s", what, r.Verdict)
		}
	})
}
