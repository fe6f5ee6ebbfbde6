// Package annotation makes records of annotated texts: documents in which people marked what is mentioned, and what is
// said of it. Readers of such formats (packages brat, re3d) bring what they read into a [Document]:
//
//	d := &annotation.Document{Text: text, Mapping: mapping}
//	d.Add(&annotation.Mention{ID: "T1", Label: "Organization", Spans: []annotation.Span{{Begin: 4, End: 11}}})
//	for record, err := range d.Records() { … }
//
// Each annotation makes one record, which cites the document with the passage: a [Mention] a relation mentions, from
// the document to what it names; a [Relation] what the [Mapping] makes of its type; an [Event] an Event, with a
// relation for each of its arguments. What the annotators wrote that a claim has no place for stays with it
// ([schema.Annotation]).
//
// Whom a mention means is told by the annotations alone: an entry of a register is an xid (wikidata:Q42); what is said
// to be one has the name of the first mention; else the name is the text itself.
//
// mapping.go says how types of annotators become types of ours; library/ holds the mappings that we ship.
package annotation
