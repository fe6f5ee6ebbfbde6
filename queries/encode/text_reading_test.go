package encode

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
)

var errCut = errors.New("the file is cut short")

// csvRows reads a table as heads and cells. encoding/csv makes one line break of two characters, which data may hold.
func csvRows(data []byte) ([]map[string]string, error) {
	if !bytes.HasSuffix(data, []byte("\n")) {
		return nil, errCut
	}
	const kept = "\ue000"
	lines, err := csv.NewReader(strings.NewReader(strings.ReplaceAll(string(data), "\r", kept))).ReadAll()
	if err != nil {
		return nil, err
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, text := range line {
			row[lines[0][i]] = strings.ReplaceAll(text, kept, "\r")
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// csvValues takes the columns of a row, whatever the profile has added to their heads.
func csvValues[T any](columns []column[T], row map[string]string) map[string]any {
	values := map[string]any{}
	for head, text := range row {
		name, _, _ := strings.Cut(head, ":")
		if head == "Label" {
			name = "label"
		}
		for _, c := range columns {
			if c.name == name && text != "" {
				values[name] = typed(string(c.kind), text)
			}
		}
	}
	return values
}

func readCSVLinks(data []byte) (reading, error) {
	rows, err := csvRows(data)
	r := newReader()
	for _, row := range rows {
		for _, end := range []string{"from", "to"} {
			r.xids[row[end]] = row[end]
		}
		r.edge(row["id"], row["from"], row["to"], csvValues(edgeColumns(), row))
	}
	return r.reading, errors.Join(err, r.err)
}

func readCSVZip(data []byte) (reading, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return reading{}, err
	}
	tables := map[string][]map[string]string{}
	for _, entry := range archive.File {
		file, err := entry.Open()
		if err != nil {
			return reading{}, err
		}
		text, err := io.ReadAll(file)
		if err != nil {
			return reading{}, err
		}
		if tables[entry.Name], err = csvRows(text); err != nil {
			return reading{}, err
		}
	}
	r := newReader()
	for _, row := range tables["nodes.csv"] {
		r.node(row["Id"]+row["xid:ID"], csvValues(nodeColumns(), row))
	}
	for _, row := range tables["edges.csv"] {
		r.edge(row["Id"]+row["id:string"], row["Source"]+row[":START_ID"], row["Target"]+row[":END_ID"], csvValues(edgeColumns(), row))
	}
	return r.reading, r.err
}

var (
	dotString  = `"((?:[^"\\]|\\.)*)"`
	dotNode    = regexp.MustCompile(`^  ` + dotString + ` \[`)
	dotEdge    = regexp.MustCompile(`^  ` + dotString + ` -> ` + dotString + ` \[`)
	dotPair    = regexp.MustCompile(`(\w+)=(?:` + dotString + `|\w+)`)
	dotEscapes = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n", `\r`, "\r")
)

func readDOT(data []byte) (reading, error) {
	if !bytes.HasSuffix(data, []byte("\n}\n")) {
		return reading{}, errCut
	}
	r := newReader()
	for line := range strings.Lines(string(data)) {
		if m := dotEdge.FindStringSubmatch(line); m != nil {
			values, key := dotValues(edgeColumns(), line[len(m[0]):])
			r.edge(key, m[1], m[2], values)
		} else if m := dotNode.FindStringSubmatch(line); m != nil {
			values, _ := dotValues(nodeColumns(), line[len(m[0]):])
			r.node(m[1], values)
		}
	}
	return r.reading, r.err
}

func dotValues[T any](columns []column[T], line string) (values map[string]any, key string) {
	values = map[string]any{}
	for _, m := range dotPair.FindAllStringSubmatch(line, -1) {
		text := dotEscapes.Replace(m[2])
		if m[1] == "key" {
			key = text
		}
		if m[1] == "label" {
			text = strings.ReplaceAll(text, "&amp;", "&")
		}
		for _, c := range columns {
			if c.name == m[1] {
				values[c.name] = typed(string(c.kind), text)
			}
		}
	}
	return values, key
}

var (
	mermaidNode = regexp.MustCompile(`^  (\w+)\["([^"]*)"\]:::t(\w+)$`)
	mermaidEdge = regexp.MustCompile(`^  (\w+) -\.?-?-?>\|"([^"]*)"\| (\w+)$`)
)

func readMermaid(data []byte) (reading, error) {
	if !bytes.HasSuffix(data, []byte("\n%% end\n")) {
		return reading{}, errCut
	}
	r := newReader()
	for i, line := range strings.Split(string(data), "\n") {
		if m := mermaidNode.FindStringSubmatch(line); m != nil {
			r.node(m[1], map[string]any{"xid": m[1], "label": m[2]})
		} else if m := mermaidEdge.FindStringSubmatch(line); m != nil {
			r.edge("line "+strconv.Itoa(i), m[1], m[3], map[string]any{"label": m[2]})
		}
	}
	return r.reading, r.err
}
