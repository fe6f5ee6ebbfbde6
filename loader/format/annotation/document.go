package annotation

import (
	"cmp"
	"encoding/json"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"orbat/loader/format/input"
	"orbat/schema"
)

// Document is one annotated text, as records are made of it.
type Document struct {
	Pos     schema.Position
	Text    string
	Source  schema.Ref        // zero: a local id that the text makes
	Values  map[string]string // properties of the source; x_… are JSON
	Mapping *Mapping          // how types become ours

	passages  *schema.Passages
	items     []item
	relations map[string][]*Relation // by the id of their first end
	left      map[string]int         // how many were left out, by type
	named     map[*group]*Mention    // what names each
}

// item is an annotation in the order in which they were added.
type item struct {
	mark *Mark
	make func(*Document) *schema.Record // nil: it makes none
	bad  *schema.RecordError
}

// Span is a piece of the text: begin and end in code points.
type Span struct{ Begin, End int }

// Mark is what all annotations have.
type Mark struct {
	Pos        schema.Position
	Raw        []byte
	ID         string // within the document
	Label      string // its type
	Confidence string // 0-100
	Attributes map[string]string
	Notes      [][2]string    // type and text
	Record     *schema.Record // what it states, where that was written with it
}

// Mention is a passage that names something.
type Mention struct {
	Mark
	Spans          []Span
	XID            string // by an entry of a register
	Normalisations [][4]string
	Triggers       *Event // what it stands for
	Silent         bool   // it is the end of others and states nothing itself

	entity  string // the type of what it names
	refused bool   // nothing is known of that
	group   *group // what it is said to be one with; nil: nothing
}

// group is mentions that are said to be one.
type group struct{ members []*Mention }

// first returns the one that comes first in the text: it names them all.
func (g *group) first() *Mention {
	return slices.MinFunc(g.members, func(a, b *Mention) int {
		return cmp.Or(cmp.Compare(a.hull().Begin, b.hull().Begin), cmp.Compare(a.hull().End, b.hull().End), cmp.Compare(a.ID, b.ID))
	})
}

// Join takes that mentions are one, or says why they cannot be.
func (d *Document) Join(list []*Mention) (reason string) {
	kind := ""
	for _, m := range list {
		of, _ := d.Mapping.typeOf(m.Label)
		switch {
		case m.Triggers != nil:
			return "events are not joined"
		case kind != "" && of != kind:
			return "a " + schema.Shorten(kind) + " and a " + schema.Shorten(of) + " are not one"
		}
		kind = of
	}
	largest := &group{}
	for _, m := range list {
		if m.group != nil && len(m.group.members) > len(largest.members) {
			largest = m.group
		}
	}
	for _, m := range list {
		if m.group == largest {
			continue
		}
		others := []*Mention{m}
		if m.group != nil {
			others = m.group.members
		}
		for _, other := range others {
			other.group = largest
		}
		largest.members = append(largest.members, others...)
	}
	d.named = nil
	return ""
}

// nameOf returns the mention that names what a mention means, and the xid that a register gives it.
func (d *Document) nameOf(m *Mention) (named *Mention, xid string) {
	if m.group == nil {
		return m, m.XID
	}
	if d.named == nil {
		d.named = map[*group]*Mention{}
	}
	named = d.named[m.group]
	if named == nil {
		named = m.group.first()
		if named.XID == "" {
			given := slices.DeleteFunc(slices.Clone(m.group.members), func(m *Mention) bool { return m.XID == "" })
			if len(given) > 0 {
				known := *named
				known.XID = (&group{given}).first().XID
				named = &known
			}
		}
		d.named[m.group] = named
	}
	return named, named.XID
}

// Relation is what is said between two.
type Relation struct {
	Mark
	From, To End
	Roles    []string // of the ends, where they are not Arg1 and Arg2
	Words    *Span    // in which it is said, beside its ends
}

// Event is what a trigger stands for.
type Event struct {
	Mark
	Trigger   *Mention
	Arguments []Argument
}

// Argument is a part in an event and what plays it.
type Argument struct {
	Role   string
	Filler End
}

// End is a mention or an event.
type End interface{ end }

type end interface {
	kind() string  // its type, in our words
	label() string // in the annotators'
	id() string
	hull() Span
	ref(d *Document) schema.Ref
}

// hull returns what lies between the first and the last of spans.
func hull(spans ...Span) Span {
	h := spans[0]
	for _, s := range spans[1:] {
		h.Begin, h.End = min(h.Begin, s.Begin), max(h.End, s.End)
	}
	return h
}

func (m *Mention) hull() Span   { return hull(m.Spans...) }
func (m *Mention) id() string   { return m.ID }
func (m *Mention) kind() string { return m.entity }

// label is the annotators' type, unless that was refused.
func (m *Mention) label() string {
	if m.refused {
		return plainType
	}
	return m.Label
}

func (e *Event) hull() Span    { return e.Trigger.hull() }
func (e *Event) id() string    { return e.ID }
func (e *Event) label() string { return e.Label }
func (e *Event) kind() string  { return "Event" }

// Begin returns the document ready to take annotations.
func (d *Document) Begin() *Document {
	d.passages = schema.NewPassages(d.Text)
	d.relations, d.left = map[string][]*Relation{}, map[string]int{}
	if d.Source.IsZero() {
		d.Source = schema.Ref{ID: "text-" + schema.TextSum(d.Text)}
	}
	return d
}

// Passages returns where what stands in the text.
func (d *Document) Passages() *schema.Passages { return d.passages }

// Words returns the text of a mention: its pieces with a space between them, each on one line.
func (d *Document) Words(m *Mention) string {
	var pieces []string
	for _, s := range m.Spans {
		piece, _ := d.passages.Slice(s.Begin, s.End) // it was checked to be there
		pieces = append(pieces, strings.Fields(piece)...)
	}
	return strings.Join(pieces, " ")
}

// Mention adds a mention whose spans lie in the text.
func (d *Document) Mention(m *Mention) {
	carried := true
	if m.entity = "Event"; m.Triggers == nil {
		m.entity, carried = d.Mapping.typeOf(m.Label)
	}
	it := item{mark: &m.Mark, make: m.record}
	switch {
	case m.Record != nil:
	case !carried:
		m.entity, it.make = plainType, nil
		d.left[m.Label]++
	}
	if m.Silent {
		it.make = nil
	}
	d.items = append(d.items, it)
}

// Unnamed makes a mention that is only an end: its type was refused, so that nothing is known of what it names.
func (d *Document) Unnamed(m *Mention) *Mention {
	m.entity, m.refused = plainType, true
	return m
}

// plainType is that of what is named and is neither actor nor thing.
const plainType = "Concept"

// Relation adds a relation.
func (d *Document) Relation(r *Relation) {
	d.relations[r.From.id()] = append(d.relations[r.From.id()], r)
	d.items = append(d.items, item{mark: &r.Mark, make: r.record})
}

// Event adds an event: what it is, then what each of its arguments says.
func (d *Document) Event(e *Event) {
	d.items = append(d.items, item{mark: &e.Mark, make: e.record})
	for _, a := range e.Arguments {
		d.items = append(d.items, item{mark: &e.Mark, make: func(d *Document) *schema.Record { return e.argument(d, a) }})
	}
}

// Reject adds an annotation that cannot be read.
func (d *Document) Reject(fault schema.Fault, raw []byte) { d.RejectError(schema.Rejected(fault, raw)) }

// RejectError is Reject with an error that is there already.
func (d *Document) RejectError(bad *schema.RecordError) {
	d.items = append(d.items, item{mark: &Mark{Pos: bad.Pos}, bad: bad})
}

// Records returns the records of the document: its text in pieces, its source, then the annotations in the order of
// their lines. What was left out follows, counted.
func (d *Document) Records() iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		text := schema.NewText(d.Text)
		for _, piece := range text.Pieces() {
			if !yield(&schema.Record{Kind: schema.TextRecord, Piece: piece, Pos: d.Pos}, nil) {
				return
			}
		}
		if !yield(d.source(text.SHA256), nil) {
			return
		}
		slices.SortStableFunc(d.items, func(a, b item) int { return cmp.Compare(a.mark.Pos.Line, b.mark.Pos.Line) })
		for _, it := range d.items {
			var record *schema.Record
			var err error
			switch {
			case it.bad != nil:
				err = it.bad
			case it.make == nil:
				continue
			default:
				record = it.make(d)
				record.Pos, record.Raw = it.mark.Pos, it.mark.Raw
			}
			if !yield(record, err) {
				return
			}
		}
		for _, label := range slices.Sorted(maps.Keys(d.left)) {
			reason := strconv.Itoa(d.left[label]) + " annotations of the type " + schema.Shorten(label) +
				" are left out, as the mapping says"
			if !yield(nil, Notice(d.Pos, reason)) {
				return
			}
		}
	}
}

// Notice returns what is odd and rejects nothing.
func Notice(pos schema.Position, reason string) *schema.Notice {
	return &schema.Notice{Fault: schema.Fault{Pos: pos, Reason: reason}}
}

// source returns the record of the document itself.
func (d *Document) source(sum string) *schema.Record {
	self := d.Source
	self.Type = "Source"
	values, extra := map[string][]schema.Value{}, map[string]string{}
	for name, value := range d.Values {
		switch {
		case value == "":
		case strings.HasPrefix(name, "x_"):
			extra[name] = value
		default:
			values[name] = []schema.Value{{Text: value}}
		}
	}
	values[schema.TextHash] = []schema.Value{{Text: sum}}
	values[schema.TextLength] = []schema.Value{{Text: strconv.Itoa(utf8.RuneCountInString(d.Text))}}
	return &schema.Record{Kind: schema.EntityRecord, Pos: d.Pos, Subject: self, Values: values, Extra: extra}
}

// provenance returns what every annotation says of its own statement: where it stands. Of several spans the quote is
// what lies between the first and the last.
func (d *Document) provenance(m *Mark, spans ...Span) schema.Provenance {
	h := hull(spans...)
	quote, _ := d.passages.Annotated(h.Begin, h.End) // it was checked to be there
	return schema.Provenance{
		ID: m.ID, Confidence: m.Confidence, Assertion: d.Mapping.assertionOf(m.Attributes),
		Cites: []schema.Cite{{Source: d.Source, Quote: quote, Begin: strconv.Itoa(h.Begin), End: strconv.Itoa(h.End)}},
	}
}

// record returns what a mention states.
func (m *Mention) record(d *Document) *schema.Record {
	if m.Record != nil {
		return m.Record
	}
	a := schema.Annotation{
		Label: m.Label, Attributes: m.Attributes, Notes: m.Notes, Normalisations: m.Normalisations, Equal: m.group != nil,
	}
	if len(m.Spans) > 1 {
		for _, s := range m.Spans {
			a.Spans = append(a.Spans, [2]int{s.Begin, s.End})
		}
	}
	to := m.ref(d)
	if m.Triggers != nil {
		to = schema.Ref{ID: m.Triggers.key(d)}
	}
	stated := d.provenance(&m.Mark, m.Spans...)
	stated.Assertion = "" // the passage is there, whatever is said of it
	return &schema.Record{
		Kind: schema.RelationRecord, Predicate: "mentions", Subject: d.Source, Object: to, Provenance: stated,
		Extra: map[string]string{schema.AnnotationKey: a.JSON()},
	}
}

// maxName is how many bytes of a name make an xid; what is longer is known by where it stands.
const maxName = 400

// ref returns whom a mention means.
func (m *Mention) ref(d *Document) schema.Ref {
	named, xid := d.nameOf(m)
	ref := schema.Ref{Type: m.entity, XID: xid, Name: d.Words(named)}
	if normal := schema.NormalName(ref.Name); ref.XID == "" && (normal == "" || len(ref.Name) > maxName || len(normal) > maxName) {
		ref.ID = "text-" + schema.TextSum(d.Text) + "-" + strconv.Itoa(named.hull().Begin) + "-" + strconv.Itoa(named.hull().End)
	}
	if len(ref.Name) > maxName {
		ref.Name = input.CutText(ref.Name, maxName)
	}
	return ref
}

// record returns what a relation states.
func (r *Relation) record(d *Document) *schema.Record {
	if r.Record != nil {
		return r.Record
	}
	a := schema.Annotation{
		Label: r.Label, Attributes: r.Attributes, Notes: r.Notes, Ends: []string{r.From.id(), r.To.id()}, Roles: r.Roles,
	}
	rule := d.Mapping.ruleOf(d.Mapping.Relations, r.Label, r.From, r.To)
	spans := []Span{r.From.hull(), r.To.hull()}
	if r.Words != nil {
		spans = append(spans, *r.Words)
	}
	record := rule.record(d, r.From, r.To)
	for _, name := range slices.Sorted(maps.Keys(rule.With)) {
		other, ok := d.only(r, rule.With[name])
		if !ok {
			continue
		}
		record.Values[name] = []schema.Value{{Text: other.name(d)}}
		spans = append(spans, other.hull())
	}
	record.Provenance = d.provenance(&r.Mark, spans...)
	record.Assertion = cmp.Or(record.Assertion, rule.Assertion)
	record.Extra = map[string]string{schema.AnnotationKey: a.JSON()}
	return record
}

// only returns what another type of annotation says of a relation's first end, if it says one thing and there is but
// one such relation to have it.
func (d *Document) only(r *Relation, label string) (*Mention, bool) {
	var found *Mention
	for _, other := range d.relations[r.From.id()] {
		switch {
		case other == r:
		case other.Label == r.Label:
			return nil, false
		case other.Label == label && found != nil:
			return nil, false
		case other.Label == label:
			found, _ = other.To.(*Mention)
		}
	}
	return found, found != nil
}

// name is what a mention says, in the words of the text.
func (m *Mention) name(d *Document) string { return input.CutText(d.Words(m), maxName) }

// record returns the statement that a rule makes of two ends.
func (r *Rule) record(d *Document, from, to end) *schema.Record {
	if r.Swap {
		from, to = to, from
	}
	if r.Property != "" {
		text := to.ref(d).Name
		if m, is := to.(*Mention); is {
			text = m.name(d)
		}
		return &schema.Record{Kind: schema.ValueRecord, Predicate: r.Property, Subject: from.ref(d), Value: text}
	}
	values := map[string][]schema.Value{}
	for name, value := range r.Values {
		values[name] = []schema.Value{{Text: value}}
	}
	return &schema.Record{Kind: schema.RelationRecord, Predicate: r.Relation, Subject: from.ref(d), Object: to.ref(d), Values: values}
}

// key is the local id of an event: nothing but its document and the annotators' own id tells it from others.
func (e *Event) key(d *Document) string { return "text-" + schema.TextSum(d.Text) + "-" + e.ID }

func (e *Event) ref(d *Document) schema.Ref { return schema.Ref{ID: e.key(d), Type: "Event"} }

// record returns what an event is.
func (e *Event) record(d *Document) *schema.Record {
	if e.Record != nil {
		return e.Record
	}
	a := schema.Annotation{Label: e.Label, Attributes: e.Attributes, Notes: e.Notes, Ends: []string{e.Trigger.ID}}
	self := e.ref(d)
	values := map[string][]schema.Value{"name": {{Text: e.Trigger.name(d)}}}
	if kind, _ := d.Mapping.eventOf(e.Label); kind != "" {
		values["event_kind"] = []schema.Value{{Text: kind}}
	}
	return &schema.Record{
		Kind: schema.EntityRecord, Subject: self, Values: values, Provenance: d.provenance(&e.Mark, e.hull()),
		Extra: map[string]string{schema.AnnotationKey: a.JSON()},
	}
}

// argument returns what an argument of the event states.
func (e *Event) argument(d *Document, arg Argument) *schema.Record {
	a := schema.Annotation{Label: e.Label, Ends: []string{e.ID, arg.Filler.id()}, Roles: []string{arg.Role}}
	role := strings.TrimRight(arg.Role, "0123456789")
	rule := d.Mapping.ruleOf(d.Mapping.Roles, role, e, arg.Filler)
	if known, err := ontology(); err == nil && rule.Relation == role { // a relation of ours: from or to the event, as it fits
		relation := known.Relation(role)
		rule.Swap = relation != nil && !relation.Fits(e.kind(), arg.Filler.kind()) && relation.Fits(arg.Filler.kind(), e.kind())
	}
	record := rule.record(d, e, arg.Filler)
	record.Provenance = d.provenance(&e.Mark, e.hull(), arg.Filler.hull())
	record.Assertion = cmp.Or(record.Assertion, rule.Assertion)
	record.Extra = map[string]string{schema.AnnotationKey: a.JSON()}
	return record
}

var placeholder = regexp.MustCompile(`\{([^{}]+)\}`)

// Describe takes what a file beside the text says of the document, by the names that the file gives. The fault is why
// the document is rejected: what may be its marking cannot be left out (law 15).
func (d *Document) Describe(facts map[string]string) *schema.Fault {
	if d.Values == nil || facts["xid"]+facts["id"] != "" { // orbat wrote them, and all there are
		d.Values = map[string]string{}
	}
	used := map[string]bool{}
	kind := schemaSource()
	var unmarked *schema.Fault
	put := func(property, name, value string) {
		if p := kind.Property(property); p != nil {
			_, err := p.Parse(value)
			if err == nil {
				d.Values[property] = value
				return
			}
			if property == schema.MarkingProperty {
				unmarked = &schema.Fault{Column: name, Value: value, Reason: err.Error()}
			}
		}
		d.Values["x_"+slug(name)] = string(schema.AppendJSONString(nil, value)) // "not specified" is no date, but they say so
	}
	for property, name := range d.Mapping.Document.Properties {
		if facts[name] != "" {
			put(property, name, facts[name])
			used[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(facts)) {
		value := facts[name]
		switch marking := d.Values[schema.MarkingProperty]; {
		case used[name] || value == "":
		case strings.EqualFold(name, schema.MarkingProperty):
			if marking != "" && marking != value {
				return &schema.Fault{
					Column: name, Value: value, Reason: "the document is marked " + strconv.Quote(schema.Shorten(marking)) + ", too",
					Hint: "give one marking",
				}
			}
			put(schema.MarkingProperty, name, value)
			used[name] = true
		case kind.Property(name) == nil && schema.ResemblesMarking(name):
			return &schema.Fault{
				Column: name, Value: value, Reason: "a document has no property " + strconv.Quote(schema.Shorten(name)),
				Hint: schema.DidYouMean(schema.MarkingProperty, "prefix x_ keeps anything else, and annotation.yaml says what a key is"),
			}
		}
	}
	if rule := d.Mapping.Document.XID; rule != "" {
		whole := true
		xid := placeholder.ReplaceAllStringFunc(rule, func(p string) string {
			name := p[1 : len(p)-1]
			whole, used[name] = whole && facts[name] != "", true
			return facts[name]
		})
		if whole {
			d.Source = schema.Ref{XID: xid}
		}
	}
	for name, value := range facts {
		switch {
		case used[name] || value == "":
		case name == "xid":
			d.Source = schema.Ref{XID: value}
		case name == "id":
			d.Source = schema.Ref{ID: value}
		case name == schema.TextHash, name == schema.TextLength:
		case strings.HasPrefix(name, "x_") && json.Valid([]byte(value)):
			d.Values[name] = value
		default:
			put(name, name, value)
		}
	}
	return unmarked
}

// schemaSource is what can be said of a source, by the ontology that orbat comes with.
func schemaSource() *schema.EntityType {
	known, err := ontology()
	if err != nil || known.Type("Source") == nil {
		return &schema.EntityType{}
	}
	return known.Type("Source")
}

// FirstLine returns the first line of a text if it may be a title.
func FirstLine(text string) string {
	line, _, more := strings.Cut(strings.TrimLeft(text, "\uFEFF \t\r\n"), "\n")
	line = strings.Join(strings.Fields(line), " ")
	const longest = 200
	if !more || len(line) > longest || strings.ContainsFunc(line, unicode.IsControl) {
		return ""
	}
	return line
}

var notWord = regexp.MustCompile(`[^a-z0-9]+`)

// slug returns a name as keys are written.
func slug(name string) string {
	return strings.Trim(notWord.ReplaceAllString(strings.ToLower(strings.TrimPrefix(name, "x_")), "_"), "_")
}
