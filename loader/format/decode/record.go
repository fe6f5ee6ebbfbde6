// Package decode makes records of what files hold, so that a key means the same in every format.
//
// A reader brings what it reads into a [Node], with the position and the bytes it stands in a [RawRecord], and has a
// [RecordDecoder] make [schema.Record]s of it; what is wrong with a value is a [ValueError], of which RawRecord.Reject
// makes the error of the record. [ReadJSON] reads files of JSON value by value, [DelimitedRows] texts by row.
// [Sequence] is for readers of other things.
package decode

import (
	"crypto/sha256"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

// RecordDecoder makes records of what one file holds.
type RecordDecoder struct {
	dataset   string        // the file's own; empty: it names none
	defaults  []schema.Cite // the file's sources, for records that name none
	described map[[32]byte]bool
}

// Records makes the record of one object, preceded by the sources that it describes. Kind is what it must be; AnyKind:
// its keys tell.
func (s *RecordDecoder) Records(f *RawRecord, kind schema.RecordKind) ([]*schema.Record, *schema.RecordError) {
	b := builder{RecordDecoder: s, raw: f}
	record, err := b.record(kind)
	if err != nil {
		bad := f.Reject(err)
		bad.Partial = record
		return nil, bad
	}
	return append(b.Fresh(b.described, record.Dataset), record), nil
}

// Source makes the records of one description of a source.
func (s *RecordDecoder) Source(f *RawRecord) ([]*schema.Record, *schema.RecordError) {
	b := builder{RecordDecoder: s, raw: f}
	if f.Node.Kind != Object {
		return nil, f.Reject(f.Node.Wrong("a source is an object, not "+f.Node.What(), "write {title: …, url: …}"))
	}
	cite, record, err := b.describe(&f.Node)
	if err == nil && cite != (schema.Cite{Source: cite.Source}) {
		err = At(0, schema.Fault{
			Reason: "a list of sources describes documents; quote and locator belong to the records that cite them",
			Hint:   "move quote, locator, begin and end to the record",
		})
	}
	if err == nil && record == nil && cite.Source.Type == "" { // it only refers
		err = f.Node.Wrong("the source is not described", "give it a name or title")
	}
	if err != nil {
		return nil, f.Reject(err)
	}
	if record == nil {
		record = b.sourceRecord(&f.Node)
		record.Subject = cite.Source
		if name := cite.Source.Name; name != "" {
			record.Values = map[string][]schema.Value{"name": {{Text: name}}}
		}
	}
	record.Dataset = s.dataset
	return []*schema.Record{record}, nil
}

// Header takes what holds for the whole file, its data set or source, and returns the records of described sources.
func (s *RecordDecoder) Header(key string, f *RawRecord) ([]*schema.Record, *ValueError) {
	if f.Node.IsAbsent() {
		return nil, nil
	}
	if key == "dataset" {
		name, err := Scalar(&f.Node)
		if err != nil {
			return nil, err.Within(key)
		}
		if wrong := schema.CheckDataset(name); wrong != nil {
			return nil, At(f.Node.At, schema.Fault{Column: key, Reason: wrong.Error()})
		}
		s.dataset = name
		return nil, nil
	}
	b := builder{RecordDecoder: s, raw: f}
	var cites citations
	if err := b.sources(&f.Node, &cites); err != nil {
		return nil, err.Within(key)
	}
	if cites.isGiven() {
		s.defaults = cites.cites
	}
	return b.Fresh(b.described, s.dataset), nil
}

// maxDescribed is how many inline descriptions of sources are remembered, so as not to repeat them.
const maxDescribed = 4096

// AnyKind lets a record's keys tell its kind.
const AnyKind schema.RecordKind = -1

// builder makes one record.
type builder struct {
	*RecordDecoder
	raw       *RawRecord
	described []*schema.Record // sources described within the record
	size      int              // of those
	owns      []ownProvenance
	badName   *ValueError // why its name is left out
}

// ownProvenance is what a value says of its own, until the record's sources are known.
type ownProvenance struct {
	key        string
	provenance *schema.Provenance
	cites      citations
}

// kindOf tells a record's kind by its keys.
func kindOf(n *Node) (schema.RecordKind, bool) {
	for _, kind := range []schema.RecordKind{schema.DecisionRecord, schema.RelationRecord, schema.ValueRecord, schema.EntityRecord} {
		if n.Get(kindKey(kind)) != nil {
			return kind, true
		}
	}
	return AnyKind, false
}

// ownGrade are the keys of an entity that cost only themselves where they are bad: its grades, and a period, which it
// has none of.
var ownGrade = map[string]bool{"confidence": true, "credibility": true, "method": true, "period": true}

// record makes the record. With an error it returns what could be read of it; nil where not even its kind could.
func (b *builder) record(want schema.RecordKind) (*schema.Record, *ValueError) {
	n := &b.raw.Node
	if n.Kind != Object {
		return nil, n.Wrong("a record is an object, not "+n.What(), `write keys and values, as in {"type": "Person", "name": "…"}`)
	}
	kind, ok := kindOf(n)
	switch {
	case !ok && want == AnyKind && n.Get(kindKey(schema.TextRecord)) != nil:
		return b.text(n)
	case !ok && want == AnyKind:
		return nil, At(0, schema.Fault{
			Value: n.Keys(), Reason: "none of the keys type, relation, property and decision says what the record is",
			Hint: "an entity has type, a relation has relation, from and to, a value has property, of and value, a decision has decision",
		})
	case !ok:
		return nil, Missing(kindKey(want), n.Keys(), needs(want))
	case want != AnyKind && kind != want:
		return nil, At(0, schema.Fault{
			Column: kindKey(kind), Value: n.Get(kindKey(kind)).Show(), Reason: "stands in the list of " + section(want),
			Hint: "move the record to the list " + section(kind),
		})
	}
	record := &schema.Record{Pos: b.raw.Pos, Raw: b.raw.Kept(), Kind: kind}
	var cites citations
	var wrong *ValueError
	for m := range n.Said() { // all of them: whom the record is about is told though another key is wrong
		err := b.member(record, m, &cites)
		switch {
		case err == nil:
		case kind == schema.EntityRecord && ownGrade[m.Key]:
			b.leaveOut(record, m.Key, err.Or(m.At))
		case wrong == nil:
			wrong = err.Or(m.At)
		}
	}
	if wrong != nil {
		return record, wrong
	}
	if err := b.complete(record); err != nil {
		return record, err
	}
	if err := b.inherit(record); err != nil {
		return record, err
	}
	inherited := b.defaults
	if kind == schema.DecisionRecord {
		inherited = nil // the analyst decides, not the document
	}
	var err *ValueError
	if record.Cites, err = cites.resolve(inherited); err != nil {
		return record, err
	}
	return record, b.resolveSources(record, 0)
}

// inherit sets the data set that the record takes from its file.
func (b *builder) inherit(record *schema.Record) *ValueError {
	switch {
	case record.Dataset == "":
		record.Dataset = b.dataset
	case b.dataset != "" && record.Dataset != b.dataset && (record.Kind != schema.DecisionRecord ||
		record.Dataset != schema.DecisionsDataset):
		return At(0, schema.Fault{
			Column: "dataset", Value: record.Dataset, Reason: "the file is of data set " + b.dataset,
			Hint: "leave dataset out of the record, or put the record in a file of its own",
		})
	}
	return nil
}

// resolveSources resolves the sources of the values from a given one on that have their own.
func (b *builder) resolveSources(record *schema.Record, from int) *ValueError {
	if len(b.owns) == from {
		return nil
	}
	inherited := make([]schema.Cite, len(record.Cites))
	for i, cite := range record.Cites {
		inherited[i] = schema.Cite{Source: cite.Source} // the value's quote is not the record's
	}
	owns := b.owns[from:]
	b.owns = b.owns[:from]
	for _, own := range owns {
		if !own.cites.isGiven() {
			continue
		}
		var err *ValueError
		if own.provenance.Cites, err = own.cites.resolve(inherited); err != nil {
			return err.Within(own.key)
		}
	}
	return nil
}

// member takes one key of a record.
func (b *builder) member(record *schema.Record, m *Member, cites *citations) *ValueError {
	var err *ValueError
	n := &m.Value
	if m.Key == "dataset" {
		record.Dataset, err = Scalar(n)
		return err.Within(m.Key)
	}
	if done, err := b.provenance(&record.Provenance, m, cites, record.Kind != schema.EntityRecord); done {
		return err.Within(m.Key)
	}
	isEntity, isRelation := record.Kind == schema.EntityRecord, record.Kind == schema.RelationRecord
	isValue, isDecision := record.Kind == schema.ValueRecord, record.Kind == schema.DecisionRecord
	switch key := m.Key; {
	case isEntity && key == "type":
		record.Subject.Type, err = Scalar(n)
	case isEntity && key == "id":
		record.Subject.ID, err = localID(n)
	case isEntity && key == "xid":
		record.Subject.XID, err = Scalar(n)
	case key == kindKey(record.Kind):
		record.Predicate, err = Scalar(n)
	case isRelation && key == "from", isValue && key == "of":
		record.Subject, err = reference(n)
	case isRelation && key == "to":
		record.Object, err = reference(n)
	case isValue && key == "value":
		record.Value, err = valueText(n)
	case isDecision && key == "between":
		record.Subject, record.Object, err = pair(n)
	case isDecision && key == "claim":
		record.Value, err = Scalar(n)
	case isValue && !strings.HasPrefix(key, "x_"):
		err = At(0, schema.Fault{
			Value: n.Show(), Reason: "a value has no such key",
			Hint: "its keys are property, of, value and what is said of the statement (source, period, confidence …)",
		})
	case isEntity:
		b.values(record, m)
	default:
		return b.property(record, m)
	}
	return err.Within(m.Key)
}

// values takes the values of a property of an entity. What is wrong with one costs that one (law 15).
func (b *builder) values(record *schema.Record, m *Member) {
	if m.Value.Kind == Faulty || !strings.HasPrefix(m.Key, "x_") {
		for n := range m.Value.All() {
			described, size, owns := len(b.described), b.size, len(b.owns)
			if err := b.put(record, m.Key, n); err != nil {
				b.described, b.size, b.owns = b.described[:described], size, b.owns[:owns]
				b.leaveOut(record, m.Key, err.Or(m.At))
				if m.Key == "name" && b.badName == nil {
					b.badName = err
				}
			}
		}
		return
	}
	_ = b.property(record, m) // what the ontology does not know takes anything
}

// leaveOut notes that a value of a record is left out.
func (b *builder) leaveOut(record *schema.Record, property string, err *ValueError) {
	fault := err.Fault
	fault.Pos = b.raw.PosOf(err.At)
	fault.Value, fault.Column = schema.Brief(fault.Value), schema.Brief(fault.Column)
	record.Faulty = append(record.Faulty, schema.ValueFault{Fault: fault, Property: property})
}

// provenance takes a key of what a record or value says about its own statement, and reports whether it is one.
func (b *builder) provenance(says *schema.Provenance, m *Member, cites *citations, marking bool) (bool, *ValueError) {
	var err *ValueError
	n := &m.Value
	switch m.Key {
	case "period":
		says.Period, err = Scalar(n)
	case "assertion":
		says.Assertion, err = Scalar(n)
	case "attributed_to":
		says.AttributedTo, err = reference(n)
	case "confidence":
		says.Confidence, err = Scalar(n)
	case "credibility":
		says.Credibility, err = Scalar(n)
	case "method":
		says.Method, err = Scalar(n)
	case "record":
		says.ID, err = Scalar(n)
	case "record_version":
		says.Version, err = Scalar(n)
	case "marking":
		if !marking {
			return false, nil
		}
		says.Marking, err = Scalar(n)
	case "source", "sources":
		err = b.sources(n, cites)
	case "quote", "locator", "begin", "end":
		err = cites.detail(m.Key, n)
	default:
		return false, nil
	}
	return true, err
}

// property takes a property of an entity, or a qualifier.
func (b *builder) property(record *schema.Record, m *Member) *ValueError {
	if strings.HasPrefix(m.Key, "x_") {
		if record.Extra == nil {
			record.Extra = make(map[string]string)
		}
		record.Extra[m.Key] = string(m.Value.AppendCompact(nil, false))
		return nil
	}
	for n := range m.Value.All() {
		if err := b.put(record, m.Key, n); err != nil {
			return err
		}
	}
	return nil
}

// put adds a value to a property.
func (b *builder) put(record *schema.Record, key string, n *Node) *ValueError {
	value, err := b.value(key, n)
	if err != nil {
		return err.Within(key)
	}
	if record.Values == nil {
		record.Values = make(map[string][]schema.Value)
	}
	record.Values[key] = append(record.Values[key], value)
	return nil
}

// value takes one value: a text, GeoJSON, or an object with a value and what is said of it.
func (b *builder) value(key string, n *Node) (schema.Value, *ValueError) {
	inner := n.Get("value")
	if n.Kind != Object || inner == nil {
		s, err := valueText(n)
		return schema.Value{Text: s}, err
	}
	value := schema.Value{Own: &schema.Provenance{}}
	own := ownProvenance{key: key, provenance: value.Own}
	for m := range n.Said() {
		var err *ValueError
		if m.Key == "value" {
			value.Text, err = valueText(&m.Value)
		} else {
			var done bool
			if done, err = b.provenance(value.Own, m, &own.cites, true); !done {
				err = At(0, schema.Fault{
					Value: m.Value.Show(), Reason: "a value has no such key",
					Hint: "beside value: source, sources, quote, locator, begin, end, period, confidence, credibility, assertion, " +
						"attributed_to, method, marking, record, record_version",
				})
			}
		}
		if err != nil {
			return value, err.Or(m.At).Within(m.Key)
		}
	}
	b.owns = append(b.owns, own)
	if value.Own.IsZero() && !own.cites.isGiven() {
		b.owns = b.owns[:len(b.owns)-1]
		value.Own = nil
	}
	return value, nil
}

// valueText takes a scalar, or GeoJSON as compact JSON.
func valueText(n *Node) (string, *ValueError) {
	if n.Kind == Object && n.Get("type") != nil && (n.Get("coordinates") != nil || n.Get("geometries") != nil) {
		return string(n.AppendCompact(nil, true)), nil
	}
	if n.Kind == Object {
		return "", n.Wrong("an object without the key value",
			`a value with a source of its own is {"value": …, "source": …}; GeoJSON has type and coordinates`)
	}
	return Scalar(n)
}

// Scalar takes one text.
func Scalar(n *Node) (string, *ValueError) {
	if !n.IsScalar() {
		return "", n.Wrong("one text is needed, not "+n.What(), "write a single text")
	}
	return n.Text, nil
}

// complete checks that the record has what its kind needs.
func (b *builder) complete(record *schema.Record) *ValueError {
	missing := func(key string) *ValueError {
		return Missing(key, "", needs(record.Kind))
	}
	switch kind, subject := record.Kind, &record.Subject; {
	case kind == schema.DecisionRecord:
		return b.completeDecision(record, missing)
	case kind == schema.EntityRecord && subject.ID == "" && subject.XID == "":
		if subject.Name = record.FirstText("name"); len(record.Values["name"]) == 0 {
			if b.badName != nil {
				return b.badName
			}
			return missing("name")
		}
	case kind == schema.RelationRecord && subject.IsZero():
		return missing("from")
	case kind == schema.RelationRecord && record.Object.IsZero():
		return missing("to")
	case kind == schema.ValueRecord && subject.IsZero():
		return missing("of")
	case kind == schema.ValueRecord && record.Value == "":
		return missing("value")
	}
	return nil
}

func (b *builder) completeDecision(record *schema.Record, missing func(string) *ValueError) *ValueError {
	pairwise := []string{schema.Same, schema.Different, schema.Unsure}
	judges := schema.IsJudgement(record.Predicate)
	switch {
	case judges && record.Value == "":
		return missing("claim")
	case judges && !record.Subject.IsZero():
		return At(0, schema.Fault{Column: "between", Reason: "one claim is rejected or accepted", Hint: "give claim alone"})
	case judges:
		return nil
	case !slices.Contains(pairwise, record.Predicate):
		return At(0, schema.Fault{
			Column: "decision", Value: record.Predicate, Reason: "no such decision",
			Hint: "decide same, different, unsure, reject or accept",
		})
	case record.Subject.IsZero() || record.Object.IsZero():
		return missing("between")
	case record.Value != "":
		return At(0, schema.Fault{
			Column: "claim", Value: record.Value, Reason: record.Predicate + " is between two entities", Hint: "give between alone",
		})
	}
	return nil
}

// text makes the record of a piece of a text. Its content is taken as it is.
func (b *builder) text(n *Node) (*schema.Record, *ValueError) {
	piece := &schema.TextPiece{}
	record := &schema.Record{Pos: b.raw.Pos, Raw: b.raw.Kept(), Kind: schema.TextRecord, Piece: piece, Dataset: b.dataset}
	for m := range n.Said() {
		text, err := Scalar(&m.Value)
		if err != nil {
			return record, err.Within(m.Key)
		}
		var wrong error
		switch m.Key {
		case "dataset":
			if b.dataset != "" && text != b.dataset {
				return record, At(m.At, schema.Fault{
					Column: m.Key, Value: text, Reason: "the record belongs to another data set than the file: " + b.dataset,
				})
			}
			record.Dataset = text
		case "text":
			piece.SHA256 = text
		case "piece":
			piece.Number, wrong = strconv.Atoi(text)
		case "of":
			piece.Of, wrong = strconv.Atoi(text)
		case "content":
			piece.Content = text
		default:
			return record, At(m.At, schema.Fault{
				Column: m.Key, Reason: "a text has no such key", Hint: "a text has dataset, text, piece, of and content",
			})
		}
		if wrong != nil {
			return record, At(m.At, schema.Fault{Column: m.Key, Value: text, Reason: "not a number"})
		}
	}
	return record, nil
}

// needs says what a kind of record must have.
func needs(kind schema.RecordKind) string {
	return [...]string{
		"an entity needs type and one of xid, id and name", "a relation needs relation, from and to",
		"a value needs property, of and value",
		"a decision needs decision (same, different, unsure) and between (two references), or reject or accept and claim",
	}[kind]
}

// section names the list of a case file that holds a kind of record.
func section(kind schema.RecordKind) string {
	return [...]string{"entities", "relations", "values", "decisions", "texts"}[kind]
}

// SectionKind returns the kind of record that a list of a case file holds.
func SectionKind(key string) (schema.RecordKind, bool) {
	for kind := schema.EntityRecord; kind <= schema.DecisionRecord; kind++ {
		if section(kind) == key {
			return kind, true
		}
	}
	return AnyKind, false
}

// kindKey is the key that tells a kind of record.
func kindKey(kind schema.RecordKind) string {
	return [...]string{"type", "relation", "property", "decision", "text"}[kind]
}

// Fresh returns those of some described sources that this file has not described before in the same words, and
// remembers them: a spreadsheet repeats its source on every row.
func (s *RecordDecoder) Fresh(described []*schema.Record, dataset string) []*schema.Record {
	var fresh []*schema.Record
	for _, record := range described {
		record.Dataset = dataset
		key, plain := Fingerprint(record)
		if plain && s.described[key] {
			continue
		}
		if s.described == nil || len(s.described) >= maxDescribed {
			s.described = make(map[[32]byte]bool)
		}
		s.described[key] = plain
		fresh = append(fresh, record)
	}
	return fresh
}

// Fingerprint returns a hash of all that a description says; false where values speak for themselves.
func Fingerprint(record *schema.Record) (sum [32]byte, plain bool) {
	key := sha256.New()
	say := func(s string) { _, _ = io.WriteString(key, strconv.Itoa(len(s))+":"+s) } // never fails
	for _, s := range []string{record.Dataset, record.Subject.XID, record.Subject.ID, record.Subject.Type, record.Subject.Name} {
		say(s)
	}
	for _, name := range slices.Sorted(maps.Keys(record.Values)) {
		say(name)
		for _, value := range record.Values[name] {
			if value.Own != nil {
				return sum, false
			}
			say(value.Text)
		}
		say(";")
	}
	for _, name := range slices.Sorted(maps.Keys(record.Extra)) {
		say(name)
		say(record.Extra[name])
	}
	key.Sum(sum[:0])
	return sum, true
}
