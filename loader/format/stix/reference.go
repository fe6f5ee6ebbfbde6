package stix

import (
	"strings"

	"orbat/loader/format/decode"
	"orbat/schema"
)

// cite cites a source for every external reference and for every citation within a text.
func (o *object) cite() {
	cited := make(map[string]bool) // the names of its references
	if references := o.node().Get("external_references"); references != nil {
		for i := range references.Items {
			reference := &references.Items[i]
			cited[schema.NormalName(stringOf(reference.Get("source_name")))] = true
			o.citeSource(sourceOf(reference), reference.At)
		}
	}
	for m := range o.node().Said() {
		for name := range citations(stringOf(&m.Value)) {
			if key := schema.NormalName(name); !cited[key] {
				cited[key] = true
				o.citeSource(&schema.Record{Values: map[string][]schema.Value{"name": {{Text: oneLine(name)}}}}, m.Value.At)
			}
		}
	}
}

// citeSource cites a source and describes it in a record of its own, unless nothing identifies it.
func (o *object) citeSource(source *schema.Record, at decode.Place) {
	source.Subject.Type = schema.SourceType
	ref := schema.Ref{XID: source.Subject.XID}
	if ref.XID == "" {
		// The name must have a letter or digit, and leave room for the data set within an xid.
		name := source.FirstText("name")
		if n := len(schema.NormalName(name)); n == 0 || n > schema.MaxXID-2*schema.MaxDataset {
			return
		}
		source.Subject.Name = name
		ref = source.Subject
	}
	o.says.Cites = append(o.says.Cites, schema.Cite{Source: ref})
	source.Pos, source.Raw, source.Kind = o.origin.PosOf(at), o.raw, schema.EntityRecord
	if len(source.Values) > 0 {
		o.besides = append(o.besides, source)
	}
}

// sourceOf makes the record of the document that an external reference names. Its URL identifies it; else, or where the
// URL cannot, its name. References that describe one document in different words are different statements about it.
func sourceOf(reference *decode.Node) *schema.Record {
	source := &schema.Record{Values: make(map[string][]schema.Value)}
	put := func(property, text string) {
		canonical, err := shapes[property].Parse(text)
		if err != nil {
			return // it stands in x_external_references all the same
		}
		source.Values[property] = []schema.Value{{Text: canonical}}
	}
	name, id := stringOf(reference.Get("source_name")), stringOf(reference.Get("external_id"))
	if id != "" && !strings.EqualFold(name, id) {
		name += " " + id // the page of one entry of a catalogue
	}
	put("name", oneLine(name))
	put("description", stringOf(reference.Get("description")))
	if url, err := shapes["url"].Parse(stringOf(reference.Get("url"))); err == nil {
		put("url", url)
		if xid, err := schema.CheckXID(url); err == nil {
			source.Subject.XID = xid
		}
	}
	if hash := stringOf(reference.Get("hashes").Get("SHA-256")); len(hash) == 64 && isHex(hash) {
		source.Values["sha256"] = []schema.Value{{Text: hash}}
	}
	return source
}

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdefABCDEF") == "" }

// maxCitation is the longest name of a citation within a text, in bytes.
const maxCitation = 512

// citations yields the names N of ATT&CK's "(Citation: N)" in a text. A name may hold parentheses in pairs.
func citations(s string) func(yield func(string) bool) {
	const mark = "(Citation:"
	return func(yield func(string) bool) {
		for {
			_, rest, found := strings.Cut(s, mark)
			if !found {
				return
			}
			s = rest
			depth, end := 1, -1
			for i := 0; i < len(rest) && i <= maxCitation && end < 0; i++ {
				switch rest[i] {
				case '(':
					depth++
				case ')':
					if depth--; depth == 0 {
						end = i
					}
				case '\n':
					i = len(rest)
				}
			}
			if end < 0 { // not closed in pairs: the first to close it
				end = strings.IndexAny(rest, ")\n")
			}
			if end < 0 || end > maxCitation || rest[end] != ')' {
				continue
			}
			if name := strings.TrimSpace(rest[:end]); name != "" && !yield(name) {
				return
			}
			s = rest[end:]
		}
	}
}

// externalIDs takes the ids that other catalogues give the object, and the hashes that identify a file anywhere.
func (o *object) externalIDs() {
	seen := make(map[string]bool)
	put := func(scheme, id string) {
		text := strings.TrimSpace(scheme) + ":" + strings.TrimSpace(id)
		if canonical, err := shapes["external_ids"].Parse(text); err == nil && id != "" && !seen[canonical] {
			seen[canonical] = true
			o.add("external_ids", canonical)
		}
	}
	if references := o.node().Get("external_references"); references != nil {
		for i := range references.Items {
			put(stringOf(references.Items[i].Get("source_name")), stringOf(references.Items[i].Get("external_id")))
		}
	}
	for hash := range o.node().Get("hashes").Said() {
		put(hash.Key, stringOf(&hash.Value))
	}
}
