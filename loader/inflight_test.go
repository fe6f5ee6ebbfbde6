package loader_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"orbat/loader"
	"orbat/loader/format"
	"orbat/loader/mapping"
	"orbat/schema"
	"orbat/schema/heaptest"
)

// shape makes the files of one reader from records, and each record from parts of one kind.
type shape struct {
	name             string // of the file, by which its format is told
	head, join, tail string
	pack             func(text string) string // makes the file of a text; nil: it is the text
	parts            map[string]func(record, n int, text string) string
}

// file makes a file of so many records, of which each multiplies a part of one kind so many times with a text in it.
func (s shape) file(kind string, records, parts int, text string) string {
	var b strings.Builder
	b.WriteString(s.head)
	for i := range records {
		if i > 0 {
			b.WriteString(s.join)
		}
		b.WriteString(s.parts[kind](i, parts, text))
	}
	b.WriteString(s.tail)
	if s.pack != nil {
		return s.pack(b.String())
	}
	return b.String()
}

// repeat joins n parts made by their numbers.
func repeat(n int, join string, part func(i int) string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(join)
		}
		b.WriteString(part(i))
	}
	return b.String()
}

func uuid(i int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012x", i) }

// shapes are those of every reader. No part is the same twice.
func shapes() map[string]shape {
	object := func(inner func(n int, text string) string) func(int, int, string) string {
		return func(record, n int, text string) string {
			return fmt.Sprintf(`{"type":"Person","id":"p%d","name":"P",`, record) + inner(n, text) + "}"
		}
	}
	list := func(key, part string) func(int, int, string) string {
		return object(func(n int, text string) string {
			return `"` + key + `":[` + repeat(n, ",", func(i int) string { return fmt.Sprintf(part, text, i) }) + "]"
		})
	}
	objects := map[string]func(int, int, string) string{
		"values":            list("aliases", `"%s %d"`),
		"own values":        list("aliases", `{"value":"%s %d","confidence":50}`),
		"sources":           list("sources", `"doc:%s%d"`),
		"described sources": list("sources", `{"title":"%s %d"}`),
		"quotes":            list("sources", `{"source":{"title":"t %[2]d"},"quote":"%[1]s"}`),
		"own sources":       list("aliases", `{"value":"a","source":{"title":"%s %d"}}`),
		"lists":             list("x_list", `["%s",%d]`),
		"objects":           list("x_list", `{"%s":%d}`),
		"wrong values":      list("no_such_property", `"%s %d"`),
		"no value":          list("aliases", `["%s %d"]`),
		"keys": object(func(n int, text string) string {
			return repeat(n, ",", func(i int) string { return fmt.Sprintf(`"x_%d":%q`, i, text) })
		}),
		statements: object(func(n int, text string) string {
			return `"aliases":[` + repeat(n, ",", func(i int) string { return fmt.Sprintf(`{"value":"%s %d","period":"2001"}`, text, i) }) +
				`],"sources":[` + repeat(n, ",", func(i int) string { return fmt.Sprintf(`"doc:%d"`, i) }) + `]`
		}),
		"text":     object(func(n int, text string) string { return `"biography":"` + strings.Repeat(text+" ", n) + `"` }),
		"quote":    object(func(n int, text string) string { return `"quote":"` + strings.Repeat(text+" ", n) + `"` }),
		"space":    object(func(n int, text string) string { return `"method":"` + strings.Repeat(" ", n*(1+len(text))) + `m"` }),
		"no type":  func(_, n int, text string) string { return `{"name":"` + strings.Repeat(text+" ", n) + `"}` },
		"long key": object(func(n int, text string) string { return `"` + strings.Repeat(text+"_", n) + `":"a"` }),
		"references": func(record, n int, text string) string {
			return fmt.Sprintf(`{"relation":"commands","from":{"type":"Person","name":%q},"to":{"type":"Unit","name":"%d"},"sources":[`, text, record) +
				repeat(n, ",", func(i int) string { return fmt.Sprintf(`{"type":"Source","name":"%s %d"}`, text, i) }) + `]}`
		},
	}
	row := func(cells func(n int, text string) []string) func(int, int, string) string {
		return func(record, n int, text string) string {
			return fmt.Sprintf("Person,p%d,", record) + strings.Join(cells(n, text), ",")
		}
	}
	rows := map[string]func(int, int, string) string{
		"values": row(func(n int, text string) []string {
			return []string{repeat(n, "|", func(i int) string { return text + strconv.Itoa(i) }), "", "", "", ""}
		}),
		"sources": row(func(n int, text string) []string {
			return []string{"", repeat(n, "|", func(i int) string { return "doc:" + text + strconv.Itoa(i) }), "", "", ""}
		}),
		"text":        row(func(n int, text string) []string { return []string{"", "", strings.Repeat(text+" ", n), "", ""} }),
		"wrong value": row(func(n int, text string) []string { return []string{"", "", "", strings.Repeat(text+" ", n), ""} }),
		"space": row(func(n int, text string) []string {
			return []string{"", "", "", "", strings.Repeat(" ", n*(1+len(text))) + "m"}
		}),
		"blank": row(func(n int, text string) []string {
			return []string{strings.Repeat(" ", n*(1+len(text))), "", "", "", "m"}
		}),
		"no type": func(_, n int, text string) string { return ",," + strings.Repeat(text+" ", n) + ",,,,," },
	}
	table := shape{name: "in.csv", head: "type,id,aliases[],source[],biography,status,method\n", join: "\n", tail: "\n", parts: rows}
	tabbed := table
	tabbed.name, tabbed.pack = "in.tsv", func(text string) string { return strings.ReplaceAll(text, ",", "\t") }
	book := table
	book.name, book.pack = "in.xlsx", packSheet
	stix := func(kind string, inner func(n int, text string) string) func(int, int, string) string {
		return func(record, n int, text string) string {
			return fmt.Sprintf(`{"type":%q,"id":%q,"name":"N",`, kind, kind+"--"+uuid(record)) + inner(n, text) + "}"
		}
	}
	listed := func(kind, key, part string) func(int, int, string) string {
		return stix(kind, func(n int, text string) string {
			return `"` + key + `":[` + repeat(n, ",", func(i int) string { return fmt.Sprintf(part, text, uuid(i)) }) + "]"
		})
	}
	ftm := func(kind string, inner func(n int, text string) string) func(int, int, string) string {
		return func(record, n int, text string) string {
			return fmt.Sprintf(`{"id":"e%d","schema":%q,"properties":{`, record, kind) + inner(n, text) + "}}"
		}
	}
	many := func(key, prefix string) func(n int, text string) string {
		return func(n int, text string) string {
			return `"` + key + `":[` + repeat(n, ",", func(i int) string { return fmt.Sprintf(`"%s%s%d"`, prefix, text, i) }) + "]"
		}
	}
	return map[string]shape{
		"ndjson": {name: "in.ndjson", join: "\n", parts: objects},
		"json":   {name: "in.json", head: "[", join: ",", tail: "]", parts: objects},
		"yaml":   {name: "in.yaml", head: "[", join: ", ", tail: "]", parts: objects},
		"csv":    table,
		"tsv":    tabbed,
		"xlsx":   book,
		"stix": {
			name: "in.stix", head: `{"type":"bundle","id":"bundle--` + uuid(0) + `","objects":[`, join: ",", tail: "]}",
			parts: map[string]func(int, int, string) string{
				"aliases":    listed("intrusion-set", "aliases", `"%s %s"`),
				"references": listed("intrusion-set", "external_references", `{"source_name":"%s","external_id":"%s","url":"https://a/%[2]s"}`),
				"objects":    listed("report", "object_refs", `"tool--%[2]s"`),
				"markings":   listed("tool", "object_marking_refs", `"marking-definition--%[2]s"`),
				"labels":     listed("tool", "labels", `"%s %s"`),
				"keys": stix("tool", func(n int, text string) string {
					return repeat(n, ",", func(i int) string { return fmt.Sprintf(`"k_%d":%q`, i, text) })
				}),
				"addresses": stix("identity", func(n int, text string) string {
					return `"contact_information":"` + repeat(n, " ", func(i int) string { return fmt.Sprintf("a%s%d@b.cd", text, i) }) + `"`
				}),
				"observed": stix("observed-data", func(n int, text string) string {
					return `"objects":{` + repeat(n, ",", func(i int) string {
						return fmt.Sprintf(`"%d":{"type":"file","name":%q}`, i, text)
					}) + "}"
				}),
				"text":    stix("tool", func(n int, text string) string { return `"description":"` + strings.Repeat(text+" ", n) + `"` }),
				"no type": func(_, n int, text string) string { return `{"name":"` + strings.Repeat(text+" ", n) + `"}` },
			},
		},
		"ftm": {
			name: "in.ftm", join: "\n", parts: map[string]func(int, int, string) string{
				"names":   ftm("Person", many("name", "")),
				"sources": ftm("Person", many("sourceUrl", "https://a/")),
				"topics":  ftm("Person", many("topics", "")),
				"text":    ftm("Person", func(n int, text string) string { return `"biography":["` + strings.Repeat(text+" ", n) + `"]` }),
				ends: ftm("Ownership", func(n int, text string) string {
					return many("owner", "")(n, text) + "," + many("asset", "")(n, text)
				}),
				"dates": ftm("Person", many("birthDate", "")),
				"keys": ftm("Person", func(n int, text string) string {
					return repeat(n, ",", func(i int) string { return fmt.Sprintf(`"k%d":[%q]`, i, text) })
				}),
				"no schema": ftm("Nothing", many("name", "")),
			},
		},
		"mapping": {
			name: "map.csv", head: "name,units,note\n", join: "\n", tail: "\n", parts: map[string]func(int, int, string) string{
				"people": func(_, n int, text string) string {
					return repeat(n, ";", func(i int) string { return text + strconv.Itoa(i) }) + ",u,a"
				},
				pairs: func(_, n int, text string) string {
					return repeat(n, ";", func(i int) string { return text + strconv.Itoa(i) }) + "," +
						repeat(n, ";", func(i int) string { return "u" + strconv.Itoa(i) }) + ",a"
				},
				"notices": func(_, n int, text string) string {
					return "a,u," + repeat(n, ";", func(i int) string { return "n/a" + strconv.Itoa(i) })
				},
				"text": func(record, n int, text string) string {
					return strconv.Itoa(record) + ",u," + strings.Repeat(text+" ", n)
				},
			},
		},
	}
}

// The kinds of parts of which a record means the square of what it says.
const (
	pairs      = "people in units"
	ends       = "owners of assets"
	statements = "values with all sources"
)

// people is the mapping of that shape: what lists in two cells mean multiplies.
const people = `
tables:
  - name: map
    entities:
      - {name: person, type: Person, each: {column: name, split: ";"}, key: {name: "{}"}, properties: {x_note: {column: note, split: ";"}}}
      - {name: unit, type: Unit, each: {column: units, split: ";"}, key: {name: "{}"}}
    relations:
      - {relation: commands, from: person, to: unit, confidence: {text: "50"}}
`

// packSheet makes a workbook of rows whose cells are separated by commas.
func packSheet(text string) string {
	var sheet strings.Builder
	sheet.WriteString(`<worksheet><sheetData>`)
	for line := range strings.Lines(text) {
		sheet.WriteString("<row>")
		for _, cell := range strings.Split(strings.TrimSuffix(line, "\n"), ",") {
			sheet.WriteString(`<c t="inlineStr"><is><t xml:space="preserve">` + cell + `</t></is></c>`)
		}
		sheet.WriteString("</row>")
	}
	sheet.WriteString(`</sheetData></worksheet>`)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	const rels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`},
		{"_rels/.rels", rels + `<Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", rels + `<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
		{"xl/worksheets/sheet1.xml", sheet.String()},
	} {
		f, err := w.Create(part[0])
		if err == nil {
			_, err = io.WriteString(f, part[1])
		}
		if err != nil {
			panic(err) // into memory
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.String()
}

// read returns the records of a file of a shape.
func (s shape) read(ctx context.Context, o *schema.Ontology, content string) iter.Seq2[*schema.Record, error] {
	if s.name != "map.csv" {
		return format.Read(ctx, format.Stream(s.name, strings.NewReader(content)), format.Options{})
	}
	m, err := mapping.Parse("people.yaml", []byte(people))
	if err != nil {
		return func(yield func(*schema.Record, error) bool) { yield(nil, err) }
	}
	rows := func(ctx context.Context, _ mapping.Reading) iter.Seq2[schema.Row, error] {
		return format.Rows(ctx, format.Stream(s.name, strings.NewReader(content)), format.Options{})
	}
	return m.Records(ctx, []mapping.Input{{Name: s.name, Rows: rows}}, mapping.Options{Ontology: o})
}

// render has a file read, validated, sorted and rendered.
func (s shape) render(t testing.TB, o *schema.Ontology, content string) error {
	t.Helper()
	rdf := &loader.RDF{Ontology: o, Temp: t.TempDir(), OnReject: func(*schema.RecordError) error { return nil }}
	_, err := rdf.Write(t.Context(), io.Discard, s.read(t.Context(), o, content))
	return err
}

// What a load may have in memory for its input, beside what was there before: what the README of loader/format says. A
// YAML document is held whole besides.
const (
	mostInFlight = 256 << 20
	yamlFactor   = 30 // times the document
)

// FuzzMultipliedParts multiplies a kind of part within a record and across records, for every reader: whichever it is,
// what is in memory stays within the bound. Without fuzzing it runs every kind with many parts in one record, with many
// records, and with long texts, and there holds half of the bound.
func FuzzMultipliedParts(f *testing.F) {
	o, err := schema.Default()
	if err != nil {
		f.Fatal(err)
	}
	all := shapes()
	readers := slices.Sorted(maps.Keys(all))
	fuzzing := flag.Lookup("test.fuzz").Value.String() != ""
	for i, reader := range readers {
		for j := range len(all[reader].parts) {
			if fuzzing { // little ones, to begin soon
				f.Add(uint8(i), uint8(j), uint16(1), uint32(100), uint16(4)) //nolint:gosec // a handful
				continue
			}
			f.Add(uint8(i), uint8(j), uint16(1), uint32(4000), uint16(4))    //nolint:gosec // a handful
			f.Add(uint8(i), uint8(j), uint16(200), uint32(1), uint16(8<<10)) //nolint:gosec // a handful
		}
	}
	f.Fuzz(func(t *testing.T, reader, kind uint8, records uint16, parts uint32, text uint16) {
		s := all[readers[int(reader)%len(readers)]]
		kinds := slices.Sorted(maps.Keys(s.parts))
		what := kinds[int(kind)%len(kinds)]
		// No file of more than some megabytes, whatever is multiplied in it.
		const overhead = 32
		most := 8 << 20
		if fuzzing { // counts what runs, which takes its time, and has ten seconds for one input on any machine, however busy
			most = 128 << 10
		}
		length := min(int(text), 64<<10)
		n := min(max(int(parts), 1), most/(length+overhead)+1)
		count := min(max(int(records), 1), most/(n*(length+overhead))+1)
		if fuzzing && (what == pairs || what == ends || what == statements) {
			n = min(n, 100)
			count = min(count, most/(n*n*overhead)+1)
		}
		content := s.file(what, count, n, strings.Repeat("a", length))
		bound := uint64(mostInFlight)
		if !fuzzing {
			bound /= 2
		}
		if s.name == "in.yaml" {
			bound += yamlFactor * uint64(len(content))
		}
		var err error
		took := heaptest.Most(func() { err = s.render(t, o, content) })
		runtime.KeepAlive(content)
		if wrong := (*format.ReadError)(nil); err != nil && !errors.As(err, &wrong) {
			t.Fatal(err)
		}
		if took > bound {
			t.Errorf("%s, %s: %d records of %d parts with texts of %d bytes, %d KiB in all: %d MiB of memory; the bound is %d", s.name,
				what, count, n, length, len(content)>>10, took>>20, bound>>20)
		}
	})
}

// TestMultipliedPartsTakeLinearTime reads sixteen times as many parts, in one record and in as many records: by the
// square of their number that would take 256 times as long. Half of that is allowed: the machine does other things
// besides.
func TestMultipliedPartsTakeLinearTime(t *testing.T) {
	const few, times, most = 500, 16, 16 * 16 / 2
	o, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	all := shapes()
	for _, reader := range slices.Sorted(maps.Keys(all)) {
		s := all[reader]
		read := func(kind string, records, parts int) time.Duration {
			content := s.file(kind, records, parts, "a")
			begun := time.Now()
			for _, err := range s.read(t.Context(), o, content) {
				_ = err // rejected or refused, it is to be so in time
			}
			return time.Since(begun)
		}
		for _, kind := range slices.Sorted(maps.Keys(s.parts)) {
			within, across := most+1.0, most+1.0
			for range 5 { // what is linear is so once in five
				if within > most {
					within = float64(read(kind, 1, few*times)) / float64(read(kind, 1, few))
				}
				if across > most {
					across = float64(read(kind, few*times, 1)) / float64(read(kind, few, 1))
				}
			}
			if within > most || across > most {
				t.Errorf("%s, %s: %d times the parts take %.0f times as long in a record, %.0f times across records", reader, kind, times,
					within, across)
			}
		}
	}
}
