package ftm

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"orbat/loader/format/decode"
	"orbat/loader/format/input"
	"orbat/schema"
)

// statement is one row: that an entity has a value, as one data set says.
type statement struct {
	canonical, entity         string
	property, schema          string
	value, original, language string
	dataset, origin           string
	firstSeen                 string
	external                  bool
	more                      map[string]string // columns that are not FollowTheMoney's
}

// id is the entity's after duplicates were merged, else its own.
func (s *statement) id() string { return cmp.Or(s.canonical, s.entity) }

// size is about how many bytes the row has; what is kept of it for a reject may be cut.
func (s *statement) size() int {
	n := len(s.canonical) + len(s.entity) + len(s.property) + len(s.schema) + len(s.value) + len(s.original) + len(s.dataset)
	for column, value := range s.more {
		n += len(column) + len(value)
	}
	return n
}

// set takes one column.
func (s *statement) set(column, value string) {
	switch column {
	case "canonical_id":
		s.canonical = strings.TrimSpace(value)
	case "entity_id":
		s.entity = strings.TrimSpace(value)
	case "prop":
		s.property = strings.TrimSpace(value)
		if kind, property, found := strings.Cut(s.property, ":"); found { // Person:name
			s.property, s.schema = property, cmp.Or(s.schema, kind)
		}
	case "schema":
		s.schema = cmp.Or(strings.TrimSpace(value), s.schema)
	case "value":
		s.value = strings.TrimSpace(value)
	case "original_value":
		s.original = value
	case "lang":
		s.language = value
	case "dataset":
		s.dataset = strings.TrimSpace(value)
	case "origin":
		s.origin = strings.TrimSpace(value)
	case "first_seen":
		s.firstSeen = value
	case "external":
		s.external = slices.Contains([]string{"t", "true", "1", "yes"}, strings.ToLower(value))
	case "id", "last_seen", "prop_type": // a checksum, see the package comment, and what the property says already
	default:
		if value != "" {
			if s.more == nil {
				s.more = map[string]string{}
			}
			s.more[column] = value
		}
	}
}

// check says what a statement lacks.
func (s *statement) check() *decode.ValueError {
	for _, must := range []struct{ column, value string }{{"canonical_id", s.id()}, {"prop", s.property}, {"schema", s.schema}} {
		if must.value == "" {
			return decode.Missing(must.column, "", "a statement needs canonical_id (or entity_id), prop, schema and value")
		}
	}
	if s.value == "" && s.property != "id" {
		return decode.Missing("value", "", "leave out a statement that says nothing")
	}
	return nil
}

func statementOfRow(header, cells []string) (statement, *decode.ValueError) {
	var s statement
	for i, cell := range cells {
		if cell != "" && i < len(header) {
			s.set(header[i], cell)
		}
	}
	err := s.check()
	return s, err
}

func statementOfNode(n *decode.Node) (statement, *decode.ValueError) {
	var s statement
	for m := range n.Said() {
		if !m.Value.IsScalar() {
			return s, m.Value.Wrong("one text is needed, not "+m.Value.What(), formHint).Within(m.Key)
		}
		s.set(m.Key, m.Value.Text)
	}
	err := s.check()
	return s, err
}

// run is a run of statements about one entity.
type run struct {
	id         string
	statements []statement
	bytes      int
	pos        schema.Position
	raw        []byte
}

// statement adds a statement to the run of its entity, after what the run before it says.
func (f *file) statement(s statement, pos schema.Position, raw []byte) error {
	if f.run != nil && f.run.id != s.id() {
		if err := f.flush(); err != nil {
			return err
		}
	}
	if f.run == nil {
		f.run = &run{id: s.id(), pos: pos}
	}
	run := f.run
	run.bytes += s.size()
	if run.bytes > input.MaxRecord { // what follows of the entity is passed over with it
		run.statements = nil
		return nil
	}
	if len(run.raw) < input.MaxRaw {
		if run.raw != nil {
			run.raw = append(run.raw, '\n')
		}
		run.raw = append(run.raw, input.CutRaw(raw)...)
	}
	run.statements = append(run.statements, s)
	return nil
}

// flush makes records of the run that was read.
func (f *file) flush() error {
	run := f.run
	f.run = nil
	if run == nil {
		return nil
	}
	found := &decode.RawRecord{Pos: run.pos, Raw: run.raw}
	if run.bytes > input.MaxRecord {
		return f.Send(nil, found.Reject(decode.At(0, schema.Fault{
			Column: "canonical_id", Value: run.id, Reason: "its statements are longer than " + strconv.Itoa(input.MaxRecord>>20) + " MiB",
			Hint: "no entity says so much; are the columns named rightly?",
		})))
	}
	const hint = "statements of one entity must stand together: sort them by canonical_id"
	for _, e := range run.entities(f.vocabulary) {
		e.origin = found
		if err := f.yieldEntity(e, hint); err != nil {
			return err
		}
	}
	return nil
}

// entities makes entities of a run. A thing is one entity for each data set, an interval one for all of them.
//
// Each data set names the schema it knows, one LegalEntity and another Company; the most special counts for all.
// Schemata that exclude each other stay apart.
func (r *run) entities(v *vocabulary) []*entity {
	var schemata []string
	for i := range r.statements {
		if name := r.statements[i].schema; v.schemata[name] != nil && !slices.Contains(schemata, name) {
			schemata = append(schemata, name)
		}
	}
	lowest := v.lowest(schemata)
	var entities []*entity
	parts := map[string]*entity{}
	details := map[*entity]*details{}
	for i := range r.statements {
		s := &r.statements[i]
		name := s.schema
		for _, low := range lowest {
			if known := v.schemata[low]; known != nil && known.above[s.schema] {
				name = low
				break
			}
		}
		key := name
		if known := v.schemata[name]; known == nil || known.isThing() {
			key += "\x00" + s.dataset + "\x00" + strconv.FormatBool(s.external)
		}
		e := parts[key]
		if e == nil {
			e = newEntity()
			e.id, e.schema = r.id, name
			parts[key], details[e] = e, newDetails()
			entities = append(entities, e)
		}
		details[e].add(e, s)
	}
	for _, e := range entities {
		details[e].keep(e)
	}
	return entities
}

// details gathers what statements say beside their values.
type details struct {
	languages, originals map[string]map[string]string // by property and value
	more                 map[string][]string          // by column
	firstSeen            string
	external             bool
}

func newDetails() *details {
	return &details{languages: map[string]map[string]string{}, originals: map[string]map[string]string{}, more: map[string][]string{}}
}

func (d *details) add(e *entity, s *statement) {
	if s.property != "id" { // which says that the entity is there
		e.add(s.property, s.value)
		note(d.languages, s, s.language)
		if s.original != s.value {
			note(d.originals, s, s.original)
		}
	}
	if s.dataset != "" {
		e.datasets = append(e.datasets, s.dataset)
	}
	if s.entity != "" && s.entity != e.id {
		e.referents = append(e.referents, s.entity)
	}
	if s.origin != "" {
		d.more["origin"] = append(d.more["origin"], s.origin)
	}
	if s.firstSeen != "" && (d.firstSeen == "" || s.firstSeen < d.firstSeen) {
		d.firstSeen = s.firstSeen
	}
	for column, value := range s.more {
		d.more[column] = append(d.more[column], value)
	}
	d.external = d.external || s.external
}

// note puts down what is said of a value, the first time.
func note(notes map[string]map[string]string, s *statement, said string) {
	if said == "" || notes[s.property][s.value] != "" {
		return
	}
	if notes[s.property] == nil {
		notes[s.property] = map[string]string{}
	}
	notes[s.property][s.value] = said
}

// keep puts what was gathered into the entity.
func (d *details) keep(e *entity) {
	e.datasets, e.referents = unique(e.datasets), unique(e.referents)
	for column, values := range d.more {
		e.extra["x_"+column] = keptText(unique(values))
	}
	if len(d.languages) > 0 {
		e.extra["x_lang"] = notesJSON(d.languages)
	}
	if len(d.originals) > 0 {
		e.extra["x_original_value"] = notesJSON(d.originals)
	}
	if d.firstSeen != "" {
		e.extra["x_first_seen"] = keptText([]string{d.firstSeen})
	}
	if d.external {
		e.extra["x_external"] = "true"
	}
}

// notesJSON writes notes as {property: {value: note}}.
func notesJSON(notes map[string]map[string]string) string {
	all := decode.Node{Kind: decode.Object}
	for property, values := range notes {
		one := decode.Node{Kind: decode.Object}
		for value, said := range values {
			one.Members = append(one.Members, decode.Member{Key: value, Value: decode.Node{Kind: decode.Text, Text: said}})
		}
		all.Members = append(all.Members, decode.Member{Key: property, Value: one})
	}
	return string(all.AppendCompact(nil, false))
}
