package format

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"orbat/loader/format/input"
	"orbat/schema"
)

// sample writes files of one format. Record i is a relation from "#fi" to "#ti", or where there are only UUIDs, from
// the one that ends with f and i to the one that ends with a and i.
type sample struct {
	head, join, tail string
	good             string // of i
	bad              string // a record that is rejected, of i
	invalid          string // a record with invalid UTF-8, of i
	whole            bool   // the file is one document: invalid UTF-8 ends it
	emptyIsError     bool
	unbounded        bool // a record may be longer than MaxRecord
	nested           string
	column           string // that bad lacks; empty: to

	pack  func(text string) string // makes the file of a text, for a format that is none; nil: the text is the file
	sheet string                   // what positions add to the file's name
}

// text skips a test that speaks of a file's own bytes.
func (s sample) text(t *testing.T, about string) {
	t.Helper()
	if s.pack != nil {
		t.Skip("an archive has no " + about)
	}
}

const stixSample = `"id":"relationship--00000000-0000-4000-8000-0%011[1]d","relationship_type":"uses","source_ref":"tool--00000000-0000-4000-8000-f%011[1]d"`

func samples() map[string]sample {
	object := sample{
		join:    "\n",
		good:    `{"relation":"commands","from":"#f%[1]d","to":"#t%[1]d","quote":"é %[1]d"}`,
		bad:     `{"relation":"commands","from":"#f%[1]d"}`,
		invalid: "{\"relation\":\"commands\",\"from\":\"#f%[1]d\",\"to\":\"\xff\"}",
		nested:  `{"type":"Person","name":"deep","x_deep":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}",
	}
	listed := object
	listed.head, listed.join, listed.tail = "{\"dataset\":\"d\",\n \"relations\": [\n  ", ",\n  ", "\n]}\n"
	listed.emptyIsError = true
	row := sample{
		head: "relation,from,to,quote\n", join: "\n", tail: "\n", emptyIsError: true,
		good: "commands,#f%[1]d,#t%[1]d,\"é\n%[1]d\"", bad: "commands,#f%[1]d,,", invalid: "commands,#f%[1]d,\xff,",
	}
	tabbed := row
	for _, s := range []*string{&tabbed.head, &tabbed.good, &tabbed.bad, &tabbed.invalid} {
		*s = strings.ReplaceAll(*s, ",", "\t")
	}
	book := row
	book.pack, book.sheet, book.whole = workbookOfCSV, "#Sheet1", true
	return map[string]sample{
		"ndjson": object,
		"json":   listed,
		"csv":    row,
		"tsv":    tabbed,
		"xlsx":   book,
		"ftm": {
			join: "\n", column: "schema",
			good:    `{"id":"r%[1]d","schema":"Ownership","properties":{"owner":["#f%[1]d"],"asset":["#t%[1]d"],"summary":["é %[1]d"]}}`,
			bad:     `{"id":"r%[1]d","schema":"Ownershp","properties":{"owner":["#f%[1]d"]}}`,
			invalid: "{\"id\":\"r%[1]d\",\"schema\":\"Ownership\",\"properties\":{\"owner\":[\"#f%[1]d\"],\"asset\":[\"\xff\"]}}",
			nested:  `{"id":"deep","schema":"Person","properties":{"name":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}}",
		},
		"stix": {
			head: `{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[` + "\n", join: ",\n", tail: "]}\n", emptyIsError: true,
			good:    `{"type":"relationship",` + stixSample + `,"target_ref":"tool--00000000-0000-4000-8000-a%011[1]d","description":"é #t%[1]d"}`,
			bad:     `{"type":"relationship",` + stixSample + `,"description":"#f%[1]d"}`,
			invalid: `{"type":"relationship",` + stixSample + ",\"target_ref\":\"\xff\"}",
			nested:  `{"type":"tool","id":"tool--00000000-0000-4000-8000-000000000001","x_deep":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}",
			column:  "target_ref",
		},
		"yaml": {
			head: "dataset: d\nrelations:\n", whole: true, unbounded: true,
			good:    "  - relation: commands\n    from: \"#f%[1]d\"\n    to: '#t%[1]d'\n    quote: é %[1]d\n",
			bad:     "  - {relation: commands, from: \"#f%[1]d\"}\n",
			invalid: "  - {relation: commands, from: \"#f%[1]d\", to: \"\xff\"}\n",
			nested:  "  - {relation: commands, from: a, to: b, x_deep: " + strings.Repeat("[", 200) + strings.Repeat("]", 200) + "}\n",
		},
	}
}

// file writes a file of n good records, with others put before the record at the middle.
func (s sample) file(n int, others ...string) string {
	var records []string
	for i := range n {
		if i == n/2 {
			records = append(records, others...)
		}
		records = append(records, fmt.Sprintf(s.good, i))
	}
	text := s.head + strings.Join(records, s.join) + s.tail
	if s.pack != nil {
		return s.pack(text)
	}
	return text
}

// each runs a test over every format.
func each(t *testing.T, test func(t *testing.T, f Format, s sample, name string)) {
	t.Helper()
	all := samples()
	for _, f := range All() {
		if f.Document || f.Several { // one file is one record, or a part of an input: such packages have tests of their own
			continue
		}
		s, ok := all[f.Name]
		if !ok {
			t.Fatalf("format %s has no sample in conformance_test.go", f.Name)
		}
		t.Run(f.Name, func(t *testing.T) { test(t, f, s, "in"+f.Extensions[0]) })
	}
}

// wantGood checks that exactly the n good records came, in order.
func wantGood(t *testing.T, n int, records []*schema.Record) {
	t.Helper()
	if len(records) != n {
		t.Fatalf("%d records, want %d", len(records), n)
	}
	is := func(ref schema.Ref, id, end string, i int) bool {
		return ref.ID == fmt.Sprint(id, i) || ref.XID == fmt.Sprint("ftm:#", id, i) ||
			strings.HasSuffix(ref.XID, fmt.Sprintf("-%s%011d", end, i))
	}
	for i, record := range records {
		if !is(record.Subject, "f", "f", i) || !is(record.Object, "t", "a", i) {
			t.Fatalf("record %d is %s", i, said(record))
		}
	}
}

func TestOrderAndPositions(t *testing.T) {
	each(t, func(t *testing.T, _ Format, s sample, name string) {
		text := s.file(50)
		records, rejected, err := readAll(t.Context(), name, strings.NewReader(text))
		if err != nil || rejected != nil {
			t.Fatal(err, rejected)
		}
		wantGood(t, 50, records)
		lines := strings.SplitAfter(text, "\n")
		for _, record := range records {
			if record.Pos.File != name+s.sheet || record.Pos.Line < 1 || record.Pos.Column < 1 || len(record.Raw) == 0 {
				t.Fatalf("position %v", record.Pos)
			}
			if s.pack != nil {
				continue
			}
			rest := strings.Join(lines[record.Pos.Line-1:], "")[record.Pos.Column-1:]
			if !strings.HasPrefix(rest, string(record.Raw)) {
				t.Fatalf("at %v stands %.60q, raw is %q", record.Pos, rest, record.Raw)
			}
		}
	})
}

func TestLineEndsAndByteOrderMark(t *testing.T) {
	each(t, func(t *testing.T, _ Format, s sample, name string) {
		s.text(t, "line ends")
		plain, _, err := readAll(t.Context(), name, strings.NewReader(s.file(5)))
		if err != nil {
			t.Fatal(err)
		}
		for what, text := range map[string]string{
			"CRLF":          strings.ReplaceAll(s.file(5), "\n", "\r\n"),
			"BOM":           byteOrderMark + s.file(5),
			"BOM and CRLF":  byteOrderMark + strings.ReplaceAll(s.file(5), "\n", "\r\n"),
			"no last break": strings.TrimRight(s.file(5), "\n"),
		} {
			records, rejected, err := readAll(t.Context(), name, strings.NewReader(text))
			if err != nil || rejected != nil || len(records) != len(plain) {
				t.Fatal(what, len(records), err, rejected)
			}
			for i := range records {
				if said(records[i]) != said(plain[i]) || records[i].Pos != plain[i].Pos {
					t.Errorf("%s: %v %s, want %v %s", what, records[i].Pos, said(records[i]), plain[i].Pos, said(plain[i]))
				}
			}
		}
	})
}

func gzipped(t *testing.T, members ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, member := range members {
		w := gzip.NewWriter(&out)
		if _, err := io.WriteString(w, member); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func zstandard(t *testing.T, frames ...string) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	out := []byte("\x50\x2a\x4d\x18\x03\x00\x00\x00abc") // a skippable frame
	for _, frame := range frames {
		out = w.EncodeAll([]byte(frame), out)
	}
	return out
}

func TestCompression(t *testing.T) {
	each(t, func(t *testing.T, f Format, s sample, name string) {
		const n = 3000
		text := s.file(n)
		half := len(text) / 2
		for what, packed := range map[string][]byte{
			"gzip of two members": gzipped(t, text[:half], text[half:]),
			"zstd of two frames":  zstandard(t, text[:half], text[half:]),
		} {
			for _, named := range []string{name, name + ".gz", name + ".zst"} {
				records, rejected, err := readAll(t.Context(), named, bytes.NewReader(packed))
				if err != nil || rejected != nil {
					t.Fatal(what, named, err, rejected)
				}
				wantGood(t, n, records)
			}
			cut := packed[:len(packed)-len(packed)/4]
			records, rejected, err := readAll(t.Context(), name, bytes.NewReader(cut))
			var ended *ReadError
			if !errors.As(err, &ended) || !strings.Contains(ended.Reason, "ends early") || ended.Hint == "" || ended.Pos.File != name {
				t.Errorf("%s cut short: %v", what, err)
			}
			if rejected != nil {
				t.Errorf("%s cut short: the cut record was rejected, not dropped: %v", what, rejected[0])
			}
			if !s.whole && (len(records) == 0 || ended.Pos.Line < records[len(records)-1].Pos.Line) {
				t.Errorf("%s cut short: %d records, then %v", what, len(records), err)
			}
		}
		_, _, err := readAll(t.Context(), name+".gz", bytes.NewReader(nil))
		if err == nil {
			t.Error("an empty .gz was read")
		}
		twice := gzipped(t, string(gzipped(t, text)))
		if _, _, err := readAll(t.Context(), name, bytes.NewReader(twice)); err == nil ||
			!strings.Contains(err.Error(), "compressed twice") {
			t.Error("compressed twice:", err)
		}
	})
}

func TestCancellation(t *testing.T) {
	each(t, func(t *testing.T, _ Format, s sample, name string) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		seen := 0
		var last error
		for _, err := range Read(ctx, Stream(name, strings.NewReader(s.file(10_000))), Options{}) {
			if last = err; err == nil {
				if seen++; seen == 10 {
					cancel()
				}
			}
		}
		if !errors.Is(last, context.Canceled) || seen > 11 {
			t.Errorf("%d records, then %v", seen, last)
		}
		records, _, err := readAll(ctx, name, strings.NewReader(s.file(3)))
		if records != nil || !errors.Is(err, context.Canceled) {
			t.Errorf("begun after the end: %d records, %v", len(records), err)
		}
	})
}

// TestBlockedRead shows that a pipe nobody writes to does not hold a cancelled reader.
func TestBlockedRead(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	defer r.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	files, err := Files([]string{"-"}, r)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range Read(ctx, files[0], Options{Format: "ndjson"}) {
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc/self/fd here")
	}
	return len(entries)
}

func TestEarlyStopLeaksNothing(t *testing.T) {
	each(t, func(t *testing.T, _ Format, s sample, name string) {
		for what, content := range map[string][]byte{
			"plain": []byte(s.file(600)), "gzip": gzipped(t, s.file(600)), "zstd": zstandard(t,
				s.file(600)), "broken": []byte(s.file(3) + "\xff\x00{"),
		} {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, content, 0o644); err != nil {
				t.Fatal(err)
			}
			files, routines := openFiles(t), runtime.NumGoroutine()
			for range 5 {
				for _, err := range Read(t.Context(), File{Path: path, Name: path}, Options{}) {
					_ = err // whatever comes first: this consumer has enough
					break
				}
				for _, err := range Read(t.Context(), File{Path: path, Name: path}, Options{}) {
					_ = err
				}
			}
			if now := openFiles(t); now > files {
				t.Errorf("%s: %d files open, %d before", what, now, files)
			}
			if now := runtime.NumGoroutine(); now > routines {
				t.Errorf("%s: %d goroutines, %d before", what, now, routines)
			}
		}
	})
}

func TestBadRecordInTheMiddle(t *testing.T) {
	each(t, func(t *testing.T, _ Format, s sample, name string) {
		records, rejected, err := readAll(t.Context(), name, strings.NewReader(s.file(20, fmt.Sprintf(s.bad, 99))))
		if err != nil {
			t.Fatal(err)
		}
		wantGood(t, 20, records)
		if len(rejected) != 1 {
			t.Fatalf("rejected %v", rejected)
		}
		bad := rejected[0]
		if bad.Pos.File != name+s.sheet || bad.Pos.Line <= records[9].Pos.Line || bad.Pos.Line >= records[10].Pos.Line {
			t.Errorf("rejected at %v, between %v and %v", bad.Pos, records[9].Pos, records[10].Pos)
		}
		column := s.column
		if column == "" {
			column = "to"
		}
		if bad.Column != column || bad.Reason == "" || bad.Hint == "" || !bytes.Contains(bad.Raw, []byte("#f99")) {
			t.Errorf("rejected %+v", bad)
		}
	})
}

func TestInvalidUTF8(t *testing.T) {
	each(t, func(t *testing.T, _ Format, s sample, name string) {
		s.text(t, "text that is no UTF-8: XML ends there")
		records, rejected, err := readAll(t.Context(), name, strings.NewReader(s.file(20, fmt.Sprintf(s.invalid, 99))))
		if s.whole {
			var ended *ReadError
			if !errors.As(err, &ended) || ended.Pos.Line < 40 || !strings.Contains(ended.Reason, "UTF-8") || ended.Hint == "" {
				t.Error(err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		wantGood(t, 20, records)
		if len(rejected) != 1 || !strings.Contains(rejected[0].Reason, "UTF-8") || !bytes.Contains(rejected[0].Raw, []byte("\xff")) {
			t.Fatalf("rejected %v", rejected)
		}
		var out bytes.Buffer
		if err := WriteReject(&out, *rejected[0]); err != nil || !strings.Contains(out.String(), `"raw_base64":"`) {
			t.Error(out.String(), err)
		}
	})
}

func TestHugeRecord(t *testing.T) {
	each(t, func(t *testing.T, _ Format, s sample, name string) {
		s.text(t, "cells longer than Excel's 32,767 characters")
		huge := strings.Replace(fmt.Sprintf(s.good, 99), "#t99", strings.Repeat("x", input.MaxRecord+1), 1)
		huge = strings.ReplaceAll(huge, "é\n", "")
		records, rejected, err := readAll(t.Context(), name, strings.NewReader(s.file(20, huge)))
		if err != nil {
			t.Fatal(err)
		}
		if s.unbounded {
			if len(records) != 21 {
				t.Errorf("%d records", len(records))
			}
			return
		}
		wantGood(t, 20, records)
		if len(rejected) != 1 || rejected[0].Pos.Line <= records[9].Pos.Line || len(rejected[0].Raw) > input.MaxRaw ||
			!strings.Contains(rejected[0].Reason, "MiB") {
			t.Fatalf("rejected %v", rejected)
		}
	})
}

func TestDeepNesting(t *testing.T) {
	each(t, func(t *testing.T, _ Format, s sample, name string) {
		if s.nested == "" {
			t.Skip("nothing nests here")
		}
		records, rejected, err := readAll(t.Context(), name, strings.NewReader(s.file(20, s.nested)))
		if err != nil {
			t.Fatal(err)
		}
		wantGood(t, 20, records)
		if len(rejected) != 1 || !strings.Contains(rejected[0].Reason, "nested") {
			t.Fatalf("rejected %v", rejected)
		}
	})
}

func TestEmptyFile(t *testing.T) {
	each(t, func(t *testing.T, _ Format, s sample, name string) {
		for _, text := range []string{"", byteOrderMark, "\n", "\r\n \n"} {
			records, rejected, err := readAll(t.Context(), name, strings.NewReader(text))
			if len(records)+len(rejected) > 0 || (err != nil) != s.emptyIsError {
				t.Errorf("%q: %d records, %v, %v", text, len(records), rejected, err)
			}
		}
	})
}

// TestCutAnywhere reads every beginning of a file: it ends, within the contract, wherever the file does.
func TestCutAnywhere(t *testing.T) {
	each(t, func(t *testing.T, _ Format, s sample, name string) {
		text := s.file(4, fmt.Sprintf(s.bad, 99))
		for n := range len(text) {
			holds(t, name, []byte(text[:n]))
		}
	})
}

func TestProgress(t *testing.T) {
	each(t, func(t *testing.T, _ Format, s sample, name string) {
		path := filepath.Join(t.TempDir(), name+".gz")
		if err := os.WriteFile(path, gzipped(t, s.file(3000)), 0o644); err != nil {
			t.Fatal(err)
		}
		files, err := Files([]string{path}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var read atomic.Int64
		for _, err := range Read(t.Context(), files[0], Options{Progress: &read}) {
			if err != nil {
				t.Fatal(err)
			}
		}
		if read.Load() != files[0].Size || files[0].Size == 0 {
			t.Errorf("read %d of %d bytes", read.Load(), files[0].Size)
		}
	})
}

// holds checks the contract on any input, and gives the records.
func holds(t *testing.T, name string, content []byte) []*schema.Record {
	t.Helper()
	var records []*schema.Record
	over := false
	isPlace := func(file string) bool { return file == name || strings.HasPrefix(file, name+"#") }
	for record, err := range Read(t.Context(), Stream(name, bytes.NewReader(content)), Options{}) {
		var bad *schema.RecordError
		var odd *schema.Notice
		var change *schema.RecordChange
		var ended *ReadError
		switch {
		case over:
			t.Fatalf("something follows the end: %v %v", record, err)
		case (record == nil) == (err == nil):
			t.Fatalf("both or neither: %v %v", record, err)
		case errors.As(err, &bad):
			if !isPlace(bad.Pos.File) || bad.Pos.Line < 1 || bad.Reason == "" || len(bad.Raw) > input.MaxRaw {
				t.Fatalf("rejected %+v", bad)
			}
			if err := WriteReject(io.Discard, *bad); err != nil {
				t.Fatal(err)
			}
		case errors.As(err, &change):
			if !isPlace(change.Pos.File) || change.Pos.Line < 1 || change.ID == "" || change.Reason == "" {
				t.Fatalf("change %+v", change)
			}
		case errors.As(err, &odd):
			if !isPlace(odd.Pos.File) || odd.Pos.Line < 1 || odd.Reason == "" {
				t.Fatalf("notice %+v", odd)
			}
		case errors.As(err, &ended):
			over = true
			if !isPlace(ended.Pos.File) || ended.Reason == "" {
				t.Fatalf("ended %+v", ended)
			}
		case err != nil:
			t.Fatalf("an error of type %T: %v", err, err)
		default:
			if !isPlace(record.Pos.File) || record.Pos.Line < 1 || len(record.Raw) > input.MaxRaw {
				t.Fatalf("record at %v, %d bytes raw", record.Pos, len(record.Raw))
			}
			records = append(records, record)
		}
	}
	return records
}
