package loader

import (
	"strings"

	"orbat/schema"
)

// Report says what a load did, or what a plan would do.
type Report struct {
	Datasets []string `json:"datasets"`
	Records  Counts   `json:"records"`
	Claims   Counts   `json:"claims"`
	Texts    Texts    `json:"texts,omitzero"` // of documents, in pieces of at most 1 MiB

	Rejected int `json:"rejected"` // records that left no claim, and values that left none (law 15)
	// RejectedValues are those of them that are values, of records of which the rest is in.
	RejectedValues int `json:"rejected_values"`
	// Kept are the claims that a replacement would have retracted, but that rejected records may say again.
	Kept     int `json:"kept"`
	Notices  int `json:"notices"`  // oddities of the input that rejected nothing
	Dangling int `json:"dangling"` // entities referred to and described by no claim (law 5)
	Disputed int `json:"disputed"` // entities and relations whose types disagree
	// Disputes names the first of them, with the positions of both sides.
	Disputes []Dispute `json:"disputes,omitempty"`
	// LeftOut are decisions that contradict others and are left out (law 10).
	LeftOut []schema.Contradiction `json:"left_out,omitempty"`

	// PossibleDuplicates counts new entities that look like known ones; nil where nobody asked or nothing was known.
	PossibleDuplicates *PossibleDuplicates `json:"alike,omitempty"`

	// Linked are the decisions that Options.Link made: which entities are the same.
	Linked []Decision `json:"linked,omitempty"`

	Retried    int     `json:"retried"` // transactions run again, since a rival or a restart was in the way
	Seconds    float64 `json:"seconds"`
	Quads      int     `json:"nquads"`
	QuadsPerS  float64 `json:"nquads_per_second"`
	RowsPerS   float64 `json:"rows_per_second"`
	Incomplete bool    `json:"incomplete,omitempty"` // ended before its end
	Planned    bool    `json:"planned,omitempty"`    // nothing was written
}

// Counts are in records (a record is created, changed or unchanged; a subject or relation is retracted) or in claims.
type Counts struct {
	Read      int `json:"read,omitempty"`
	Created   int `json:"created"`
	Changed   int `json:"changed"` // records only: the data set said something else of the same subject or relation before
	Unchanged int `json:"unchanged"`
	Retracted int `json:"retracted"`
	Removed   int `json:"removed,omitempty"`
}

// Texts counts the pieces of the texts of documents.
type Texts struct {
	Created   int `json:"created"`
	Unchanged int `json:"unchanged"`
	Removed   int `json:"removed,omitempty"`
}

// Progress is how far a load has come.
type Progress struct {
	Phase    string  `json:"phase"` // reading, retracting, deciding, checking, comparing, done
	Records  int     `json:"records"`
	Claims   int     `json:"claims"` // written, found or retracted
	Rejected int     `json:"rejected"`
	Quads    int     `json:"nquads"`
	Seconds  float64 `json:"seconds"`
}

// Dispute is a disagreement about types that no single record shows (law 5).
type Dispute struct {
	XID      string   `json:"xid"`
	Relation string   `json:"relation,omitempty"` // empty: the entity's own type
	To       string   `json:"to,omitempty"`
	Types    []string `json:"types"`            // the types claimed; or from → to of the relation's ends
	Shown    string   `json:"shown,omitempty"`  // the type by the winner's rule
	Places   []string `json:"places,omitempty"` // file:row of the claims that disagree
}

// String returns the dispute in a line.
func (d Dispute) String() string {
	places := ""
	if len(d.Places) > 0 {
		places = " (" + strings.Join(d.Places, ", ") + ")"
	}
	if d.Relation != "" {
		edge := schema.Shorten(d.XID) + " " + d.Relation + " " + schema.Shorten(d.To)
		return edge + ": does not go from " + strings.Join(d.Types, " to ") + places
	}
	return schema.Shorten(d.XID) + " is a " + strings.Join(d.Types, " and a ") + "; shown as " + d.Shown + places
}
