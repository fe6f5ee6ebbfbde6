package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// MarshalYAML returns the whole ontology as one document in the format that [Ontology.Extend] reads: yaml.Marshal(o),
// and back with new(Ontology).Extend(name, data). The database keeps it, so that a later orbat can tell what changed.
func (o *Ontology) MarshalYAML() (any, error) {
	types, relations := object(), object()
	for _, t := range o.Types {
		types.put(t.Name, object().
			text("label", t.Label).text("plural", t.Plural).text("doc", t.Doc).mapsTo(t.MapsTo).
			words("caption", t.Caption).words("featured", t.Featured).
			text("color", t.Color).text("shape", string(t.Shape)).place("legend", t.Legend).
			put("properties", propertiesNode(t.own)))
	}
	for _, r := range o.Relations {
		ends := &yaml.Node{Kind: yaml.SequenceNode}
		for _, e := range r.Ends {
			pair := object().words("from", e.From).words("to", e.To)
			pair.Style = yaml.FlowStyle
			ends.Content = append(ends.Content, &pair.Node)
		}
		node := object().
			text("label", r.Label).text("inverse", r.Inverse).text("doc", r.Doc).
			flag("symmetric", r.Symmetric).flag("same_type", r.SameType).flag("timeless", r.Timeless)
		node.Content = append(node.Content, textNode("ends"), ends)
		relations.put(r.Name, node.put("qualifiers", propertiesNode(r.Qualifiers)).mapsTo(r.MapsTo))
	}
	whole := object().put("properties", propertiesNode(o.Common)).put("types", types).put("relations", relations)
	return &whole.Node, nil
}

func propertiesNode(properties []*Property) *objectNode {
	all := object()
	for _, p := range properties {
		node := object().text("kind", string(p.Kind)).text("label", p.Label).text("doc", p.Doc).text("unit", p.Unit).
			flag("list", p.List).text("winner", string(p.Winner)).words("values", p.Values).words("examples", p.Examples).
			text("pattern", p.Pattern).number("min", p.Min).number("max", p.Max).
			text("low_of", p.LowOf).text("high_of", p.HighOf).flag("describes", p.Describes).
			flag("required", p.Required).flag("indexed", p.Indexed).flag("names", p.Names)
		all.put(p.Name, node)
	}
	return all
}

// objectNode builds a YAML map, leaving out what is empty.
type objectNode struct{ yaml.Node }

func object() *objectNode { return &objectNode{yaml.Node{Kind: yaml.MappingNode}} }

func (n *objectNode) put(name string, value *objectNode) *objectNode {
	if name == "" || (len(value.Content) == 0 && name == "qualifiers") {
		return n
	}
	n.Content = append(n.Content, textNode(name), &value.Node)
	return n
}

func (n *objectNode) text(name, value string) *objectNode {
	if value != "" {
		n.Content = append(n.Content, textNode(name), textNode(value))
	}
	return n
}

func (n *objectNode) flag(name string, value bool) *objectNode {
	if value {
		n.Content = append(n.Content, textNode(name), &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"})
	}
	return n
}

func (n *objectNode) number(name string, value *float64) *objectNode {
	if value != nil {
		n.Content = append(n.Content, textNode(name), &yaml.Node{Kind: yaml.ScalarNode, Value: formatFloat(*value)})
	}
	return n
}

func (n *objectNode) place(name string, value int) *objectNode {
	if value == 0 {
		return n
	}
	f := float64(value)
	return n.number(name, &f)
}

func (n *objectNode) words(name string, values []string) *objectNode {
	if len(values) > 0 {
		list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, v := range values {
			list.Content = append(list.Content, textNode(v))
		}
		n.Content = append(n.Content, textNode(name), list)
	}
	return n
}

func (n *objectNode) mapsTo(models map[string][]string) *objectNode {
	node := object()
	for _, model := range slices.Sorted(maps.Keys(models)) {
		node.words(model, models[model])
	}
	if len(node.Content) > 0 {
		n.put("maps_to", node)
	}
	return n
}

// textNode is a scalar that reads back as text, whatever it looks like (no, 2014, ~).
func textNode(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s} }

// Fingerprint is a hash of all that stored data depends on, in any order: two ontologies of one fingerprint accept,
// store and derive the same. Labels, docs, examples, mappings,
// captions and styles are not part of it.
func (o *Ontology) Fingerprint() string {
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for _, p := range o.Common {
		add("property * %s", p.fingerprint())
	}
	for _, t := range o.Types {
		add("type %s", t.Name)
		for _, p := range t.own {
			add("property %s %s", t.Name, p.fingerprint())
		}
	}
	for _, r := range o.Relations {
		add("relation %s symmetric=%t", r.Name, r.Symmetric)
		for _, from := range o.Types {
			for _, to := range o.Types {
				if r.Fits(from.Name, to.Name) {
					add("ends %s %s %s", r.Name, from.Name, to.Name)
				}
			}
		}
		for _, q := range r.Qualifiers {
			add("qualifier %s %s", r.Name, q.fingerprint())
		}
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}

func (p *Property) fingerprint() string {
	return fmt.Sprintf("%s kind=%s unit=%q list=%t winner=%s values=%q pattern=%q min=%s max=%s required=%t indexed=%t names=%t"+
		" low_of=%s high_of=%s",
		p.Name, p.Kind, p.Unit, p.List, p.Winner, slices.Sorted(slices.Values(p.Values)), p.Pattern,
		boundText(p.Min), boundText(p.Max), p.Required, p.Indexed, p.Names, p.LowOf, p.HighOf)
}

func boundText(bound *float64) string {
	if bound == nil {
		return ""
	}
	return strconv.FormatFloat(*bound, 'g', -1, 64)
}
