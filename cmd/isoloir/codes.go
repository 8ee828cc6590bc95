package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"isoloir/courier"
	"isoloir/courier/email"
	"isoloir/courier/letter"
	"isoloir/custody"
	"isoloir/custody/agefile"
	"isoloir/register"
	"isoloir/register/access"
	"isoloir/register/cards"
	"isoloir/register/halves"
	"isoloir/scrutin"
)

// A halfSender is one command line of codes.
type halfSender struct {
	*operator
	register, distribution, half, dir, first, second, out, places, book, sender, site, host, from, user, password string
	taken                                                                                                         []string
	port                                                                                                          int
	r                                                                                                             *register.Register
	rho, delta                                                                                                    scrutin.Digest
	d                                                                                                             *register.Distribution
}

// sendCodes is the command codes.
func sendCodes(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o := newOperator(stdout, stderr)
	s := &halfSender{operator: &o}
	return o.dispatch(ctx, "codes", codesHelp, parts{"draw": s.draw, "join": s.join, "letters": s.letters, "mail": s.mail}, args)
}

// begin reads the command line, of which all of needs must be there, and the distribution.
func (s *halfSender) begin(name string, args []string, more map[string]*string, optional ...string) error {
	set := s.flags("codes " + name)
	all := map[string]*string{"register": &s.register, "distribution": &s.distribution}
	for f, to := range more {
		all[f] = to
	}
	for f, to := range all {
		set.StringVar(to, f, "", "")
	}
	if name == "mail" {
		set.IntVar(&s.port, "port", 587, "")
	}
	if name == "join" {
		set.Func("taken", "", func(v string) error { s.taken = append(s.taken, v); return nil })
	}
	lacks := func() bool {
		for f, to := range all {
			if *to == "" && !slices.Contains(optional, f) {
				return true
			}
		}
		return false
	}
	if err := s.line(set, args, codesHelp, lacks, codesNeeds); err != nil {
		return err
	}
	if s.half != "" && s.half != access.FirstHalf.String() && s.half != access.SecondHalf.String() {
		return s.usage(codesNeeds)
	}
	text, err := os.ReadFile(s.register)
	if err != nil {
		return &exit{exitNoInput, err}
	}
	plan, err := os.ReadFile(s.distribution)
	if err != nil {
		return &exit{exitNoInput, err}
	}
	if s.r, s.rho, err = register.ParseRegister(text); err == nil {
		s.d, s.delta, err = register.ParseDistribution(plan, s.r, s.rho)
	}
	return registerRefused(err)
}

func (s *halfSender) which() access.Half {
	if s.half == access.FirstHalf.String() {
		return access.FirstHalf
	}
	return access.SecondHalf
}

// draw makes a sender's directory: his secret, and what he gives of his codes.
func (s *halfSender) draw(ctx context.Context, args []string) error {
	if err := s.begin("draw", args, map[string]*string{"half": &s.half, "dir": &s.dir}); err != nil {
		return err
	}
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		return &exit{exitCannot, err}
	}
	sender := &halves.Sender{Register: s.r, Rho: s.rho, Delta: s.delta, Which: s.which(), Secret: halves.DrawSecret()}
	files, err := agefile.Open("")
	if err != nil {
		return err
	}
	if err := files.Write(filepath.Join(s.dir, "secret"), hex.EncodeToString(sender.Secret[:])); err != nil {
		return err
	}
	lists, err := sender.Lists(s.d, 0)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := halves.WriteLists(&file, s.rho, s.delta, sender.Which, lists); err != nil {
		return err
	}
	path := filepath.Join(s.dir, "halves.list")
	if err := writeNew(path, file.Bytes()); err != nil {
		return err
	}
	s.say(halvesDrawn, path, scrutin.DigestOf(file.Bytes()))
	return nil
}

// join puts both senders' halves together.
func (s *halfSender) join(_ context.Context, args []string) error {
	if err := s.begin("join", args, map[string]*string{"first": &s.first, "second": &s.second, "out": &s.out}); err != nil {
		return err
	}
	var lists [2][]halves.List
	for i, path := range []string{s.first, s.second} {
		file, err := os.ReadFile(path)
		if err != nil {
			return &exit{exitNoInput, err}
		}
		if lists[i], err = halves.ReadLists(file, s.rho, s.delta, access.Half(i+1)); err != nil {
			return &exit{exitData, fmt.Errorf("%s: %w", path, err)}
		}
	}
	taken, err := s.numbers()
	if err != nil {
		return err
	}
	made, places, err := halves.Together(s.d, s.delta, lists[0], lists[1], taken, 0)
	if err != nil {
		return &exit{exitData, err}
	}
	if err := os.Mkdir(s.out, 0o700); err != nil {
		return &exit{exitCannot, err}
	}
	var list bytes.Buffer
	if err := cards.WriteList(&list, s.rho, s.delta, made); err != nil {
		return err
	}
	rows := [][]string{placeColumns}
	for _, station := range s.d.Stations {
		for i, at := range places[station.ID] {
			rows = append(rows, []string{station.ID, strconv.Itoa(i + 1), strconv.Itoa(at)})
		}
	}
	var table bytes.Buffer
	if err := csv.NewWriter(&table).WriteAll(rows); err != nil {
		return err
	}
	path := filepath.Join(s.out, "cards.list")
	if err := errors.Join(writePrivate(filepath.Join(s.out, "places.csv"), table.Bytes()), writeNew(path, list.Bytes())); err != nil {
		return err
	}
	s.say(cardsMade, len(made), path, scrutin.DigestOf(list.Bytes()))
	return nil
}

// numbers are those of the published lists of earlier distributions.
func (s *halfSender) numbers() (map[register.Number]bool, error) {
	taken := map[register.Number]bool{}
	for _, path := range s.taken {
		f, err := os.Open(path)
		if err != nil {
			return nil, &exit{exitNoInput, err}
		}
		rows, err := csv.NewReader(f).ReadAll()
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, &exit{exitData, err}
		}
		for _, row := range rows[min(1, len(rows)):] {
			n, err := register.ParseNumber(row[0])
			if err != nil {
				return nil, &exit{exitData, fmt.Errorf("%s: %w", path, err)}
			}
			taken[n] = true
		}
	}
	return taken, nil
}

var (
	placeColumns = []string{"station", "rank", "place"}
	bookColumns  = []string{"station", "rank", "language", "address"}
)

// messages are what leaves to everybody in a sender's book, with names that say nothing.
func (s *halfSender) messages(ctx context.Context, channel courier.Channel) ([]courier.Message, error) {
	places, err := readColumns(s.places, placeColumns)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for _, row := range places {
		if at[row[0]+" "+row[1]], err = strconv.Atoi(row[2]); err != nil {
			return nil, &exit{exitData, err}
		}
	}
	book, err := readColumns(s.book, bookColumns)
	if err != nil {
		return nil, err
	}
	files, err := agefile.Open("")
	if err != nil {
		return nil, err
	}
	sender := &halves.Sender{Register: s.r, Rho: s.rho, Delta: s.delta, Which: s.which()}
	if sender.Secret, err = custody.Bearer(ctx, files, filepath.Join(s.dir, "secret")); err != nil {
		return nil, err
	}
	var out []courier.Message
	seen := map[string]bool{}
	for i, row := range book {
		who := row[0] + " " + row[1]
		place, known := at[who]
		if !known || seen[who] || row[3] == "" {
			return nil, &exit{exitData, fmt.Errorf(s.words(badBook), s.book, i+2)}
		}
		seen[who] = true
		text := halfText
		said := func(p phrase) string {
			if courier.Language(row[2]) == "fr" {
				return p.fr
			}
			return p.en
		}
		name := scrutin.DigestOf(slices.Concat([]byte(scrutin.Version+"/half-message"), sender.Secret[:], []byte(who)))
		number := 1
		if sender.Which == access.SecondHalf {
			text, number = secondText, 2
		}
		out = append(out, courier.Message{Name: fmt.Sprintf("%x", name[:16]), Kind: courier.Codes, Channel: channel, Language: courier.Language(row[2]), To: row[3],
			Subject: fmt.Sprintf(said(halfSubject), s.r.Title, number), Body: fmt.Sprintf(said(text), sender.Code(row[0], place).Reveal(), s.site)})
	}
	return out, nil
}

// readColumns reads a CSV file of the columns named.
func readColumns(path string, columns []string) ([][]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &exit{exitNoInput, err}
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) == 0 || !slices.Equal(rows[0], columns) {
		return nil, &exit{exitData, fmt.Errorf("%s: %s: %w", path, strings.Join(columns, ","), errors.Join(err, register.ErrInvalid))}
	}
	return rows[1:], nil
}

// letters prints a sender's messages.
func (s *halfSender) letters(ctx context.Context, args []string) error {
	if err := s.begin("letters", args, map[string]*string{"half": &s.half, "dir": &s.dir, "places": &s.places, "book": &s.book, "sender": &s.sender, "site": &s.site, "out": &s.out}); err != nil {
		return err
	}
	all, err := s.messages(ctx, courier.Post)
	if err != nil {
		return err
	}
	wrong, err := letter.Printable(s.sender, all)
	if err = errors.Join(append(wrong, err)...); err != nil {
		return &exit{exitData, err}
	}
	var pdf, text bytes.Buffer
	if err := errors.Join(letter.Write(&pdf, s.sender, all), letter.WriteText(&text, s.sender, all)); err != nil {
		return err
	}
	if err := os.Mkdir(s.out, 0o700); err != nil {
		return &exit{exitCannot, err}
	}
	if err := errors.Join(writePrivate(filepath.Join(s.out, "letters.txt"), text.Bytes()), writePrivate(filepath.Join(s.out, "letters.pdf"), pdf.Bytes())); err != nil {
		return err
	}
	s.say(halvesPrinted, len(all), s.out)
	return nil
}

// mail sends a sender's messages by e-mail, one after the other; what has left is noted in
// the file sent of his directory, and does not leave again.
func (s *halfSender) mail(ctx context.Context, args []string) error {
	if err := s.begin("mail", args, map[string]*string{"half": &s.half, "dir": &s.dir, "places": &s.places, "book": &s.book, "site": &s.site, "host": &s.host,
		"from": &s.from, "user": &s.user, "password": &s.password}, "user", "password"); err != nil {
		return err
	}
	config := email.Config{Host: s.host, Port: s.port, Implicit: s.port == 465, From: s.from, User: s.user, Now: time.Now}
	if s.password != "" {
		files, err := agefile.Open("")
		if err != nil {
			return err
		}
		if config.Password, err = files.Secret(ctx, s.password); err != nil {
			return err
		}
	}
	carrier, err := email.New(config)
	if err != nil {
		return &exit{exitUsage, err}
	}
	defer carrier.Close()
	all, err := s.messages(ctx, courier.Email)
	if err != nil {
		return err
	}
	return s.carry(ctx, carrier, all)
}

// carry gives a carrier what has not left yet.
func (s *halfSender) carry(ctx context.Context, carrier courier.Carrier, all []courier.Message) error {
	path := filepath.Join(s.dir, "sent")
	done, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	sent, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer sent.Close()
	left, refused := 0, 0
	for _, m := range all {
		if bytes.Contains(done, []byte(m.Name+"\n")) {
			continue
		}
		err := carrier.Carry(ctx, m)
		if errors.Is(err, courier.ErrRefused) {
			refused++
			s.say(halfRefused, m.Name)
			continue
		}
		if err != nil {
			return &exit{exitInternal, err}
		}
		if _, err := fmt.Fprintln(sent, m.Name); err != nil {
			return err
		}
		if err := sent.Sync(); err != nil {
			return err
		}
		left++
	}
	s.say(halvesSent, left, refused)
	return nil
}
