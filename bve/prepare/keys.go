package prepare

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"isoloir/keyceremony/device"
	"isoloir/scrutin"
)

// A card is what somebody has handed over: his key, and of a device its reception key.
type card struct {
	key       string
	reception string // hexadecimal; empty where there is none
}

// cards are those of the folder's keys, by the names of their owners.
func (f *folder) cards() map[string]card {
	all := map[string]card{}
	entries, err := fs.ReadDir(f.dir, Keys)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.wrong(Keys, 0, err)
	}
	for _, e := range entries {
		name := path.Join(Keys, e.Name())
		owner, c, is := f.card(name)
		if !is {
			continue
		}
		if _, twice := all[owner]; twice {
			f.wrong(name, 0, faulty("%q has a card and a key: keep the one that is in use", owner))
			continue
		}
		all[owner] = c
	}
	return all
}

// card is one of the folder's, with its owner.
func (f *folder) card(name string) (owner string, c card, is bool) {
	owner, isCard := strings.CutSuffix(path.Base(name), CardEnd)
	if !isCard {
		var isKey bool
		if owner, isKey = strings.CutSuffix(path.Base(name), KeyEnd); !isKey {
			f.wrong(name, 0, faulty("no card and no key: files end with %s or %s", CardEnd, KeyEnd))
			return "", card{}, false
		}
	}
	data, err := f.read(name, 64<<10)
	if err != nil {
		f.wrong(name, 0, err)
		return "", card{}, false
	}
	c = card{key: strings.TrimSpace(string(data))}
	if isCard {
		read, err := device.ParseCard(data)
		if err != nil {
			f.wrong(name, 0, faulty("no card of a device, or a changed one: have it written again by trustee"))
			return "", card{}, false
		}
		c = card{key: read.Key}
		if read.Reception != (scrutin.Point{}) {
			c.reception = fmt.Sprintf("%x", read.Reception[:])
		}
	}
	if !strings.HasPrefix(c.key, owner+"+") {
		f.wrong(name, 0, faulty("the key in it is not that of %q: the file bears its owner's name", owner))
		return "", card{}, false
	}
	return owner, c, true
}

// hold fills in the keys of everybody whom the file names without one.
func (f *folder) hold(o object, cards map[string]card) {
	give := func(where string, who any, id string) {
		p, _ := who.(object)
		if p == nil || p["key"] != nil {
			return
		}
		name, _ := p[id].(string)
		c, known := cards[name]
		if !known {
			f.wrong(File, 0, faulty("%s: the key of %q is lacking: put %s or %s into %s", where, name, name+CardEnd, name+KeyEnd, Keys))
			return
		}
		p["key"] = c.key
	}
	for _, list := range []string{"mixers", "issuers", "witnesses"} {
		people, _ := o[list].([]any)
		for _, p := range people {
			give(list, p, "id")
		}
	}
	platform, _ := o["platform"].(object)
	for _, party := range []string{"roll", "urn", "contents"} {
		give("platform", platform[party], "id")
	}
	bureau, _ := o["bureau"].(object)
	members, _ := bureau["members"].([]any)
	for _, m := range members {
		give("bureau", m, "id")
	}
	holders, _ := o["holders"].([]any)
	for i, h := range holders {
		name, is := h.(string)
		if !is {
			continue
		}
		c := cards[name]
		if c.reception == "" {
			f.wrong(File, 0, faulty("holders: the card of %q is lacking: put %s into %s", name, name+CardEnd, Keys))
			holders[i] = object{"member": name}
			continue
		}
		holders[i] = object{"member": name, "key": c.key, "reception": c.reception}
	}
}
