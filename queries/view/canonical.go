package view

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"

	"orbat/schema"
	"orbat/schema/externalsort"
)

// WriteCanonical writes all claims that are not retracted and the texts that they say are kept as orbat NDJSON, sorted
// by bytes, each as the record that makes it (law 14). The same claims give the same bytes, in whatever order they were
// loaded; the lines load into an empty database and export to the same again. What does not fit into some megabytes is
// sorted on disk, in the system's temporary folder. dataset narrows it to one data set; empty takes all. What it writes
// is what may be seen.
func (s *Snapshot) WriteCanonical(ctx context.Context, w io.Writer, dataset string) (lines int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	sorter := externalsort.Texts(ctx, "")
	texts := textSubjects{}
	err = s.eachRecord(ctx, func(c *schema.Claim) error {
		if dataset != "" && c.Dataset != dataset {
			return nil
		}
		texts.add(c)
		return sorter.Add(string(c.AppendJSON(nil)))
	})
	if err == nil {
		err = s.writeTexts(ctx, texts, sorter.Add)
	}
	if err != nil { // before anything is written: who asked may begin again
		return 0, fmt.Errorf("export: %w", err)
	}
	out := bufio.NewWriterSize(w, 1<<16)
	last := ""
	for line, err := range sorter.Sorted() {
		if err != nil {
			return lines, fmt.Errorf("export: %w", err)
		}
		if s.redactor != nil && line == last { // some are alike without what they cited
			continue
		}
		last = line
		_, err := out.WriteString(line)
		if err == nil {
			err = out.WriteByte('\n')
		}
		if err != nil {
			return lines, fmt.Errorf("export: %w", err)
		}
		lines++
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
