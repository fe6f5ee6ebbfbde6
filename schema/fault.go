package schema

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// Fault is the one shape of what orbat finds wrong: where, in what, why, and what would mend it. Every error type of
// its packages that is about an input or a question embeds it, or describes itself as one by a method
//
//	Describe() schema.Fault
//
// so that a shell, an HTTP API and a Go program show the same error, each in its own words: a Fault names no flag, no
// command and no route. What would mend it stands in Hint as a sentence; where an option of the operation would,
// Option names it; where a listing shows what may stand there, See names the listing.
type Fault struct {
	Pos    Position // of the fault; zero: it stands in no file
	Column string   // the field, column or parameter it is about; empty: the whole record or call
	Value  string   // the offending value, as given
	Reason string   // what is wrong: "not a confidence"
	Hint   string   // what would mend it: "a whole number from 0 to 100"; empty: the reason says it
	Option Option   // the option that would mend it; zero: none would
	See    Listing  // what lists what may stand there; empty: nothing does
}

// Option names an option of the operation that failed, and what to set it to; an empty Value leaves that to the reader.
type Option struct{ Name, Value string }

// Listing names what lists the names or values that may stand where a fault was found.
type Listing string

// The listings.
const (
	SeeTypes     Listing = "types"     // of the ontology: entity types and relations
	SeeSchema    Listing = "schema"    // the ontology in full, or of one type or relation
	SeeQuestions Listing = "questions" // the canned questions
	SeeQuestion  Listing = "question"  // of one question: its parameters
	SeeDatasets  Listing = "datasets"  // the data sets with their loads
	SeeSources   Listing = "sources"   // the documents with their data sets
	SeeDecisions Listing = "decisions" // what people decided
	SeeSearch    Listing = "search"    // what a text may mean
	SeeHeader    Listing = "header"    // what the header of a question's file may hold
)

// Of returns the listing of one thing: SeeSchema.Of("Person"). Of nothing it is the whole listing.
func (l Listing) Of(name string) Listing {
	if name == "" {
		return l
	}
	return l + "/" + Listing(name)
}

// Cut returns the listing and what it is of, empty where it is whole.
func (l Listing) Cut() (listing Listing, of string) {
	whole, of, _ := strings.Cut(string(l), "/")
	return Listing(whole), of
}

// Error returns position, field and reason on one line; the hint is the caller's to print.
func (f *Fault) Error() string {
	s := f.Reason
	if f.Column != "" {
		s = f.Column + ": " + s
	}
	if at := f.Pos.String(); at != "" {
		s = at + ": " + s
	}
	return s
}

// Describe returns the fault itself. It makes whatever embeds a Fault describe itself as one.
func (f *Fault) Describe() Fault { return *f }

// FaultOf returns the shape of an error: that of the first in its chain that describes itself as a [Fault]; else the
// error's text as the reason, with a hint where one in its chain gives one by a method Hint() string. The zero Fault is
// that of a nil error.
func FaultOf(err error) Fault {
	if err == nil {
		return Fault{}
	}
	var described interface{ Describe() Fault }
	if errors.As(err, &described) {
		return described.Describe()
	}
	f := Fault{Reason: err.Error()}
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		f.Hint = hinted.Hint()
	}
	return f
}

// RecordError rejects one record, or one value of it: reading and loading go on with what follows (law 15).
type RecordError struct {
	Fault
	Raw []byte // the record as it stood in the file

	// Property is what alone is rejected: the values of an entity's property, a qualifier that merely describes, a
	// grade. The rest of the record is in. Empty: the record is rejected.
	Property string

	// Partial is what the reader could make of the record all the same: whom it is about, if that is not what is wrong
	// with it. nil: nothing.
	Partial *Record
}

// Rejected returns the error that rejects a record. Of the fault's value and column it keeps what is shown of them.
func Rejected(f Fault, raw []byte) *RecordError {
	f.Value, f.Column = Brief(f.Value), Brief(f.Column)
	return &RecordError{Fault: f, Raw: raw}
}

// MaxBrief is how many bytes of an offending value an error keeps.
const MaxBrief = 1 << 10

// Brief returns the beginning of a text, with an ellipsis where it is cut, in memory of its own: the text may be as
// long as a record, and part of one.
func Brief(text string) string {
	if len(text) <= MaxBrief {
		return strings.Clone(text)
	}
	cut := MaxBrief
	for cut > MaxBrief-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// Notice tells of something odd in an input that rejects nothing: a cell taken as empty, a date whose text and parts
// differ. Readers yield it in the place of an error, as they do a RecordError, and go on; that is all it has of one.
// Its Reason says what was found, and what was made of it.
type Notice struct{ Fault }
