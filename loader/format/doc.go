// Package format says what files look like: it turns a file of any kind orbat reads into one stream of records.
//
// Start with [Files], which expands what a user typed into files, then [Read], which reads one of them to its end. The
// example of Read shows the loop: an error of type [schema.RecordError] rejects one record and the next one follows, as
// it does after a [schema.Notice]; every other error is the last thing yielded. [WriteReject] keeps what was rejected.
// [Rows] reads a table (CSV, TSV, a sheet of an Excel workbook) as rows instead, for a mapping to make records of.
//
// # The contract of a reader
//
// It holds for every format, and conformance_test.go runs it over all of them:
//
//   - Records come in file order, each with the position where it starts and its own bytes (at most [input.MaxRaw] of
//     them). A source described inside a record is a record of its own, just before the first one that cites it. One
//     object of others' formats may make several records, which then share its bytes.
//   - A rejected record yields nothing, its inline sources included. A value of an entity that is no value at all
//     stands under the record's Faulty, and costs no more than itself; so does a cell of a table that cannot be read.
//   - What is odd and loses nothing that anybody said is a [schema.Notice], which rejects nothing.
//   - What ends the reading is the context's own error, or a *[ReadError] with a position and a hint. Without one, the
//     file was read to its end.
//   - When the consumer stops early, or the stream ends, everything is closed and no goroutine is left.
//   - Values are text as it stands in the file: 007 stays 007, no stays no. Absent are null, an empty text, an empty
//     cell.
//   - Nothing is dropped silently: an unknown key is passed on as a property, for the ontology to judge.
//   - Memory does not grow with the input, with two exceptions that have bounds of their own: a YAML document is read
//     whole, and takes some 20 times its size, which is at most [MaxYAML]; of a workbook the table of shared texts is
//     held, its rows stream. What unpacks to more than it should ends with an error.
//
// Text is UTF-8, UTF-16 where its bytes leave no doubt, or of the encoding that the options name. What an encoding has
// no character for rejects its record, in a table its cell; UTF-16 that is broken ends the file, since what follows a
// lost byte is noise.
//
// # Where to look
//
// A document (a page, a mail, a text) is a file of one record: a Source, and before it the pieces of its text.
//
// [All] is the one list of formats. Package input opens a file before a format sees it; package decode makes records of
// what our formats hold, so that a key means the same in all of them; those of others are packages of their own.
package format
