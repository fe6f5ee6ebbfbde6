package schema

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The readers of YAML nodes: each takes one shape and reports anything else with its position.

// fields are the members that an object may have, each with what reads it.
type fields map[string]func(*yaml.Node)

func (d *draft) object(n *yaml.Node, what string, known fields) {
	d.entries(n, what, func(key, value *yaml.Node) {
		read := known[key.Value]
		if read == nil {
			d.fail(key, oneOf(key.Value, slices.Sorted(maps.Keys(known))), "%s has no %q", what, Shorten(key.Value))
			return
		}
		read(value)
	})
}

// entries calls read for every member of a map, in order. Nothing after the colon is an empty map.
func (d *draft) entries(n *yaml.Node, what string, read func(key, value *yaml.Node)) {
	if isNull(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.fail(n, "write name: value, one a line, indented", "%s must be a map, not %s", what, describe(n))
		return
	}
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			d.fail(key, "write a plain name", "a name must not be %s", describe(key))
			continue
		}
		if first := seen[key.Value]; first != nil {
			d.fail(key, "join the two", "%q stands here twice, first at line %d", Shorten(key.Value), first.Line)
			continue
		}
		seen[key.Value] = key
		read(key, value)
	}
}

func (d *draft) items(n *yaml.Node, what string) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		d.fail(n, "write [a, b]", "%s must be a list, not %s", what, describe(n))
		return nil
	}
	return n.Content
}

// line reads one text; line breaks within become spaces, so that long docs may be folded.
func (d *draft) line(into *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.ScalarNode || isNull(n) {
			d.fail(n, "write one text", "this must be a text, not %s", describe(n))
			return
		}
		s, bad := cleanText(strings.Join(strings.Fields(n.Value), " "), false)
		if bad != nil {
			d.fail(n, bad.hint, "this text %s", bad.reason)
			return
		}
		*into = s
	}
}

// words reads a list of texts, replacing what was there.
func (d *draft) words(into *[]string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		*into = nil
		for _, item := range d.items(n, "this") {
			var s string
			if d.line(&s)(item); s == "" {
				continue // reported
			}
			if slices.Contains(*into, s) {
				d.fail(item, "leave one out", "%q stands in the list twice", Shorten(s))
				continue
			}
			*into = append(*into, s)
		}
	}
}

func (d *draft) boolean(into *bool) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind != yaml.ScalarNode || (n.Value != "true" && n.Value != "false") {
			d.fail(n, "write true or false", "this must be true or false, not %s", describe(n))
			return
		}
		*into = n.Value == "true"
	}
}

func (d *draft) number(into **float64) func(*yaml.Node) {
	return func(n *yaml.Node) {
		f, err := strconv.ParseFloat(n.Value, 64)
		if n.Kind != yaml.ScalarNode || err != nil || math.IsNaN(f) || math.IsInf(f, 0) || !floatText.MatchString(n.Value) {
			d.fail(n, "write a number", "this must be a number, not %s", describe(n))
			return
		}
		*into = &f
	}
}

// mapsTo reads model: [names] and lays it over what was there.
func (d *draft) mapsTo(into *map[string][]string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		d.entries(n, "maps_to", func(key, value *yaml.Node) {
			var model string
			var names []string
			d.line(&model)(key)
			d.words(&names)(value)
			if model == "" || len(names) == 0 {
				return
			}
			if *into == nil {
				*into = map[string][]string{}
			}
			(*into)[model] = names
		})
	}
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias (*" + Shorten(n.Value) + ")"
	}
	if isNull(n) {
		return "nothing"
	}
	return strconv.Quote(Shorten(n.Value))
}
