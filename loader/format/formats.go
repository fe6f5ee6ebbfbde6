package format

import (
	"context"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"orbat/schema"
)

// Format is one kind of file.
type Format struct {
	Name       string   // as --format takes it
	Extensions []string // with the dot, in lower case, without .gz or .zst
	Doc        string   // one line for help texts

	// Read yields the records of one input by the contract in the package's documentation.
	Read func(ctx context.Context, in *Input) iter.Seq2[*schema.Record, error]

	rows rowsReader // nil: no table
}

// All lists the formats, in the order of help texts. This list is the only place that knows them all.
func All() []Format {
	return []Format{
		{Name: "yaml", Extensions: []string{".yaml", ".yml"}, Doc: "orbat case file, written by hand", Read: readYAML},
		{Name: "json", Extensions: []string{".json"}, Doc: "orbat case file as JSON, or a list of records", Read: readJSON},
		{Name: "ndjson", Extensions: []string{".ndjson", ".jsonl"}, Doc: "one orbat record a line", Read: readNDJSON},
		{Name: "csv", Extensions: []string{".csv"}, Doc: "entities, relations or values by header, separated by comma or semicolon", Read: byHeader(csvRows), rows: csvRows},
		{Name: "tsv", Extensions: []string{".tsv", ".tab"}, Doc: "the same, separated by tabs", Read: byHeader(tsvRows), rows: tsvRows},
		{Name: "xlsx", Extensions: []string{".xlsx", ".xlsm"}, Doc: "the same, a sheet of an Excel workbook", Read: byHeader(xlsxRows), rows: xlsxRows},
		{Name: "stix", Extensions: []string{".stix", ".stix2"}, Doc: "STIX 2.0 or 2.1: bundles or objects, in .json files too", Read: readSTIX},
		{Name: "ftm", Extensions: []string{".ftm"}, Doc: "FollowTheMoney entities or statements, in .json, .ndjson and .csv files too", Read: readFTM},
	}
}

// Names lists the names of all formats.
func Names() []string {
	var names []string
	for _, f := range All() {
		names = append(names, f.Name)
	}
	return names
}

func byName(name string) (Format, bool) {
	all := All()
	i := slices.IndexFunc(all, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return all[i], true
}

func byExtension(ext string) (Format, bool) {
	for _, f := range All() {
		if slices.Contains(f.Extensions, ext) {
			return f, true
		}
	}
	return Format{}, false
}

// extensions lists all extensions, for hints.
func extensions() string {
	var all []string
	for _, f := range All() {
		all = append(all, f.Extensions...)
	}
	return strings.Join(all, " ")
}

// extension gives a file's extension in lower case, after .gz or .zst is taken off.
func extension(name string) string {
	name = strings.ToLower(filepath.Base(name))
	ext := filepath.Ext(name)
	if ext == ".gz" || ext == ".zst" {
		ext = filepath.Ext(strings.TrimSuffix(name, ext))
	}
	return ext
}

func hasPackedExtension(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".gz" || ext == ".zst"
}
