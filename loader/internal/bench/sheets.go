package main

import (
	"bufio"
	"compress/gzip"
	"context"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"orbat/loader"
	"orbat/loader/format"
	"orbat/loader/mapping"
	"orbat/schema"
)

// readOnceCommand is the hidden first argument that makes this program read tables by a mapping, and validate, once:
// `read-once DIR`. It prints how many claims they make.
const readOnceCommand = "read-once"

//go:embed sheets.yaml
var sheetsMapping []byte

// sheetRelations are the relations of the statements, with the types of their ends.
var sheetRelations = [][3]string{
	{"member_of", "Person", "Organisation"},
	{"posted_to", "Person", "Unit"},
	{"commands", "Person", "Unit"},
	{"subordinate_to", "Unit", "Unit"},
	{"based_at", "Unit", "Location"},
	{"operates", "Unit", "Equipment"},
	{"carried_out", "Unit", "Event"},
	{"associate_of", "Person", "Person"},
}

// mappingText is the mapping with an entry for each relation: who writes one by hand has fewer.
func mappingText() []byte {
	var relations strings.Builder
	for _, r := range sheetRelations {
		role := ""
		if r[0] == "posted_to" || r[0] == "commands" {
			role = "properties: {role: role}, "
		}
		fmt.Fprintf(&relations, "\n      - {relation: %s, where: {column: relation, is: %[1]s}, from: {type: %s, key: {xid: from}}, to: "+
			"{type: %s, key: {xid: to}}, "+
			"%ssource: source, quote: quote, locator: locator, confidence: confidence, period: {text: period}, assertion: {column: "+
			"assertion}}", r[0], r[1], r[2], role)
	}
	return []byte(strings.Replace(string(sheetsMapping), " []", relations.String(), 1))
}

// writeSheets writes the statements as two tables.
func writeSheets(statements, dir string) error {
	var entities, relations []map[string]string
	if err := eachStatement(statements, func(cells map[string]string) {
		if cells["type"] != "" {
			entities = append(entities, cells)
		} else {
			relations = append(relations, cells)
		}
	}); err != nil {
		return err
	}
	return errors.Join(writeSheet(filepath.Join(dir, "entities.csv.gz"), entities),
		writeSheet(filepath.Join(dir, "relations.csv.gz"), relations))
}

// eachStatement returns the statements with their one source flat beside them, lists and objects as text.
func eachStatement(file string, do func(map[string]string)) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	zip, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return err
	}
	for dec := json.NewDecoder(zip); ; {
		var o map[string]any
		if err := dec.Decode(&o); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if cites, ok := o["sources"].([]any); ok {
			delete(o, "sources")
			maps.Copy(o, cites[0].(map[string]any)) //nolint:errcheck // our own statements
		}
		cells := map[string]string{}
		for key, value := range o {
			cells[key] = cell(value)
		}
		do(cells)
	}
}

func cell(value any) string {
	switch v := value.(type) {
	case []any:
		var texts []string
		for _, item := range v {
			texts = append(texts, fmt.Sprint(item))
		}
		return strings.Join(texts, "|")
	case map[string]any:
		text, _ := json.Marshal(v) // it was read from JSON
		return string(text)
	}
	return fmt.Sprint(value)
}

func writeSheet(file string, rows []map[string]string) error {
	columns := map[string]bool{}
	for _, row := range rows {
		for key := range row {
			columns[key] = true
		}
	}
	header := slices.Sorted(maps.Keys(columns))
	return writeGzip(file, func(w io.Writer) error {
		out := csv.NewWriter(w)
		_ = out.Write(header) // Error tells
		for _, row := range rows {
			cells := make([]string, len(header))
			for i, key := range header {
				cells[i] = row[key]
			}
			_ = out.Write(cells)
		}
		out.Flush()
		return out.Error()
	})
}

// readOnce reads, maps and validates, and writes nothing to any database.
func readOnce(ctx context.Context, args []string, stdout io.Writer) error {
	if len(args) != 1 {
		return fmt.Errorf("%s takes a folder", readOnceCommand)
	}
	ontology, err := schema.Default()
	if err != nil {
		return err
	}
	records, err := readSheets(ctx, args[0], ontology)
	if err != nil {
		return err
	}
	rows := 0
	for record, err := range records {
		if err == nil {
			_, err = loader.Claims(ontology, dataset, record)
		}
		if err != nil {
			return err
		}
		rows++
	}
	_, err = fmt.Fprintln(stdout, rows)
	return err
}

func readSheets(ctx context.Context, dir string, ontology *schema.Ontology) (iter.Seq2[*schema.Record, error], error) {
	m, err := mapping.Parse("sheets.yaml", mappingText())
	if err != nil {
		return nil, err
	}
	files, err := format.Files([]string{filepath.Join(dir, "entities.csv.gz"), filepath.Join(dir, "relations.csv.gz")}, nil)
	if err != nil {
		return nil, err
	}
	var inputs []mapping.Input
	for _, file := range files {
		inputs = append(inputs, mapping.Input{
			Name: file.Name,
			Rows: func(ctx context.Context, _ mapping.Reading) iter.Seq2[schema.Row, error] {
				return format.Rows(ctx, file, format.Options{})
			},
		})
	}
	return m.Records(ctx, inputs, mapping.Options{Ontology: ontology, Dataset: dataset}), nil
}
