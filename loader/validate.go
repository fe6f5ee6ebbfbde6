package loader

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"orbat/schema"
)

// validator turns records into claims. What it makes or rejects depends on the record, the ontology and the data set
// asked for, never on the database (law 2).
type validator struct {
	ontology *schema.Ontology
	dataset  string // asked for; empty takes the records' own
}

// fault is what is wrong with one field.
type fault struct{ column, value, reason, hint string }

func (f *fault) Error() string { return f.column + ": " + f.reason }

// claims gives the claims that a record makes: its own first, then its values', then what its references describe.
// The error is a *schema.RecordError.
func (v *validator) claims(rec *schema.Record) ([]*schema.Claim, error) {
	claims, err := v.record(rec)
	if err == nil {
		return claims, nil
	}
	bad := &schema.RecordError{Fault: schema.Fault{Pos: rec.Pos, Reason: err.Error()}, Raw: rec.Raw}
	var f *fault
	if errors.As(err, &f) {
		bad.Column, bad.Value, bad.Reason, bad.Hint = f.column, f.value, f.reason, f.hint
	}
	return nil, bad
}

func (v *validator) record(rec *schema.Record) ([]*schema.Claim, error) {
	dataset, err := v.datasetOf(rec)
	if err != nil {
		return nil, err
	}
	c := &checker{ontology: v.ontology, dataset: dataset, types: map[string]string{}}
	switch rec.Kind {
	case schema.EntityRecord:
		err = c.entity(rec)
	case schema.RelationRecord:
		err = c.relation(rec)
	case schema.ValueRecord:
		err = c.valueRecord(rec)
	case schema.DecisionRecord:
		err = c.decision(rec)
	default:
		err = fmt.Errorf("unknown kind of record %d", rec.Kind)
	}
	if err != nil {
		return nil, err
	}
	return append(c.claims, c.described...), nil
}

func (v *validator) datasetOf(rec *schema.Record) (string, error) {
	dataset := rec.Dataset
	if dataset == "" {
		dataset = v.dataset
	}
	if rec.Kind == schema.DecisionRecord && dataset == "" {
		dataset = schema.DecisionsDataset
	}
	if dataset == "" {
		dataset = schema.DefaultDataset
	}
	if err := schema.CheckDataset(dataset); err != nil {
		return "", &fault{"dataset", dataset, err.Error(), ""}
	}
	if v.dataset != "" && dataset != v.dataset {
		return "", &fault{
			"dataset", dataset, fmt.Sprintf("the record belongs to data set %q, the load to %q", dataset, v.dataset),
			"load it without --dataset, or with its own",
		}
	}
	if (rec.Kind == schema.DecisionRecord) != (dataset == schema.DecisionsDataset) {
		return "", &fault{
			"dataset", dataset, "the data set decisions takes decisions, and nothing else does",
			"leave dataset out of a decision; name another for anything else",
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
		return c.unknown("type", "type", self.Type, "orbat schema types")
	}
	if self.XID == "" && self.ID == "" && self.Name == "" {
		self.Name = plainText(rec.Values["name"])
	}
	xid, err := self.Absolute(c.dataset)
	if err != nil {
		return &fault{"xid", self.XID + self.ID, err.Error(), "give an id (local), an xid (scheme:id), or a name"}
	}
	if err := c.noImplicitSource("xid", xid); err != nil {
		return err
	}
	if rec.Period != "" {
		return &fault{"period", rec.Period, "an entity has no period", "give the value that holds for a time a period of its own: rank: {value: …, period: …}"}
	}
	c.types[xid] = kind.Name // before its references are read: they may name it as something else (law 5)
	claim, err := c.says(&rec.Provenance, "")
	if err != nil {
		return err
	}
	claim.Predicate, claim.Subject, claim.Type = schema.Describes, xid, kind.Name
	claim.Values, claim.Extra = map[string][]string{}, rec.Extra
	c.claims = append(c.claims, claim)
	for _, name := range sortedNames(rec.Values) {
		property := kind.Property(name)
		if property == nil {
			return c.unknownProperty(name, kind.Name, propertyNames(kind.Properties))
		}
		if err := c.values(claim, property, rec.Values[name], &rec.Provenance); err != nil {
			return err
		}
	}
	claim.Normalise()
	return nil
}

// values puts the plain values of a property into the describing claim and makes claims of those with a source,
// confidence or period of their own.
func (c *checker) values(describing *schema.Claim, property *schema.Property, values []schema.Value, says *schema.Provenance) error {
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
			own.Cites = says.Cites
		}
		if own.Assertion == "" { // who denies the record denies its values
			own.Assertion = says.Assertion
		}
		if own.AttributedTo.IsZero() {
			own.AttributedTo = says.AttributedTo
		}
		claim, err := c.says(&own, property.Name+".")
		if err != nil {
			return err
		}
		claim.Subject, claim.Predicate, claim.Value = describing.Subject, property.Name, text
		claim.Normalise()
		c.claims = append(c.claims, claim)
	}
	plain := slices.Compact(slices.Sorted(slices.Values(describing.Values[property.Name])))
	if !property.List && len(plain) > 1 {
		return &fault{
			property.Name, strings.Join(plain, " | "), fmt.Sprintf("%d values where one is possible", len(plain)),
			"give each a source, period or confidence of its own: {value: …, period: …}",
		}
	}
	return nil
}

func (c *checker) relation(rec *schema.Record) error {
	relation := c.ontology.Relation(rec.Predicate)
	if relation == nil {
		return c.unknown("relation", "relation", rec.Predicate, "orbat schema show")
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
		hint := "see orbat schema show " + relation.Name
		if relation.Fits(toType, fromType) {
			hint = "swap from and to"
		}
		return &fault{"relation", relation.Name, fmt.Sprintf("%s does not go from %s to %s", relation.Name, orAny(fromType), orAny(toType)), hint}
	}
	if relation.Swaps(from, to) {
		from, to = to, from
	}
	claim, err := c.says(&rec.Provenance, "")
	if err != nil {
		return err
	}
	claim.Predicate, claim.Subject, claim.Object = relation.Name, from, to
	claim.Values = map[string][]string{}
	for _, name := range sortedNames(rec.Values) {
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
				return &fault{name, value.Text, "a qualifier has no source of its own", "write a second relation record"}
			}
			claim.Values[name] = append(claim.Values[name], text)
		}
		if !qualifier.List && len(claim.Values[name]) > 1 {
			return &fault{name, strings.Join(claim.Values[name], " | "), "several values where one is possible", "write a relation record for each"}
		}
	}
	for _, qualifier := range relation.Qualifiers {
		if qualifier.Required && len(claim.Values[qualifier.Name]) == 0 {
			return &fault{qualifier.Name, "", relation.Name + " needs " + qualifier.Name, qualifier.Doc}
		}
	}
	claim.Extra = rec.Extra
	claim.Normalise()
	c.claims = append(c.claims, claim)
	return nil
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
		return c.unknownProperty(sortedNames(rec.Values)[0], "a value record", nil)
	}
	claim, err := c.says(&rec.Provenance, "")
	if err != nil {
		return err
	}
	claim.Subject, claim.Predicate, claim.Value, claim.Extra = xid, property.Name, text, rec.Extra
	claim.Normalise()
	c.claims = append(c.claims, claim)
	return nil
}

// parseUntyped reads a value record's value. Where the record does not tell the entity's type, any type's property of the
// name may take it: a person's status is "killed", an event's "confirmed".
func (c *checker) parseUntyped(kind string, rec *schema.Record) (*schema.Property, string, error) {
	err := c.unknown("property", "property", rec.Predicate, "orbat schema show "+kind)
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
	claim, err := c.says(&rec.Provenance, "")
	if err != nil {
		return err
	}
	claim.Predicate, claim.Values, claim.Extra = rec.Predicate, map[string][]string{}, rec.Extra
	for _, name := range sortedNames(rec.Values) {
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
			return &fault{"claim", rec.Value, "not the key of a claim", "orbat query evidence-for-link shows the keys"}
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
			return &fault{"between", claim.Subject, "both are one xid already", "name two entities"}
		}
		if claim.Object < claim.Subject {
			claim.Subject, claim.Object = claim.Object, claim.Subject
		}
	default:
		return &fault{"decision", rec.Predicate, "unknown decision", "one of same, different, unsure, reject"}
	}
	if len(c.described) > 0 {
		return &fault{"decision", c.described[0].Subject, "a decision describes nothing", "refer by xid or id, without type and name"}
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
		return &fault{column, xid, "dataset: names the implicit source of a data set; only a citation may", "use another xid"}
	}
	return nil
}

// refer gives a reference's xid; a type with it describes the entity, for the data set as a whole: a thousand rows
// naming one country make one describing claim, not a thousand.
func (c *checker) refer(column string, ref schema.Ref) (string, error) {
	xid, err := ref.Absolute(c.dataset)
	if err != nil {
		return "", &fault{column, ref.XID + ref.ID + ref.Name, err.Error(), "refer by xid (scheme:id), id, or type and name"}
	}
	if !ref.Describes() {
		if ref.Name != "" {
			return "", &fault{column, ref.Name, "a name beside an id needs its type", "add type, or leave the name out"}
		}
		return xid, nil
	}
	kind := c.ontology.Type(ref.Type)
	if kind == nil {
		return "", c.unknown(column, "type", ref.Type, "orbat schema types")
	}
	if known, told := c.types[xid]; told && known != kind.Name {
		return "", &fault{column, xid, fmt.Sprintf("%s is a %s and a %s in one record", schema.Shorten(xid), known, kind.Name), "give one type"}
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

func (c *checker) unknown(column, kind, name, see string) error {
	f := &fault{column, name, fmt.Sprintf("unknown %s %q", kind, schema.Shorten(name)), "see " + strings.TrimSpace(see)}
	if name == "" {
		f.reason = "no " + kind + " given"
	}
	if near := c.ontology.Suggest(kind, name); near != "" {
		f.hint = fmt.Sprintf("did you mean %s? (%s)", near, f.hint)
	}
	return f
}

func (c *checker) unknownProperty(name, of string, known []string) error {
	hint := "known: " + strings.Join(known, ", ")
	if len(known) == 0 {
		hint = "leave it out"
	}
	return &fault{name, name, fmt.Sprintf("%s has no property %q", of, schema.Shorten(name)), hint + "; prefix x_ keeps anything else"}
}

func parseValue(property *schema.Property, text string) (string, error) {
	canonical, err := property.Parse(text)
	if err != nil {
		f := &fault{column: property.Name, value: text, reason: err.Error()}
		var bad *schema.ValueError
		if errors.As(err, &bad) {
			f.reason, f.hint = fmt.Sprintf("%q %s", schema.Shorten(text), bad.Reason), bad.Hint // the column is named once
		}
		return "", f
	}
	return canonical, nil
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

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Claims gives the claims that a record makes under an ontology, or the *schema.RecordError that rejects it: what a load
// would write, without a database. dataset is the one asked for, as in [Options].
func Claims(ontology *schema.Ontology, dataset string, record *schema.Record) ([]*schema.Claim, error) {
	v := validator{ontology, dataset}
	return v.claims(record)
}
