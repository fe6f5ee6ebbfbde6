package ftm

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/loader/format/decode"
	"orbat/schema"
)

// recorder makes the records of one entity.
type recorder struct {
	*vocabulary
	*entity
	kind  *entitySchema
	pos   schema.Position
	cites []schema.Cite
	urls  []*schema.Record // the sources that are web pages
	raw   []byte           // shared by all records

	records  []*schema.Record
	isEntity bool
	idle     *schema.Fault // why there are none: an interval that links nothing
}

// yieldEntity yields the records of an entity, or why there are none. Hint is added where an end is missing.
func (f *file) yieldEntity(e *entity, hint string) error {
	e.left = map[string][]string{}
	for property, values := range e.properties {
		e.left[property] = slices.Clone(values)
	}
	r := recorder{
		vocabulary: f.vocabulary, entity: e, kind: f.vocabulary.schemata[e.schema], pos: e.origin.PosOf(e.at),
		raw: e.origin.Kept(),
	}
	if fault := r.all(hint); fault != nil {
		return f.Send(nil, e.origin.Reject(fault.Or(e.at)))
	}
	if r.idle != nil && f.idle[e.id] { // its other half came before, and was found to link nothing either
		return f.Send(nil, e.origin.Reject(decode.At(e.at, *r.idle)))
	}
	if r.idle != nil {
		if hint != "" && len(f.idle) < maxIdle {
			f.idle[e.id] = true
		}
		r.idle.Pos = r.pos
		return f.Note(&schema.Notice{Fault: *r.idle})
	}
	return f.Send(append(f.Fresh(r.urls, ""), r.records...), nil)
}

// all makes the records.
func (r *recorder) all(hint string) *decode.ValueError {
	self, ok := xidOf("ftm", r.id)
	switch {
	case !ok:
		return decode.At(0, schema.Fault{
			Column: "id", Value: r.id, Reason: "no xid can be made of it",
			Hint: "an id is at most " + strconv.Itoa(schema.MaxXID-4) + " bytes long",
		})
	case r.kind == nil:
		return decode.At(0, schema.Fault{
			Column: "schema", Value: r.schema, Reason: "unknown schema " + strconv.Quote(schema.Shorten(r.schema)), Hint: r.schemaHint(),
		})
	case r.kind.Unmapped != "":
		return decode.At(0, schema.Fault{
			Column: "schema", Value: r.schema, Reason: "the schema " + r.schema + " is not mapped", Hint: r.kind.Unmapped,
		})
	}
	if n := r.named(); n > tooMany {
		return tooManyRelations(r.id, n)
	}
	r.cite()
	missing := ""
	if edge := r.kind.Edge; edge.relation != "" {
		for _, end := range []string{edge.from, edge.to} {
			if len(r.values(end)) == 0 && missing == "" {
				missing = end
			}
		}
		if missing == "" {
			return r.edges()
		}
	}
	switch {
	case r.kind.Value != nil:
		return r.valueOf(hint)
	case r.kind.About != nil && len(r.values(r.kind.About.Of)) > 0:
		return r.about()
	case r.kind.About != nil:
		missing = cmp.Or(missing, r.kind.About.Of)
	case r.kind.Type != "":
		return r.thing(schema.Ref{XID: self, Type: r.kind.Type})
	}
	return r.lacks(missing, hint)
}

// named counts what the entity names: each becomes a record or a citation.
func (r *recorder) named() int {
	n := len(r.datasets)
	for property, values := range r.properties {
		if _, account := r.kind.Accounts[property]; account || r.kind.refers(property) || r.kind.Cites[property] != "" {
			n += len(values)
		}
	}
	return n
}

// lacks notes that the interval links nothing, as publishers have some: that is no fault of the record.
func (r *recorder) lacks(property, hint string) *decode.ValueError {
	r.idle = &schema.Fault{
		Column: property, Value: schema.Brief(r.id), Reason: r.schema + " without " + property + " links nothing and is left out",
		Hint: hint,
	}
	return nil
}

func (r *recorder) schemaHint() string {
	for name := range r.schemata {
		if strings.EqualFold(name, r.schema) {
			return schema.DidYouMean(name, "")
		}
	}
	return "not in the vocabulary that orbat knows; newer ones may have it"
}

// isThing reports whether an entity of the schema can only be an entity of ours.
func (s *entitySchema) isThing() bool {
	return s.Edge.relation == "" && s.Value == nil && s.About == nil
}

// says is what every record of the entity says of its statement: of which record it is, so that a delta can change that
// alone.
func (r *recorder) says() schema.Provenance {
	return schema.Provenance{ID: r.id, Version: r.version, Cites: r.cites}
}

// put adds a record.
func (r *recorder) put(record schema.Record) {
	record.Pos, record.Raw = r.pos, r.raw
	r.records = append(r.records, &record)
}

// cite makes the citations of data sets, web pages and documents.
func (r *recorder) cite() {
	for _, name := range r.datasets {
		if xid, ok := xidOf("ftm-dataset", name); ok && r.takes(schema.SourceType, "name", name) {
			r.cites = append(r.cites, schema.Cite{Source: schema.Ref{XID: xid, Type: schema.SourceType, Name: name}})
		}
	}
	for _, property := range sortedKeys(r.kind.Cites) {
		var homeless []string
		kind := r.kind.Cites[property]
		if kind == "" {
			continue // the page is what is described
		}
		for _, value := range sortedValues(r.values(property)) {
			ref, ok := r.refer(value), true
			if kind == "url" {
				ref, ok = r.page(value)
			}
			if ok = ok && !ref.IsZero(); ok {
				r.cites = append(r.cites, schema.Cite{Source: ref})
			} else {
				homeless = append(homeless, value)
			}
		}
		r.rest(property, homeless)
	}
}

// page describes a web page as a Source.
func (r *recorder) page(value string) (schema.Ref, bool) {
	property := r.ontology.Property(schema.SourceType, "url")
	if property == nil {
		return schema.Ref{}, false
	}
	url, err := property.Parse(value)
	if err != nil {
		return schema.Ref{}, false
	}
	if url, err = schema.CheckXID(url); err != nil {
		return schema.Ref{}, false
	}
	r.urls = append(r.urls, &schema.Record{
		Pos: r.pos, Raw: r.raw, Kind: schema.EntityRecord, Subject: schema.Ref{XID: url, Type: schema.SourceType},
		Values: map[string][]schema.Value{"url": {{Text: url}}},
	})
	return schema.Ref{XID: url}, true
}

// refer makes a reference of an id; zero: it is none.
func (r *recorder) refer(id string) schema.Ref {
	xid, ok := xidOf("ftm", id)
	if !ok {
		return schema.Ref{}
	}
	return schema.Ref{XID: xid}
}

// refs returns the references of a property. What is no id is left to be kept.
func (r *recorder) refs(property string) []schema.Ref {
	var refs []schema.Ref
	var homeless []string
	for _, value := range sortedValues(r.values(property)) {
		if ref := r.refer(value); ref.IsZero() {
			homeless = append(homeless, value)
		} else {
			refs = append(refs, ref)
		}
	}
	r.rest(property, homeless)
	return refs
}

// extraValues returns what no home was found for. Of what is no entity of ours the ids by which others refer to it are
// a part of that.
func (r *recorder) extraValues() map[string]string {
	extra := maps.Clone(r.extra)
	if others := slices.DeleteFunc(slices.Clone(r.referents), func(id string) bool { return id == r.id }); !r.isEntity && len(others) > 0 {
		extra["x_referents"] = keptText(unique(others))
	}
	for property, values := range r.left {
		extra["x_"+property] = keptText(values)
	}
	extra["x_schema"] = keptText([]string{r.schema})
	if r.caption != "" {
		extra["x_caption"] = keptText([]string{r.caption})
	}
	return extra
}

// keptText writes values as compact JSON: a text, or a list of texts.
func keptText(values []string) string {
	if len(values) == 1 {
		return string(schema.AppendJSONString(nil, values[0]))
	}
	n := decode.Node{Kind: decode.List}
	for _, value := range sortedValues(values) {
		n.Items = append(n.Items, decode.Node{Kind: decode.Text, Text: value})
	}
	return string(n.AppendCompact(nil, false))
}

// unique returns each text once, in the order in which they come.
func unique(texts []string) []string {
	seen := make(map[string]bool, len(texts))
	return slices.DeleteFunc(texts, func(s string) bool {
		again := seen[s]
		seen[s] = true
		return again
	})
}

// sortedValues sorts the values of a property, which have no order.
func sortedValues(values []string) []string {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return sorted
}

// sortedKeys returns the keys of a map in order. slices.Sorted does too, in a slice that grows: of every record that is
// a tenth of the time.
func sortedKeys[V any](m map[string]V) []string {
	keys := slices.AppendSeq(make([]string, 0, len(m)), maps.Keys(m))
	slices.Sort(keys)
	return keys
}
