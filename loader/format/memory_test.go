package format

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"orbat/loader/format/input"
	"orbat/loader/format/xlsx"
	"orbat/schema"
)

// liveHeap is what is in use after a collection.
func liveHeap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what pools kept over the first
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// sampledReader looks at the heap each time so much was read.
type sampledReader struct {
	r           io.Reader
	every, left int
	most        int64
}

func (s *sampledReader) Read(p []byte) (int, error) {
	if s.left <= 0 {
		s.left = s.every
		s.most = max(s.most, liveHeap())
	}
	n, err := s.r.Read(p)
	s.left -= n
	return n, err
}

// peak reads a file and gives the most memory that was in use beyond what was before, and how many records came.
func peak(t *testing.T, name, content string) (most int64, seen int) {
	t.Helper()
	before := liveHeap()
	in := &sampledReader{r: strings.NewReader(content), every: len(content) / 8}
	var atRecords int64
	for _, err := range Read(t.Context(), Stream(name, in), Options{}) {
		if bad := (*schema.RecordError)(nil); err != nil && !errors.As(err, &bad) {
			t.Fatal(err)
		}
		if seen++; seen&(seen-1) == 0 || seen%20_000 == 0 {
			atRecords = max(atRecords, liveHeap())
		}
	}
	most = max(in.most, atRecords, liveHeap()) - before
	runtime.KeepAlive(content)
	return most, seen
}

// TestMemoryDoesNotGrow reads ten times as much of each format, which may take a quarter more memory and no more than a
// bound on all. What is read whole, a YAML document and the texts of a workbook, has a bound by its size instead; not
// the rest: the documents of a YAML file, the rows of a workbook.
func TestMemoryDoesNotGrow(t *testing.T) {
	const size, most, noise = 1 << 19, 16 << 20, 128 << 10
	grows := func(t *testing.T, name, little, much string, least int) {
		t.Helper()
		one, _ := peak(t, name, little)
		ten, seen := peak(t, name, much)
		t.Logf("%d KiB of memory for %d KiB, %d KiB for %d KiB", one>>10, len(little)>>10, ten>>10, len(much)>>10)
		if ten > one+one/4+noise || ten > most || seen < least {
			t.Errorf("%s: %d bytes of memory for %d bytes of input, %d for %d (%d records)", name, one, len(little), ten, len(much), seen)
		}
	}
	each(t, func(t *testing.T, f Format, s sample, name string) {
		n := size / len(s.good)
		switch f.Name {
		case "yaml":
			n /= 2
			documents := func(n int) string { return strings.Repeat("---\n"+s.file(50), n/50) }
			grows(t, name, documents(n), documents(10*n), 10*n-50)
		case "xlsx": // written with its texts in the cells; unpacked they are 0.7 MiB and ten times that
			n = 5_000
			grows(t, name, sheetOfRows(n, false), sheetOfRows(10*n, false), 10*n)
		default:
			grows(t, name, s.file(n), s.file(10*n), 10*n)
		}
	})
	t.Run("yaml document", func(t *testing.T) {
		content := samples()["yaml"].file(2 * size / len(samples()["yaml"].good))
		if took, _ := peak(t, "in.yaml", content); took > yamlFactor*int64(len(content)) {
			t.Errorf("%d times the document of %d bytes", took/int64(len(content)), len(content))
		} else {
			t.Logf("%d times the document", took/int64(len(content)))
		}
	})
	t.Run("xlsx texts", func(t *testing.T) {
		const n = 10_000
		content := sheetOfRows(n, true)
		bound := int64(n*3*(xlsx.TextOverhead+len("commands"))) + 2<<20
		if took, seen := peak(t, "in.xlsx", content); took > bound || seen != n {
			t.Errorf("%d bytes, the bound is %d (%d records)", took, bound, seen)
		}
	})
	t.Run("rows", func(t *testing.T) {
		for _, name := range Tables() {
			s := samples()[name]
			read := func(n int) int64 {
				content := sheetOfRows(n, false)
				if s.pack == nil {
					content = s.file(n)
				}
				before, most := liveHeap(), int64(0)
				seen := 0
				for _, err := range Rows(t.Context(), Stream("x", strings.NewReader(content)), Options{Format: name}) {
					if err != nil {
						t.Fatal(err)
					}
					if seen++; seen%(n/4) == 0 {
						most = max(most, liveHeap())
					}
				}
				runtime.KeepAlive(content)
				return most - before
			}
			if one, ten := read(2_000), read(20_000); ten > one+one/4+noise || ten > most {
				t.Errorf("%s: %d bytes of memory, %d for ten times the rows", name, one, ten)
			}
		}
	})
}

// yamlFactor is what a YAML document takes of memory while it is read, at most, by its size.
const yamlFactor = 30

// sheetOfRows makes a workbook of n relations, its texts in the cells or shared.
func sheetOfRows(n int, shared bool) string {
	var rows, texts strings.Builder
	count := 0
	cell := func(text string) string {
		if !shared {
			return `<c t="inlineStr"><is><t>` + text + `</t></is></c>`
		}
		texts.WriteString("<si><t>" + text + "</t></si>")
		count++
		return fmt.Sprintf(`<c t="s"><v>%d</v></c>`, count-1)
	}
	rows.WriteString("<row>" + cell("relation") + cell("from") + cell("to") + "</row>")
	for i := range n {
		rows.WriteString("<row>" + cell("commands") + cell(fmt.Sprintf("#f%d", i)) + cell(fmt.Sprintf("#t%d", i)) + "</row>")
	}
	return handmade(rows.String(), texts.String())
}

// endless repeats a text, after a beginning, until so many bytes were read.
type endless struct {
	head, text string
	at, left   int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.head != "" {
		n := copy(p, e.head)
		e.head = e.head[n:]
		return n, nil
	}
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := copy(p, e.text[e.at:])
	e.at = (e.at + n) % len(e.text)
	e.left -= n
	return n, nil
}

// bomb packs a beginning and a gibibyte of one character after it.
func bomb(t *testing.T, packing, head, fill string, size int) string {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&out)
	if packing == "zstd" {
		encoder, err := zstd.NewWriter(&out)
		if err != nil {
			t.Fatal(err)
		}
		w = encoder
	}
	if _, err := io.Copy(w, &endless{head: head, text: strings.Repeat(fill, 1<<20), left: size}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestBombs reads small files that unpack to 256 MiB, of zeros or of a line that never ends: each ends with an error or
// its record rejected, in bounded memory.
func TestBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("unpacks 256 MiB a format")
	}
	for _, packing := range []string{"gzip", "zstd"} {
		size := 1 << 28
		if packing == "gzip" {
			size = 1 << 26 // once is enough for either
		}
		zeros := bomb(t, packing, "", "\x00", size)
		line := bomb(t, packing, `{"type":"Person","name":"`, "x", size)
		each(t, func(t *testing.T, f Format, s sample, name string) {
			endless := s.head + strings.Split(fmt.Sprintf(s.good, 7), "7")[0]
			if s.pack != nil {
				endless = s.file(1)
			}
			files := map[string]string{"zeros": zeros}
			size := input.MaxRecord + input.MaxRecord/4
			if f.Name == "yaml" {
				size = MaxYAML + input.MaxRecord/4
			}
			switch {
			case f.Name == "ndjson":
				files["a line without end"] = line
			case packing == "gzip":
				files["a record without end"] = bomb(t, packing, endless, "x", size)
			default:
				files["lines"] = bomb(t, packing, s.head, "\n", size)
			}
			for what, content := range files {
				before := liveHeap()
				in := &sampledReader{r: strings.NewReader(content), every: 16 << 10}
				failed, seen := 0, 0
				for _, err := range Read(t.Context(), Stream(name, in), Options{}) {
					if seen++; err != nil {
						failed++
					}
				}
				if took := in.most - before; took > 6*input.MaxRecord && !(f.Name == "yaml" && took < 3*MaxYAML) ||
					failed == 0 && what != "lines" || seen > 3 {
					t.Errorf("%s of %s: %d yielded, %d of them errors, %d bytes of memory", packing, what, seen, failed, took)
				}
			}
		})
	}
}
