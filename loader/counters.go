package loader

import (
	"sync"
	"time"

	"orbat/loader/commit"
)

// counters count while workers commit. Their zero value counts from nothing.
type counters struct {
	mu       sync.Mutex
	report   Report
	started  time.Time
	phase    string
	progress func(Progress)
}

// committed counts one batch.
func (c *counters) committed(changes []commit.Change, result *commit.Result) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Quads += result.Quads
	c.report.Retried += result.Retried
	for i, o := range result.Outcomes {
		c.claim(changes[i].Record, o)
	}
	c.showProgress()
	return nil
}

// stood counts claims that were found to stand without a transaction, by their records.
func (c *counters) stood(records []*commit.RecordState) {
	if len(records) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, record := range records {
		c.claim(record, commit.Outcome{Kind: commit.Stood})
	}
	c.showProgress()
}

func (c *counters) claim(record *commit.RecordState, o commit.Outcome) {
	switch o.Kind {
	case commit.Created, commit.Reinstated:
		c.report.Claims.Created++
	case commit.Stood:
		c.report.Claims.Unchanged++
	case commit.Retracted:
		c.report.Claims.Retracted++
	case commit.Removed:
		c.report.Claims.Removed++
	case commit.Absent:
	}
	if !record.Committed(o) {
		return
	}
	switch {
	case !record.Wrote:
		c.report.Records.Unchanged++
	case record.Changed:
		c.report.Records.Changed++
	default:
		c.report.Records.Created++
	}
}

// update changes the report.
func (c *counters) update(change func(*Report)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.report)
}

// read returns how many records were read so far.
func (c *counters) read() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.report.Records.Read
}

// accepted returns how many records were read so far and not rejected.
func (c *counters) accepted() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.report.Records.Read - (c.report.Rejected - c.report.RejectedValues)
}

// addRetracted counts subjects and relations of which a data set says nothing any more.
func (c *counters) addRetracted(kind commit.Kind, records int) {
	c.update(func(r *Report) {
		if kind == commit.Remove {
			r.Records.Removed += records
		} else {
			r.Records.Retracted += records
		}
	})
}

func (c *counters) setPhase(phase string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.phase = phase
	c.showProgress()
}

// show shows how far the load is.
func (c *counters) show() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.showProgress()
}

func (c *counters) showProgress() {
	if c.progress == nil {
		return
	}
	c.progress(Progress{
		Phase: c.phase, Records: c.report.Records.Read, Rejected: c.report.Rejected, Quads: c.report.Quads,
		Claims:  c.report.Claims.Created + c.report.Claims.Unchanged + c.report.Claims.Retracted + c.report.Claims.Removed,
		Seconds: time.Since(c.started).Seconds(),
	})
}

// finish returns the report.
func (c *counters) finish() *Report {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.report
	r.Seconds = time.Since(c.started).Seconds()
	if r.Seconds > 0 {
		r.QuadsPerS, r.RowsPerS = float64(r.Quads)/r.Seconds, float64(r.Records.Read)/r.Seconds
	}
	return &r
}
