// Package validate turns records into claims, or into rejects that say what is wrong with them.
//
//	claims, err := validate.Validator{Ontology: ontology}.Claims(record)
//
// What a record makes depends on the record, the ontology and the data set asked for, never on a database (law 2). An
// error is a *[schema.RecordError]. [Validator.Chunks] does the same for a whole input on all processors.
package validate

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"orbat/schema"
)

// Validator turns records into claims.
type Validator struct {
	Ontology *schema.Ontology
	Dataset  string // asked for; empty takes the records' own
}

// Claims returns the claims that a record makes: its own first, then its values', then what its references describe.
// The error is a *[schema.RecordError].
func (v Validator) Claims(rec *schema.Record) ([]*schema.Claim, error) {
	claims, err := v.record(rec)
	if err == nil {
		return claims, nil
	}
	fault := schema.FaultOf(err)
	fault.Pos = rec.Pos
	return nil, schema.Rejected(fault, rec.Raw)
}

// trimmed returns a text in memory of its own where it is a small part of another, which it would keep in memory.
func trimmed(text, of string) string {
	if len(text) < len(of)/2 {
		return strings.Clone(text)
	}
	return text
}

func (v Validator) record(rec *schema.Record) ([]*schema.Claim, error) {
	if size := rec.Size(); size > schema.MaxRecordSize {
		return nil, &schema.Fault{
			Reason: fmt.Sprintf("the record and its claims take %d MiB of memory; at most %d", size>>20, schema.MaxRecordSize>>20),
			Hint:   "split the record into several; each value with a source or period of its own is a claim, which cites all its sources",
		}
	}
	dataset, err := v.DatasetOf(rec)
	if err != nil {
		return nil, err
	}
	c := &checker{ontology: v.Ontology, dataset: dataset, types: map[string]string{}}
	switch rec.Kind {
	case schema.EntityRecord:
		err = c.entity(rec)
	case schema.RelationRecord:
		err = c.relation(rec)
	case schema.ValueRecord:
		err = c.valueRecord(rec)
	case schema.DecisionRecord:
		err = c.decision(rec)
	case schema.TextRecord:
		err = orNil(rec.Piece.Check())
	default:
		err = fmt.Errorf("unknown kind of record %d", rec.Kind)
	}
	if err != nil {
		return nil, err
	}
	return append(c.claims, c.described...), nil
}

// DatasetOf returns the data set that a record belongs to.
func (v Validator) DatasetOf(rec *schema.Record) (string, error) {
	dataset := rec.Dataset
	if dataset == "" {
		dataset = v.Dataset
	}
	if rec.Kind == schema.DecisionRecord && dataset == "" {
		dataset = schema.DecisionsDataset
	}
	if dataset == "" {
		dataset = schema.DefaultDataset
	}
	if err := schema.CheckDataset(dataset); err != nil {
		return "", &schema.Fault{Column: "dataset", Value: dataset, Reason: err.Error()}
	}
	if v.Dataset != "" && dataset != v.Dataset {
		return "", &schema.Fault{
			Column: "dataset", Value: dataset, Reason: fmt.Sprintf("the record belongs to data set %q, the load to %q", dataset, v.Dataset),
			Hint: "load it into its own data set", Option: schema.Option{Name: "dataset", Value: dataset},
		}
	}
	if (rec.Kind == schema.DecisionRecord) != (dataset == schema.DecisionsDataset) {
		return "", &schema.Fault{
			Column: "dataset", Value: dataset, Reason: "the data set decisions takes decisions, and nothing else does",
			Hint: "leave dataset out of a decision; name another for anything else",
		}
	}
	return dataset, nil
}

// checker collects the claims of one record.
type checker struct {
	ontology  *schema.Ontology
	dataset   string
	types     map[string]string // by xid, as this record alone tells them (law 5)
	claims    []*schema.Claim
	described []*schema.Claim
}

func (c *checker) entity(rec *schema.Record) error {
	self := rec.Subject
	kind := c.ontology.Type(self.Type)
	if kind == nil {
		return c.unknown("type", "type", self.Type, schema.SeeTypes)
	}
	if self.XID == "" && self.ID == "" && self.Name == "" {
		self.Name = plainText(rec.Values["name"])
	}
	xid, err := self.Absolute(c.dataset)
	if err != nil {
		return &schema.Fault{
			Column: "xid", Value: self.XID + self.ID, Reason: err.Error(),
			Hint: "give an id (local), an xid (scheme:id), or a name",
		}
	}
	if err := c.noImplicitSource("xid", xid); err != nil {
		return err
	}
	if rec.Period != "" {
		return &schema.Fault{
			Column: "period", Value: rec.Period, Reason: "an entity has no period",
			Hint: "give the value that holds for a time a period of its own: rank: {value: …, period: …}",
		}
	}
	c.types[xid] = kind.Name // before its references are read: they may name it as something else (law 5)
	claim, err := c.provenance(&rec.Provenance, "")
	if err != nil {
		return err
	}
	claim.Predicate, claim.Subject, claim.Type = schema.Describes, xid, kind.Name
	claim.Values = map[string][]string{}
	if claim.Extra, err = extraOf(rec); err != nil {
		return err
	}
	c.claims = append(c.claims, claim)
	for _, name := range slices.Sorted(maps.Keys(rec.Values)) {
		property := kind.Property(name)
		if property == nil {
			return c.unknownProperty(name, kind.Name, propertyNames(kind.Properties))
		}
		if err := c.values(claim, property, rec.Values[name], &rec.Provenance); err != nil {
			return err
		}
	}
	claim.Normalise()
	return orNil(schema.CheckEstimates(kind.Properties, c.claims))
}

// orNil keeps a fault that there is none of from becoming an error.
func orNil(f *schema.Fault) error {
	if f == nil {
		return nil
	}
	return f
}

// values puts the plain values of a property into the describing claim and makes claims of those with a source,
// confidence or period of their own.
func (c *checker) values(describing *schema.Claim, property *schema.Property, values []schema.Value, stated *schema.Provenance) error {
	for _, value := range values {
		text, err := parseValue(property, value.Text)
		if err != nil {
			return err
		}
		if value.Own == nil || value.Own.IsZero() {
			describing.Values[property.Name] = append(describing.Values[property.Name], text)
			continue
		}
		own := *value.Own
		if len(own.Cites) == 0 {
			own.Cites = stated.Cites
		}
		if own.Assertion == "" { // who denies the record denies its values
			own.Assertion = stated.Assertion
		}
		if own.AttributedTo.IsZero() {
			own.AttributedTo = stated.AttributedTo
		}
		claim, err := c.provenance(&own, property.Name+".")
		if err != nil {
			return err
		}
		claim.Subject, claim.Predicate, claim.Value = describing.Subject, property.Name, text
		claim.Normalise()
		c.claims = append(c.claims, claim)
	}
	plain := slices.Compact(slices.Sorted(slices.Values(describing.Values[property.Name])))
	if !property.List && len(plain) > 1 {
		return &schema.Fault{
			Column: property.Name, Value: strings.Join(plain, " | "), Reason: fmt.Sprintf("%d values where one is possible", len(plain)),
			Hint: "give each a source, period or confidence of its own: {value: …, period: …}",
		}
	}
	return nil
}

func (c *checker) relation(rec *schema.Record) error {
	relation := c.ontology.Relation(rec.Predicate)
	if relation == nil {
		return c.unknown("relation", "relation", rec.Predicate, schema.SeeSchema)
	}
	from, err := c.end("from", rec.Subject)
	if err != nil {
		return err
	}
	to, err := c.end("to", rec.Object)
	if err != nil {
		return err
	}
	if fromType, toType := c.types[from], c.types[to]; !relation.Fits(fromType, toType) {
		f := &schema.Fault{
			Column: "relation", Value: relation.Name, See: schema.SeeSchema.Of(relation.Name),
			Reason: fmt.Sprintf("%s does not go from %s to %s", relation.Name, orAny(fromType), orAny(toType)),
		}
		if relation.Fits(toType, fromType) {
			f.See, f.Hint = "", "swap from and to"
		}
		return f
	}
	if relation.Swaps(from, to) {
		from, to = to, from
	}
	claim, err := c.provenance(&rec.Provenance, "")
	if err != nil {
		return err
	}
	claim.Predicate, claim.Subject, claim.Object = relation.Name, from, to
	claim.Values = map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(rec.Values)) {
		qualifier := relation.Qualifier(name)
		if qualifier == nil {
			return c.unknownProperty(name, relation.Name, propertyNames(relation.Qualifiers))
		}
		for _, value := range rec.Values[name] {
			text, err := parseValue(qualifier, value.Text)
			if err != nil {
				return err
			}
			if value.Own != nil && !value.Own.IsZero() {
				return &schema.Fault{
					Column: name, Value: value.Text, Reason: "a qualifier has no source of its own",
					Hint: "write a second relation record",
				}
			}
			claim.Values[name] = append(claim.Values[name], text)
		}
		if !qualifier.List && len(claim.Values[name]) > 1 {
			return &schema.Fault{
				Column: name, Value: strings.Join(claim.Values[name], " | "), Reason: "several values where one is possible",
				Hint: "write a relation record for each",
			}
		}
	}
	for _, qualifier := range relation.Qualifiers {
		if qualifier.Required && len(claim.Values[qualifier.Name]) == 0 {
			return &schema.Fault{Column: qualifier.Name, Reason: relation.Name + " needs " + qualifier.Name, Hint: qualifier.Doc}
		}
	}
	if claim.Extra, err = extraOf(rec); err != nil {
		return err
	}
	claim.Normalise()
	c.claims = append(c.claims, claim)
	return orNil(schema.CheckEstimates(relation.Qualifiers, c.claims))
}

func (c *checker) valueRecord(rec *schema.Record) error {
	xid, err := c.end("of", rec.Subject)
	if err != nil {
		return err
	}
	property, text, err := c.parseUntyped(c.types[xid], rec)
	if err != nil {
		return err
	}
	if len(rec.Values) > 0 {
		return c.unknownProperty(slices.Min(slices.Collect(maps.Keys(rec.Values))), "a value record", nil)
	}
	claim, err := c.provenance(&rec.Provenance, "")
	if err != nil {
		return err
	}
	claim.Subject, claim.Predicate, claim.Value = xid, property.Name, text
	if claim.Extra, err = extraOf(rec); err != nil {
		return err
	}
	claim.Normalise()
	c.claims = append(c.claims, claim)
	return nil
}

// parseUntyped reads a value record's value. Where the record does not tell the entity's type, any type's property of
// the name may take it: a person's status is "killed", an event's "confirmed".
func (c *checker) parseUntyped(kind string, rec *schema.Record) (*schema.Property, string, error) {
	err := c.unknown("property", "property", rec.Predicate, schema.SeeSchema.Of(kind))
	for _, t := range c.ontology.Types {
		property := t.Property(rec.Predicate)
		if property == nil || kind != "" && t.Name != kind {
			continue
		}
		var text string
		if text, err = parseValue(property, rec.Value); err == nil {
			return property, text, nil
		}
	}
	return nil, "", err
}

func (c *checker) decision(rec *schema.Record) error {
	claim, err := c.provenance(&rec.Provenance, "")
	if err != nil {
		return err
	}
	claim.Predicate, claim.Values = rec.Predicate, map[string][]string{}
	if claim.Extra, err = extraOf(rec); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(rec.Values)) {
		if circumstances := []string{"by", "at", "why", "session"}; !slices.Contains(circumstances, name) {
			return c.unknownProperty(name, "a decision", circumstances)
		}
		for _, value := range rec.Values[name] {
			text, err := checkText(name, value.Text)
			if err != nil {
				return err
			}
			claim.Values[name] = append(claim.Values[name], text)
		}
	}
	switch rec.Predicate {
	case schema.Reject:
		if len(rec.Value) != schema.KeyLength || !strings.Contains(rec.Value, ".") {
			return &schema.Fault{
				Column: "claim", Value: rec.Value, Reason: "not the key of a claim",
				Hint: "the question evidence-for-link shows the keys",
			}
		}
		claim.Subject, claim.Value = schema.DatasetSource(schema.DecisionsDataset), rec.Value
	case schema.Same, schema.Different, schema.Unsure:
		if claim.Subject, err = c.end("between", rec.Subject); err != nil {
			return err
		}
		if claim.Object, err = c.end("between", rec.Object); err != nil {
			return err
		}
		if claim.Subject == claim.Object {
			return &schema.Fault{Column: "between", Value: claim.Subject, Reason: "both are one xid already", Hint: "name two entities"}
		}
		if claim.Object < claim.Subject {
			claim.Subject, claim.Object = claim.Object, claim.Subject
		}
	default:
		return &schema.Fault{
			Column: "decision", Value: rec.Predicate, Reason: "unknown decision",
			Hint: "one of same, different, unsure, reject",
		}
	}
	if len(c.described) > 0 {
		return &schema.Fault{
			Column: "decision", Value: c.described[0].Subject, Reason: "a decision describes nothing",
			Hint: "refer by xid or id, without type and name",
		}
	}
	claim.Normalise()
	c.claims = append(c.claims, claim)
	return nil
}

// end resolves a reference and notes the type it tells.
func (c *checker) end(column string, ref schema.Ref) (string, error) {
	xid, err := c.refer(column, ref)
	if err != nil {
		return "", err
	}
	return xid, c.noImplicitSource(column, xid)
}

func (c *checker) noImplicitSource(column, xid string) error {
	if schema.IsDatasetSource(xid) {
		return &schema.Fault{
			Column: column, Value: xid, Reason: "dataset: names the implicit source of a data set; only a citation may",
			Hint: "use another xid",
		}
	}
	return nil
}

// refer returns a reference's xid; a type with it describes the entity, for the data set as a whole: a thousand rows
// naming one country make one describing claim, not a thousand.
func (c *checker) refer(column string, ref schema.Ref) (string, error) {
	xid, err := ref.Absolute(c.dataset)
	if err != nil {
		return "", &schema.Fault{
			Column: column, Value: ref.XID + ref.ID + ref.Name, Reason: err.Error(),
			Hint: "refer by xid (scheme:id), id, or type and name",
		}
	}
	if len(ref.XID)+len(ref.ID) > 2*len(xid) {
		xid = strings.Clone(xid) // not the whole of what it was trimmed from
	}
	if !ref.Describes() {
		if ref.Name != "" {
			return "", &schema.Fault{
				Column: column, Value: ref.Name, Reason: "a name beside an id needs its type",
				Hint: "add type, or leave the name out",
			}
		}
		return xid, nil
	}
	kind := c.ontology.Type(ref.Type)
	if kind == nil {
		return "", c.unknown(column, "type", ref.Type, schema.SeeTypes)
	}
	if known := c.types[xid]; known != "" && known != kind.Name {
		return "", &schema.Fault{
			Column: column, Value: xid, Reason: fmt.Sprintf("%s is a %s and a %s in one record", schema.Shorten(xid), known, kind.Name),
			Hint: "give one type",
		}
	}
	c.types[xid] = kind.Name
	claim := &schema.Claim{
		Dataset: c.dataset, Predicate: schema.Describes, Subject: xid, Type: kind.Name,
		Assertion: schema.Asserted, Confidence: schema.NoConfidence, Values: map[string][]string{},
		Cites: []schema.Citation{{Source: schema.DatasetSource(c.dataset), Begin: schema.NoSpan, End: schema.NoSpan}},
	}
	if ref.Name != "" {
		name, err := parseValue(kind.Property("name"), ref.Name)
		if err != nil {
			return "", err
		}
		claim.Values["name"] = []string{name}
	}
	c.described = append(c.described, claim)
	return xid, nil
}

func (c *checker) unknown(column, kind, name string, see schema.Listing) error {
	f := &schema.Fault{Column: column, Value: name, Reason: fmt.Sprintf("unknown %s %q", kind, schema.Shorten(name)), See: see}
	if name == "" {
		f.Reason = "no " + kind + " given"
	}
	if near := c.ontology.Suggest(kind, name); near != "" {
		f.Hint = schema.DidYouMean(near, "")
	}
	return f
}

func (c *checker) unknownProperty(name, of string, known []string) error {
	hint := "known: " + strings.Join(known, ", ")
	if len(known) == 0 {
		hint = "leave it out"
	}
	return &schema.Fault{
		Column: name, Value: name, Reason: fmt.Sprintf("%s has no property %q", of, schema.Shorten(name)),
		Hint: hint + "; prefix x_ keeps anything else",
	}
}

func parseValue(property *schema.Property, text string) (string, error) {
	canonical, err := property.Parse(text)
	if err != nil {
		f := &schema.Fault{Column: property.Name, Value: text, Reason: err.Error()}
		var bad *schema.ValueError
		if errors.As(err, &bad) {
			f.Reason, f.Hint = fmt.Sprintf("%q %s", schema.Shorten(text), bad.Reason), bad.Hint // the column is named once
		}
		return "", f
	}
	return trimmed(canonical, text), nil
}

// extraOf returns the x_… properties of a record in their one spelling: whoever wrote them, equal ones make equal
// claims (law 3). Names are canonical too.
func extraOf(rec *schema.Record) (map[string]string, error) {
	var extra map[string]string
	for _, name := range slices.Sorted(maps.Keys(rec.Extra)) {
		text, err := schema.CanonicalJSON(rec.Extra[name])
		to := norm.NFC.String(name)
		if _, twice := extra[to]; twice && err == nil {
			err = errors.New("the key stands twice, in two spellings")
		}
		if err != nil {
			return nil, &schema.Fault{
				Column: name, Value: schema.Shorten(rec.Extra[name]), Reason: err.Error(), Hint: "write it in one way, as JSON in UTF-8",
			}
		}
		if extra == nil {
			extra = make(map[string]string, len(rec.Extra))
		}
		extra[to] = text
	}
	return extra, nil
}

func plainText(values []schema.Value) string {
	if len(values) == 0 {
		return ""
	}
	return values[0].Text
}

func propertyNames(properties []*schema.Property) []string {
	names := make([]string, len(properties))
	for i, p := range properties {
		names[i] = p.Name
	}
	return names
}

func orAny(kind string) string {
	if kind == "" {
		return "anything"
	}
	return kind
}
