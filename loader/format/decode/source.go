package decode

import (
	"slices"

	"orbat/schema"
)

// citations gathers what a record or value says of its sources: the sources it names, and the quote, locator and span
// that stand beside them and belong to the one source.
type citations struct {
	cites    []schema.Cite
	detailed schema.Cite
	key      string // the first of quote, locator, begin and end that stands outside a source
	at       Place
}

func (c *citations) isGiven() bool { return len(c.cites) > 0 || c.key != "" }

// detail takes quote, locator, begin or end.
func (c *citations) detail(key string, n *Node) *ValueError {
	if c.key == "" {
		c.key, c.at = key, n.At
	}
	return citeDetail(&c.detailed, key, n)
}

func citeDetail(cite *schema.Cite, key string, n *Node) (err *ValueError) {
	*detailOf(cite, key), err = Scalar(n)
	return err
}

// detailOf returns where a citation keeps quote, locator, begin or end; nil: the key is another one.
func detailOf(cite *schema.Cite, key string) *string {
	switch key {
	case "quote":
		return &cite.Quote
	case "locator":
		return &cite.Locator
	case "begin":
		return &cite.Begin
	case "end":
		return &cite.End
	}
	return nil
}

func isDetail(key string) bool { return detailOf(&schema.Cite{}, key) != nil }

// resolve returns the citations: those named, else the inherited ones, with the details put to the one source.
func (c *citations) resolve(inherited []schema.Cite) ([]schema.Cite, *ValueError) {
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
			return nil, At(c.at, schema.Fault{Column: key, Reason: "given both in the source and beside it", Hint: "keep one"})
		}
		return cites, nil
	default:
		hint := "give each source its own: sources: [{source: …, quote: …}, …]"
		if !own {
			hint = "the record inherits several sources; name the one meant under source"
		}
		return nil, At(c.at, schema.Fault{Column: c.key, Reason: "which of the several sources is meant?", Hint: hint})
	}
}

// overlay puts details over a citation and names the first that it replaces.
func overlay(cite *schema.Cite, details schema.Cite) (replaced string) {
	for _, key := range []string{"quote", "locator", "begin", "end"} {
		to, value := detailOf(cite, key), *detailOf(&details, key)
		if value == "" {
			continue
		}
		if *to != "" && replaced == "" {
			replaced = key
		}
		*to = value
	}
	return replaced
}

// sources takes one source or a list of them.
func (b *builder) sources(n *Node, into *citations) *ValueError {
	for one := range n.All() {
		cite, err := b.cite(one)
		if err != nil {
			return err
		}
		into.cites = append(into.cites, cite)
	}
	return nil
}

// cite takes one source: a reference, a citation {source, quote, locator, begin, end}, or the description of a
// document, which may hold the details of the citation as well.
func (b *builder) cite(n *Node) (schema.Cite, *ValueError) {
	if n.Kind != Object {
		ref, err := reference(n)
		return schema.Cite{Source: ref}, err
	}
	inner := n.Get("source")
	if inner == nil {
		cite, record, err := b.describe(n)
		if err == nil && record != nil {
			b.described = append(b.described, record)
			if b.size += record.Size(); b.size > schema.MaxRecordSize {
				err = At(n.At, TooMuch("the record describes sources"))
			}
		}
		return cite, err
	}
	var cite schema.Cite
	for m := range n.Said() {
		if m.Key == "source" {
			continue
		}
		if !isDetail(m.Key) {
			return cite, At(m.At, schema.Fault{
				Column: m.Key, Value: m.Value.Show(), Reason: "a citation has no such key",
				Hint: "beside source: quote, locator, begin, end; what describes the document stands within source",
			})
		}
		if err := citeDetail(&cite, m.Key, &m.Value); err != nil {
			return cite, err.Within(m.Key)
		}
	}
	if inner.Kind == List || inner.Get("source") != nil {
		return cite, inner.Wrong("a citation is of one source", "list the sources under sources").Within("source")
	}
	of, err := b.cite(inner)
	if err != nil {
		return cite, err.Within("source")
	}
	if key := overlay(&of, cite); key != "" {
		return cite, At(n.At, schema.Fault{Column: key, Reason: "given both in the source and beside it", Hint: "keep one"})
	}
	return of, nil
}

// describe takes the description of a document: the citation of it and the record that describes it, nil where it only
// refers to one. A document without id takes its name, else its title, as its name, and one with neither its URL as its
// xid.
func (b *builder) describe(n *Node) (schema.Cite, *schema.Record, *ValueError) {
	record := b.sourceRecord(n)
	var cite schema.Cite
	before := len(b.owns)
	for m := range n.Said() {
		var err *ValueError
		switch {
		case isDetail(m.Key):
			err = citeDetail(&cite, m.Key, &m.Value)
		case m.Key == "xid":
			record.Subject.XID, err = Scalar(&m.Value)
		case m.Key == "id":
			record.Subject.ID, err = localID(&m.Value)
		case m.Key == "type":
			record.Subject.Type, err = Scalar(&m.Value)
		default:
			if err := b.property(record, m); err != nil {
				return cite, nil, err.Or(m.At)
			}
		}
		if err != nil {
			return cite, nil, err.Or(m.At).Within(m.Key)
		}
	}
	if err := b.resolveSources(record, before); err != nil {
		return cite, nil, err
	}
	name, title, url := record.FirstText("name"), record.FirstText("title"), record.FirstText("url")
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
		return cite, nil, n.Wrong("the source has no xid, id, name, title or url", "give it one of them")
	}
	cite.Source = schema.Ref{XID: record.Subject.XID, ID: record.Subject.ID}
	if !identified && cite.Source.IsZero() {
		cite.Source = record.Subject
	}
	if described {
		return cite, record, nil
	}
	if identified && (name != "" || n.Get("type") != nil) { // it says as much as a reference can
		cite.Source.Type, cite.Source.Name = record.Subject.Type, name
	}
	return cite, nil, nil
}

// sourceRecord begins the record of a document described at a node.
func (b *builder) sourceRecord(n *Node) *schema.Record {
	return &schema.Record{
		Pos: b.raw.PosOf(n.At), Raw: b.raw.Kept(), Kind: schema.EntityRecord, Subject: schema.Ref{Type: schema.SourceType},
	}
}
