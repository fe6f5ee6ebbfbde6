// Package validate turns records into claims, or into rejects that say what is wrong with them.
//
//	claims, err := validate.Validator{Ontology: ontology}.Claims(record)
//
// What a record makes depends on the record, the ontology and the data set asked for, never on a database (law 2). A
// bad value of an entity costs that value (law 15): the claims of the rest come beside the error. What is wrong with
// what identifies something, with who says it, how, or how it may be shared, or with a statement that is one claim,
// costs the record: what is left would say something else. [Validator.Chunks] does the same for a whole input on all
// processors.
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
// The error is the *[schema.RecordError] that rejects the record; or one for each value that alone is rejected, joined,
// beside the claims of the rest.
func (v Validator) Claims(rec *schema.Record) ([]*schema.Claim, error) {
	claims, values, err := v.check(rec)
	if err != nil {
		return nil, err
	}
	all := make([]error, len(values))
	for i, bad := range values {
		all[i] = bad
	}
	return claims, errors.Join(all...)
}

// maxFaulty is how many values of one record may be rejected alone. Beyond it the record is.
const maxFaulty = 1000

// check returns the claims of a record with its values that are rejected, or why it is rejected.
func (v Validator) check(rec *schema.Record) (claims []*schema.Claim, values []*schema.RecordError, err error) {
	claims, faulty, err := v.record(rec)
	if err == nil && len(faulty) > maxFaulty {
		err = &schema.Fault{
			Column: faulty[0].Column, Value: faulty[0].Value,
			Reason: fmt.Sprintf("%d values of the record are bad; the first: %s", len(faulty), faulty[0].Reason), Hint: faulty[0].Hint,
		}
	}
	if err != nil {
		fault := schema.FaultOf(err)
		fault.Pos = rec.Pos
		return nil, nil, schema.Rejected(fault, rec.Raw)
	}
	for i := range faulty {
		fault := faulty[i].Fault
		if fault.Pos == (schema.Position{}) {
			fault.Pos = rec.Pos
		}
		bad := schema.Rejected(fault, rec.Raw)
		bad.Partial, bad.Property = rec, faulty[i].Property
		values = append(values, bad)
	}
	return claims, values, nil
}

// trimmed returns a text in memory of its own where it is a small part of another, which it would keep in memory.
func trimmed(text, of string) string {
	if len(text) < len(of)/2 {
		return strings.Clone(text)
	}
	return text
}

func (v Validator) record(rec *schema.Record) ([]*schema.Claim, []schema.ValueFault, error) {
	if size := rec.Size(); size > schema.MaxRecordSize {
		return nil, nil, &schema.Fault{
			Reason: fmt.Sprintf("the record and its claims take %d MiB of memory; at most %d", size>>20, schema.MaxRecordSize>>20),
			Hint:   "split the record into several; each value with a source or period of its own is a claim, which cites all its sources",
		}
	}
	dataset, err := v.DatasetOf(rec)
	if err != nil {
		return nil, nil, err
	}
	c := &checker{ontology: v.Ontology, dataset: dataset, types: map[string]string{}, faulty: slices.Clip(rec.Faulty)}
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
		return nil, nil, err
	}
	return append(c.claims, c.described...), c.faulty, nil
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
	typed     []string          // the xids that references told the types of, in their order
	claims    []*schema.Claim
	described []*schema.Claim
	faulty    []schema.ValueFault // what is left out
}

// leaveOut notes that a value of a property is left out, for what an error says.
func (c *checker) leaveOut(property string, err error) {
	c.faulty = append(c.faulty, schema.ValueFault{Fault: schema.FaultOf(err), Property: property})
}

// attempt takes what belongs to one value; of one that fails, what it refers to is forgotten.
func (c *checker) attempt(take func() error) error {
	described, typed := len(c.described), len(c.typed)
	err := take()
	if err != nil {
		for _, xid := range c.typed[typed:] {
			delete(c.types, xid)
		}
		c.described, c.typed = c.described[:described], c.typed[:typed]
	}
	return err
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
	c.types[xid] = kind.Name // before its references are read: they may name it as something else (law 5)
	claim, stated, err := c.entityProvenance(rec.Provenance)
	if err != nil {
		return err
	}
	if claim.Version != "" && claim.Record == "" { // the record about the entity: its other versions say so, too
		claim.Record, stated.ID = xid, xid
	}
	claim.Predicate, claim.Subject, claim.Type = schema.Describes, xid, kind.Name
	claim.Values = map[string][]string{}
	claim.Extra = c.extra(rec)
	c.claims = append(c.claims, claim)
	for _, name := range slices.Sorted(maps.Keys(rec.Values)) {
		property, before := kind.Property(name), len(c.faulty)
		if property == nil {
			c.leaveOut(name, c.unknownProperty(name, kind.Name, propertyNames(kind.Properties)))
		} else {
			c.values(claim, property, rec.Values[name], stated)
		}
		if err := c.essential(kind, xid, name, before); err != nil {
			return err
		}
	}
	for _, faulty := range rec.Faulty {
		if err := essential(kind, xid, faulty.Property, &faulty.Fault); err != nil {
			return err
		}
	}
	c.dropBounds(kind)
	claim.Normalise()
	return nil
}

// essential returns the fault of a property, among those found since, that the entity cannot be without.
func (c *checker) essential(kind *schema.EntityType, xid, property string, before int) error {
	if len(c.faulty) == before {
		return nil
	}
	return essential(kind, xid, property, &c.faulty[before].Fault)
}

// essential returns a property's fault if the entity cannot be without the property: the name that identifies it, and
// the marking without which all may see it, by whatever name it was meant.
func essential(kind *schema.EntityType, xid, property string, fault *schema.Fault) error {
	if property == schema.MarkingProperty || property == nameProperty && schema.IsNameXID(xid) ||
		kind.Property(property) == nil && schema.ResemblesMarking(property) {
		return fault
	}
	return nil
}

const nameProperty = "name"

// entityProvenance checks what a record says of an entity as a whole. A bad grade, or a bad place in the source, costs
// itself; that the entity has a period is no more than a bad value.
func (c *checker) entityProvenance(stated schema.Provenance) (*schema.Claim, *schema.Provenance, error) {
	if stated.Period != "" {
		c.leaveOut("period", &schema.Fault{
			Column: "period", Value: stated.Period, Reason: "an entity has no period",
			Hint: "give the value that holds for a time a period of its own: rank: {value: …, period: …}",
		})
		stated.Period = ""
	}
	stated.Cites = slices.Clone(stated.Cites)
	for i := range stated.Cites {
		c.dropDetails(&stated.Cites[i])
	}
	for {
		var claim *schema.Claim
		err := c.attempt(func() (err error) {
			claim, err = c.provenance(&stated, "")
			return err
		})
		if err == nil {
			return claim, &stated, nil
		}
		column := schema.FaultOf(err).Column
		switch column {
		case "confidence":
			stated.Confidence = ""
		case "credibility":
			stated.Credibility = ""
		case "method":
			stated.Method = ""
		default:
			return nil, nil, err
		}
		c.leaveOut(column, err)
	}
}

// dropDetails leaves out what is bad of a citation's place in its source. The other citations keep theirs.
func (c *checker) dropDetails(cite *schema.Cite) {
	for {
		_, err := passage(cite, "")
		if err == nil {
			return
		}
		column := schema.FaultOf(err).Column
		*map[string]*string{"quote": &cite.Quote, "locator": &cite.Locator, "begin": &cite.Begin, "end": &cite.End}[column] = ""
		c.leaveOut(column, err)
	}
}

// dropBounds leaves out the bounds of numbers that do not go with what the same statement says.
func (c *checker) dropBounds(kind *schema.EntityType) {
	for {
		claim, fault := schema.CheckEstimates(kind.Properties, c.claims)
		if fault == nil {
			return
		}
		c.leaveOut(fault.Column, fault)
		if claim.Predicate == schema.Describes {
			delete(claim.Values, fault.Column)
		} else {
			c.claims = slices.DeleteFunc(c.claims, func(other *schema.Claim) bool { return other == claim })
		}
	}
}

// orNil keeps a fault that there is none of from becoming an error.
func orNil(f *schema.Fault) error {
	if f == nil {
		return nil
	}
	return f
}

// values puts the plain values of a property into the describing claim and makes claims of those with a source,
// confidence or period of their own. One that is bad is left out; so are several plain ones where one is possible,
// since nobody knows which is meant.
func (c *checker) values(describing *schema.Claim, property *schema.Property, values []schema.Value, stated *schema.Provenance) {
	for _, value := range values {
		text, err := parseValue(property, value.Text)
		switch {
		case err != nil:
			c.leaveOut(property.Name, err)
		case value.Own == nil || value.Own.IsZero():
			describing.Values[property.Name] = append(describing.Values[property.Name], text)
		default:
			if err := c.attempt(func() error { return c.ownValue(describing, property, text, *value.Own, stated) }); err != nil {
				c.leaveOut(property.Name, err)
			}
		}
	}
	plain := slices.Compact(slices.Sorted(slices.Values(describing.Values[property.Name])))
	if !property.List && len(plain) > 1 {
		c.leaveOut(property.Name, &schema.Fault{
			Column: property.Name, Value: strings.Join(plain, " | "), Reason: fmt.Sprintf("%d values where one is possible", len(plain)),
			Hint: "give each a source, period or confidence of its own: {value: …, period: …}",
		})
		delete(describing.Values, property.Name)
	}
}

// ownValue makes the claim of a value that has a source, confidence or period of its own. One without sources cites
// what its record cites, which is checked once: a record may have thousands of either.
func (c *checker) ownValue(
	describing *schema.Claim, property *schema.Property, text string, own schema.Provenance, stated *schema.Provenance,
) error {
	if own.Assertion == "" { // who denies the record denies its values
		own.Assertion = stated.Assertion
	}
	if own.AttributedTo.IsZero() {
		own.AttributedTo = stated.AttributedTo
	}
	if own.Version == "" && stated.Version != "" && (own.ID == "" || own.ID == stated.ID) { // a later version without it takes it back
		own.ID, own.Version = stated.ID, stated.Version
	}
	var claim *schema.Claim
	var err error
	if len(own.Cites) > 0 {
		claim, err = c.provenance(&own, property.Name+".")
	} else if claim, err = c.statement(&own, property.Name+"."); err == nil {
		claim.Cites = slices.Clone(describing.Cites)
	}
	if err != nil {
		return err
	}
	claim.Subject, claim.Predicate, claim.Value = describing.Subject, property.Name, text
	claim.Normalise()
	c.claims = append(c.claims, claim)
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
			if err != nil && qualifier.Describes && !qualifier.Required { // the statement says the same without it
				c.leaveOut(name, err)
				continue
			}
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
	claim.Extra = c.extra(rec)
	claim.Normalise()
	c.claims = append(c.claims, claim)
	_, fault := schema.CheckEstimates(relation.Qualifiers, c.claims)
	return orNil(fault)
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
	claim.Extra = c.extra(rec)
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
	claim.Extra = c.extra(rec)
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
	case schema.Reject, schema.Accept:
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
			Hint: "one of same, different, unsure, reject, accept",
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
	if c.types[xid] == "" {
		c.types[xid] = kind.Name
		c.typed = append(c.typed, xid)
	}
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

// extra returns the x_… properties of a record in their one spelling: whoever wrote them, equal ones make equal claims
// (law 3). Names are canonical too. What is no JSON, or of two spellings, is left out.
func (c *checker) extra(rec *schema.Record) map[string]string {
	var extra map[string]string
	var doubled []string
	for _, name := range slices.Sorted(maps.Keys(rec.Extra)) {
		text, err := schema.CanonicalJSON(rec.Extra[name])
		to := norm.NFC.String(name)
		if _, twice := extra[to]; twice && err == nil {
			err = errors.New("the key stands twice, in two spellings")
			doubled = append(doubled, to)
		}
		if err != nil {
			c.leaveOut(name, &schema.Fault{
				Column: name, Value: schema.Shorten(rec.Extra[name]), Reason: err.Error(), Hint: "write it in one way, as JSON in UTF-8",
			})
			continue
		}
		if extra == nil {
			extra = make(map[string]string, len(rec.Extra))
		}
		extra[to] = text
	}
	for _, name := range doubled {
		delete(extra, name)
	}
	return extra
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
