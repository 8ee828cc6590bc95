// Package passphrase says who may enter a place for staff: a file of names with
// stretched passphrases (Argon2id, RFC 9106, in the PHC string format).
//
// What it promises. The file tells no passphrase; a try costs the same work whether
// or not the name exists; a file that is not in the form written here is refused.
package passphrase

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// The cost of one try: RFC 9106, section 4, the second recommended option.
const (
	passes = 3
	memory = 64 << 10 // KiB
	lanes  = 4
	salted = 16 // bytes
	key    = 32 // bytes
)

// Least is how many characters a passphrase has at least.
const Least = 12

// ErrFile says that a file is not one of this package.
var ErrFile = errors.New("not a file of passphrases")

var name = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,39}$`)

// A Book holds the names and their stretched passphrases. It is safe for concurrent
// use; tries run one after the other, so that many at once take no more memory.
type Book struct {
	entries map[string]entry
	turn    chan struct{}
}

type entry struct{ salt, key []byte }

// Parse reads a book: a line for each name, ascending, as Line writes it.
func Parse(data []byte) (*Book, error) {
	b := &Book{map[string]entry{}, make(chan struct{}, 1)}
	last := ""
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		who, e, err := parse(lines.Text())
		if err != nil {
			return nil, err
		}
		if who <= last {
			return nil, fmt.Errorf("%w: %q stands after %q: sort the lines, each name once", ErrFile, who, last)
		}
		b.entries[who], last = e, who
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
	if len(b.entries) == 0 || data[len(data)-1] != '\n' || bytes.Contains(data, []byte("\r")) {
		return nil, fmt.Errorf("%w: write a line for each name, ended by a newline", ErrFile)
	}
	return b, nil
}

func parse(line string) (string, entry, error) {
	form := fmt.Sprintf(`^([a-z0-9._-]+) \$argon2id\$v=%d\$m=%d,t=%d,p=%d\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$`, argon2.Version, memory, passes, lanes)
	parts := regexp.MustCompile(form).FindStringSubmatch(line)
	if parts == nil || !name.MatchString(parts[1]) {
		return "", entry{}, fmt.Errorf("%w: a line is a name, a space and $argon2id$v=%d$m=%d,t=%d,p=%d$SALT$KEY", ErrFile, argon2.Version, memory, passes, lanes)
	}
	strict := base64.RawStdEncoding.Strict()
	salt, err1 := strict.DecodeString(parts[2])
	stretched, err2 := strict.DecodeString(parts[3])
	if err := errors.Join(err1, err2); err != nil {
		return "", entry{}, fmt.Errorf("%w: %s: %w", ErrFile, parts[1], err)
	}
	return parts[1], entry{salt, stretched}, nil
}

// Line is the line of a book for a name (1 to 40 of a–z, 0–9, '.', '_' and '-') and
// a passphrase of at least Least characters, ended by a newline.
func Line(who, phrase string) (string, error) {
	if !name.MatchString(who) {
		return "", errors.New("a name has 1 to 40 small letters, digits, dots, hyphens or underscores, a letter or digit first")
	}
	if len([]rune(phrase)) < Least {
		return "", fmt.Errorf("a passphrase has at least %d characters: take several words", Least)
	}
	salt := make([]byte, salted)
	rand.Read(salt)
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("%s $argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s\n", who, argon2.Version, memory, passes, lanes, encode(salt), encode(stretch(phrase, salt))), nil
}

// Admits says whether the passphrase is that of the name.
func (b *Book) Admits(who, phrase string) bool {
	b.turn <- struct{}{}
	defer func() { <-b.turn }()
	e, known := b.entries[who]
	if !known {
		e = entry{make([]byte, salted), make([]byte, key)}
	}
	same := subtle.ConstantTimeCompare(stretch(phrase, e.salt), e.key) == 1
	return same && known
}

// Names are those of the book, sorted.
func (b *Book) Names() []string {
	var names []string
	for who := range b.entries {
		names = append(names, who)
	}
	slices.Sort(names)
	return names
}

// stretch takes passphrases that look the same for the same (Unicode NFKC).
func stretch(phrase string, salt []byte) []byte {
	return argon2.IDKey(norm.NFKC.Bytes([]byte(phrase)), salt, passes, memory, lanes, key)
}
