package text

import (
	"strconv"

	"orbat/schema"
)

// Records returns what was read as the records that a load takes, each of which cites the source: the entities that
// statements are about, the events, and the statements. They are the data set's: what is read of a text depends on
// nothing else that is known (law 6).
func (r *Reading) Records(source schema.Ref, dataset string) []*schema.Record {
	var records []*schema.Record
	told := map[End]bool{}
	at := func(s *Statement) schema.Cite { return s.cite(source) }
	entity := func(e *Entity, s *Statement) {
		if e == nil || told[End{Entity: e}] {
			return
		}
		told[End{Entity: e}] = true
		if e.id != "" {
			records = append(records, e.account(at(s)))
			return
		}
		var aliases []schema.Value
		for _, form := range e.Forms {
			if schema.NormalName(form) != schema.NormalName(e.Name) {
				aliases = append(aliases, schema.Value{Text: form})
			}
		}
		record := &schema.Record{
			Kind: schema.EntityRecord, Subject: schema.Ref{Type: e.Type, Name: e.Name},
			Provenance: schema.Provenance{Method: schema.ReadMethod + "name", Cites: []schema.Cite{at(s)}},
		}
		record.Values = map[string][]schema.Value{"name": {{Text: e.Name}}}
		if len(aliases) > 0 {
			record.Values["aliases"] = aliases
		}
		records = append(records, record)
	}
	first, undated := map[*Event]*Statement{}, map[*Event]string{}
	for _, s := range r.Statements {
		for _, e := range []*Event{s.From.Event, s.To.Event} {
			if e != nil && first[e] == nil {
				first[e] = s
			}
		}
		if s.From.Event != nil && s.Relation == "date" && s.Value == "" {
			undated[s.From.Event] = s.Text
		}
	}
	for _, s := range r.Statements {
		for _, end := range []End{s.From, s.To} {
			entity(end.Entity, s)
			if e := end.Event; e != nil && !told[end] {
				told[end] = true
				records = append(records, e.record(first[e].cite(source), undated))
			}
		}
		entity(s.Speaker, s)
		if record := s.record(source, dataset); record != nil {
			records = append(records, record)
		}
	}
	return records
}

// ref returns the entity's key: whoever refers to it describes nothing, so that nothing of it is left when it is read
// no more.
func (e *Entity) ref(dataset string) schema.Ref {
	if e.id != "" {
		return schema.Ref{ID: e.id}
	}
	xid, err := schema.Ref{Type: e.Type, Name: e.Name}.Absolute(dataset)
	if err != nil {
		return schema.Ref{Type: e.Type, Name: e.Name} // the load says what is wrong
	}
	return schema.Ref{XID: xid}
}

func (e *Event) ref() schema.Ref { return schema.Ref{ID: e.ID} }

// record describes an event, citing the sentence that tells of it first.
func (e *Event) record(from schema.Cite, undated map[*Event]string) *schema.Record {
	ref := schema.Ref{ID: e.ID, Type: "Event"}
	record := &schema.Record{
		Kind: schema.EntityRecord, Subject: ref, Values: map[string][]schema.Value{
			"name":       {{Text: e.title()}},
			"event_kind": {{Text: e.Kind}},
		},
		Provenance: schema.Provenance{Method: schema.ReadMethod + "event", Cites: []schema.Cite{from}},
	}
	if text, ok := undated[e]; ok {
		record.Extra = map[string]string{"x_date_text": string(schema.AppendJSONString(nil, text))}
	}
	return record
}

func (e End) ref(dataset string) schema.Ref {
	switch {
	case e.Event != nil:
		return e.Event.ref()
	case e.Entity != nil:
		return e.Entity.ref(dataset)
	}
	return schema.Ref{}
}

// maxQuote bounds a quote: a sentence without end is cited by its span.
const maxQuote = 4 << 10

func (s *Statement) cite(source schema.Ref) schema.Cite {
	c := schema.Cite{Source: source, Quote: s.Quote, Begin: strconv.Itoa(s.Begin), End: strconv.Itoa(s.End)}
	if len(c.Quote) > maxQuote {
		c.Quote = ""
	}
	return c
}

// record returns the record of a statement; nil where it says nothing that can be kept, as a date that is no day.
func (s *Statement) record(source schema.Ref, dataset string) *schema.Record {
	record := &schema.Record{
		Kind: schema.RelationRecord, Subject: s.From.ref(dataset), Predicate: s.Relation, Object: s.To.ref(dataset),
		Provenance: schema.Provenance{
			Period: s.Period, Assertion: string(s.Assertion), Confidence: strconv.Itoa(s.Confidence), Method: schema.ReadMethod + s.Rule,
			Cites: []schema.Cite{s.cite(source)},
		},
	}
	if s.Speaker != nil {
		record.AttributedTo = s.Speaker.ref(dataset)
	}
	if s.To == (End{}) {
		if s.Value == "" {
			return nil
		}
		record.Kind, record.Value, record.Object = schema.ValueRecord, s.Value, schema.Ref{}
		return record
	}
	for name, value := range s.Qualifiers {
		if record.Values == nil {
			record.Values = map[string][]schema.Value{}
		}
		record.Values[name] = []schema.Value{{Text: value}}
	}
	return record
}
