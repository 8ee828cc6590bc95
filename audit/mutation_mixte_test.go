package audit_test

import (
	"bytes"
	"slices"
	"strings"

	"isoloir/audit/audittest"
	"isoloir/mixte"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// definitive has the bureau write something else in the definitive statement.
func definitive(edit func(s *mixte.Statement)) func(*audittest.World) {
	return stated(mixte.Definitive, edit)
}

func stated(status string, edit func(s *mixte.Statement)) func(*audittest.World) {
	return func(w *audittest.World) {
		w.EditMixte = func(s *mixte.Statement) {
			if status == "" || s.Status == status {
				edit(s)
			}
		}
	}
}

// forged rewrites the text of the definitive statement after it was computed, and signs it again.
func forged(edit func(w *audittest.World, s *mixte.Statement)) func(*audittest.World) {
	return func(w *audittest.World) {
		s := w.Mixed("question-1", mixte.Definitive)
		s.Provisional = w.Text(record.MixteProvisional("question-1"))
		must(s.Text())
		edit(w, s)
		w.Files[record.Mixte("question-1")] = must(note.Sign(string(must(canon.Marshal(s))), w.Keyring(w.Members()...)...))
		w.Files[record.MixteCSV("question-1")] = s.Result.CSV(s.Rules)
	}
}

// onPaper writes the minutes of the first urn again.
func onPaper(edit func(w *audittest.World, keys [][]byte) ([][]byte, func(*mixte.Minutes))) func(*audittest.World) {
	return func(w *audittest.World) {
		data, keys := w.Files[record.PaperKeys("salle-1")], [][]byte(nil)
		for key := range slices.Chunk(data, 96) {
			keys = append(keys, slices.Clone(key))
		}
		keys, change := edit(w, keys)
		w.Minutes = nil
		w.WritePaper("salle-1", 0, keys, change)
	}
}

var mixteMutations = []mutation{
	{name: "result of members and citizens with an option less, and a fraction of nothing", check: 1614, shape: joint, after: audittest.Counted,
		change: forged(func(w *audittest.World, s *mixte.Statement) {
			s.Result.Mixed.Options, s.Result.Members.Options = s.Result.Mixed.Options[:1], nil
		})},
	{name: "accounts on paper out of order", check: 1602, alone: true, shape: joint, after: audittest.Logged,
		change: func(w *audittest.World) {
			path := record.PaperKeys("salle-1")
			keys := w.Files[path]
			w.Files[path] = slices.Concat(keys[96:192], keys[:96], keys[192:])
			audittest.Edit(w, record.Paper("salle-1"), func(x *mixte.Minutes) { x.File = scrutin.DigestOf(w.Files[path]) })
		}},
	{name: "proof of an account on paper whose commitment is no point", check: 1602, alone: true, shape: joint, after: audittest.Logged,
		change: onPaper(func(w *audittest.World, keys [][]byte) ([][]byte, func(*mixte.Minutes)) {
			copy(keys[0][32:64], bytes.Repeat([]byte{0xff}, 32))
			return keys, nil
		})},
	{name: "proof of an account on paper whose commitment is the identity", check: 1602, alone: true, shape: joint, after: audittest.Logged,
		change: onPaper(func(w *audittest.World, keys [][]byte) ([][]byte, func(*mixte.Minutes)) {
			clear(keys[0][32:64])
			return keys, nil
		})},
	{name: "the identity as an account on paper", check: 1602, alone: true, shape: joint, after: audittest.Logged,
		change: onPaper(func(w *audittest.World, keys [][]byte) ([][]byte, func(*mixte.Minutes)) {
			clear(keys[0][:32])
			return keys, nil
		})},
	{name: "minutes on paper with the name of an urn", check: 1601, shape: joint, after: audittest.Logged,
		change: func(w *audittest.World) {
			w.WritePaper("urn-2", 1, [][]byte{w.PaperKey(1, w.Abstainers(1)[0], "urn-2")}, nil)
		}},
	{name: "minutes on paper with the options in another order", check: 1601, shape: joint, after: audittest.Counted,
		change: func(w *audittest.World) {
			audittest.Edit(w, record.Paper("salle-1"), func(x *mixte.Minutes) { slices.Reverse(x.Questions[0].Options) })
		}},
	{name: "statement of another status than its place says", check: 1611, shape: joint, after: audittest.Counted,
		change: func(w *audittest.World) {
			w.Files[record.Mixte("question-1")] = w.Files[record.MixteProvisional("question-1")]
		}},
	{name: "statement on another decision", check: 1612, shape: joint, after: audittest.Mixed,
		change: stated("", func(s *mixte.Statement) { s.Decision += " ?" })},
	{name: "statement with a number longer than the manifest can make any", check: 1611, shape: joint, after: audittest.Counted,
		change: func(w *audittest.World) {
			text := must(note.Text(w.Files[record.Mixte("question-1")]))
			text = strings.Replace(text, "\"blank\": \"", "\"blank\": \"1"+strings.Repeat("0", 1000), 1)
			w.Files[record.Mixte("question-1")] = must(note.Sign(text, w.Keyring(w.Members()...)...))
		}},
	{name: "minutes on paper that the secretary alone signs", check: 1601, alone: true, shape: joint, after: audittest.Counted,
		change: func(w *audittest.World) { w.Sign(record.Paper("salle-1"), w.Minutes[0], w.Members()[1]) }},
	{name: "minutes on paper with another list of accounts", check: 1601, alone: true, shape: joint, after: audittest.Logged,
		change: onPaper(func(w *audittest.World, keys [][]byte) ([][]byte, func(*mixte.Minutes)) {
			return keys, func(x *mixte.Minutes) { x.File[0] ^= 1 }
		})},
	{name: "ballots on paper that nobody cast", check: 1601, shape: joint, after: audittest.Logged,
		change: onPaper(func(w *audittest.World, keys [][]byte) ([][]byte, func(*mixte.Minutes)) {
			return keys, func(x *mixte.Minutes) { x.Voters++; x.Questions[0].Options[1].Ballots++ }
		})},
	{name: "choices of two who voted on paper", check: 1601, shape: joint, after: audittest.Logged,
		change: onPaper(func(w *audittest.World, keys [][]byte) ([][]byte, func(*mixte.Minutes)) {
			return keys[:2], func(x *mixte.Minutes) {
				x.Questions = []scrutin.QuestionResult{{Question: "question-1", Options: []scrutin.OptionCount{{Option: "option-1", Ballots: 2}, {Option: "option-2"}}}}
			}
		})},
	{name: "proof of an account for other minutes", check: 1602, alone: true, shape: joint, after: audittest.Logged,
		change: onPaper(func(w *audittest.World, keys [][]byte) ([][]byte, func(*mixte.Minutes)) {
			for e := range 6 {
				if other := w.PaperKey(0, e, "salle-2"); slices.Equal(other[:32], keys[0][:32]) {
					keys[0] = other
				}
			}
			return keys, nil
		})},
	{name: "account of another urn on paper", check: 1602, alone: true, shape: joint, after: audittest.Logged,
		change: onPaper(func(w *audittest.World, keys [][]byte) ([][]byte, func(*mixte.Minutes)) {
			keys[0] = w.PaperKey(1, 0, "salle-1")
			return keys, nil
		})},
	{name: "vote on paper beside one in the urn", check: 1603, alone: true, shape: joint, after: audittest.Logged,
		change: onPaper(func(w *audittest.World, keys [][]byte) ([][]byte, func(*mixte.Minutes)) {
			keys[0] = w.PaperKey(0, int(w.Marks[0][0].Elector), "salle-1")
			return keys, nil
		})},
	{name: "vote on paper at two stations", check: 1603, alone: true, shape: joint, after: audittest.Logged,
		change: func(w *audittest.World) {
			var keys [][]byte
			data := w.Files[record.PaperKeys("salle-1")]
			for e := range 6 {
				if key := w.PaperKey(0, e, "salle-2"); slices.Equal(key[:32], data[:32]) {
					keys = append(keys, key)
				}
			}
			w.WritePaper("salle-2", 0, keys, nil)
		}},
	{name: "statement of members and citizens that one member signs", check: 1611, alone: true, shape: joint, after: audittest.Counted,
		change: func(w *audittest.World) {
			s := w.Mixed("question-1", mixte.Definitive)
			s.Provisional = w.Text(record.MixteProvisional("question-1"))
			w.Files[record.Mixte("question-1")] = must(s.Sign(w.Keyring(w.Members()[1])...))
		}},
	{name: "no statement of members and citizens", check: 1611, shape: joint, after: audittest.Counted,
		change: func(w *audittest.World) {
			delete(w.Files, record.Mixte("question-1"))
			delete(w.Files, record.MixteCSV("question-1"))
		}},
	{name: "statement on another result", check: 1611, alone: true, shape: joint, after: audittest.Shared,
		change: definitive(func(s *mixte.Statement) { s.Opened[0] ^= 1 })},
	{name: "absent members weighed by another rule than was sealed", check: 1612, alone: true, shape: joint, after: audittest.Mixed,
		change: stated("", func(s *mixte.Statement) { s.Rules.Absent = mixte.Zero })},
	{name: "citizens weighed at another scale than was sealed", check: 1612, alone: true, shape: joint, after: audittest.Mixed,
		change: stated("", func(s *mixte.Statement) { s.Rules.Scale = mixte.Territory })},
	{name: "an electorate that was made smaller", check: 1612, alone: true, shape: joint, after: audittest.Mixed,
		change: stated("", func(s *mixte.Statement) { s.Electorates[0].Represented-- })},
	{name: "citizens' ballots counted for another option", check: 1613, alone: true, shape: joint, after: audittest.Shared,
		change: definitive(func(s *mixte.Statement) { o := s.Counts[0].Options; o[0], o[1] = o[1], o[0]+1; s.Counts[0].Blank-- })},
	{name: "minutes on paper left out", check: 1613, alone: true, shape: joint, after: audittest.Shared,
		change: definitive(func(s *mixte.Statement) { s.Counts = s.Counts[:0] })},
	{name: "ballots left closed that are hidden", check: 1613, alone: true, shape: joint, after: audittest.Shared,
		change: definitive(func(s *mixte.Statement) { s.Electorates[1].Closed = 0 })},
	{name: "mixed result that its votes do not give", check: 1614, alone: true, shape: joint, after: audittest.Counted,
		change: forged(func(w *audittest.World, s *mixte.Statement) { s.Result.Mixed.Options[1] = mixte.Frac(7, 1) })},
	{name: "weight of a member who lost none", check: 1614, alone: true, shape: joint, after: audittest.Counted,
		change: forged(func(w *audittest.World, s *mixte.Statement) { s.Result.Rows[0].Weight = mixte.Frac(1, 1) })},
	{name: "table of another result", check: 1615, alone: true, shape: joint, after: audittest.Counted,
		change: func(w *audittest.World) {
			table := slices.Clone(w.Files[record.MixteCSV("question-1")])
			table[len(table)-2] ^= 1
			w.Files[record.MixteCSV("question-1")] = table
		}},
	{name: "member who changes his vote after the provisional result", check: 1616, alone: true, shape: joint, after: audittest.Shared,
		change: definitive(func(s *mixte.Statement) { s.Members[0].Position = s.Rules.Options[1] })},
	{name: "provisional result that is passed over", check: 1616, alone: true, shape: joint, after: audittest.Counted,
		change: func(w *audittest.World) { w.WriteMixte(w.Mixed("question-1", mixte.Definitive)) }},
	{name: "provisional result that is taken away", check: 1616, shape: joint, after: audittest.Counted,
		change: func(w *audittest.World) { delete(w.Files, record.MixteProvisional("question-1")) }},
	{name: "minutes on paper taken away once the urns were opened", check: 1106, alone: true, shape: joint, after: audittest.Shared,
		change: func(w *audittest.World) { withoutPaper(w) }},
	{name: "minutes on paper added once the urns were opened", check: 1106, alone: true, shape: joint, after: audittest.Shared,
		change: func(w *audittest.World) {
			w.WritePaper("salle-2", 1, [][]byte{w.PaperKey(1, w.Abstainers(1)[0], "salle-2")}, nil)
		}},
	{name: "a member's position changed once the urns were opened", check: 1106, alone: true, shape: joint, after: audittest.Shared,
		change: func(w *audittest.World) {
			w.EditMixte = func(s *mixte.Statement) { s.Members[0].Position = s.Rules.Options[1] }
			w.Decide()
		}},
	{name: "another act adopts other minutes once the urns were opened", check: 901, alone: true, shape: joint, after: audittest.Shared,
		change: func(w *audittest.World) {
			withoutPaper(w)
			adopt := audittest.Edit[scrutin.Act]
			adopt(w, record.Act(w.Seq, scrutin.ActMix), func(a *scrutin.Act) {
				a.Body.Adopts = slices.DeleteFunc(a.Body.Adopts, func(x scrutin.Adopted) bool { return x.Path == record.Paper("salle-1") })
			})
			w.Last = w.Text(record.Act(w.Seq, scrutin.ActMix))
		}},
}

// withoutPaper takes the minutes of votes on paper away, with their keys.
func withoutPaper(w *audittest.World) {
	delete(w.Files, record.Paper("salle-1"))
	delete(w.Files, record.PaperKeys("salle-1"))
	w.Minutes = nil
}
