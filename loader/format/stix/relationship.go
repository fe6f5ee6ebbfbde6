package stix

import (
	"slices"
	"strings"

	"orbat/loader/format/decode"
	"orbat/schema"
)

// relationRule says which relation of the ontology a relationship of STIX is, where its ends are of these types.
type relationRule struct {
	kind     string // relationship_type
	from, to string // entity types
	relation string
	swapped  bool // the ontology reads it from the other end
}

// relationRules lists them, the more particular before the more general. An identity or threat actor, of whom an id
// does not tell whether it is a person, fits only where both would. What is not listed is a related_to with its own
// label.
var relationRules = []relationRule{
	{kind: "uses", from: "Person Organisation", to: "Equipment", relation: "operates"},
	{kind: "uses", from: "Person Organisation", to: "Account", relation: "uses_account"},
	{kind: "uses", from: "Event", to: "Equipment", relation: "used_in", swapped: true},
	{kind: "owns", from: "Person Organisation", to: "Equipment", relation: "operates"},
	{kind: "owns", from: "Person Organisation", to: "Account", relation: "uses_account"},
	{kind: "targets", from: "Person Organisation", to: "Person Organisation", relation: "opposes"},
	{kind: "targets", from: "Event", to: "Person Organisation Equipment Location", relation: "affected_by", swapped: true},
	{kind: "attributed-to", from: "Event Operation", to: "Person Organisation", relation: "carried_out", swapped: true},
	{kind: "attributed-to", from: "Event Operation", to: "Operation", relation: "part_of"},
	{kind: "attributed-to", from: "Person Organisation", to: "Organisation", relation: "affiliated_with"},
	{kind: "part-of", from: "Person Organisation", to: "Organisation", relation: "member_of"},
	{kind: "part-of", from: "Event Operation", to: "Operation", relation: "part_of"},
	{kind: "part-of", from: "Event", to: "Event", relation: "part_of"},
	{kind: "part-of", from: "Location", to: "Location", relation: "within"},
	{kind: "part-of", from: "Equipment", to: "Equipment", relation: "component_of"},
	{kind: "member-of", from: "Person Organisation", to: "Organisation", relation: "member_of"},
	{kind: "cooperates-with", from: "Person Organisation", to: "Person Organisation", relation: "allied_with"},
	{kind: "communicates-with", from: "Person Organisation", to: "Person Organisation", relation: "communicated_with"},
	{kind: "consists-of", from: "Equipment", to: "Equipment", relation: "component_of", swapped: true},
	{kind: "variant-of", from: "Equipment", to: "Equipment", relation: "variant_of"},
	{kind: "delivers", from: "Organisation", to: "Organisation", relation: "supplied_to"},
	{kind: "located-at", from: "Person Equipment Event", to: "Location", relation: "located_at"},
	{kind: "located-at", from: "Organisation", to: "Location", relation: "based_at"},
	{kind: "located-at", from: "Person Organisation", to: "Location", relation: "located_at"},
	{kind: "located-at", from: "Location", to: "Location", relation: "within"},
}

const (
	relatedTo = "related_to"
	mentions  = "mentions"
)

// relationOf returns the relation of a relationship between two objects, and whether it reads from the other end.
func relationOf(kind string, from, to objectID) (relation string, swapped bool) {
	fromTypes, toTypes := possibleTypes(from.kind), possibleTypes(to.kind)
	for _, r := range relationRules {
		if r.kind == kind && within(fromTypes, r.from) && within(toTypes, r.to) {
			return r.relation, r.swapped
		}
	}
	switch {
	case to.isDocument(): // that something derives from a report says that the report speaks of it
		return mentions, true
	case from.isDocument():
		return mentions, false
	case kind == "revoked-by" && len(fromTypes) == 1 && slices.Equal(fromTypes, toTypes):
		return "succeeded_by", false
	}
	return relatedTo, false
}

// within reports whether all types are among those allowed.
func within(types []string, allowed string) bool {
	known := strings.Fields(allowed)
	return !slices.ContainsFunc(types, func(t string) bool { return !slices.Contains(known, t) })
}

// isDocument reports whether the object becomes a Source, from which nothing but mentions leads.
func (id objectID) isDocument() bool { return entityTypes[id.kind] == schema.SourceType }

// isEntity reports whether the object becomes an entity. A relationship is a statement about two.
func (id objectID) isEntity() bool {
	return id.kind != "" && id.kind != "relationship" && id.kind != "bundle"
}

// relationship makes the one relation that a relationship states.
func (o *object) relationship() (*schema.Record, *decode.ValueError) {
	kind := oneLine(o.text("relationship_type"))
	if kind == "" {
		return nil, o.missing("relationship_type", "a relationship has relationship_type, source_ref and target_ref")
	}
	from, to := o.reference("source_ref"), o.reference("target_ref")
	for key, id := range map[string]objectID{"source_ref": from, "target_ref": to} {
		if id == (objectID{}) {
			return nil, o.missing(key, "a relationship has relationship_type, source_ref and target_ref")
		}
		if !id.isEntity() {
			return nil, decode.At(o.node().Get(key).At, schema.Fault{
				Column: key, Value: id.text(), Reason: "a " + id.kind + " is no entity", Hint: "relationships are between objects",
			})
		}
	}
	if from.isDocument() && to.isDocument() {
		return o.betweenDocuments(from), nil
	}
	relation, swapped := relationOf(kind, from, to)
	record := o.relation(relation, from, to)
	if swapped {
		record.Subject, record.Object = record.Object, record.Subject
	}
	symmetric := relation == "opposes" || relation == "allied_with" || relation == "communicated_with" // the loader sorts their ends
	o.homes["source_ref"] = !swapped && !symmetric && from.text() == o.text("source_ref")
	o.homes["target_ref"] = !swapped && !symmetric && to.text() == o.text("target_ref")
	switch relation {
	case relatedTo:
		record.Values = map[string][]schema.Value{"label": {{Text: kind}}}
		o.homes["relationship_type"] = kind == o.text("relationship_type")
	case "affected_by":
		record.Values = map[string][]schema.Value{"outcome": {{Text: "targeted"}}}
	}
	record.Period = periodOf(o.text("start_time"), o.text("stop_time"), false)
	record.Extra = o.extra()
	return record, nil
}

// betweenDocuments keeps a relationship of two documents, which no relation can join, as what is said of the first.
func (o *object) betweenDocuments(from objectID) *schema.Record {
	o.homes["source_ref"] = from.text() == o.text("source_ref")
	record := o.newRecord(schema.EntityRecord)
	record.Subject = schema.Ref{XID: from.xid(), Type: schema.SourceType}
	record.Provenance, record.Extra = o.says, o.extra()
	record.ID = o.record
	if o.marking != "" {
		record.Values = map[string][]schema.Value{"marking": {{Text: o.marking}}}
	}
	if o.withdrawn {
		record.Assertion = string(schema.Denied)
	}
	return record
}

// tie relates the object to another that it refers to under a key, where a relation can: none joins two documents, or
// leads to a relationship. The reference itself is kept as x_… in any case.
func (o *object) tie(label string, to objectID) {
	if !to.isEntity() || to.isDocument() {
		return
	}
	predicate := relatedTo
	switch {
	case o.entity == schema.SourceType:
		predicate = mentions
	case label == "where_sighted" && to.kind == "location":
		predicate = "located_at"
	}
	record := o.relation(predicate, o.id, to)
	switch predicate {
	case relatedTo:
		record.Values = map[string][]schema.Value{"label": {{Text: label}}}
	case mentions: // the document itself is the evidence
		record.Cites = []schema.Cite{{Source: o.id.ref()}}
	}
	if key := predicate + " " + label + " " + to.text(); !o.tied[key] {
		o.tied[key] = true
		o.ties = append(o.ties, record)
	}
}

// embedded makes relations of the references within the object: keys that end with _ref or _refs.
func (o *object) embedded() {
	o.embeddedIn(o.node())
}

func (o *object) embeddedIn(n *decode.Node) {
	for i := range n.Items {
		o.embeddedIn(&n.Items[i])
	}
	for i := range n.Members {
		m := &n.Members[i]
		label, one := strings.CutSuffix(m.Key, "_ref")
		label, several := strings.CutSuffix(label, "_refs")
		switch {
		case isBookkeeping(m.Key):
		case m.Key == "objects" && o.id.kind == "observed-data": // observed.go
		case !one && !several:
			o.embeddedIn(&m.Value)
		default:
			for ref := range m.Value.All() {
				if id, ok := o.refer(stringOf(ref)); ok && oneLine(label) == label && label != "" {
					o.tie(label, id)
				}
			}
		}
	}
}

// isBookkeeping reports whether a key speaks of the record, not of what it is about: who wrote it, how it may be
// shared, what a release contains.
func isBookkeeping(key string) bool {
	return strings.HasSuffix(key, "created_by_ref") || strings.HasSuffix(key, "modified_by_ref") ||
		key == "object_marking_refs" || key == "granular_markings" || key == "x_mitre_contents"
}
