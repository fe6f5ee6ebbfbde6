package schema

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// CanonicalText returns a text of a statement (a quote, a locator, a method …) in the one spelling that it is kept and
// compared in: NFC, with lines ended by \n, and no space around it.
func CanonicalText(text string) string {
	if strings.Contains(text, "\r\n") {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	return norm.NFC.String(strings.TrimSpace(text))
}

// Canonicalise brings all that a claim holds to its one spelling, and reports whether anything was spelled otherwise.
// Validation makes claims so; those of format 1 may stand in a graph as they were written.
func (c *Claim) Canonicalise(ontology *Ontology) bool {
	changed := false
	set := func(text *string, canonical string) {
		if *text != canonical {
			*text, changed = canonical, true
		}
	}
	for name, text := range c.Extra {
		canonical, err := CanonicalJSON(text)
		if err != nil { // nothing of ours
			continue
		}
		if to := norm.NFC.String(name); to != name && c.Extra[to] == "" {
			delete(c.Extra, name)
			name, changed = to, true
		}
		set(&text, canonical)
		c.Extra[name] = text
	}
	for _, text := range []*string{&c.Method, &c.Marking, &c.Record, &c.Version} {
		set(text, CanonicalText(*text))
	}
	for i := range c.Cites {
		set(&c.Cites[i].Quote, CanonicalText(c.Cites[i].Quote))
		set(&c.Cites[i].Locator, CanonicalText(c.Cites[i].Locator))
	}
	if c.Decision() { // who decided, when and why
		for name := range c.Values {
			for i := range c.Values[name] {
				set(&c.Values[name][i], CanonicalText(c.Values[name][i]))
			}
		}
	}
	shape := func(property string, text *string) {
		if p := ontology.Property("", property); p != nil && p.Kind == KindGeo {
			if canonical, err := p.Parse(*text); err == nil {
				set(text, canonical)
			}
		}
	}
	for name := range c.Values {
		for i := range c.Values[name] {
			shape(name, &c.Values[name][i])
		}
	}
	if c.Value != "" && c.OwnFact() {
		shape(c.Predicate, &c.Value)
	}
	if changed {
		c.Normalise()
	}
	return changed
}
