package gold

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Annotated is a document with the mentions that its annotators marked, and what they say stands between these.
type Annotated struct {
	ID, Source, Text string
	Standoff         bool     // in BRAT's form
	Mentions         []Marked // in the order of the text
	Relations        []Tie
}

// Marked is a mention: a span in code points, and its type in the annotators' words.
type Marked struct {
	Begin, End int
	Type       string
}

// Tie is a relation between two mentions of a document, by their places in the list.
type Tie struct {
	Type     string
	From, To int
}

// minConfidence is below what the annotators of re3d rather rejected a mention.
const minConfidence = .5

// Corpus reads the annotated documents of a folder and those below it: re3d's (documents.json beside entities.json,
// the source as the documents say it) and those in BRAT's standoff (NAME.ann beside NAME.txt, the source after the
// folder). Where there are none the list is empty. Relations are read of BRAT alone.
func Corpus(folder string) (documents []*Annotated, err error) {
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		var some []*Annotated
		switch {
		case entry.Name() == "documents.json":
			some, err = readRE3D(filepath.Dir(path))
		case strings.HasSuffix(path, ".ann"):
			some, err = readBRAT(path)
		}
		documents = append(documents, some...)
		return err
	})
	for _, d := range documents {
		d.sort()
	}
	return documents, err
}

// sort brings the mentions into the order of the text, the longer ones first.
func (d *Annotated) sort() {
	order := make([]int, len(d.Mentions))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := d.Mentions[a], d.Mentions[b]
		if x.Begin != y.Begin {
			return x.Begin - y.Begin
		}
		return y.End - x.End
	})
	sorted, places := make([]Marked, len(order)), make([]int, len(order))
	for to, from := range order {
		sorted[to], places[from] = d.Mentions[from], to
	}
	d.Mentions = sorted
	for i, r := range d.Relations {
		d.Relations[i].From, d.Relations[i].To = places[r.From], places[r.To]
	}
}

func readRE3D(folder string) (documents []*Annotated, err error) {
	byID := map[string]*Annotated{}
	err = objects(filepath.Join(folder, "documents.json"), func(row struct {
		ID         string `json:"_id"`
		SourceName string
		Text       string
	},
	) {
		d := &Annotated{ID: row.ID, Source: row.SourceName, Text: row.Text}
		byID[row.ID] = d
		documents = append(documents, d)
	})
	if err != nil {
		return nil, err
	}
	err = objects(filepath.Join(folder, "entities.json"), func(row struct {
		Begin, End int
		Type       string
		DocumentID string
		Confidence float64
	},
	) {
		m := Marked{row.Begin, row.End, row.Type}
		d := byID[row.DocumentID]
		if d != nil && row.Confidence >= minConfidence && !slices.Contains(d.Mentions, m) {
			d.Mentions = append(d.Mentions, m)
		}
	})
	return documents, err
}

// objects reads a file of JSON objects one after the other.
func objects[T any](path string, take func(T)) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	for {
		var row T
		if err := decoder.Decode(&row); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		take(row)
	}
}

// isLoose reports whether a mark at the end of a mention was taken in by oversight.
func isLoose(r rune) bool { return r == ',' || r == ';' || r == ':' || unicode.IsSpace(r) }

func readBRAT(path string) ([]*Annotated, error) {
	stem := strings.TrimSuffix(path, ".ann")
	content, err := os.ReadFile(stem + ".txt")
	if err != nil {
		return nil, err
	}
	lines, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	d := &Annotated{ID: filepath.Base(stem), Source: filepath.Base(filepath.Dir(path)), Text: string(content), Standoff: true}
	runes := []rune(d.Text)
	places := map[string]int{}
	var ties [][]string
	for line := range strings.Lines(string(lines)) {
		id, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "\t")
		what, _, _ := strings.Cut(rest, "\t")
		f := strings.Fields(strings.ReplaceAll(what, ";", " "))
		switch {
		case strings.HasPrefix(id, "T") && len(f) >= 3:
			begin, bad := strconv.Atoi(f[1])
			end, worse := strconv.Atoi(f[len(f)-1])
			if bad != nil || worse != nil || end <= begin {
				return nil, fmt.Errorf("%s: %s has no span", path, id)
			}
			for end = min(end, len(runes)); end > begin && isLoose(runes[end-1]); end-- {
			}
			places[id] = len(d.Mentions)
			d.Mentions = append(d.Mentions, Marked{begin, end, f[0]})
		case strings.HasPrefix(id, "R") && len(f) == 3:
			ties = append(ties, f)
		}
	}
	for _, f := range ties {
		_, one, _ := strings.Cut(f[1], ":")
		_, other, _ := strings.Cut(f[2], ":")
		from, known := places[one]
		to, too := places[other]
		if known && too {
			d.Relations = append(d.Relations, Tie{f[0], from, to})
		}
	}
	return []*Annotated{d}, nil
}
