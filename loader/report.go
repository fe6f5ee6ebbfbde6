package loader

import (
	"strings"
	"sync"
	"time"

	"orbat/schema"
)

// Report says what a load did, or what a plan would do.
type Report struct {
	Datasets []string `json:"datasets"`
	Records  Counts   `json:"records"`
	Claims   Counts   `json:"claims"`

	Rejected int `json:"rejected"` // records that left no claim
	Notices  int `json:"notices"`  // oddities of the input that rejected nothing
	Dangling int `json:"dangling"` // entities referred to and described by no claim (law 5)
	Disputed int `json:"disputed"` // entities and relations whose types disagree
	// Disputes names the first of them, with the positions of both sides.
	Disputes []Dispute `json:"disputes,omitempty"`
	// LeftOut are decisions that contradict others and are left out (law 10).
	LeftOut []schema.Contradiction `json:"left_out,omitempty"`

	// Alike counts new entities that look like known ones; nil where nobody asked or nothing was known.
	Alike *Alike `json:"alike,omitempty"`

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

// Progress is how far a load has come.
type Progress struct {
	Phase    string  `json:"phase"` // reading, retracting, deciding, checking, comparing, done
	Records  int     `json:"records"`
	Claims   int     `json:"claims"` // written, found or retracted
	Rejected int     `json:"rejected"`
	Quads    int     `json:"nquads"`
	Seconds  float64 `json:"seconds"`
}

// tally counts while workers commit. Its zero value counts from nothing.
type tally struct {
	mu       sync.Mutex
	report   Report
	started  time.Time
	phase    string
	progress func(Progress)
}

// recordTally follows one record's claims through their transactions.
type recordTally struct {
	left    int  // claims not yet committed
	wrote   bool // at least one claim was new or stands again
	changed bool
}

// committed counts one batch.
func (t *tally) committed(changes []change, result *batchResult) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.report.Quads += result.quads
	t.report.Retried += result.retried
	for i, o := range result.outcomes {
		t.claim(o)
		if rec := changes[i].rec; rec != nil {
			rec.left--
			rec.wrote = rec.wrote || o.kind == created || o.kind == reinstated
			rec.changed = rec.changed || o.known
			if rec.left == 0 {
				t.record(rec)
			}
		}
	}
	t.tell()
}

func (t *tally) claim(o outcome) {
	switch o.kind {
	case created, reinstated:
		t.report.Claims.Created++
	case stood:
		t.report.Claims.Unchanged++
	case retracted:
		t.report.Claims.Retracted++
	case removed:
		t.report.Claims.Removed++
	case absent:
	}
}

func (t *tally) record(rec *recordTally) {
	switch {
	case !rec.wrote:
		t.report.Records.Unchanged++
	case rec.changed:
		t.report.Records.Changed++
	default:
		t.report.Records.Created++
	}
}

// inPlace counts claims that were found to stand without a transaction.
func (t *tally) inPlace(recs []*recordTally) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, rec := range recs {
		t.report.Claims.Unchanged++
		if rec == nil {
			continue
		}
		rec.left--
		if rec.left == 0 {
			t.record(rec)
		}
	}
	t.tell()
}

func (t *tally) read() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.report.Records.Read++
}

func (t *tally) rejected() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.report.Records.Read++
	t.report.Rejected++
	return t.report.Rejected
}

func (t *tally) noticed() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.report.Notices++
}

// gone counts subjects and relations of which a data set says nothing any more.
func (t *tally) gone(kind changeKind, records int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if kind == remove {
		t.report.Records.Removed += records
	} else {
		t.report.Records.Retracted += records
	}
}

func (t *tally) dataset(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.report.Datasets = append(t.report.Datasets, name)
}

func (t *tally) leftOut(contradictions []schema.Contradiction) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.report.LeftOut = contradictions
}

func (t *tally) enter(phase string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.phase = phase
	t.tell()
}

func (t *tally) tell() {
	if t.progress == nil {
		return
	}
	t.progress(Progress{
		Phase: t.phase, Records: t.report.Records.Read, Rejected: t.report.Rejected, Quads: t.report.Quads,
		Claims:  t.report.Claims.Created + t.report.Claims.Unchanged + t.report.Claims.Retracted + t.report.Claims.Removed,
		Seconds: time.Since(t.started).Seconds(),
	})
}

// finish closes the report.
func (t *tally) finish() *Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.report
	r.Seconds = time.Since(t.started).Seconds()
	if r.Seconds > 0 {
		r.QuadsPerS, r.RowsPerS = float64(r.Quads)/r.Seconds, float64(r.Records.Read)/r.Seconds
	}
	return &r
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

// String says it in a line.
func (d Dispute) String() string {
	places := ""
	if len(d.Places) > 0 {
		places = " (" + strings.Join(d.Places, ", ") + ")"
	}
	if d.Relation != "" {
		return schema.Shorten(d.XID) + " " + d.Relation + " " + schema.Shorten(d.To) + ": does not go from " + strings.Join(d.Types, " to ") + places
	}
	return schema.Shorten(d.XID) + " is a " + strings.Join(d.Types, " and a ") + "; shown as " + d.Shown + places
}
