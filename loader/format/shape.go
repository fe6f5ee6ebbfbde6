package format

import (
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

// sourceType is the entity type of documents; inline sources are of it.
const sourceType = "Source"

// found is one record as found in a file.
type found struct {
	node   node
	pos    schema.Position
	raw    []byte                         // as it stands in the file, of any length; only lent
	locate func(at place) schema.Position // nil: pos is all that is known
}

// reject makes the error of a fault in the record.
func (f *found) reject(err *fault) *BadRecord {
	pos := f.pos
	if f.locate != nil && err.at != 0 {
		pos = f.locate(err.at)
	}
	return &BadRecord{Fault: schema.Fault{Pos: pos, Column: err.column, Value: err.value, Reason: err.reason, Hint: err.hint}, Raw: keepRaw(f.raw)}
}

// shaper makes records of what one file holds.
type shaper struct {
	dataset   string        // the file's own; empty: it names none
	defaults  []schema.Cite // the file's sources, for records that name none
	described map[string]bool
}

// records makes the record of one object, preceded by the sources that it describes. Kind is what it must be; anyKind: its
// keys tell.
func (s *shaper) records(f *found, kind schema.RecordKind) ([]*schema.Record, *BadRecord) {
	b := builder{shaper: s, found: f}
	record, err := b.record(kind)
	if err != nil {
		return nil, f.reject(err)
	}
	return append(b.fresh(record.Dataset), record), nil
}

// source makes the records of one description of a source.
func (s *shaper) source(f *found) ([]*schema.Record, *BadRecord) {
	b := builder{shaper: s, found: f}
	if f.node.kind != object {
		return nil, f.reject(&fault{reason: "a source is an object, not " + f.node.what(), value: f.node.show(), hint: `write {title: …, url: …}`})
	}
	cite, record, err := b.describe(&f.node)
	if err == nil && cite != (schema.Cite{Source: cite.Source}) {
		err = &fault{
			reason: "a list of sources describes documents; quote and locator belong to the records that cite them",
			hint:   "move quote, locator, begin and end to the record",
		}
	}
	if err == nil && record == nil && cite.Source.Type == "" { // it only refers
		err = &fault{reason: "the source is not described", value: f.node.show(), hint: "give it a name or title"}
	}
	if err != nil {
		return nil, f.reject(err)
	}
	if record == nil {
		record = b.sourceRecord(&f.node)
		record.Subject = cite.Source
		if name := cite.Source.Name; name != "" {
			record.Values = map[string][]schema.Value{"name": {{Text: name}}}
		}
	}
	record.Dataset = s.dataset
	return []*schema.Record{record}, nil
}

// anyKind lets a record's keys tell its kind.
const anyKind schema.RecordKind = -1

// builder makes one record.
type builder struct {
	*shaper
	found     *found
	described []*schema.Record // sources described within the record
	owns      []ownSays
}

// ownSays is what a value says of its own, until the record's sources are known.
type ownSays struct {
	key   string
	says  *schema.Provenance
	cites citing
}

// kindOf tells a record's kind by its keys.
func kindOf(n *node) (schema.RecordKind, bool) {
	switch {
	case n.get("decision") != nil:
		return schema.DecisionRecord, true
	case n.get("relation") != nil:
		return schema.RelationRecord, true
	case n.get("property") != nil:
		return schema.ValueRecord, true
	case n.get("type") != nil:
		return schema.EntityRecord, true
	}
	return anyKind, false
}

func (b *builder) record(want schema.RecordKind) (*schema.Record, *fault) {
	n := &b.found.node
	if n.kind != object {
		return nil, &fault{at: n.at, value: n.show(), reason: "a record is an object, not " + n.what(), hint: `write keys and values, as in {"type": "Person", "name": "…"}`}
	}
	kind, ok := kindOf(n)
	switch {
	case !ok && want == anyKind:
		return nil, &fault{
			value: n.keys(), reason: "none of the keys type, relation, property and decision says what the record is",
			hint: "an entity has type, a relation has relation, from and to, a value has property, of and value, a decision has decision",
		}
	case !ok:
		return nil, &fault{value: n.keys(), column: kindKey(want), reason: "missing", hint: needs(want)}
	case want != anyKind && kind != want:
		return nil, &fault{
			value: n.get(kindKey(kind)).show(), column: kindKey(kind), reason: "stands in the list of " + section(want),
			hint: "move the record to the list " + section(kind),
		}
	}
	record := &schema.Record{Pos: b.found.pos, Raw: keepRaw(b.found.raw), Kind: kind}
	var cites citing
	for i := range n.members {
		m := &n.members[i]
		if m.value.isAbsent() {
			continue
		}
		if err := b.member(record, m, &cites); err != nil {
			if err.at == 0 {
				err.at = m.at
			}
			return nil, err
		}
	}
	if err := b.complete(record); err != nil {
		return nil, err
	}
	if err := b.inherit(record); err != nil {
		return nil, err
	}
	inherited := b.defaults
	if kind == schema.DecisionRecord {
		inherited = nil // the analyst decides, not the document
	}
	var err *fault
	if record.Cites, err = cites.resolve(inherited); err != nil {
		return nil, err
	}
	return record, b.settle(record, 0)
}

// inherit sets the data set that the record takes from its file.
func (b *builder) inherit(record *schema.Record) *fault {
	switch {
	case record.Dataset == "":
		record.Dataset = b.dataset
	case b.dataset != "" && record.Dataset != b.dataset && (record.Kind != schema.DecisionRecord || record.Dataset != schema.DecisionsDataset):
		return &fault{
			column: "dataset", value: record.Dataset, reason: "the file is of data set " + b.dataset,
			hint: "leave dataset out of the record, or put the record in a file of its own",
		}
	}
	return nil
}

// settle resolves the sources of the values from a given one on that have their own.
func (b *builder) settle(record *schema.Record, from int) *fault {
	inherited := make([]schema.Cite, len(record.Cites))
	for i, cite := range record.Cites {
		inherited[i] = schema.Cite{Source: cite.Source} // the value's quote is not the record's
	}
	owns := b.owns[from:]
	b.owns = b.owns[:from]
	for _, own := range owns {
		if !own.cites.saysAnything() {
			continue
		}
		var err *fault
		if own.says.Cites, err = own.cites.resolve(inherited); err != nil {
			return err.within(own.key)
		}
	}
	return nil
}

// member takes one key of a record.
func (b *builder) member(record *schema.Record, m *member, cites *citing) *fault {
	var err *fault
	n := &m.value
	if m.key == "dataset" {
		record.Dataset, err = scalar(n)
		return named(err, m.key)
	}
	if done, err := b.says(&record.Provenance, m, cites, record.Kind != schema.EntityRecord); done {
		return named(err, m.key)
	}
	switch record.Kind {
	case schema.EntityRecord:
		switch m.key {
		case "type":
			record.Subject.Type, err = scalar(n)
		case "id":
			record.Subject.ID, err = localID(n)
		case "xid":
			record.Subject.XID, err = scalar(n)
		default:
			return b.property(record, m)
		}
	case schema.RelationRecord:
		switch m.key {
		case "relation":
			record.Predicate, err = scalar(n)
		case "from":
			record.Subject, err = reference(n)
		case "to":
			record.Object, err = reference(n)
		default:
			return b.property(record, m)
		}
	case schema.ValueRecord:
		switch {
		case m.key == "property":
			record.Predicate, err = scalar(n)
		case m.key == "of":
			record.Subject, err = reference(n)
		case m.key == "value":
			record.Value, err = valueText(n)
		case strings.HasPrefix(m.key, "x_"):
			return b.property(record, m)
		default:
			err = &fault{value: n.show(), reason: "a value has no such key", hint: "its keys are property, of, value and what is said of the statement (source, period, confidence …)"}
		}
	case schema.DecisionRecord:
		switch m.key {
		case "decision":
			record.Predicate, err = scalar(n)
		case "between":
			record.Subject, record.Object, err = pair(n)
		case "claim":
			record.Value, err = scalar(n)
		default:
			return b.property(record, m)
		}
	}
	return named(err, m.key)
}

// named puts a fault, if any, under its key.
func named(err *fault, key string) *fault {
	if err == nil {
		return nil
	}
	return err.within(key)
}

// says takes a key of what a record or value says about its own statement, and reports whether it is one.
func (b *builder) says(says *schema.Provenance, m *member, cites *citing, marking bool) (bool, *fault) {
	var err *fault
	n := &m.value
	switch m.key {
	case "period":
		says.Period, err = scalar(n)
	case "assertion":
		says.Assertion, err = scalar(n)
	case "attributed_to":
		says.AttributedTo, err = reference(n)
	case "confidence":
		says.Confidence, err = scalar(n)
	case "credibility":
		says.Credibility, err = scalar(n)
	case "method":
		says.Method, err = scalar(n)
	case "record":
		says.ID, err = scalar(n)
	case "marking":
		if !marking {
			return false, nil
		}
		says.Marking, err = scalar(n)
	case "source", "sources":
		err = b.sources(n, cites)
	case "quote", "locator", "begin", "end":
		err = cites.detail(m.key, n)
	default:
		return false, nil
	}
	return true, err
}

// property takes a property of an entity, or a qualifier.
func (b *builder) property(record *schema.Record, m *member) *fault {
	if strings.HasPrefix(m.key, "x_") {
		if record.Extra == nil {
			record.Extra = make(map[string]string)
		}
		record.Extra[m.key] = string(m.value.appendCompact(nil, false))
		return nil
	}
	single := [1]node{m.value}
	values := single[:]
	if m.value.kind == list {
		values = m.value.items
	}
	for i := range values {
		if values[i].isAbsent() {
			continue
		}
		value, err := b.value(m.key, &values[i])
		if err != nil {
			return err.within(m.key)
		}
		if record.Values == nil {
			record.Values = make(map[string][]schema.Value)
		}
		record.Values[m.key] = append(record.Values[m.key], value)
	}
	return nil
}

// value takes one value: a text, GeoJSON, or an object with a value and what is said of it.
func (b *builder) value(key string, n *node) (schema.Value, *fault) {
	inner := n.get("value")
	if n.kind != object || inner == nil {
		s, err := valueText(n)
		return schema.Value{Text: s}, err
	}
	value := schema.Value{Own: &schema.Provenance{}}
	own := ownSays{key: key, says: value.Own}
	for i := range n.members {
		m := &n.members[i]
		if m.value.isAbsent() {
			continue
		}
		var err *fault
		if m.key == "value" {
			value.Text, err = valueText(&m.value)
		} else {
			var done bool
			if done, err = b.says(value.Own, m, &own.cites, true); !done {
				err = &fault{
					value: m.value.show(), reason: "a value has no such key",
					hint: "beside value: source, sources, quote, locator, begin, end, period, confidence, credibility, assertion, attributed_to, method, marking, record",
				}
			}
		}
		if err != nil {
			if err.at == 0 {
				err.at = m.at
			}
			return value, err.within(m.key)
		}
	}
	b.owns = append(b.owns, own)
	if value.Own.IsZero() && !own.cites.saysAnything() {
		b.owns = b.owns[:len(b.owns)-1]
		value.Own = nil
	}
	return value, nil
}

// valueText takes a scalar, or GeoJSON as compact JSON.
func valueText(n *node) (string, *fault) {
	if n.kind == object && n.get("type") != nil && (n.get("coordinates") != nil || n.get("geometries") != nil) {
		return string(n.appendCompact(nil, true)), nil
	}
	if n.kind == object {
		return "", &fault{
			at: n.at, value: n.show(), reason: "an object without the key value",
			hint: `a value with a source of its own is {"value": …, "source": …}; GeoJSON has type and coordinates`,
		}
	}
	return scalar(n)
}

// scalar takes one text.
func scalar(n *node) (string, *fault) {
	if !n.isScalar() {
		return "", &fault{at: n.at, value: n.show(), reason: "one text is needed, not " + n.what(), hint: "write a single text"}
	}
	return n.text, nil
}

// complete checks that the record has what its kind needs.
func (b *builder) complete(record *schema.Record) *fault {
	missing := func(key string) *fault {
		return &fault{column: key, reason: "missing", hint: needs(record.Kind)}
	}
	switch record.Kind {
	case schema.EntityRecord:
		if record.Subject.ID == "" && record.Subject.XID == "" {
			names := record.Values["name"]
			if len(names) == 0 {
				return missing("name")
			}
			record.Subject.Name = names[0].Text
		}
	case schema.RelationRecord:
		if record.Subject.IsZero() {
			return missing("from")
		}
		if record.Object.IsZero() {
			return missing("to")
		}
	case schema.ValueRecord:
		if record.Subject.IsZero() {
			return missing("of")
		}
		if record.Value == "" {
			return missing("value")
		}
	case schema.DecisionRecord:
		return b.completeDecision(record, missing)
	}
	return nil
}

func (b *builder) completeDecision(record *schema.Record, missing func(string) *fault) *fault {
	pairwise := []string{schema.Same, schema.Different, schema.Unsure}
	switch {
	case record.Predicate == schema.Reject && record.Value == "":
		return missing("claim")
	case record.Predicate == schema.Reject && !record.Subject.IsZero():
		return &fault{column: "between", reason: "a rejection is of one claim", hint: "give claim alone"}
	case record.Predicate == schema.Reject:
		return nil
	case !slices.Contains(pairwise, record.Predicate):
		return &fault{column: "decision", value: record.Predicate, reason: "no such decision", hint: "decide same, different, unsure or reject"}
	case record.Subject.IsZero() || record.Object.IsZero():
		return missing("between")
	case record.Value != "":
		return &fault{column: "claim", value: record.Value, reason: record.Predicate + " is between two entities", hint: "give between alone"}
	}
	return nil
}

// needs says what a kind of record must have.
func needs(kind schema.RecordKind) string {
	switch kind {
	case schema.EntityRecord:
		return "an entity needs type and one of xid, id and name"
	case schema.RelationRecord:
		return "a relation needs relation, from and to"
	case schema.ValueRecord:
		return "a value needs property, of and value"
	default:
		return "a decision needs decision (same, different, unsure) and between (two references), or reject and claim"
	}
}

// section names the list of a case file that holds a kind of record.
func section(kind schema.RecordKind) string {
	return [...]string{"entities", "relations", "values", "decisions"}[kind]
}

// kindKey is the key that tells a kind of record.
func kindKey(kind schema.RecordKind) string {
	return [...]string{"type", "relation", "property", "decision"}[kind]
}

// fresh gives the described sources that this file has not described before in the same words, and remembers them: a
// spreadsheet repeats its source on every row.
func (b *builder) fresh(dataset string) []*schema.Record {
	var fresh []*schema.Record
	for _, record := range b.described {
		record.Dataset = dataset
		key, plain := fingerprint(record)
		if plain && b.shaper.described[key] {
			continue
		}
		if b.shaper.described == nil || len(b.shaper.described) >= maxDescribed {
			b.shaper.described = make(map[string]bool)
		}
		b.shaper.described[key] = plain
		fresh = append(fresh, record)
	}
	return fresh
}

// fingerprint gives all that a description says; false where values speak for themselves.
func fingerprint(record *schema.Record) (string, bool) {
	var key strings.Builder
	say := func(s string) { key.WriteString(strconv.Itoa(len(s)) + ":" + s) }
	for _, s := range []string{record.Dataset, record.Subject.XID, record.Subject.ID, record.Subject.Type, record.Subject.Name} {
		say(s)
	}
	for _, name := range sortedKeys(record.Values) {
		say(name)
		for _, value := range record.Values[name] {
			if value.Own != nil {
				return "", false
			}
			say(value.Text)
		}
		key.WriteByte(';')
	}
	for _, name := range sortedKeys(record.Extra) {
		say(name)
		say(record.Extra[name])
	}
	return key.String(), true
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
