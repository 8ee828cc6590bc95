package scrutin

// SentenceCodes returns the codes of all sentences.
func SentenceCodes() []string {
	var codes []string
	for c := range sentences {
		codes = append(codes, c)
	}
	return codes
}

// Forms returns both forms of a sentence.
func Forms(code string) (en, fr string) { return sentences[code].en, sentences[code].fr }
