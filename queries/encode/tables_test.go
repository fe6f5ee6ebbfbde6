package encode

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"orbat/queries"
)

// readTable returns a table's rows by its header's names. A table that does not end with a line's end is cut short.
func readTable(data []byte) ([]map[string]string, error) {
	if !bytes.HasSuffix(data, []byte("\n")) {
		return nil, errors.New("the last line has no end")
	}
	// encoding/csv drops a carriage return before a line feed, which a text may well have.
	const mark = "\uE000"
	rows, err := csv.NewReader(bytes.NewReader(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\r"+mark+"\n")))).ReadAll()
	if err != nil {
		return nil, err
	}
	head := rows[0]
	if slices.Contains(head, "") || len(slices.Compact(slices.Sorted(slices.Values(head)))) < len(head) {
		return nil, fmt.Errorf("a column has no name, or that of another: %q", head)
	}
	var all []map[string]string
	for _, row := range rows[1:] {
		named := map[string]string{}
		for i, cell := range row {
			named[head[i]] = strings.ReplaceAll(cell, mark, "")
		}
		all = append(all, named)
	}
	return all, nil
}

// readPair reads nodes.csv and edges.csv, and nothing else, from a zip archive.
func readPair(data []byte) (nodes, edges []map[string]string, err error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, nil, err
	}
	if len(archive.File) != 2 || archive.File[0].Name != "nodes.csv" || archive.File[1].Name != "edges.csv" {
		return nil, nil, errors.New("the archive does not hold nodes.csv and edges.csv")
	}
	tables := make([][]map[string]string, len(archive.File))
	for i, entry := range archive.File {
		file, err := entry.Open()
		if err != nil {
			return nil, nil, err
		}
		table, err := io.ReadAll(file)
		if err != nil {
			return nil, nil, err
		}
		if tables[i], err = readTable(table); err != nil {
			return nil, nil, err
		}
	}
	return tables[0], tables[1], nil
}

// columnsOf brings a row's cells under our columns' names, each of its kind.
func columnsOf[T any](row map[string]string, columns []column[T], called func(column[T]) string) map[string]any {
	values := map[string]any{}
	for _, c := range columns {
		if text := row[called(c)]; text != "" {
			values[c.name] = typed(string(c.kind), text)
		}
	}
	return values
}

func readGephi(data []byte) (reading, error) {
	nodes, edges, err := readPair(data)
	if err != nil {
		return reading{}, err
	}
	r := newReader()
	for _, n := range nodes {
		r.node(n["Id"], columnsOf(n, nodeColumns(), func(c column[*nodeRow]) string { return gephiName(c.name) }))
	}
	for _, e := range edges {
		if e["Type"] != "Directed" || e["Kind"] != e["relation"] {
			r.err = fmt.Errorf("edge %q is %q and of the kind %q", e["Id"], e["Type"], e["Kind"])
		}
		r.edge(e["Id"], e["Source"], e["Target"], columnsOf(e, edgeColumns(), func(c column[*edgeRow]) string { return gephiName(c.name) }))
	}
	return r.reading, r.err
}

// gephiName: Gephi has a name of its own for the label.
func gephiName(column string) string {
	if column == "label" {
		return "Label"
	}
	return column
}

func readNeo4j(data []byte) (reading, error) {
	nodes, edges, err := readPair(data)
	if err != nil {
		return reading{}, err
	}
	r := newReader()
	for _, n := range nodes {
		values := columnsOf(n, nodeColumns(), func(c column[*nodeRow]) string {
			if c.name == "xid" {
				return "xid:ID"
			}
			return c.name + ":" + string(c.kind)
		})
		labels := "Entity"
		if values["type"] != nil {
			labels += ";" + n["type:string"]
		}
		if n[":LABEL"] != labels {
			r.err = fmt.Errorf("node %q has the labels %q, want %q", n["xid:ID"], n[":LABEL"], labels)
		}
		r.node(n["xid:ID"], values)
	}
	for _, e := range edges {
		if e[":TYPE"] != e["relation:string"] {
			r.err = fmt.Errorf("edge %q is of the type %q", e["id:string"], e[":TYPE"])
		}
		r.edge(e["id:string"], e[":START_ID"], e[":END_ID"],
			columnsOf(e, edgeColumns(), func(c column[*edgeRow]) string { return c.name + ":" + string(c.kind) }))
	}
	return r.reading, r.err
}

func readLinks(data []byte) (reading, error) {
	rows, err := readTable(data)
	if err != nil {
		return reading{}, err
	}
	r := newReader()
	for _, row := range rows {
		for _, end := range []string{"from", "to"} {
			xid := row[end+"_xid"]
			if known, found := r.Nodes[xid]; !found {
				r.node(xid, map[string]any{"xid": xid, "label": row[end]})
			} else if known["label"] != row[end] {
				r.err = fmt.Errorf("%q is called %q and %q", xid, known["label"], row[end])
			}
		}
		r.edge(row["id"], row["from_xid"], row["to_xid"], columnsOf(row, edgeColumns(), func(c column[*edgeRow]) string { return c.name }))
	}
	return r.reading, r.err
}

// TestFormulas: no cell of any table is one that a spreadsheet would work out, nor does one become such where another
// character than the comma is taken to separate cells. What is no formula stands as it is.
func TestFormulas(t *testing.T) {
	for text, want := range map[string]string{
		`=HYPERLINK("https://example.org","x")`: `'=HYPERLINK("https://example.org","x")`,
		"+1":                                    "'+1",
		"-2+3":                                  "'-2+3",
		"-5":                                    "-5", // a plain number is none
		"-5.25":                                 "-5.25",
		"-5 to 3":                               "'-5 to 3",
		"@SUM(A1)":                              "'@SUM(A1)",
		"\t=1":                                  "'\t'=1",
		"\r=1":                                  "'\r'=1",
		"\n=1":                                  "'\n'=1",
		"＝1":                                    "'＝1",
		"＋1":                                    "'＋1",
		"－1":                                    "'－1",
		"＠1":                                    "'＠1",
		"x;=1+1;y":                              "x;'=1+1;y",
		`x;"=1+1";y`:                            `x;'"=1+1";y`,
		"x;  =1":                                "x;'  =1",
		"one\n=cmd|'/C'!A":                      "one\n'=cmd|'/C'!A",
		"a\t-1":                                 "a\t'-1",
		"x; y = 1, -2":                          "x; y = 1, -2",
		"e-mail a@b.c":                          "e-mail a@b.c",
	} {
		g := &queries.Graph{
			Nodes: sequence([]*queries.Node{
				{XID: "x:a", Name: text, Properties: map[string][]string{
					"description": {text}, "geo": {`{"type":"Point","coordinates":[-1,-2]}`},
				}},
				{XID: "x:b;=1", Name: "b"},
			}),
			Edges: sequence([]*queries.Edge{{
				ID: "E", From: "x:a", Relation: "commands", To: "x:b;=1",
				Qualifiers: map[string][]string{"title": {text}},
			}}),
		}
		for _, format := range []string{"csv-links", "csv-gephi", "csv-neo4j"} {
			e, err := Find(format)
			if err != nil {
				t.Fatal(err)
			}
			data := encoded(t, e, g)
			if format == "csv-links" {
				rows, err := readTable(data)
				if err != nil || len(rows) != 1 || rows[0]["title"] != want || rows[0]["to_xid"] != "x:b;'=1" {
					t.Errorf("%s: %q stands as %q, %v", format, text, rows, err)
				}
				noFormulas(t, format, rows)
				continue
			}
			nodes, edges, err := readPair(data)
			column := map[string]string{"csv-gephi": "", "csv-neo4j": ":string"}[format]
			if err != nil || nodes[0]["description"+column] != want || edges[0]["title"+column] != want {
				t.Errorf("%s: %q stands as %q, %q, %v", format, text, nodes, edges, err)
			}
			if number := strings.ReplaceAll(column, "string", "double"); nodes[0]["latitude"+number] != "-2" {
				t.Errorf("%s: a number below zero is %q", format, nodes[0]["latitude"+number])
			}
			noFormulas(t, format, slices.Concat(nodes, edges))
		}
	}
}

// noFormulas holds each text, and each part of it that another separator would make a cell, against what spreadsheets
// work out.
func noFormulas(t *testing.T, format string, rows []map[string]string) {
	t.Helper()
	for _, row := range rows {
		for name, cell := range row {
			if _, err := strconv.ParseFloat(cell, 64); err == nil {
				continue
			}
			for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(";\t\r\n", r) }) {
				if part = strings.TrimLeft(part, `" `); part != "" && strings.ContainsAny(part[:1], "=+-@") {
					t.Errorf("%s: %s has a formula in %q", format, name, cell)
				}
			}
		}
	}
}

// TestManyNames: a table of links stays right where the names are too many to keep.
func TestManyNames(t *testing.T) {
	links, err := Find("csv-links")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := readTable(encoded(t, links, generated(maxNamed+2, maxNamed+2)))
	if err != nil || len(rows) != maxNamed+2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if last, other := rows[maxNamed-1], rows[maxNamed]; last["from"] != fmt.Sprint("Unit ", maxNamed-1) || other["from"] != "" ||
		other["from_xid"] != fmt.Sprint("gen:", maxNamed) {
		t.Errorf("the last name kept: %v, the first left out: %v", last, other)
	}
}
