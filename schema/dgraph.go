package schema

import (
	"fmt"
	"strings"
)

// predicate is one predicate of the Dgraph schema.
type predicate struct {
	name       string
	kind       string // string, int, float, bool, dateTime, geo, uid
	list       bool
	index      []string // tokenizers, sorted
	reverse    bool
	upsert     bool // rivals who find it absent collide when they commit
	noConflict bool // rivals who write it never collide: safe on [uid] and on unindexed scalars only, else indexes corrupt
	doc        string
}

// String returns the predicate's line of the schema, without its comment.
func (p predicate) String() string { return p.name + ": " + p.signature() + " ." }

// signature is all of it but the name: "[uid] @reverse".
func (p predicate) signature() string {
	s := p.kind
	if p.list {
		s = "[" + s + "]"
	}
	if len(p.index) > 0 {
		s += " @index(" + strings.Join(p.index, ", ") + ")"
	}
	for _, d := range []struct {
		on   bool
		text string
	}{{p.reverse, " @reverse"}, {p.upsert, " @upsert"}, {p.noConflict, " @noconflict"}} {
		if d.on {
			s += d.text
		}
	}
	return s
}

// dgraphType is a type of nodes in Dgraph: the fields that expand(_all_) and Ratel show.
type dgraphType struct {
	name   string
	fields []string
}

// section is a part of the schema under one heading.
type section struct {
	heading    string
	predicates []predicate
}

// bookkeeping lists the predicates that are orbat's own. No data has a dot in a name, so none can reach them.
func bookkeeping() []section {
	const str, uid = "string", "uid"
	hashed := []string{"hash"}
	exact := []string{"exact"}
	return []section{
		{"Identity. A node is an entity once it has an xid; @upsert makes two loaders collide instead of duplicating it.", []predicate{
			{name: "xid", kind: str, index: hashed, upsert: true, doc: "external id"},
			{name: "entity.type", kind: str, index: exact, doc: "the concrete type: dgraph.type is a list and never conflicts (law 4)"},
			{name: DiffersPredicate, kind: str, list: true, doc: "properties of which other values stand than the one shown (law 11)"},
			{name: "entity.rep", kind: uid, reverse: true, doc: "member of a merge → its representative (law 10)"},
		}},
		{"Names, folded for look-up. No trigram index: the dearest, and it finds no prefixes.", []predicate{
			{name: "name.key", kind: str, list: true, index: exact, doc: "folded name and its word rotations, for typeahead"},
			{
				name: "name.sound", kind: str, list: true, index: []string{"term"},
				doc: "consonant skeletons, for spellings and transliterations",
			},
		}},
		{"Claims. Lean on purpose: predicates cost, facets hardly. What most claims have by default is absent.", []predicate{
			{
				name: "claim.key", kind: str, index: exact, upsert: true,
				doc: "hash(subject, predicate, object).hash(the rest): evidence of an edge is a range of keys",
			},
			{
				name: "claim.subject", kind: uid, list: true, reverse: true, noConflict: true,
				doc: "one; a list because @noconflict is safe there. Facets: predicate, dataset, period, confidence …",
			},
			{name: "claim.object", kind: uid, list: true, reverse: true, noConflict: true, doc: "NO facets: hubs (dgraph#9807)"},
			{
				name: "claim.cites", kind: uid, list: true, reverse: true, noConflict: true,
				doc: "Sources. Facets: quote, locator, begin, end",
			},
			{
				name: "claim.load", kind: uid, list: true, reverse: true, noConflict: true,
				doc: "loads that wrote, retracted or reinstated it. Facets: file, row",
			},
			{name: "claim.attributed", kind: uid, list: true, reverse: true, noConflict: true, doc: "who is said to have said it"},
			{name: "claim.value", kind: str, doc: "JSON: a value, an entity's values, a relation's qualifiers"},
			{name: "claim.assertion", kind: str, doc: "absent: asserted"},
			{name: "claim.standing", kind: str, doc: "absent: stands"},
			{name: "claim.superseded", kind: str, doc: "the later version of its record; absent: there is none"},
			{name: "claim.method", kind: str},
			{name: "claim.marking", kind: str},
		}},
		{"Texts of documents, in pieces: what claims quote. They are in no claim, and shared by no data sets.", []predicate{
			{
				name: "text.key", kind: str, index: exact, upsert: true,
				doc: "hash(data set).SHA-256 of the text.piece.of.hash(the piece): a text is a range of keys, and so are all of a data set",
			},
			{name: "text.piece", kind: str, doc: "at most 1 MiB of it; absent: none"},
			{name: "text.words", kind: str, doc: "how its words begin, if the piece is a whole text: see schema/textwords.go"},
		}},
		{"Loads, data sets, leases and what the database was made with.", []predicate{
			{name: "load.id", kind: str, index: hashed, upsert: true},
			{name: "load.dataset", kind: uid, list: true, reverse: true, noConflict: true},
			{name: "load.state", kind: str},
			{name: "load.started", kind: "dateTime"},
			{name: "load.finished", kind: "dateTime"},
			{name: "load.by", kind: str, doc: "who loaded; absent: nobody said"},
			{name: "load.report", kind: str, doc: "JSON"},
			{name: "load.journal", kind: str, doc: "whole, void or absent: see loader/commit/journal.go"},
			{name: "journal.blocks", kind: uid, list: true, noConflict: true, doc: "its blocks: what became of which claim"},
			{name: "journal.entries", kind: str, doc: "each a sign and a claim's key: + it stands, - it is retracted"},
			{name: "dataset.name", kind: str, index: hashed, upsert: true},
			{name: "lease.name", kind: str, index: hashed, upsert: true},
			{name: "lease.holder", kind: str},
			{name: "lease.expires", kind: "dateTime", doc: "by its holder's clock, for whoever looks: it is judged by lease.beat"},
			{name: "lease.scope", kind: str, list: true, index: hashed, doc: "what is held, and shared or exclusive"},
			{name: "lease.fences", kind: uid, list: true, doc: "one for each worker: see loader/commit/lease.go"},
			{name: "lease.beat", kind: "int", doc: "counts renewals and transactions: see loader/commit/lease.go"},
			{name: metaPredicate, kind: str, index: hashed, upsert: true, doc: "the one node that says this database is orbat's"},
			{name: "orbat.format", kind: "int", doc: "of this layout"},
			{name: "orbat.ontology", kind: str, doc: "YAML: the ontology as applied"},
			{name: "orbat.unsettled", kind: str, doc: "JSON: what is left to repair or derive anew (loader/commit/format.go)"},
		}},
		{"What people keep of their work. It is in a backup, and in no export: nobody claims it.", []predicate{
			{name: "kept.id", kind: str, index: hashed, upsert: true},
			{name: "kept.kind", kind: str, index: exact, doc: "view or question"},
			{name: "kept.title", kind: str},
			{name: "kept.owner", kind: str},
			{name: "kept.marking", kind: str},
			{name: "kept.sight", kind: str, doc: "JSON: the limits of who kept it; absent: none"},
			{name: "kept.changed", kind: "dateTime"},
			{name: "kept.version", kind: "int", doc: "counts changes: two at once collide"},
			{name: "view.xids", kind: str, doc: "JSON: the entities shown"},
			{name: "view.positions", kind: str, doc: "JSON: where, by xid"},
			{name: "view.filters", kind: str, doc: "JSON"},
			{name: "view.notes", kind: str, doc: "JSON: texts, each with its marking"},
			{name: "question.name", kind: str, doc: "the canned question"},
			{name: "question.values", kind: str, doc: "JSON: its parameters"},
		}},
	}
}

// metaPredicate is what tells a database of orbat's from a foreign one.
const metaPredicate = "orbat.meta"

// DgraphSchema writes the whole Dgraph schema of the ontology, with comments, always the same for the same ontology.
func (o *Ontology) DgraphSchema() string {
	var b strings.Builder
	b.WriteString("# Generated from orbat's ontology (schema/dgraph.go).\n")
	for _, s := range o.sections() {
		fmt.Fprintf(&b, "\n# %s\n", s.heading)
		for _, p := range s.predicates {
			b.WriteString(p.String())
			if p.doc != "" {
				b.WriteString(" # " + p.doc)
			}
			b.WriteByte('\n')
		}
	}
	b.WriteString("\n# Types, for expand(_all_) and Ratel. Fields that would pull in a hub (reverse edges) are left out.\n")
	for _, t := range o.dgraphTypes() {
		fmt.Fprintf(&b, "type %s {\n\t%s\n}\n", t.name, strings.Join(t.fields, "\n\t"))
	}
	return b.String()
}

// Reversed returns the predicates whose edges can be followed backwards, each with its line of the schema with that and
// without it.
func (o *Ontology) Reversed() map[string][2]string {
	lines := map[string][2]string{}
	for _, p := range o.predicates() {
		if p.reverse {
			with := p.String()
			p.reverse = false
			lines[p.name] = [2]string{with, p.String()}
		}
	}
	return lines
}

// predicates returns every predicate of the schema, in its order.
func (o *Ontology) predicates() []predicate {
	var all []predicate
	for _, s := range o.sections() {
		all = append(all, s.predicates...)
	}
	return all
}

func (o *Ontology) sections() []section {
	values := section{heading: "Values that show: derived from the claims that stand. Beside a date its earliest and latest instant."}
	for _, p := range o.uniqueProperties() {
		values.predicates = append(values.predicates, p.predicates()...)
	}
	edges := section{heading: "Edges between entities: derived too. Never @noconflict: they are the lock between rival loaders (law 4)."}
	for _, r := range o.Relations {
		edges.predicates = append(edges.predicates, predicate{name: r.Name, kind: "uid", list: true, reverse: true})
	}
	return append(bookkeeping(), values, edges)
}

// uniqueProperties returns the properties of all types, one of each name, indexed if any type wants it so.
func (o *Ontology) uniqueProperties() []*Property {
	var unique []*Property
	add := func(p *Property) {
		first := findProperty(unique, p.Name)
		if first == nil {
			unique = append(unique, p.clone())
			return
		}
		first.Indexed = first.Indexed || p.Indexed
	}
	for _, p := range o.Common {
		add(p)
	}
	for _, t := range o.Types {
		for _, p := range t.own {
			add(p)
		}
	}
	return unique
}

// predicates returns the predicates that hold the property's values. Each index costs loading time, so text is indexed
// only where the ontology says that entities are looked up by it.
func (p *Property) predicates() []predicate {
	main := predicate{name: p.Predicate(), kind: "string", list: p.List}
	switch p.Kind {
	case KindInt, KindFloat, KindBool:
		main.kind = string(p.Kind)
		if p.Indexed && p.Kind != KindBool {
			main.index = []string{string(p.Kind)}
		}
	case KindGeo:
		main.kind, main.index = "geo", []string{"geo"}
	case KindDate, KindPeriod:
		return []predicate{
			main,
			{name: main.name + MinSuffix, kind: "dateTime", index: []string{"day"}},
			{name: main.name + MaxSuffix, kind: "dateTime"},
		}
	default:
		if p.Indexed {
			main.index = []string{"exact"}
		}
	}
	return []predicate{main}
}

func (o *Ontology) dgraphTypes() []dgraphType {
	entity := dgraphType{"Entity", []string{"xid", "entity.type", DiffersPredicate, "entity.rep"}}
	entity.fields = append(entity.fields, fieldNames(o.Common)...)
	types := []dgraphType{entity}
	for _, t := range o.Types {
		fields := fieldNames(t.own)
		for _, r := range o.Relations {
			if r.Fits(t.Name, "") {
				fields = append(fields, r.Name)
			}
		}
		if len(fields) > 0 { // Dgraph knows no type without fields
			types = append(types, dgraphType{t.Name, fields})
		}
	}
	return append(types, ownType("Claim", "claim."), ownType("Load", "load."))
}

func fieldNames(properties []*Property) []string {
	var names []string
	for _, p := range properties {
		for _, pred := range p.predicates() {
			names = append(names, pred.name)
		}
	}
	return names
}

// ownType is a type of all the bookkeeping predicates of one prefix.
func ownType(name, prefix string) dgraphType {
	t := dgraphType{name: name}
	for _, s := range bookkeeping() {
		for _, p := range s.predicates {
			if strings.HasPrefix(p.name, prefix) {
				t.fields = append(t.fields, p.name)
			}
		}
	}
	return t
}
