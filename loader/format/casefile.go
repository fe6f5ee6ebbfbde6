package format

import (
	"orbat/schema"
)

// A case file, in YAML or JSON, is one object: what holds for all of it (dataset, source), then lists of records.
//
//	dataset: centcom-2024
//	source: {title: "…", url: "https://…", publisher: "…"}
//	entities:
//	  - {id: a, type: Person, name: "…"}
//	relations:
//	  - {relation: commands, from: a, to: b, quote: "…"}

const caseKeys = "a case file has dataset, source, sources, entities, relations, values, decisions and note; records stand in its lists"

// sectionKind gives the kind of record that a list of a case file holds.
func sectionKind(key string) (schema.RecordKind, bool) {
	for kind := schema.EntityRecord; kind <= schema.DecisionRecord; kind++ {
		if section(kind) == key {
			return kind, true
		}
	}
	return anyKind, false
}

// isHeader reports whether a key holds for the whole file.
func isCaseHeader(key string) bool { return key == "dataset" || key == "source" }

// fatal makes an error of a fault that ends the reading.
func (f *found) fatal(err *fault) *Error {
	bad := f.reject(err)
	reason := bad.Reason
	if bad.Column != "" {
		reason = bad.Column + ": " + reason
	}
	if bad.Value != "" && !err.syntax {
		reason += " (" + schema.Shorten(bad.Value) + ")"
	}
	return &Error{Pos: bad.Pos, Reason: reason, Hint: bad.Hint}
}

// header takes what holds for the whole file and gives the records of the sources it describes.
func (s *shaper) header(key string, f *found) ([]*schema.Record, *fault) {
	if f.node.isAbsent() {
		return nil, nil
	}
	if key == "dataset" {
		name, err := scalar(&f.node)
		if err != nil {
			return nil, err.within(key)
		}
		if wrong := schema.CheckDataset(name); wrong != nil {
			return nil, &fault{at: f.node.at, column: key, reason: wrong.Error()}
		}
		s.dataset = name
		return nil, nil
	}
	b := builder{shaper: s, found: f}
	var cites citing
	if err := b.sources(&f.node, &cites); err != nil {
		return nil, err.within(key)
	}
	if cites.saysAnything() {
		s.defaults = cites.cites
	}
	return b.fresh(s.dataset), nil
}
