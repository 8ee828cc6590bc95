package prepare

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"time"

	"go.yaml.in/yaml/v3"

	"isoloir/scrutin"
	"isoloir/scrutin/canon"
)

// An object is a mapping of a YAML file, read without guessing: numbers and truth values are themselves, everything else is text as it is written.
type object = map[string]any

// parse reads a YAML mapping. A key that stands twice, an alias and a null are refused.
func parse(data []byte) (object, error) {
	d := yaml.NewDecoder(bytes.NewReader(data))
	var n yaml.Node
	if err := d.Decode(&n); err != nil {
		return nil, unread(err)
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, faulty("something stands behind the document: keep one document in the file")
	}
	v, err := value(n.Content[0])
	if err != nil {
		return nil, err
	}
	o, is := v.(object)
	if !is {
		return nil, faulty("the file is no mapping of keys to values")
	}
	return o, nil
}

func value(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.MappingNode:
		o := object{}
		for i := 0; i < len(n.Content); i += 2 {
			key := n.Content[i].Value
			if _, twice := o[key]; twice {
				return nil, lined{n.Content[i].Line, faulty("%q stands twice", key)}
			}
			v, err := value(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			o[key] = v
		}
		return o, nil
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			v, err := value(c)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case yaml.ScalarNode:
		switch n.Tag {
		case "!!int":
			return json.Number(n.Value), nil
		case "!!bool":
			if n.Value != "true" && n.Value != "false" {
				return nil, lined{n.Line, faulty("write true or false, in small letters")}
			}
			return n.Value == "true", nil
		case "!!null":
			return nil, lined{n.Line, faulty("a value is lacking")}
		}
		return n.Value, nil
	}
	return nil, lined{n.Line, faulty("write the value out, without a reference to another one")}
}

// over lays what the file says over defaults: mappings are joined, anything else replaces.
func over(defaults, file object) object {
	o := object{}
	for k, v := range defaults {
		o[k] = v
	}
	for k, v := range file {
		below, is1 := o[k].(object)
		above, is2 := v.(object)
		if is1 && is2 {
			o[k] = over(below, above)
		} else {
			o[k] = v
		}
	}
	return o
}

// local is an hour of legal time, as people write it.
var local = regexp.MustCompile(`^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$`)

// instants writes the schedule's hours of legal time as instants in UTC. An hour that the change of the clocks skips, or makes twice, is refused.
func instants(schedule object) error {
	zone, _ := schedule["zone"].(string)
	at, err := time.LoadLocation(zone)
	if err != nil || zone == "" {
		return faulty("schedule.zone: %q is no zone: write Europe/Paris, or the one of the legal time", zone)
	}
	for _, key := range []string{"open", "close", "count"} {
		text, _ := schedule[key].(string)
		if !local.MatchString(text) {
			continue
		}
		t, err := scrutin.LocalTime("2006-01-02 15:04", text, at)
		if change := (scrutin.ClockChange{}); errors.As(err, &change) {
			return faulty("schedule.%s: %s, or write the instant in UTC", key, change)
		}
		if err != nil {
			return faulty("schedule.%s: %q is no hour of the calendar", key, text)
		}
		schedule[key] = t.String()
	}
	return nil
}

// manifest reads the whole as a manifest: a key that it does not know is refused.
func manifest(o object) (*scrutin.Manifest, error) {
	data, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	var m scrutin.Manifest
	if err := canon.Known(data, &m); err != nil {
		return nil, unfit(err)
	}
	return &m, nil
}
