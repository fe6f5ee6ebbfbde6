package queries

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/lanrat/extsort"

	"orbat/schema"
)

// sortChunk is how many lines are sorted in memory; about four times as many are alive at once, of half a kilobyte to one each.
const sortChunk = 50_000

// claimPage is how many claims one look of an export brings.
const claimPage = 5000

// Canonical writes all claims that are not retracted as orbat NDJSON, sorted by bytes, each as the record that makes it
// (law 14). The same claims give the same bytes, in whatever order they were loaded; the lines load into an empty
// database and export to the same again. Beyond some ten thousand lines they are sorted on disk, in the system's temporary folder.
// dataset narrows it to one data set; empty takes all.
func Canonical(ctx context.Context, db DB, w io.Writer, dataset string) (lines int, err error) {
	lines, _, err = (&Runner{DB: db}).Canonical(ctx, w, dataset)
	return lines, err
}

// Canonical is [Canonical] up to the runner's marking limit: what it writes is what may be seen, and loads into an empty database
// whose export is the same again. Where there is a limit, it says what that left out.
func (r *Runner) Canonical(ctx context.Context, w io.Writer, dataset string) (lines int, left *Withheld, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	input := make(chan string, 1000)
	sorter, sorted, sortErr := extsort.Strings(input, &extsort.Config{ChunkSize: sortChunk, NumWorkers: 2, ChanBuffSize: 0, SortedChanBuffSize: 1000})
	go sorter.Sort(ctx)

	s := newSnapshot(r.DB, r.Ontology)
	s.limit(r.MaxMarking)
	readErr := make(chan error, 1)
	go func() {
		defer close(input)
		readErr <- s.eachRecord(ctx, func(c *schema.Claim) error {
			if dataset != "" && c.Dataset != dataset {
				return nil
			}
			select {
			case input <- string(c.AppendJSON(nil)):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	out := bufio.NewWriterSize(w, 1<<16)
	last := ""
	for line := range sorted {
		if err != nil || s.sight != nil && line == last { // drain, so that the sort can end; some are alike without what they cited
			continue
		}
		last = line
		if _, err = out.WriteString(line); err == nil {
			err = out.WriteByte('\n')
		}
		if err != nil {
			cancel()
			continue
		}
		lines++
	}
	if read := <-readErr; err == nil && read != nil {
		err = read
	}
	if sort := <-sortErr; err == nil && sort != nil {
		err = fmt.Errorf("sort the export: %w", sort)
	}
	if err != nil {
		return lines, nil, fmt.Errorf("export: %w", err)
	}
	if s.sight != nil {
		left = &s.sight.withheld
	}
	return lines, left, out.Flush()
}

// eachRecord gives all claims that stand and may be seen, as they may be.
func (s *snapshot) eachRecord(ctx context.Context, do func(*schema.Claim) error) error {
	if s.sight != nil {
		return s.sight.eachRecord(ctx, do)
	}
	return s.eachClaim(ctx, func(c *schema.StoredClaim) error {
		if !c.Stands {
			return nil
		}
		return do(&c.Claim)
	})
}

// eachClaim gives all claims of the snapshot.
func (s *snapshot) eachClaim(ctx context.Context, do func(*schema.StoredClaim) error) error {
	for after := "0x0"; ; {
		var page struct{ Q json.RawMessage }
		err := s.query(ctx, `query q($after: string, $first: int) { q(func: has(claim.key), first: $first, after: $after) { `+schema.ClaimFields+` } }`,
			map[string]string{"$after": after, "$first": fmt.Sprint(claimPage)}, &page)
		if err != nil {
			return err
		}
		claims, err := schema.DecodeClaims(page.Q)
		if err != nil {
			return err
		}
		if len(claims) == 0 {
			return nil
		}
		for _, c := range claims {
			if err := do(c); err != nil {
				return err
			}
		}
		after = claims[len(claims)-1].UID
	}
}
