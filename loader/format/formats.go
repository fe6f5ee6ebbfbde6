package format

import (
	"context"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"orbat/loader/format/brat"
	"orbat/loader/format/document"
	"orbat/loader/format/ftm"
	"orbat/loader/format/input"
	"orbat/loader/format/re3d"
	"orbat/loader/format/stix"
	"orbat/loader/format/xlsx"
	"orbat/schema"
)

// Format is one kind of file, with all that there is to know of it.
type Format struct {
	Name       string   // as [Options] take it
	Extensions []string // with the dot, in lower case, without .gz or .zst
	Doc        string   // one line for help texts

	// Sniff reports whether a file is of the format by its first bytes, in UTF-8.
	Sniff func(head []byte) bool
	// Within names the formats in whose files others' content comes too: STIX is JSON. Sniff then decides.
	Within []string
	// Zip says that the files are ZIP archives and not text.
	Zip bool

	// Read yields the records of one input by the contract in the package's documentation.
	Read func(ctx context.Context, in *input.Input) iter.Seq2[*schema.Record, error]

	// Document says that a file is one document, which its reader decodes by itself.
	Document bool
	// Named says that such files are read where they are named, and left out of folders: notes stand beside data.
	Named bool

	// Several says that an input is several files, which [Together] puts into one.
	Several bool

	rows rowsReader // nil: no table
}

// All lists the formats, in the order of help texts and, those with Within before the rest, of guessing by content: the
// first whose Sniff matches wins. This list is the only place that knows them all: reading by name,
// by extension and by content, and what is refused, go by it.
func All() []Format {
	return []Format{
		{Name: "yaml", Extensions: []string{".yaml", ".yml"}, Doc: "orbat case file, written by hand", Sniff: sniffYAML, Read: readYAML},
		{
			Name: "json", Extensions: []string{".json"}, Doc: "orbat case file as JSON, or a list of records", Sniff: sniffJSON,
			Read: readJSON,
		},
		{Name: "ndjson", Extensions: []string{".ndjson", ".jsonl"}, Doc: "one orbat record a line", Sniff: sniffNDJSON, Read: readNDJSON},
		{
			Name: "csv", Extensions: []string{".csv"}, Doc: "entities, relations or values by header, separated by comma or semicolon",
			Sniff: sniffCSV, Read: byHeader(csvRows), rows: csvRows,
		},
		{
			Name: "tsv", Extensions: []string{".tsv", ".tab"}, Doc: "the same, separated by tabs",
			Sniff: sniffTSV, Read: byHeader(tsvRows), rows: tsvRows,
		},
		{
			Name: "xlsx", Extensions: []string{".xlsx", ".xlsm"}, Doc: "the same, a sheet of an Excel workbook",
			Sniff: input.IsZip, Zip: true, Read: byHeader(xlsx.Rows), rows: xlsx.Rows,
		},
		{
			Name: "stix", Extensions: []string{".stix", ".stix2"}, Doc: "STIX 2.0 or 2.1: bundles or objects, in .json files too",
			Sniff: stix.Sniff, Within: []string{"json", "ndjson"}, Read: stix.Read,
		},
		{
			Name: "ftm", Extensions: []string{".ftm"}, Doc: "FollowTheMoney entities or statements, in .json, .ndjson and .csv files too",
			Sniff: ftm.Sniff, Within: []string{"json", "ndjson", "csv", "tsv"}, Read: ftm.Read,
		},
		{
			Name: "brat", Extensions: []string{".ann"},
			Doc:   "BRAT standoff: annotations, with the text in a .txt of the same name beside them",
			Sniff: never, Several: true, Read: brat.Read,
		},
		{
			Name: "re3d", Doc: "re3d: documents.json, with entities.json and relations.json beside it",
			Sniff: re3d.Sniff, Within: []string{"json", "ndjson"}, Several: true, Read: re3d.Read,
		},
		{
			Name: "html", Extensions: []string{".html", ".htm", ".xhtml", ".mhtml", ".mht"},
			Doc: "a page saved from a browser: a document whose text is kept", Sniff: never, Document: true, Read: document.HTML,
		},
		{
			Name: "pdf", Extensions: []string{".pdf"}, Doc: "a PDF: a document, of which the text is kept, page by page",
			Sniff: document.IsPDF, Document: true, Read: document.PDF,
		},
		{
			Name: "mail", Extensions: []string{".eml"}, Doc: "a mail: a document, what is attached is listed",
			Sniff: never, Document: true, Read: document.Mail,
		},
		{
			Name: "markdown", Extensions: []string{".md", ".markdown"}, Doc: "a document in Markdown, where the file is named",
			Sniff: never, Document: true, Named: true, Read: document.Markdown,
		},
		{
			Name: "text", Extensions: []string{".txt"}, Doc: "a document in plain text, where the file is named",
			Sniff: never, Document: true, Named: true, Read: document.PlainText,
		},
	}
}

// never tells nothing: a document is what its name or the options say.
func never([]byte) bool { return false }

// Names lists the names of all formats.
func Names() []string { return namesOf(func(Format) bool { return true }) }

// Tables lists the names of the formats that are tables.
func Tables() []string { return namesOf(Format.IsTable) }

func namesOf(holds func(Format) bool) []string {
	var names []string
	for _, f := range All() {
		if holds(f) {
			names = append(names, f.Name)
		}
	}
	return names
}

// IsTable reports whether files of the format are tables, which [Rows] reads.
func (f Format) IsTable() bool { return f.rows != nil }

// find returns the first format of which something holds.
func find(holds func(Format) bool) (Format, bool) {
	all := All()
	i := slices.IndexFunc(all, holds)
	if i < 0 {
		return Format{}, false
	}
	return all[i], true
}

func byName(name string) (Format, bool) {
	return find(func(f Format) bool { return f.Name == name })
}

func byExtension(ext string) (Format, bool) {
	return find(func(f Format) bool { return slices.Contains(f.Extensions, ext) })
}

// byContent returns the format that the first bytes of an archive or a text show, that of others before ours.
func byContent(head []byte, zip bool) (Format, bool) {
	for _, others := range []bool{true, false} {
		if f, ok := find(func(f Format) bool { return f.Zip == zip && (f.Within != nil) == others && f.Sniff(head) }); ok {
			return f, true
		}
	}
	return Format{}, false
}

// othersWithin returns the format of others that the content of a file is in, though its name is that of one of ours.
func othersWithin(format Format, head []byte) (Format, bool) {
	return find(func(f Format) bool { return slices.Contains(f.Within, format.Name) && f.Sniff(head) })
}

// extensions lists all extensions, for hints.
func extensions() string {
	var all []string
	for _, f := range All() {
		all = append(all, f.Extensions...)
	}
	return strings.Join(all, " ")
}

// extension returns a file's extension in lower case, after .gz or .zst is taken off; none for standard input.
func extension(name string) string {
	name = strings.ToLower(filepath.Base(name))
	ext := filepath.Ext(name)
	if ext == ".gz" || ext == ".zst" {
		ext = filepath.Ext(strings.TrimSuffix(name, ext))
	}
	return ext
}
