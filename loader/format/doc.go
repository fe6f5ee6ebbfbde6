// Package format says what files look like: it turns a file of any kind orbat reads into one stream of records.
//
// Start with [Files], which expands what a user typed into files, then [Read], which reads one of them to its end:
//
//	files, err := format.Files(args, os.Stdin)
//	…
//	for record, err := range format.Read(ctx, file, format.Options{}) {
//		var bad *schema.RecordError
//		switch {
//		case errors.As(err, &bad):
//			err = format.WriteReject(rejects, *bad) // one record is bad; the next one follows
//		case err != nil:
//			return err // nothing follows: the file was not read to its end
//		default:
//			use(record)
//		}
//	}
//
// [Rows] reads a table (CSV, TSV, a sheet of an Excel workbook) as rows instead, for a mapping to make records of; tables that
// are read as records go through the same rows.
//
// # The contract of a reader
//
// It holds for every format, and conformance_test.go runs it over all of them:
//
//   - Records come in file order, each with the position where it starts and its own bytes (at most [MaxRaw] of them). A
//     source described inside a record is a record of its own, just before the first one that cites it. One object of others'
//     formats may make several records, which then share its bytes.
//   - An error of type *[schema.RecordError] rejects one record; reading goes on. A rejected record yields nothing, its inline
//     sources included.
//   - Any other error is the last thing yielded: the context's own, or an *[Error] with a position and a hint. Without
//     one, the file was read to its end.
//   - When the consumer stops early, or the stream ends, everything is closed and no goroutine is left.
//   - Values are text as it stands in the file: 007 stays 007, no stays no. Absent are null, an empty text, an empty cell.
//   - Nothing is dropped silently: an unknown key is passed on as a property, for the ontology to judge.
//   - Memory does not grow with the input, with two exceptions that have bounds of their own (bounds.go): a YAML document is
//     read whole, and takes some 20 times its size, which is at most 64 MiB; of a workbook the table of shared texts is held, at most
//     256 MiB, its rows stream. What unpacks to more than it should ends with an error.
//
// # Encodings
//
// Text is UTF-8. UTF-16 is decoded where it starts with a byte order mark, as what Excel calls Unicode Text does, or where its
// bytes leave no doubt; any other encoding is named by the options. What an encoding has no character for rejects its record as
// invalid UTF-8; UTF-16 that is broken ends the file, since what follows a lost byte is noise. Positions count the characters
// of the text.
//
// # How the files of this folder fit together
//
// formats.go holds the one list of formats; ndjson.go, json.go, yaml.go and csv.go are our formats; stix.go and
// ftm.go read those of others and make records themselves. Each of ours brings what it
// reads into a [node], and shape.go (with source.go and reference.go) makes records of nodes, so that a key means the same
// in every format. casefile.go is what YAML and JSON case files share. files.go, open.go, encoding.go and refuse.go
// find, open, decompress, decode and refuse files before a format sees them.
//
// csv.go (with csvrow.go and lines.go) and xlsx.go (with xlsxbook.go and xlsxcell.go) bring tables into rows; table.go is [Rows]
// and makes records of rows by their header.
//
// To add a format: write its file, add its line to the list in formats.go and its cases under testdata.
package format
