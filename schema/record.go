package schema

import "strconv"

// RecordKind tells the kinds of record apart.
type RecordKind int

// The kinds of record.
const (
	EntityRecord   RecordKind = iota // describes an entity: its type, its values
	RelationRecord                   // A relation B
	ValueRecord                      // one value of one entity, with its own source, confidence or period
	DecisionRecord                   // an analyst's judgement: same, different, unsure, reject, accept
	TextRecord                       // a piece of a document's text: it claims nothing
)

// Record is one statement as a file makes it: what every reader yields and the canonical export writes. All values
// are text; only the ontology says what they are.
type Record struct {
	Pos Position
	Raw []byte // the record as it stood in the file, for the file of rejects

	Kind    RecordKind
	Dataset string // empty: the load's

	Subject   Ref    // the entity; the "of" of a value; the "from" of a relation; the first of a decision's two
	Predicate string // relation, property or decision; empty for an entity record
	Object    Ref    // the "to" of a relation; the second of a decision's two

	Value  string             // a value record's value; the key of the claim that a decision rejects or accepts
	Values map[string][]Value // an entity's properties or a relation's qualifiers, by name
	Extra  map[string]string  // x_… properties as compact JSON: kept in the describing claim, never a predicate (law 13)

	Piece *TextPiece // a text record's; nil of all others

	// Faulty are the values that the reader could not take and has left out: each costs that value (law 15).
	Faulty []ValueFault

	Provenance
}

// FirstText returns the first text of a property; empty: it has none.
func (r *Record) FirstText(property string) string {
	if values := r.Values[property]; len(values) > 0 {
		return values[0].Text
	}
	return ""
}

// ValueFault is what is wrong with a value of a property. The fault's column is where the value stands in the input,
// which need not be called like the property.
type ValueFault struct {
	Fault
	Property string
}

// Value is one value of a property. Where it has a source, period or confidence of its own it becomes a claim of its
// own (law 2).
type Value struct {
	Text string
	Own  *Provenance
}

// Provenance is what a record says about its own statement. Everything is text as found; the loader checks it.
type Provenance struct {
	Period       string
	Assertion    string // asserted (the default), negated, denied, hedged, reported, planned
	AttributedTo Ref
	Confidence   string // 0-100
	Credibility  string // Admiralty 1-6, as the source graded it
	Method       string // how the statement was obtained
	Marking      string // TLP or classification
	ID           string // the record's id in its source, such as a STIX relationship's
	Version      string // which version of the record it is, such as STIX's modified
	Cites        []Cite
}

// IsZero reports whether nothing is said.
func (s *Provenance) IsZero() bool {
	return s.Period == "" && s.Assertion == "" && s.AttributedTo.IsZero() && s.Confidence == "" && s.Credibility == "" &&
		s.Method == "" && s.Marking == "" && s.ID == "" && s.Version == "" && len(s.Cites) == 0
}

// Cite points into one source. Begin and End count code points from the start of the document's text; both empty: no
// span.
type Cite struct {
	Source  Ref // zero: the implicit Source of the data set
	Quote   string
	Locator string // page, section, time, cell
	Begin   string
	End     string
}

// Position is a place in an input. Line and Column count from 1; 0 is unknown.
type Position struct {
	File   string
	Line   int
	Column int
}

// String returns file:line:column, as editors and compilers write it.
func (p Position) String() string {
	s := p.File
	if p.Line > 0 {
		s += ":" + strconv.Itoa(p.Line)
		if p.Column > 0 {
			s += ":" + strconv.Itoa(p.Column)
		}
	}
	return s
}
