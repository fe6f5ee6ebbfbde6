package annotation

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"orbat/loader/format/input"
	"orbat/schema"
)

//go:embed library/*.yaml
var library embed.FS

// FileName is the mapping that stands beside annotated texts, and holds for those of its folder and below.
const FileName = "annotation.yaml"

// maxMapping bounds the file of a mapping in bytes.
const maxMapping = 1 << 20

// Mapping says what the annotators' types become. Types and relations of the ontology stand for themselves; what it
// does not know either is passed on by its name, for the ontology at hand to take or to reject.
type Mapping struct {
	Types      map[string]*string    `yaml:"types"` // null: left out, and counted
	Relations  map[string]Rules      `yaml:"relations"`
	Events     map[string]*EventRule `yaml:"events"`
	Roles      map[string]Rules      `yaml:"roles"`
	Attributes map[string]Assertions `yaml:"attributes"`
	Document   DocumentRule          `yaml:"document"`

	// Parents leads from a type to the one that it is a kind of, as the annotators' configuration says.
	Parents map[string]string `yaml:"-"`
}

// Rule says what an annotation between two becomes.
type Rule struct {
	From      OneOf             // the annotators' types, or ours; empty: any
	To        OneOf             //
	Relation  string            // which it is
	Swap      bool              // read from its second end to its first
	Values    map[string]string // qualifiers of the relation
	With      map[string]string // qualifiers that have the text of another annotation from the same end, by that one's type
	Assertion string
	Property  string // of the first end, which has the text of the second
}

// OneOf is a name or a list of them.
type OneOf []string

// Rules are one or a list; the first that fits holds.
type Rules []Rule

// EventRule says what a type of event becomes.
type EventRule struct {
	Kind string // event_kind; empty: none
}

// Assertions says how something is stated that bears an attribute: always so, or by the attribute's value.
type Assertions struct {
	Always string
	By     map[string]string
}

// DocumentRule says what of the file NAME_meta.txt becomes of the document.
type DocumentRule struct {
	XID        string            `yaml:"xid"` // with {Key} for a value of the file
	Properties map[string]string `yaml:"properties"`
}

// Builtin returns the mapping that we ship under a name.
func Builtin(name string) (*Mapping, error) {
	text, err := library.ReadFile("library/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("mapping of annotations: %w", err)
	}
	return Parse(name+".yaml", text)
}

// ParseFile reads a mapping that stands beside annotated texts.
func ParseFile(in *input.Input) (*Mapping, error) {
	text, err := io.ReadAll(io.LimitReader(in.R, maxMapping+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxMapping:
		return nil, input.Fail(schema.Fault{
			Pos: schema.Position{File: in.Name}, Reason: "larger than " + strconv.Itoa(maxMapping>>20) + " MiB",
			Hint: "is it a mapping of annotations?",
		})
	}
	return Parse(in.Name, text)
}

var yamlLine = regexp.MustCompile(`line (\d+): (.*)`)

// Parse reads a mapping. The name is what errors call it.
func Parse(name string, text []byte) (*Mapping, error) {
	m := &Mapping{}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	err := decoder.Decode(m)
	if err != nil && !errors.Is(err, io.EOF) {
		fault := schema.Fault{
			Pos: schema.Position{File: name}, Reason: strings.TrimPrefix(err.Error(), "yaml: "),
			Hint: "a mapping of annotations has types, relations, events, roles, attributes and document",
		}
		if at := yamlLine.FindStringSubmatch(err.Error()); at != nil {
			fault.Pos.Line, _ = strconv.Atoi(at[1]) // digits
			fault.Reason = at[2]
		}
		return nil, input.Fail(fault)
	}
	for _, list := range []map[string]Rules{m.Relations, m.Roles} {
		for _, label := range slices.Sorted(maps.Keys(list)) {
			for _, rule := range list[label] {
				if reason := rule.wrong(); reason != "" {
					return nil, input.Fail(schema.Fault{
						Pos: schema.Position{File: name}, Column: label, Reason: reason,
						Hint: "write {relation: NAME} or {property: NAME}, perhaps with from, to, swap, values, with, assertion",
					})
				}
			}
		}
	}
	for _, label := range slices.Sorted(maps.Keys(m.Attributes)) {
		a := m.Attributes[label]
		for _, assertion := range append(slices.Sorted(maps.Values(a.By)), a.Always) {
			if assertion != "" && !schema.Assertion(assertion).Known() {
				return nil, input.Fail(schema.Fault{
					Pos: schema.Position{File: name}, Column: label, Value: assertion,
					Reason: "unknown assertion " + strconv.Quote(assertion), Hint: schema.AssertionsText(),
				})
			}
		}
	}
	return m, nil
}

// wrong says what a rule cannot mean; empty: it can.
func (r *Rule) wrong() string {
	switch {
	case (r.Relation == "") == (r.Property == ""):
		return "a rule names a relation or a property"
	case r.Property != "" && len(r.Values)+len(r.With) > 0:
		return "a property has no qualifiers"
	case r.Assertion != "" && !schema.Assertion(r.Assertion).Known():
		return "unknown assertion " + strconv.Quote(r.Assertion)
	}
	return ""
}

// UnmarshalYAML reads a name or a list.
func (o *OneOf) UnmarshalYAML(n *yaml.Node) error {
	var list []string
	if n.Kind == yaml.ScalarNode {
		list = []string{n.Value}
	} else if err := n.Decode(&list); err != nil {
		return err
	}
	*o = list
	return nil
}

// UnmarshalYAML reads the name of a relation, a rule or a list of rules.
func (r *Rules) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode {
		n = &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{n}, Line: n.Line}
	}
	for _, one := range n.Content {
		rule := Rule{Relation: one.Value}
		if one.Kind != yaml.ScalarNode {
			if err := knownKeys(one, "from", "to", "relation", "swap", "values", "with", "assertion", "property"); err != nil {
				return err
			}
			if err := one.Decode(&rule); err != nil {
				return err
			}
		}
		*r = append(*r, rule)
	}
	return nil
}

// UnmarshalYAML reads an assertion, or one for each value.
func (a *Assertions) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		a.Always = n.Value
		return nil
	}
	return n.Decode(&a.By)
}

// UnmarshalYAML reads the kind of an event, or an object that names it.
func (e *EventRule) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		if n.Tag != "!!null" {
			e.Kind = n.Value
		}
		return nil
	}
	if err := knownKeys(n, "kind"); err != nil {
		return err
	}
	type plain EventRule
	return n.Decode((*plain)(e))
}

// knownKeys refuses a key that nothing reads: what reads a part by itself does not refuse it.
func knownKeys(n *yaml.Node, known ...string) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: a rule is an object", n.Line)
	}
	for i := 0; i < len(n.Content); i += 2 {
		if key := n.Content[i]; !slices.Contains(known, key.Value) {
			return fmt.Errorf("line %d: unknown key %q; there are %s", key.Line, schema.Shorten(key.Value), strings.Join(known, ", "))
		}
	}
	return nil
}

// ontology is the one that orbat comes with: its names stand for themselves.
var ontology = sync.OnceValues(schema.Default) //nolint:gochecknoglobals // a constant that Go cannot write as one

// kinds returns a type and those that it is a kind of, from near to far.
func (m *Mapping) kinds(label string) []string {
	kinds := []string{label}
	for parent := m.Parents[label]; parent != "" && !slices.Contains(kinds, parent); parent = m.Parents[parent] {
		kinds = append(kinds, parent)
	}
	return kinds
}

// typeOf returns what a type of mention becomes; false: it is left out.
func (m *Mapping) typeOf(label string) (kind string, carried bool) {
	known, err := ontology()
	for _, kind := range m.kinds(label) {
		if to, mapped := m.Types[kind]; mapped {
			if to == nil {
				return "", false
			}
			return *to, true
		}
		if err == nil && known.Type(kind) != nil {
			return kind, true
		}
	}
	return label, true
}

// eventOf returns which kind of event a type is; false: nothing says that it is one.
func (m *Mapping) eventOf(label string) (kind string, known bool) {
	for _, kind := range m.kinds(label) {
		if rule, mapped := m.Events[kind]; mapped {
			if rule == nil {
				return "", true
			}
			return rule.Kind, true
		}
		if kind == "Event" {
			return "", true
		}
	}
	return strings.ToLower(label), false
}

// ruleOf returns what a relation, or the argument of an event, becomes.
func (m *Mapping) ruleOf(list map[string]Rules, label string, from, to end) Rule {
	for _, kind := range m.kinds(label) {
		rules, mapped := list[kind]
		for _, rule := range rules {
			if m.fits(rule.From, from) && m.fits(rule.To, to) {
				return rule
			}
		}
		if mapped {
			return Rule{Relation: "related_to", Values: map[string]string{"label": label}}
		}
	}
	return Rule{Relation: label}
}

// fits reports whether an end is of one of the types.
func (m *Mapping) fits(types OneOf, e end) bool {
	return len(types) == 0 || slices.ContainsFunc(types, func(t string) bool {
		return t == e.kind() || slices.Contains(m.kinds(e.label()), t)
	})
}

// assertions are what attributes mean that the mapping does not speak of.
var assertions = map[string]string{
	"Negation": "negated", "Negated": "negated", "Negative": "negated",
	"Speculation": "hedged", "Speculative": "hedged", "Hedged": "hedged", "Uncertain": "hedged",
}

// assertionOf says how something is stated that bears attributes; empty: they say nothing of it. What is doubted is not
// thereby negated, though it be a denial that is doubted.
func (m *Mapping) assertionOf(attributes map[string]string) string {
	stated := ""
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		value := attributes[name]
		says := ""
		if a, mapped := m.Attributes[name]; mapped {
			says = cmp.Or(a.By[value], a.Always)
		} else if name == "Assertion" && schema.Assertion(value).Known() {
			says = value
		} else if value == "" {
			says = assertions[name]
		}
		if says != "" && (stated == "" || says == string(schema.Hedged)) {
			stated = says
		}
	}
	return stated
}
