package loader

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"orbat/loader/validate"
	"orbat/schema"
)

// intake takes an input: the one consumer of its records, for loads, plans and RDF. It validates them, counts what was
// read, rejected and found odd, passes rejects and notices on, and ends the input where more is rejected than may be.
type intake struct {
	validator  validate.Validator
	counters   *counters
	maxRejects int                             // negative: any number
	onReject   func(*schema.RecordError) error // told of each; an error ends the input. nil: they are only counted
	onNotice   func(*schema.Notice) error      // the same for notices

	// rejected is told of each reject before onReject is, within maxRejects or beyond. Here a replacement learns what
	// it must not retract: Err is the *[schema.RecordError], and Record what was rejected, nil where the reader could
	// not make one of what stands there. What is passed is only lent. nil: nobody asks.
	rejected func(validate.Checked)

	// onChange is told of each change of a delta; nil: the first ends the input, as its error.
	onChange func(context.Context, *schema.RecordChange) error

	names *namesakes
	moved movedRecords
}

// chunks returns the records that are in order, with their claims, in the order of the input. An error ends it: the
// reader's, that of the context, a callback's, or a *[TooManyRejectsError].
func (in *intake) chunks(ctx context.Context, records iter.Seq2[*schema.Record, error]) iter.Seq2[[]validate.Checked, error] {
	return func(yield func([]validate.Checked, error) bool) {
		for chunk := range in.validator.Chunks(ctx, records) {
			good, err := in.take(ctx, chunk)
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(good, nil) {
				return
			}
		}
		err := ctx.Err() // the input was not read to its end
		if err == nil {
			err = in.noticeMoved()
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// take returns the records that are in order, and rejects or notes the others.
func (in *intake) take(ctx context.Context, chunk []validate.Checked) ([]validate.Checked, error) {
	good := chunk[:0]
	for _, c := range chunk {
		var bad *schema.RecordError
		var notice *schema.Notice
		var change *schema.RecordChange
		err := c.Err
		switch {
		case err == nil:
			if c.Record.Kind != schema.TextRecord { // of a document: it is counted by itself
				in.counters.update(func(r *Report) { r.Records.Read++ })
			}
			if err = in.rejectValues(c); err == nil {
				good = append(good, c)
				in.moved.add(c)
				err = in.noticeNamesakes(c)
			}
		case errors.As(err, &notice):
			err = in.notice(notice)
		case errors.As(err, &change) && in.onChange != nil:
			err = in.onChange(ctx, change)
		case errors.As(err, &bad):
			if in.rejected != nil {
				in.rejected(c)
			}
			err = in.reject(bad)
		}
		if err != nil {
			return nil, err
		}
	}
	clear(chunk[len(good):]) // what was rejected is not kept while the rest is written
	return good, nil
}

// rejectValues passes on the values of a record that are rejected, while the record is not.
func (in *intake) rejectValues(c validate.Checked) error {
	for _, bad := range c.Faulty {
		if in.rejected != nil {
			in.rejected(validate.Checked{Record: c.Record, Err: bad})
		}
		if err := in.reject(bad); err != nil {
			return err
		}
	}
	return nil
}

// noticeNamesakes tells where a record makes one entity with another of its name that says otherwise.
func (in *intake) noticeNamesakes(c validate.Checked) error {
	if in.names == nil {
		in.names = newNamesakes(in.validator.Ontology)
	}
	for _, notice := range in.names.add(c) {
		if err := in.notice(notice); err != nil {
			return err
		}
	}
	return nil
}

// noticeMoved tells of the records whose versions are about different ends.
func (in *intake) noticeMoved() error {
	for _, notice := range in.moved.notices() {
		if err := in.notice(notice); err != nil {
			return err
		}
	}
	return nil
}

func (in *intake) notice(notice *schema.Notice) error {
	in.counters.update(func(r *Report) { r.Notices++ })
	if in.onNotice == nil {
		return nil
	}
	return in.onNotice(notice)
}

func (in *intake) reject(bad *schema.RecordError) error {
	in.counters.update(func(r *Report) {
		if bad.Property == "" {
			r.Records.Read++
		} else {
			r.RejectedValues++
		}
		r.Rejected++
	})
	if in.onReject != nil {
		if err := in.onReject(bad); err != nil {
			return err
		}
	}
	return in.checkRejects()
}

// checkRejects ends the input where more is rejected than may be.
func (in *intake) checkRejects() error {
	var rejected int
	what := "records"
	in.counters.update(func(r *Report) {
		if rejected = r.Rejected; r.RejectedValues > 0 {
			what = "records or values"
		}
	})
	if in.maxRejects >= 0 && rejected > in.maxRejects {
		return &TooManyRejectsError{schema.Fault{
			Reason: fmt.Sprintf("%d %s rejected; at most %d allowed", rejected, what, in.maxRejects),
			Hint:   "mend them, or allow more", Option: schema.Option{Name: "max-rejects", Value: "N"},
		}}
	}
	return nil
}
