package commit

import (
	"slices"

	"orbat/schema"
)

// Change is what becomes of one claim.
type Change struct {
	Kind   Kind
	Claim  *schema.Claim
	Key    string
	Origin Origin       // where an added claim was read
	Load   string       // uid of the load that asks for it
	Record *RecordState // of which an added claim is one; nil: of none
}

// Kind is a kind of change.
type Kind int

// The kinds of changes.
const (
	Add     Kind = iota // write it, or let it stand again
	Retract             // keep it as history (law 9)
	Remove              // delete it
)

// Outcome is what a committed batch did of one change.
type Outcome struct {
	Kind  OutcomeKind
	Known bool // the data set had claims about the same subject or relation from an earlier load
}

// OutcomeKind is a kind of outcome.
type OutcomeKind int

// The kinds of outcomes.
const (
	Stood OutcomeKind = iota // in place already
	Created
	Reinstated
	Retracted
	Removed
	Absent // nothing to retract or remove
)

// RecordState follows one record's claims through their transactions.
type RecordState struct {
	Left    int  // claims not yet committed
	Wrote   bool // at least one claim was new or stands again
	Changed bool // the data set had said something else about the same
}

// Committed takes the outcome of one claim and reports whether it was the record's last. A nil one has none.
func (r *RecordState) Committed(o Outcome) (done bool) {
	if r == nil {
		return false
	}
	r.Left--
	r.Wrote = r.Wrote || o.Kind == Created || o.Kind == Reinstated
	r.Changed = r.Changed || o.Known
	return r.Left == 0
}

// hadBefore reports whether the data set had said something about the same subject or relation before this load.
func hadBefore(group map[string]*schema.StoredClaim, c Change) bool {
	for _, claim := range group {
		if claim.Dataset == c.Claim.Dataset && claim.StoredKey != c.Key && !slices.Contains(claim.Loads, c.Load) {
			return true
		}
	}
	return false
}
