package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"isoloir/keyceremony/device"
)

// console speaks with the person, in his language.
type console struct {
	in     *bufio.Reader
	stdin  io.Reader
	out    io.Writer
	err    io.Writer
	french bool
}

func newConsole(in io.Reader, out, err io.Writer, env func(string) string) console {
	c := console{in: bufio.NewReader(in), stdin: in, out: out, err: err}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := env(name); v != "" {
			c.french = strings.HasPrefix(v, "fr")
			break
		}
	}
	return c
}

// speak sets the language.
func (c *console) speak(lang string) error {
	if lang != "fr" && lang != "en" {
		return usage(badLanguage, lang)
	}
	c.french = lang == "fr"
	return nil
}

// words puts a phrase in the person's language.
func (c *console) words(p phrase, args ...any) string {
	format := p.en
	if c.french {
		format = p.fr
	}
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}

func (c *console) print(p phrase, args ...any) { fmt.Fprintln(c.out, c.words(p, args...)) }

// ask shows a question and reads a line.
func (c *console) ask(p phrase, args ...any) (string, error) {
	fmt.Fprint(c.out, c.words(p, args...)+" ")
	line, err := c.in.ReadString('\n')
	if err != nil && line == "" {
		return "", errNoAnswer
	}
	return strings.TrimSpace(line), nil
}

var (
	errNoAnswer   = errors.New("there is no answer to read")
	errNoTerminal = errors.New("there is no terminal to type a passphrase on")
	errDiffer     = errors.New("the two passphrases differ")
	errNotSaid    = errors.New("not confirmed: nothing was opened")
)

// secret asks for a passphrase without showing it.
func (c *console) secret(p phrase) (device.Passphrase, error) {
	f, ok := c.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return "", errNoTerminal
	}
	fmt.Fprint(c.err, c.words(p)+" ")
	typed, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(c.err)
	return device.Passphrase(typed), err
}

// fromFile reads the first line of a passphrase file.
func fromFile(path string) (device.Passphrase, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	line, err := bufio.NewReader(io.LimitReader(f, 1<<12)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return device.Passphrase(strings.TrimRight(line, "\r\n")), nil
}

// passphrase reads the passphrase of existing media.
func (t *tool) passphrase() (device.Passphrase, error) {
	if t.passphraseFile != "" {
		return fromFile(t.passphraseFile)
	}
	return t.secret(askPassphrase)
}

// choosePassphrase reads a new one, twice; an empty line asks for a proposal.
func (t *tool) choosePassphrase(file string) (device.Passphrase, error) {
	if file != "" {
		return fromFile(file)
	}
	first, err := t.secret(askNewPassphrase)
	if err != nil {
		return "", err
	}
	if first == "" {
		first = device.Suggest()
		fmt.Fprintln(t.err, t.words(proposedPassphrase, string(first)))
	}
	again, err := t.secret(askAgain)
	if err != nil {
		return "", err
	}
	if again != first {
		return "", errDiffer
	}
	return first, nil
}

// open reads the device from the media given.
func (t *tool) open() (*device.Device, error) {
	p, err := t.passphrase()
	if err != nil {
		return nil, err
	}
	d, err := device.Open(p, t.work, t.media()...)
	if err == nil && d.Renewed() != "" {
		t.print(renewed, d.Renewed())
	}
	return d, err
}

func (t *tool) media() []string {
	if t.second == "" {
		return []string{t.medium}
	}
	return []string{t.medium, t.second}
}
