package format

import (
	"slices"

	"orbat/schema"
)

// citing gathers what a record or value says of its sources: the sources it names, and the quote, locator and span that
// stand beside them and belong to the one source.
type citing struct {
	cites    []schema.Cite
	detailed schema.Cite
	key      string // the first of quote, locator, begin and end that stands outside a source
	at       place
}

func (c *citing) saysAnything() bool { return len(c.cites) > 0 || c.key != "" }

// detail takes quote, locator, begin or end.
func (c *citing) detail(key string, n *node) *fault {
	if c.key == "" {
		c.key, c.at = key, n.at
	}
	return citeDetail(&c.detailed, key, n)
}

func citeDetail(cite *schema.Cite, key string, n *node) *fault {
	s, err := scalar(n)
	switch key {
	case "quote":
		cite.Quote = s
	case "locator":
		cite.Locator = s
	case "begin":
		cite.Begin = s
	case "end":
		cite.End = s
	}
	return err
}

// resolve gives the citations: those named, else the inherited ones, with the details put to the one source.
func (c *citing) resolve(inherited []schema.Cite) ([]schema.Cite, *fault) {
	cites, own := c.cites, true
	if len(cites) == 0 {
		cites, own = slices.Clone(inherited), false
	}
	if c.key == "" {
		return cites, nil
	}
	switch len(cites) {
	case 0:
		return []schema.Cite{c.detailed}, nil // the implicit source
	case 1:
		key := overlay(&cites[0], c.detailed)
		if key != "" && own {
			return nil, &fault{at: c.at, column: key, reason: "given both in the source and beside it", hint: "keep one"}
		}
		return cites, nil
	default:
		hint := "give each source its own: sources: [{source: …, quote: …}, …]"
		if !own {
			hint = "the record inherits several sources; name the one meant under source"
		}
		return nil, &fault{at: c.at, column: c.key, reason: "which of the several sources is meant?", hint: hint}
	}
}

// overlay puts details over a citation and names the first that it replaces.
func overlay(cite *schema.Cite, details schema.Cite) (replaced string) {
	put := func(key string, to *string, value string) {
		if value == "" {
			return
		}
		if *to != "" && replaced == "" {
			replaced = key
		}
		*to = value
	}
	put("quote", &cite.Quote, details.Quote)
	put("locator", &cite.Locator, details.Locator)
	put("begin", &cite.Begin, details.Begin)
	put("end", &cite.End, details.End)
	return replaced
}

// sources takes one source or a list of them.
func (b *builder) sources(n *node, into *citing) *fault {
	all := []node{*n}
	if n.kind == list {
		all = n.items
	}
	for i := range all {
		if all[i].isAbsent() {
			continue
		}
		cite, err := b.cite(&all[i])
		if err != nil {
			return err
		}
		into.cites = append(into.cites, cite)
	}
	return nil
}

// cite takes one source: a reference, a citation {source, quote, locator, begin, end}, or the description of a document,
// which may hold the details of the citation as well.
func (b *builder) cite(n *node) (schema.Cite, *fault) {
	if n.kind != object {
		ref, err := reference(n)
		return schema.Cite{Source: ref}, err
	}
	inner := n.get("source")
	if inner == nil {
		cite, record, err := b.describe(n)
		if err == nil && record != nil {
			b.described = append(b.described, record)
		}
		return cite, err
	}
	var cite schema.Cite
	for i := range n.members {
		m := &n.members[i]
		if m.value.isAbsent() || m.key == "source" {
			continue
		}
		if !isDetail(m.key) {
			return cite, &fault{
				at: m.at, column: m.key, value: m.value.show(), reason: "a citation has no such key",
				hint: "beside source: quote, locator, begin, end; what describes the document stands within source",
			}
		}
		if err := citeDetail(&cite, m.key, &m.value); err != nil {
			return cite, err.within(m.key)
		}
	}
	if inner.kind == list || inner.get("source") != nil {
		return cite, &fault{at: inner.at, column: "source", value: inner.show(), reason: "a citation is of one source", hint: "list the sources under sources"}
	}
	of, err := b.cite(inner)
	if err != nil {
		return cite, err.within("source")
	}
	if key := overlay(&of, cite); key != "" {
		return cite, &fault{at: n.at, column: key, reason: "given both in the source and beside it", hint: "keep one"}
	}
	return of, nil
}

func isDetail(key string) bool {
	return key == "quote" || key == "locator" || key == "begin" || key == "end"
}

// describe takes the description of a document: the citation of it and the record that describes it, nil where it only
// refers to one. A document without id takes its name, else its title, as its name, and one with neither its URL as its xid.
func (b *builder) describe(n *node) (schema.Cite, *schema.Record, *fault) {
	record := b.sourceRecord(n)
	var cite schema.Cite
	before := len(b.owns)
	for i := range n.members {
		m := &n.members[i]
		if m.value.isAbsent() {
			continue
		}
		var err *fault
		switch {
		case isDetail(m.key):
			err = named(citeDetail(&cite, m.key, &m.value), m.key)
		case m.key == "xid":
			record.Subject.XID, err = scalar(&m.value)
			err = named(err, m.key)
		case m.key == "id":
			record.Subject.ID, err = localID(&m.value)
			err = named(err, m.key)
		case m.key == "type":
			record.Subject.Type, err = scalar(&m.value)
			err = named(err, m.key)
		default:
			err = b.property(record, m)
		}
		if err != nil {
			if err.at == 0 {
				err.at = m.at
			}
			return cite, nil, err
		}
	}
	if err := b.settle(record, before); err != nil {
		return cite, nil, err
	}
	name, title, url := first(record, "name"), first(record, "title"), first(record, "url")
	described := len(record.Extra) > 0 || len(record.Values) > 1 || (len(record.Values) == 1 && name == "")
	if name == "" && title != "" {
		name = title
		record.Values["name"] = []schema.Value{{Text: title}}
	}
	identified := record.Subject.XID != "" || record.Subject.ID != ""
	switch {
	case !identified && name != "":
		record.Subject.Name = name
	case !identified && url != "":
		record.Subject.XID = url
	case !identified:
		return cite, nil, &fault{at: n.at, value: n.show(), reason: "the source has no xid, id, name, title or url", hint: "give it one of them"}
	}
	cite.Source = schema.Ref{XID: record.Subject.XID, ID: record.Subject.ID}
	if !identified && cite.Source.IsZero() {
		cite.Source = record.Subject
	}
	if described {
		return cite, record, nil
	}
	if identified && (name != "" || n.get("type") != nil) { // it says as much as a reference can
		cite.Source.Type, cite.Source.Name = record.Subject.Type, name
	}
	return cite, nil, nil
}

// sourceRecord begins the record of a document described at a node.
func (b *builder) sourceRecord(n *node) *schema.Record {
	pos := b.found.pos
	if b.found.locate != nil && n.at != 0 {
		pos = b.found.locate(n.at)
	}
	return &schema.Record{Pos: pos, Raw: keepRaw(b.found.raw), Kind: schema.EntityRecord, Subject: schema.Ref{Type: sourceType}}
}

// first gives the first text of a property.
func first(record *schema.Record, property string) string {
	if values := record.Values[property]; len(values) > 0 {
		return values[0].Text
	}
	return ""
}
