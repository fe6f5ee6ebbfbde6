package view

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/lanrat/extsort"

	"orbat/schema"
)

// sortChunk is how many lines are sorted in memory; about four times as many are alive at once, of half a kilobyte to
// one each.
const sortChunk = 50_000

// WriteCanonical writes all claims that are not retracted as orbat NDJSON, sorted by bytes, each as the record that
// makes it (law 14). The same claims give the same bytes, in whatever order they were loaded; the lines load into an
// empty database and export to the same again. Beyond some ten thousand lines they are sorted on disk, in the system's
// temporary folder. dataset narrows it to one data set; empty takes all. What it writes is what may be seen.
func (s *Snapshot) WriteCanonical(ctx context.Context, w io.Writer, dataset string) (lines int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	input := make(chan string, 1000)
	sorter, sorted, sortErr := extsort.Strings(input, &extsort.Config{
		ChunkSize: sortChunk, NumWorkers: 2, ChanBuffSize: 0,
		SortedChanBuffSize: 1000,
	})
	go func() {
		sorter.Sort(ctx)
		for range input { // where it failed, nobody else takes what is still read
			continue
		}
	}()

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
	if err = <-readErr; err != nil { // before anything is written: who asked may begin again
		cancel()
	}
	out := bufio.NewWriterSize(w, 1<<16)
	last := ""
	for line := range sorted {
		if err != nil || s.redactor != nil && line == last { // drain, so that the sort can end; some are alike without what they cited
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
	if sort := <-sortErr; err == nil && sort != nil {
		err = fmt.Errorf("sort the export: %w", sort)
	}
	if err != nil {
		return lines, fmt.Errorf("export: %w", err)
	}
	return lines, out.Flush()
}

// eachRecord returns all claims that stand and may be seen, as they may be.
func (s *Snapshot) eachRecord(ctx context.Context, do func(*schema.Claim) error) error {
	if s.redactor != nil {
		return s.redactor.eachRecord(ctx, do)
	}
	return s.eachClaim(ctx, func(c *schema.StoredClaim) error {
		if !c.Stands {
			return nil
		}
		return do(&c.Claim)
	})
}

// eachClaim calls do with all claims of the snapshot. A claim is never changed, so that a snapshot that does not last
// loses none but those that are being removed, perhaps in parts: such a one no longer says what its key is the hash of.
func (s *Snapshot) eachClaim(ctx context.Context, do func(*schema.StoredClaim) error) error {
	odd := false
	for c, err := range s.pages(ctx, schema.EveryClaim) {
		if err != nil {
			return cmp.Or(s.Confirm(ctx), err)
		}
		odd = odd || c.Key() != c.StoredKey
		if err := do(c); err != nil {
			return err
		}
	}
	if odd {
		return s.Confirm(ctx)
	}
	return nil
}
