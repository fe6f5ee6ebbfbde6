package ftm

import (
	"bytes"
	"cmp"
	_ "embed" // the vocabulary
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"orbat/schema"
)

//go:embed ftm.yaml
var table []byte

// known is the vocabulary, read once, since that takes as long as reading a hundred entities. Nothing changes it.
var known = sync.OnceValues(newVocabulary) //nolint:gochecknoglobals // a constant that Go cannot write as one

// vocabulary is what is known of FollowTheMoney's schemata, and the ontology that they are brought to.
type vocabulary struct {
	schemata map[string]*entitySchema
	ontology *schema.Ontology
}

// entitySchema says what the entities of one schema become; ftm.yaml explains the fields. It holds what it inherits.
type entitySchema struct {
	Extends    []string
	Unmapped   string
	Type       string
	Set        map[string]string
	Name       []string
	Values     map[string][]string
	Period     string
	Point      []string
	IDs        map[string]string `yaml:"ids"`
	Accounts   map[string]string
	Links      map[string]sentence
	Cites      map[string]string
	Edge       sentence
	Also       []sentence
	Qualifiers map[string]string
	Default    map[string]string
	Seen       []string
	Value      *valueRule
	About      *aboutRule

	name     string
	above    map[string]bool // all that it extends, itself among them
	resolved bool
}

// valueRule makes of an entity a value of another one.
type valueRule struct {
	Of       string   // the property that names the other one
	Property string   // of the other one
	Scheme   string   // of an external id
	Prefix   string   // the property that stands before the value
	From     []string // the properties that hold the value
	Else     string   // the value where none has any
}

// aboutRule makes of an entity a property of another one.
type aboutRule struct {
	Of   string // the property that names the other one
	Type string // of the other one
	As   string // x_…
}

// sentence is a relation between two properties of an entity: "owner related_to asset: owns". In a link one of the two
// is "this", the entity itself, and the other "it".
type sentence struct {
	from, relation, to string
	label              string
}

// UnmarshalText reads the sentence; "keep" and the empty text are no relation.
func (s *sentence) UnmarshalText(b []byte) error {
	*s = sentence{}
	if len(b) == 0 || string(b) == "keep" {
		return nil
	}
	head, label, _ := strings.Cut(string(b), ":")
	words := strings.Fields(head)
	if len(words) != 3 {
		return fmt.Errorf("%q is not FROM relation TO: label", b)
	}
	*s = sentence{from: words[0], relation: words[1], to: words[2], label: strings.TrimSpace(label)}
	return nil
}

func newVocabulary() (*vocabulary, error) {
	ontology, err := schema.Default()
	if err != nil {
		return nil, err
	}
	v := &vocabulary{ontology: ontology}
	decoder := yaml.NewDecoder(bytes.NewReader(table))
	decoder.KnownFields(true)
	if err := decoder.Decode(&v.schemata); err != nil {
		return nil, fmt.Errorf("read ftm.yaml: %w", err)
	}
	for name, s := range v.schemata {
		s.name = name
		if err := v.inherit(s); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// inherit fills in what a schema does not say itself.
func (v *vocabulary) inherit(s *entitySchema) error {
	if s.resolved {
		return nil
	}
	s.resolved = true // also ends a circle
	s.above = map[string]bool{s.name: true}
	for _, name := range s.Extends {
		parent := v.schemata[name]
		if parent == nil {
			return fmt.Errorf("ftm.yaml: %s extends %s, which is not there", s.name, name)
		}
		parent.name = name
		if err := v.inherit(parent); err != nil {
			return err
		}
		maps.Copy(s.above, parent.above)
		s.Type = cmp.Or(s.Type, parent.Type)
		s.Period = cmp.Or(s.Period, parent.Period)
		s.Set = under(s.Set, parent.Set)
		s.Values = under(s.Values, parent.Values)
		s.IDs = under(s.IDs, parent.IDs)
		s.Accounts = under(s.Accounts, parent.Accounts)
		s.Links = under(s.Links, parent.Links)
		s.Cites = under(s.Cites, parent.Cites)
		if s.Name == nil {
			s.Name = parent.Name
		}
		if s.Point == nil {
			s.Point = parent.Point
		}
		if s.Seen == nil {
			s.Seen = parent.Seen
		}
	}
	return nil
}

// under puts inherited entries under a schema's own.
func under[V any](own, inherited map[string]V) map[string]V {
	all := maps.Clone(inherited)
	if all == nil {
		all = map[string]V{}
	}
	maps.Copy(all, own)
	return all
}

// takes reports whether the ontology takes a text as a value of a type's property.
func (v *vocabulary) takes(typeName, property, text string) bool {
	p := v.ontology.Property(typeName, property)
	if p == nil {
		return false
	}
	_, err := p.Parse(text)
	return err == nil
}

// isList reports whether a property holds several values.
func (v *vocabulary) isList(property string) bool {
	p := v.ontology.Property("", property)
	return p != nil && p.List
}

// country returns the code that stands for a country in the scheme of an id; empty: it is none of ISO 3166-1.
func (v *vocabulary) country(text string) string {
	if p := v.ontology.Property("", "country"); p != nil {
		if code, err := p.Parse(text); err == nil {
			return strings.ToLower(code)
		}
	}
	return ""
}

// lowest returns those of some schemata that no other one of them extends, sorted.
func (v *vocabulary) lowest(names []string) []string {
	var lowest []string
	for _, name := range names {
		above := slices.ContainsFunc(names, func(other string) bool {
			s := v.schemata[other]
			return other != name && s != nil && s.above[name]
		})
		if !above && !slices.Contains(lowest, name) {
			lowest = append(lowest, name)
		}
	}
	slices.Sort(lowest)
	return lowest
}
