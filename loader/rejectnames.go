package loader

import (
	"errors"
	"slices"
	"strings"

	"orbat/loader/validate"
	"orbat/schema"
)

// rejectNames is what the rejected records of a replacement name, or may have named: of that nothing is retracted,
// since the record may say again what was said of it (law 1). What a claim of one would have been called is unknown, so
// that whatever is about the same subject, relation or record of the source is kept.
type rejectNames struct {
	ontology *schema.Ontology
	dataset  string // that the load asks for; empty: the records' own

	all       bool               // one names nobody knows what
	anybody   bool               // one refers to nobody knows whom, and so may describe anybody by type and name
	subjects  map[string]bool    // xids of those that one is about
	described map[string]bool    // xids of those that one refers to, and so may describe
	named     map[string]bool    // names that one is about, or an end of, where they are all that tells it
	relations map[string]bool    // groups of edges
	ends      map[[2]string]bool // a relation, or "" for any, and the one of its ends that is known
	records   map[string]bool    // ids of records in their source
	values    map[[2]string]bool // an entity and a property of which a value is rejected, or "" for any
	count     int
}

// maxRejectNames bounds what is remembered: beyond so many rejects nothing is retracted.
const maxRejectNames = 100_000

func newRejectNames(ontology *schema.Ontology, dataset string) *rejectNames {
	return &rejectNames{
		ontology: ontology, dataset: dataset, subjects: map[string]bool{}, described: map[string]bool{}, named: map[string]bool{},
		relations: map[string]bool{}, ends: map[[2]string]bool{}, records: map[string]bool{},
		values: map[[2]string]bool{},
	}
}

// add takes a reject.
func (n *rejectNames) add(c validate.Checked) {
	n.count++
	var bad *schema.RecordError
	record := c.Record
	if errors.As(c.Err, &bad) && record == nil {
		record = bad.Partial
	}
	if record == nil || bad == nil || n.count > maxRejectNames {
		n.all = true
		return
	}
	column, _, _ := strings.Cut(bad.Column, ".")
	for part := range strings.SplitSeq(bad.Column, ".") {
		switch part {
		case "dataset", "source", "sources", "attributed_to": // whose it is, or which document or party it describes
			n.all = true
			return
		}
	}
	dataset := n.dataset
	if dataset == "" {
		dataset = record.Dataset
	}
	if dataset == "" {
		dataset = schema.DefaultDataset
	}
	xid := func(ref schema.Ref) string {
		xid, err := ref.Absolute(dataset)
		if err != nil || ref.Type != "" && n.ontology.Type(ref.Type) == nil {
			return ""
		}
		return xid
	}
	if bad.Property != "" {
		n.value(record, bad, xid)
		return
	}
	n.refers(record, xid)
	if record.ID != "" {
		n.records[schema.CanonicalText(record.ID)] = true
	}
	switch record.Kind {
	case schema.EntityRecord:
		n.entity(record, column, xid)
	case schema.RelationRecord:
		n.relation(record, column, xid)
	case schema.ValueRecord:
		of := xid(record.Subject)
		if of == "" || column == "of" || n.ontology.Property(record.Subject.Type, record.Predicate) == nil {
			n.subject(of, column == "of")
		} else {
			n.values[[2]string{of, record.Predicate}] = true
		}
	case schema.DecisionRecord:
		n.decision(record, column, xid)
	default:
		n.all = true
	}
}

// value takes a value that is rejected alone: what the data set says of that property of the entity it may say again.
// Of a property that the ontology does not know any may be meant.
func (n *rejectNames) value(record *schema.Record, bad *schema.RecordError, xid func(schema.Ref) string) {
	switch record.Kind { //nolint:exhaustive // of others than entities it merely describes the statement
	case schema.RelationRecord:
		edge := schema.EdgeOf(n.ontology, xid(record.Subject), record.Predicate, xid(record.Object))
		n.relations[schema.GroupKey(edge.Subject, edge.Predicate, edge.Object)] = true
		return
	case schema.ValueRecord:
		n.values[[2]string{xid(record.Subject), record.Predicate}] = true
		return
	case schema.DecisionRecord:
		n.decision(record, "", xid)
		return
	}
	self := record.Subject
	if self.XID == "" && self.ID == "" && self.Name == "" {
		self.Name = record.FirstText("name")
	}
	of, property := xid(self), bad.Property
	if of == "" {
		n.all = true
		return
	}
	if !strings.HasPrefix(property, "x_") && n.ontology.Property(self.Type, property) == nil {
		property = ""
	}
	n.values[[2]string{of, property}] = true
	n.refersTo(ownRefs(record.Values[bad.Property]), xid)
	if slices.ContainsFunc(record.Faulty, func(f schema.ValueFault) bool { return f.Property == bad.Property && f.Column == bad.Column }) &&
		strings.Contains(bad.Column, ".") { // the reader left it out, with the documents that it describes
		n.anybody = true
	}
}

// refers notes what a record refers to besides what it is about: a reference may describe.
func (n *rejectNames) refers(record *schema.Record, xid func(schema.Ref) string) {
	refs := []schema.Ref{record.Object, record.AttributedTo}
	for _, cite := range record.Cites {
		refs = append(refs, cite.Source)
	}
	for _, values := range record.Values {
		refs = append(refs, ownRefs(values)...)
	}
	n.refersTo(refs, xid)
}

// ownRefs returns what values with sources of their own refer to.
func ownRefs(values []schema.Value) (refs []schema.Ref) {
	for _, value := range values {
		if value.Own == nil {
			continue
		}
		refs = append(refs, value.Own.AttributedTo)
		for _, cite := range value.Own.Cites {
			refs = append(refs, cite.Source)
		}
	}
	return refs
}

func (n *rejectNames) refersTo(refs []schema.Ref, xid func(schema.Ref) string) {
	for _, ref := range refs {
		if at := xid(ref); at != "" {
			n.described[at] = true
		} else if !ref.IsZero() {
			n.anybody = true
		}
	}
}

// subject notes whom a record is about; doubtful: the record is rejected for that.
func (n *rejectNames) subject(xid string, doubtful bool) {
	if xid == "" || doubtful {
		n.all = true
		return
	}
	n.subjects[xid] = true
}

func (n *rejectNames) entity(record *schema.Record, column string, xid func(schema.Ref) string) {
	self := record.Subject
	if self.XID != "" || self.ID != "" {
		self.Type, self.Name = "", ""
		n.subject(xid(self), column == "xid" || column == "id")
		return
	}
	if self.Name == "" {
		self.Name = record.FirstText("name")
	}
	switch name := schema.NormalName(self.Name); {
	case name == "" || self.Type == "" || column == "name" || column == "xid" || column == "id":
		n.all = true
	default:
		n.named[name] = true // of whatever type it is: that may be what is wrong
	}
}

func (n *rejectNames) relation(record *schema.Record, column string, xid func(schema.Ref) string) {
	from, to := xid(record.Subject), xid(record.Object)
	if column == "from" {
		from = ""
	}
	if column == "to" {
		to = ""
	}
	n.anybody = n.anybody || from == "" || to == ""
	relation := n.ontology.Relation(record.Predicate)
	switch {
	case from == "" && to == "":
		n.all = true
	case to == "":
		n.subjects[from] = true
	case from == "" && relation == nil:
		n.ends[[2]string{"", to}] = true
	case from == "":
		n.ends[[2]string{relation.Name, to}] = true
	case relation == nil:
		n.subjects[from] = true
		n.ends[[2]string{"", to}] = true
	default:
		n.subjects[from] = true
		edge := schema.EdgeOf(n.ontology, from, relation.Name, to)
		n.relations[schema.GroupKey(edge.Subject, edge.Predicate, edge.Object)] = true
	}
	if column == "relation" { // its ends do not fit: the type of one may be wrong
		for _, end := range []schema.Ref{record.Subject, record.Object} {
			if end.XID == "" && end.ID == "" && end.Name != "" {
				n.named[schema.NormalName(end.Name)] = true
			}
		}
	}
}

func (n *rejectNames) decision(record *schema.Record, column string, xid func(schema.Ref) string) {
	a, b := xid(record.Subject), xid(record.Object)
	switch {
	case column == "decision" || column == "between" || column == "claim":
		n.all = true
	case schema.IsJudgement(record.Predicate) && record.Value != "":
		n.relations[schema.GroupKey("", record.Predicate, record.Value)] = true
	case a == "" || b == "":
		n.all = true
	default:
		n.subjects[a], n.subjects[b] = true, true
	}
}

// keep reports whether a claim may be one that a rejected record would have made. A nil one keeps nothing.
func (n *rejectNames) keep(claim *schema.StoredClaim) bool {
	switch {
	case n == nil || n.count == 0:
		return false
	case n.all, n.relations[schema.GroupOf(claim.StoredKey)], claim.Record != "" && n.records[claim.Record]:
		return true
	case n.subjects[claim.Subject], claim.Object != "" && n.subjects[claim.Object]:
		return true
	case claim.OwnFact() && (n.described[claim.Subject] || n.saidBefore(&claim.Claim)), n.anybody && isReference(&claim.Claim):
		return true
	}
	for _, xid := range []string{claim.Subject, claim.Object} {
		if xid != "" && (n.ends[[2]string{"", xid}] || n.ends[[2]string{claim.Predicate, xid}] || n.isNamed(xid)) {
			return true
		}
	}
	return false
}

// saidBefore reports whether a claim says something of a property of which a value is rejected.
func (n *rejectNames) saidBefore(claim *schema.Claim) bool {
	if len(n.values) == 0 {
		return false
	}
	rejected := func(property string) bool { return n.values[[2]string{claim.Subject, property}] }
	if rejected("") || claim.Predicate != schema.Describes && rejected(claim.Predicate) {
		return true
	}
	for property := range claim.Values {
		if rejected(property) {
			return true
		}
	}
	for property := range claim.Extra {
		if rejected(property) {
			return true
		}
	}
	return false
}

// isReference reports whether a claim may be what a reference by type and name describes.
func isReference(claim *schema.Claim) bool {
	return claim.Predicate == schema.Describes && len(claim.Cites) == 1 && claim.Cites[0].Bare() &&
		claim.Cites[0].Source == schema.DatasetSource(claim.Dataset)
}

// isNamed reports whether an xid is made of a type and a name that one of the records gives.
func (n *rejectNames) isNamed(xid string) bool {
	if len(n.named) == 0 {
		return false
	}
	parts := strings.SplitN(xid, "/", 3)
	return len(parts) == 3 && strings.HasPrefix(xid, "orbat:") && !strings.HasPrefix(parts[1], "#") && n.named[parts[2]]
}
