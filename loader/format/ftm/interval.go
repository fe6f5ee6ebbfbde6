package ftm

import (
	"maps"
	"strconv"

	"orbat/loader/format/decode"
	"orbat/schema"
)

// edges makes of an interval a relation between each of its first ends and each of its second ones, as FollowTheMoney's
// own tools do.
func (r *recorder) edges() *decode.ValueError {
	edge := r.kind.Edge
	relation := r.ontology.Relation(edge.relation)
	fromIDs, toIDs := sortedValues(r.values(edge.from)), sortedValues(r.values(edge.to))
	froms, tos := r.refs(edge.from), r.refs(edge.to)
	if err := r.noID(edge.from, edge.to); err != nil {
		return err
	}
	variants := r.qualify(relation)
	if n := len(froms) * len(tos) * len(variants); n > tooMany {
		return tooManyRelations(r.id, n)
	}
	period := r.period(r.kind.Seen)
	var also []schema.Record
	for _, sentence := range r.kind.Also {
		also = append(also, r.further(sentence)...)
	}
	extra := r.extraValues()
	for i, from := range froms {
		for j, to := range tos {
			for _, values := range variants {
				record := schema.Record{
					Kind: schema.RelationRecord, Subject: from, Predicate: edge.relation, Object: to, Values: values,
					Extra:      maps.Clone(extra),
					Provenance: r.says(),
				}
				record.Period = period
				if relation != nil && relation.Symmetric { // which was which: of two relatives one is the mother
					record.Extra["x_"+edge.from] = keptText(fromIDs[i : i+1])
					record.Extra["x_"+edge.to] = keptText(toIDs[j : j+1])
				}
				r.put(record)
			}
		}
	}
	for _, record := range also {
		r.put(record)
	}
	return nil
}

// noID says which of the ends is no id.
func (r *recorder) noID(ends ...string) *decode.ValueError {
	for _, end := range ends {
		if left := r.left[end]; len(left) > 0 {
			return decode.At(0, schema.Fault{Column: end, Value: left[0], Reason: "no id", Hint: "an id is shorter than 1 KiB"})
		}
	}
	return nil
}

// further makes the relations between an end of an edge and what else it names.
func (r *recorder) further(sentence sentence) []schema.Record {
	var records []schema.Record
	tos := r.refs(sentence.to)
	for _, value := range sortedValues(r.values(sentence.from)) {
		for _, to := range tos {
			if from := r.refer(value); !from.IsZero() {
				records = append(records, r.relation(sentence, from, to))
			}
		}
	}
	return records
}

// qualify returns the qualifiers of an edge, once for each value of the first qualifier that has several.
func (r *recorder) qualify(relation *schema.Relation) []map[string][]schema.Value {
	plain := map[string][]schema.Value{}
	if label := r.kind.Edge.label; label != "" {
		plain["label"] = []schema.Value{{Text: label}}
	}
	for qualifier, value := range r.kind.Default {
		plain[qualifier] = []schema.Value{{Text: value}}
	}
	several, values := "", []string(nil)
	for _, name := range sortedKeys(r.kind.Qualifiers) {
		property := r.kind.Qualifiers[name]
		var good, bad []string
		for _, value := range sortedValues(r.values(property)) {
			if q := relation.Qualifier(name); q != nil && len(value) <= schema.MaxIndexed && parses(q, value) {
				good = append(good, value)
			} else {
				bad = append(bad, value)
			}
		}
		switch {
		case len(good) == 1:
			plain[name] = []schema.Value{{Text: good[0]}}
		case len(good) > 1 && several == "":
			several, values = name, good
		default:
			continue
		}
		r.rest(property, bad)
	}
	if several == "" {
		return []map[string][]schema.Value{plain}
	}
	var variants []map[string][]schema.Value
	for _, value := range values {
		variant := maps.Clone(plain)
		variant[several] = []schema.Value{{Text: value}}
		variants = append(variants, variant)
	}
	return variants
}

func parses(p *schema.Property, value string) bool {
	_, err := p.Parse(value)
	return err == nil
}

// valueOf makes of an interval a value of the thing that it is about: a passport's number, the list that a sanction
// puts one on.
func (r *recorder) valueOf(hint string) *decode.ValueError {
	spec := r.kind.Value
	if len(r.values(spec.Of)) == 0 {
		return r.lacks(spec.Of, hint)
	}
	subjects := r.refs(spec.Of)
	if err := r.noID(spec.Of); err != nil {
		return err
	}
	period := r.period(r.kind.Seen)
	texts := r.valueTexts(spec)
	if len(texts) == 0 {
		return r.unfit(spec, hint)
	}
	if n := len(subjects) * len(texts); n > tooMany {
		return tooManyRelations(r.id, n)
	}
	extra := r.extraValues()
	for _, subject := range subjects {
		for _, text := range texts {
			record := schema.Record{
				Kind: schema.ValueRecord, Subject: subject, Predicate: spec.Property, Value: text, Extra: extra, Provenance: r.says(),
			}
			record.Period = period
			r.put(record)
		}
	}
	return nil
}

// valueTexts returns the values: those of the first property that holds any, after the prefix.
func (r *recorder) valueTexts(spec *valueRule) []string {
	before := ""
	if spec.Scheme != "" {
		before = r.scheme(spec.Scheme, []string{"country"}) + ":"
	}
	prefix := r.values(spec.Prefix)
	if len(prefix) == 1 {
		before += prefix[0] + ": "
	}
	for _, property := range spec.From {
		var texts, bad []string
		for _, value := range sortedValues(r.values(property)) {
			if text := before + value; r.takes("", spec.Property, text) {
				texts = append(texts, text)
			} else {
				bad = append(bad, value)
			}
		}
		if len(texts) > 0 {
			r.rest(property, bad)
			if len(prefix) == 1 {
				r.rest(spec.Prefix, nil)
			}
			return texts
		}
	}
	if len(prefix) > 0 && r.takes("", spec.Property, prefix[0]) {
		return prefix[:1]
	}
	if spec.Else != "" {
		return []string{spec.Else}
	}
	return nil
}

// unfit says why an interval gives its thing no value: there is none, or the ontology does not take it.
func (r *recorder) unfit(spec *valueRule, hint string) *decode.ValueError {
	for _, from := range spec.From {
		for _, value := range r.values(from) {
			text := value
			if spec.Scheme != "" {
				text = r.scheme(spec.Scheme, []string{"country"}) + ":" + value
			}
			if property := r.ontology.Property("", spec.Property); property != nil {
				if _, err := property.Parse(text); err != nil {
					fault := schema.FaultOf(err)
					fault.Column, fault.Value, fault.Reason = from, value, strconv.Quote(schema.Shorten(text))+" "+fault.Reason
					return decode.At(0, fault)
				}
			}
		}
	}
	return r.lacks(spec.From[0], hint)
}

// about makes of an interval that names but one thing a property of that thing, which says all that the interval says.
func (r *recorder) about() *decode.ValueError {
	spec := r.kind.About
	subjects := r.refs(spec.Of)
	if err := r.noID(spec.Of); err != nil {
		return err
	}
	extra := r.extraValues()
	all := decode.Node{Kind: decode.Object, Members: []decode.Member{{Key: "id", Value: decode.Node{Kind: decode.Text, Text: r.id}}}}
	for _, key := range sortedKeys(extra) {
		all.Members = append(all.Members, decode.Member{Key: key[len("x_"):], Value: decode.Node{Kind: decode.Literal, Text: extra[key]}})
	}
	kept := map[string]string{spec.As: string(all.AppendCompact(nil, false))}
	for _, subject := range subjects {
		subject.Type = spec.Type
		r.put(schema.Record{Kind: schema.EntityRecord, Subject: subject, Extra: kept, Provenance: r.says()})
	}
	return nil
}
