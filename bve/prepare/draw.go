package prepare

import (
	"bytes"
	"crypto/sha256"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"isoloir/scrutin"
)

// A Draw is what was drawn in public: the numbers of dice or balls in the order in which they came, on a day. They are written in one way alone, in
// decimal without leading zeros, one space between, so that nobody chooses among spellings. The identifiers of questions and options are to be
// published before the draw, as they enter it.
type Draw struct {
	Date  string
	Words string
}

// Minutes is the digest that the manifest keeps of the draw: SHA-256 of the lines isoloir/v1/draw, the date and the words, each with its newline.
func (d Draw) Minutes() scrutin.Digest {
	return scrutin.DigestOf([]byte(strings.Join([]string{scrutin.Version + "/draw", d.Date, d.Words, ""}, "\n")))
}

// rank is by what an option stands where it does: SHA-256 of the lines of Minutes and the question's and the option's identifiers, each with its
// newline. Options are in ascending order of it.
func (d Draw) rank(question, option string) [sha256.Size]byte {
	return sha256.Sum256([]byte(strings.Join([]string{scrutin.Version + "/draw", d.Date, d.Words, question, option, ""}, "\n")))
}

// Order puts the options of every question in the order of the draw.
func (d Draw) Order(m *scrutin.Manifest) {
	for i := range m.Questions {
		q := &m.Questions[i]
		slices.SortFunc(q.Options, func(a, b scrutin.Option) int {
			x, y := d.rank(q.ID, a.ID), d.rank(q.ID, b.ID)
			return slices.Compare(x[:], y[:])
		})
	}
}

var numbers = regexp.MustCompile(`^(0|[1-9][0-9]*)( (0|[1-9][0-9]*))*$`)

// drawn takes the words of a draw out of the file, where it has one; the manifest keeps their digest alone.
func drawn(o object) (*Draw, error) {
	draw, _ := o["draw"].(object)
	words, given := draw["words"]
	if !given {
		return nil, nil
	}
	text, _ := words.(string)
	date, _ := draw["date"].(string)
	switch {
	case draw["method"] != "lot":
		return nil, faulty("draw.words: words are drawn where draw.method is lot")
	case !numbers.MatchString(text):
		return nil, faulty("draw.words: write the numbers in the order in which they came, in decimal without leading zeros, one space between")
	case draw["minutes"] != nil:
		return nil, faulty("draw.minutes is made from draw.words: write one of them")
	}
	d := &Draw{date, text}
	delete(draw, "words")
	draw["minutes"] = d.Minutes().String()
	return d, nil
}

// Redrawn is the text of scrutin.yaml with this draw in it, in place of the one that it had; comments and all the rest stay. It must be one that is
// read.
func Redrawn(file []byte, d Draw) ([]byte, error) {
	if _, err := parse(file); err != nil {
		return nil, Mistake{File, lineOf(err), err}
	}
	var n yaml.Node
	if err := yaml.Unmarshal(file, &n); err != nil {
		return nil, err
	}
	text := func(s string, style yaml.Style) *yaml.Node {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: style}
	}
	draw := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Style: yaml.FlowStyle, Content: []*yaml.Node{
		text("method", 0), text("lot", 0), text("date", 0), text(d.Date, yaml.DoubleQuotedStyle), text("words", 0), text(d.Words, yaml.DoubleQuotedStyle)}}
	root := n.Content[0]
	i := 0
	for i < len(root.Content) && root.Content[i].Value != "draw" {
		i += 2
	}
	if i == len(root.Content) {
		root.Content = append(root.Content, text("draw", 0), nil)
	}
	root.Content[i+1] = draw
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(&n); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
