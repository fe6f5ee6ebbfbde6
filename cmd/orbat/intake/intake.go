// Package intake turns the files of one load into its records: by their formats, or by a mapping that reads them as
// tables. The shell and the HTTP API load by it:
//
//	take := &intake.Intake{Options: format.Options{Encoding: "windows-1252"}, Mapping: m, Dataset: "nigeria"}
//	records, err := take.Records(ctx, files, ontology)
//	report, err := to.Load(ctx, records, loader.Options{Dataset: take.DatasetOf()})
package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"sync/atomic"

	"orbat/loader"
	"orbat/loader/format"
	"orbat/loader/mapping"
	"orbat/schema"
)

// Intake says how files are read.
type Intake struct {
	format.Options                  // Progress is told the bytes of all files
	Mapping        *mapping.Mapping // nil: the files are read by their formats
	Dataset        string           // asked for; empty: none is

	Replace    bool // the files are the whole of one data set: none may be missing
	AllowEmpty bool // one that holds nothing is meant so

	Reading *Reading // how the texts of documents are read; nil: they are only kept

	Skipped func(format.File) // told of a file that is not read since it is none to be read; nil: nobody is
	Unused  func([]string)    // told which files no table of the mapping reads; nil: nobody is
}

// DatasetOf returns the data set of records that name none: the one asked for, else the mapping's own; empty: neither
// names one.
func (in *Intake) DatasetOf() string {
	if in.Dataset == "" && in.Mapping != nil {
		return in.Mapping.Dataset
	}
	return in.Dataset
}

// Records returns the records of files.
func (in *Intake) Records(ctx context.Context, files []format.File, o *schema.Ontology) (iter.Seq2[*schema.Record,
	error], error,
) {
	if in.Mapping == nil {
		return in.read(ctx, files), nil
	}
	inputs, err := in.Tables(files)
	if err != nil {
		return nil, err
	}
	return in.Mapping.Records(ctx, inputs, mapping.Options{Ontology: o, Dataset: in.Dataset}), nil
}

// PartialInput returns the error of a file that keeps the files from being the whole of a data set.
func PartialInput(name, why string) error {
	return &loader.PartialInputError{Fault: schema.Fault{
		Pos: schema.Position{File: name}, Reason: why, Hint: "see whether all of it is there; if it is meant so, say so",
		Option: schema.Option{Name: "allow-empty"},
	}}
}

// read reads the files one after another. Of several, one that cannot be read, or not to its end, is rejected from
// there on as a bad record is, so that the others are read. Where none can be read an error comes last.
func (in *Intake) read(ctx context.Context, files []format.File) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		files = format.Together(files)
		toRead, refused := 0, 0
		for _, file := range files {
			if file.Skipped == "" {
				toRead++
			}
		}
		for _, file := range files {
			if file.Skipped != "" {
				if in.Skipped != nil {
					in.Skipped(file)
				}
				continue
			}
			empty := true
			var bad *schema.RecordError
			for record, err := range in.file(ctx, file) {
				if err != nil && toRead > 1 {
					bad = rejectedFile(err, empty)
				}
				if bad != nil {
					break
				}
				empty = empty && errors.As(err, new(*schema.Notice))
				if !yield(record, err) {
					return
				}
			}
			switch {
			case bad != nil:
				if empty {
					refused++
				}
				if !yield(nil, bad) {
					return
				}
			case empty && in.Replace && !in.AllowEmpty && len(files) > 1: // of one alone the loader tells
				yield(nil, PartialInput(file.Name, "holds no records, and what it held before would be retracted"))
				return
			}
		}
		if refused > 0 && refused == toRead {
			yield(nil, &format.ReadError{Fault: schema.Fault{Reason: fmt.Sprintf("none of the %d files can be read", refused)}})
		}
	}
}

// rejectedFile returns the reject of a file of which an error ends the reading; nil: none does, or one that is not the
// file's, such as a disk's. whole: nothing of it was read.
func rejectedFile(err error, whole bool) *schema.RecordError {
	var ended *format.ReadError
	if !errors.As(err, &ended) || errors.As(err, new(*fs.PathError)) {
		return nil
	}
	fault := ended.Describe()
	if !whole {
		fault.Reason = "the rest of the file is not read: " + fault.Reason
	}
	return schema.Rejected(fault, nil)
}

// file returns the records of one file.
func (in *Intake) file(ctx context.Context, file format.File) iter.Seq2[*schema.Record, error] {
	records := format.Read(ctx, file, in.Options)
	if in.Reading != nil && format.IsDocument(file, in.Options) {
		records = in.Reading.records(ctx, cmp.Or(in.Dataset, schema.DefaultDataset), records)
	}
	return records
}

// Tables makes the mapping's inputs of files. Those that no table takes are left out: a folder holds more than one
// mapping reads.
func (in *Intake) Tables(files []format.File) ([]mapping.Input, error) {
	unused, err := Unread(in.Mapping, files)
	if err != nil {
		return nil, err
	}
	if len(unused) > 0 && in.Unused != nil {
		in.Unused(unused)
	}
	var inputs []mapping.Input
	for _, file := range files {
		if slices.Contains(unused, file.Name) {
			continue
		}
		file.Skipped = "" // a table names it
		inputs = append(inputs, mapping.Input{Name: file.Name, Rows: in.Rows(file)})
	}
	return inputs, nil
}

// Unread returns the names of files that no table of a mapping reads, and an error where a table has no file.
func Unread(m *mapping.Mapping, files []format.File) ([]string, error) {
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = file.Name
	}
	return m.Files(names)
}

// Rows reads one file of rows. A mapping reads some files several times: what is told of the file's bytes begins anew
// each time.
func (in *Intake) Rows(file format.File) func(context.Context, mapping.Reading) iter.Seq2[schema.Row, error] {
	read := in.Progress
	if read == nil {
		read = &atomic.Int64{}
	}
	shown := int64(0)
	return func(ctx context.Context, reading mapping.Reading) iter.Seq2[schema.Row, error] {
		return func(yield func(schema.Row, error) bool) {
			read.Add(-shown)
			shown = 0
			now := &atomic.Int64{}
			n := 0 // rows, with the header
			options := in.Options
			options.Progress, options.Unquoted = now, reading.Unquoted
			options.Header, options.HeaderRows, options.Comments = reading.Header, reading.HeaderRows, reading.Comments
			options.Sheet, options.Encoding = cmp.Or(reading.Sheet, in.Sheet), cmp.Or(reading.Encoding, in.Encoding)
			for row, err := range format.Rows(ctx, file, options) {
				read.Add(now.Load() - shown)
				shown = now.Load()
				if !errors.As(err, new(*schema.Notice)) {
					n++
				}
				if !yield(row, err) {
					return
				}
			}
			if n == 1 && in.Replace && !in.AllowEmpty && !reading.Optional {
				sheet := ""
				if options.Sheet != "" {
					sheet = "the sheet " + options.Sheet + " "
				}
				yield(schema.Row{}, PartialInput(file.Name,
					sheet+"holds no rows, and what it held before would be retracted"))
			}
		}
	}
}
