package mapping

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

// provenanceMaker returns what a statement says of itself, and the x_ property that keeps the sheet's own grade.
type provenanceMaker func(*scope, rowEntities) (schema.Provenance, map[string]string, *rowError)

// isGiven reports whether the mapping lets a value speak for itself.
func (s *provenance) isGiven() bool {
	return len(s.Source) > 0 || s.Quote != nil || s.Locator != nil || s.Confidence != nil || s.Credibility != nil || s.Period != nil ||
		s.Assertion != nil || s.AttributedTo != nil || s.Method != nil || s.Marking != nil || s.Record != nil ||
		s.Version != nil
}

// provenance compiles what a statement says of itself.
func (b *binder) provenance(of *provenance) provenanceMaker {
	type field struct {
		name  string
		label string
		get   getter
		set   func(*schema.Provenance, string)
	}
	var fields []field
	add := func(name string, v *value, set func(*schema.Provenance, string)) {
		if v != nil {
			fields = append(fields, field{name, b.label(v), b.value(v), set})
		}
	}
	add("credibility", of.Credibility, func(says *schema.Provenance, text string) { says.Credibility = text })
	add("assertion", of.Assertion, func(says *schema.Provenance, text string) { says.Assertion = text })
	add("method", of.Method, func(says *schema.Provenance, text string) { says.Method = text })
	add("marking", of.Marking, func(says *schema.Provenance, text string) { says.Marking = text })
	add("record", of.Record, func(says *schema.Provenance, text string) { says.ID = text })
	add("version", of.Version, func(says *schema.Provenance, text string) { says.Version = text })
	b.checkAssertion(of.Assertion)
	b.checkCredibility(of.Credibility)
	cites, period, grade, attributed := b.cites(of), b.period(of.Period), b.grade(of.Confidence), b.attributed(of.AttributedTo)
	return func(s *scope, m rowEntities) (says schema.Provenance, extra map[string]string, bad *rowError) {
		for _, f := range fields {
			s.trace.begin()
			text, bad := one(f.get, s, f.label)
			if bad != nil {
				return says, nil, bad
			}
			s.trace.tell(f.name, text)
			f.set(&says, text)
		}
		if says.Cites, bad = cites(s, m); bad != nil {
			return says, nil, bad
		}
		s.trace.begin()
		if says.Period, bad = period(s); bad != nil {
			return says, nil, bad
		}
		s.trace.tell("period", says.Period)
		s.trace.begin()
		if says.AttributedTo, bad = attributed(s, m); bad != nil {
			return says, nil, bad
		}
		if says.Confidence, extra, bad = grade(s); bad != nil {
			bad.grade = true
		}
		s.trace.tell("confidence", says.Confidence)
		return says, extra, bad
	}
}

func (b *binder) checkAssertion(v *value) {
	b.refuseConstants(v, func(text string) (reason, hint string) {
		if schema.Assertion(strings.ToLower(strings.TrimSpace(text))).Known() {
			return "", ""
		}
		return "no assertion " + strconv.Quote(text), schema.AssertionsText()
	})
}

// checkVersion sees that a statement which says what version it is says of what: of those with one record id.
func (b *binder) checkVersion(of *provenance) {
	if of.Version != nil && of.Record == nil {
		b.mistake(of.Version.At, "a version of which record?", "give the statement's id in its source under record")
	}
}

func (b *binder) checkCredibility(v *value) {
	b.refuseConstants(v, func(text string) (reason, hint string) {
		if isWhole(text, 1, 6) {
			return "", ""
		}
		return "no Admiralty credibility " + strconv.Quote(text), "a number from 1 (confirmed) to 6 (cannot be judged)"
	})
}

// grade compiles a confidence: the number, and the sheet's own word for it.
func (b *binder) grade(v *value) func(*scope) (string, map[string]string, *rowError) {
	if v == nil {
		return func(*scope) (string, map[string]string, *rowError) { return "", nil, nil }
	}
	rule := b.mapping.Confidence
	get, label := b.value(v), b.label(v)
	if rule == nil || v.Map != nil || v.Column == "" && v.Text != "" {
		b.refuseConstants(v, func(text string) (reason, hint string) {
			if isWhole(text, 0, 100) {
				return "", ""
			}
			return "no confidence " + strconv.Quote(text), "a whole number from 0 to 100"
		})
		return func(s *scope) (string, map[string]string, *rowError) {
			text, bad := one(get, s, label)
			return text, nil, bad
		}
	}
	b.refuseConstants(v, func(text string) (reason, hint string) {
		if _, known := rule.Map[text]; known {
			return "", ""
		}
		return "no confidence of the name " + strconv.Quote(text), "add it to the mapping's map under confidence"
	})
	return func(s *scope) (string, map[string]string, *rowError) {
		word, bad := one(get, s, label)
		if bad != nil || word == "" {
			return "", nil, bad
		}
		grade, known := rule.Map[word]
		if !known {
			return "", nil, &rowError{Fault: schema.Fault{
				Column: label, Value: word, Reason: "no confidence of this name", Hint: "add it to the mapping's map under confidence",
			}}
		}
		if rule.Keep == "" {
			return grade, nil, nil
		}
		return grade, map[string]string{rule.Keep: quoted(word)}, nil
	}
}

// quoted writes a text as the JSON that Extra holds.
func quoted(text string) string { return string(schema.AppendJSONString(nil, text)) }

// cites compiles the sources of a statement with quote and locator.
func (b *binder) cites(of *provenance) func(*scope, rowEntities) ([]schema.Cite, *rowError) {
	var gets []func(*scope, rowEntities) ([]schema.Cite, *rowError)
	for i := range of.Source {
		gets = append(gets, b.source(&of.Source[i].value))
	}
	quote, locator := b.value(of.Quote), b.value(of.Locator)
	return func(s *scope, m rowEntities) ([]schema.Cite, *rowError) {
		var all []schema.Cite
		cited := map[schema.Ref]bool{}
		for _, get := range gets {
			cites, bad := get(s, m)
			if bad != nil {
				return nil, bad
			}
			for _, cite := range cites {
				if !cited[cite.Source] {
					cited[cite.Source] = true
					all = append(all, cite)
				}
			}
		}
		s.trace.begin()
		words, bad := one(quote, s, b.label(of.Quote))
		if bad != nil {
			return nil, bad
		}
		s.trace.tell("quote", words)
		s.trace.begin()
		where, bad := one(locator, s, b.label(of.Locator))
		s.trace.tell("locator", where)
		if bad != nil || words == "" && where == "" {
			return all, bad
		}
		switch len(all) {
		case 0:
			return []schema.Cite{{Quote: words, Locator: where}}, nil
		case 1:
			all[0].Quote, all[0].Locator = words, cmp.Or(where, all[0].Locator)
			return all, nil
		}
		return nil, &rowError{Fault: schema.Fault{
			Column: b.label(cmp.Or(of.Quote, of.Locator)), Value: words + where, Reason: "which of the several sources is quoted?",
			Hint: "quote one source, in a statement of its own",
		}}
	}
}

// source compiles one item of a source key: an entity of the table, or a cell read by the rule for sources.
func (b *binder) source(v *value) func(*scope, rowEntities) ([]schema.Cite, *rowError) {
	if e := b.table.entity(v.Column); e != nil {
		if kinds := b.silent().kinds(e); len(kinds) > 0 && !slices.Contains(kinds, schema.SourceType) {
			b.mistake(v.At, e.Name+" is a "+kinds[0]+", no Source",
				"cite a column, or an entity of type Source; a column of the entity's name is #3, by its number")
		}
		return func(_ *scope, m rowEntities) ([]schema.Cite, *rowError) {
			var cites []schema.Cite
			for _, one := range m[e.Name] {
				cites = append(cites, schema.Cite{Source: one.ref})
			}
			return cites, nil
		}
	}
	rule := cmp.Or(b.mapping.Sources, &sourceRule{})
	cell := *v
	if cell.Split == nil {
		cell.Split = rule.Split
	}
	cell.Blank, cell.Broken = append(cell.Blank, rule.Blank...), append(cell.Broken, rule.Broken...)
	get := b.value(&cell)
	var key identity // nil: the text itself
	if len(rule.Key) > 0 {
		key = b.within().key(rule.Key, schema.SourceType)
	}
	locator, label := b.within().value(rule.Locator), b.label(rule.Locator)
	return func(s *scope, _ rowEntities) ([]schema.Cite, *rowError) {
		s.trace.begin()
		found, bad := get(s)
		if bad != nil {
			return nil, bad
		}
		s.trace.tell("source", found...)
		var cites []schema.Cite
		for _, text := range found {
			item := s.with(text)
			ref := plainSource(text)
			if key != nil {
				if ref, _, bad = key(item); bad != nil {
					return nil, bad
				}
			}
			if ref.IsZero() {
				continue
			}
			where, bad := one(locator, item, label)
			if bad != nil {
				return nil, bad
			}
			cites = append(cites, schema.Cite{Source: ref, Locator: where})
		}
		return cites, nil
	}
}

// plainSource reads a source of which the mapping does not say how to: a URL or xid is one, all else a name.
func plainSource(text string) schema.Ref {
	if _, err := schema.CheckXID(text); err == nil && !strings.Contains(text, ": ") {
		return schema.Ref{XID: text}
	}
	return schema.Ref{Type: schema.SourceType, Name: text}
}

func (b *binder) attributed(to *end) func(*scope, rowEntities) (schema.Ref, *rowError) {
	if to == nil {
		return func(*scope, rowEntities) (schema.Ref, *rowError) { return schema.Ref{}, nil }
	}
	get := b.end(to)
	return func(s *scope, m rowEntities) (schema.Ref, *rowError) {
		found, bad := get.of(s, m)
		switch {
		case bad != nil || len(found) == 0:
			return schema.Ref{}, bad
		case len(found) > 1:
			return schema.Ref{}, &rowError{Fault: schema.Fault{
				Column: "attributed_to", Reason: "several parties are said to say so",
				Hint: "one statement has one; write a relation for each",
			}}
		}
		return found[0].ref, nil
	}
}
