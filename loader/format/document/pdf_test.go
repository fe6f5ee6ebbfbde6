//go:build !nopdf

package document

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/md5" //nolint:gosec // what PDFs are encrypted with
	"crypto/rc4" //nolint:gosec // as above
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"orbat/loader/format/input"
	"orbat/schema/heaptest"
)

// pdfMaker writes a PDF object by object.
type pdfMaker struct {
	objects []string // the first is the catalogue, the second the list of pages, the third the font
	kids    []string
	trailer string // what stands in it besides
	key     []byte // with which streams are encrypted; nil: none are
}

func newPDF() *pdfMaker {
	return &pdfMaker{objects: []string{
		"<</Type/Catalog/Pages 2 0 R>>", "", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
	}}
}

func (m *pdfMaker) add(object string) int {
	m.objects = append(m.objects, object)
	return len(m.objects)
}

// stream adds one, whose filters have packed it already.
func (m *pdfMaker) stream(filters, content string) int {
	if m.key != nil {
		n := len(m.objects) + 1
		sum := md5.Sum(append(bytes.Clone(m.key), byte(n), byte(n>>8), byte(n>>16), 0, 0)) //nolint:gosec // as PDFs do
		content = rc4ed(sum[:len(m.key)+5], []byte(content))
	}
	return m.add(fmt.Sprintf("<</Length %d%s>>stream\n%s\nendstream", len(content), filters, content))
}

// page adds a page on which some lines stand from the top on, each where it says.
func (m *pdfMaker) page(lines ...pdfTestLine) {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "BT /F1 %d Tf %d %d Td (%s) Tj ET\n", l.size, l.x, l.y, strings.NewReplacer("(", `\(`, ")", `\)`).Replace(l.text))
	}
	m.pageOf(m.stream("", b.String()))
}

func (m *pdfMaker) pageOf(stream int) {
	n := m.add(fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>", stream))
	m.kids = append(m.kids, fmt.Sprintf("%d 0 R", n))
}

func (m *pdfMaker) bytes() []byte {
	m.objects[1] = fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", len(m.kids), strings.Join(m.kids, " "))
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, object := range m.objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	begin := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, m.trailer, begin)
	return b.Bytes()
}

// pdfTestLine is a line of text on a page, whose base line is y points above its foot.
type pdfTestLine struct {
	size, x, y int
	text       string
}

func rc4ed(key, content []byte) string {
	c, err := rc4.NewCipher(key) //nolint:gosec // as PDFs do
	if err != nil {
		panic(err)
	}
	out := make([]byte, len(content))
	c.XORKeyStream(out, content)
	return string(out)
}

func deflated(t *testing.T, content io.Reader) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := io.Copy(w, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// gazette is a document of three pages with a running title, page numbers, a word broken at the end of a line, one
// broken at the end of a page, and a sentence that goes on over the page.
func gazette() *pdfMaker {
	m := newPDF()
	for n, lines := range [][]pdfTestLine{
		{
			{20, 72, 740, "Orders of the Southern District"},
			{11, 72, 700, "Brigadier A. Roe takes over the 5th Brigade from Colonel B. Sule on the first of March, by or-"},
			{11, 72, 686, "der of the district. The brigade stays at Corrin, where it has its staff and two of its three bat-"},
			{11, 72, 672, "talions."},
			{11, 72, 644, "The 7th Battalion moves to Orrin in the course of the month; until its barracks are ready it lives"},
			{11, 72, 630, "in the camp on the river, and answers to the commandant of the town in all that concerns the"},
		},
		{
			{11, 72, 740, "guard of the bridges."},
			{11, 72, 712, "Major C. Ndiaye leads the signals company. She came from the School of Signals, and was pro-"},
		},
		{
			{11, 72, 740, "moted in January."},
		},
	} {
		edge := []pdfTestLine{{9, 72, 800, "Southern District Gazette"}, {9, 290, 40, fmt.Sprint("Page ", n+1)}}
		m.page(append(append(edge[:1:1], lines...), edge[1])...)
	}
	info := m.add("<</Title(Orders of the Southern District)/Author(District Staff)/CreationDate(D:20190301080000Z)/Producer(A writer)>>")
	m.trailer = fmt.Sprintf("/Info %d 0 R", info)
	return m
}

// A PDF's text is that of its pages in paragraphs, and each of its passages knows its page.
func TestPDF(t *testing.T) {
	content := gazette().bytes()
	d, err := Parse(t.Context(), content, "pdf", "")
	if err != nil {
		t.Fatal(err)
	}
	checkMap(t, d, content)
	const want = "Orders of the Southern District\n\n" +
		"Brigadier A. Roe takes over the 5th Brigade from Colonel B. Sule on the first of March, by order of the district. " +
		"The brigade stays at Corrin, where it has its staff and two of its three battalions.\n\n" +
		"The 7th Battalion moves to Orrin in the course of the month; until its barracks are ready it lives in the camp on the river, " +
		"and answers to the commandant of the town in all that concerns the\fguard of the bridges.\n\n" +
		"Major C. Ndiaye leads the signals company. She came from the School of Signals, and was promoted\f in January."
	if d.Text != want {
		t.Errorf("got\n%q\nwant\n%q", d.Text, want)
	}
	if d.Title != "Orders of the Southern District" || d.Author != "District Staff" || d.Date != "2019-03-01" {
		t.Errorf("%q by %q, %s", d.Title, d.Author, d.Date)
	}
	for text, page := range map[string]int{"Brigadier": 1, "guard": 2, "Ndiaye": 2, "January": 3} {
		if s, ok := d.Locate(utf8.RuneCountInString(before(d.Text, text))); !ok || s.Page != page {
			t.Errorf("%s stands on page %d, want %d", text, s.Page, page)
		}
	}
	if len(d.Asides) != 6 {
		t.Errorf("beside the text: %q", d.Asides)
	}
}

// encrypted makes a document encrypted that opens with a password: RC4 of 40 bits.
func encrypted(m *pdfMaker, password string) {
	const pad = "28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A"
	padding, _ := hex.DecodeString(pad) // digits
	const id = "0123456789abcdef"
	owner := strings.Repeat("o", 32)
	var permissions [4]byte
	binary.LittleEndian.PutUint32(permissions[:], 0xFFFFFFFC)
	padded := (password + string(padding))[:32]
	sum := md5.Sum([]byte(padded + owner + string(permissions[:]) + id)) //nolint:gosec // as PDFs do
	m.key = sum[:5]
	n := m.add(fmt.Sprintf("<</Filter/Standard/V 1/R 2/Length 40/P -4/O<%x>/U<%x>>>", owner, rc4ed(m.key, padding)))
	m.trailer = fmt.Sprintf("/Encrypt %d 0 R/ID[<%x><%x>]", n, id, id)
}

const sentence = "The brigade moved to the coast in the spring of the year."

// refusedPDF returns why a PDF is refused; empty: it is not.
func refusedPDF(t *testing.T, content []byte) string {
	t.Helper()
	d, err := Parse(t.Context(), content, "pdf", "")
	if err == nil {
		checkMap(t, d, content)
		return ""
	}
	refused := (*input.ReadError)(nil)
	if !errors.As(err, &refused) || refused.Reason == "" || refused.Hint == "" {
		t.Fatalf("an error without reason and hint: %v", err)
	}
	return refused.Reason
}

// What cannot be read of PDFs says why.
func TestPDFsRefused(t *testing.T) {
	plain := newPDF()
	plain.page(pdfTestLine{11, 72, 700, sentence})
	made := plain.bytes()
	objects, _, _ := bytes.Cut(made, []byte("xref"))
	withPassword := newPDF()
	encrypted(withPassword, "secret")
	withPassword.page(pdfTestLine{11, 72, 700, sentence})
	ownersOnly := newPDF() // it opens without a password, and asks readers not to copy
	encrypted(ownersOnly, "")
	ownersOnly.page(pdfTestLine{11, 72, 700, sentence})
	unknown := newPDF()
	unknown.page(pdfTestLine{11, 72, 700, sentence})
	unknown.trailer = fmt.Sprintf("/Encrypt %d 0 R/ID[<00><00>]", unknown.add("<</Filter/MadeUp/V 9>>"))
	scanned := newPDF()
	scanned.pageOf(scanned.stream("", "0 0 100 100 re f"))
	for _, c := range []struct {
		name    string
		content []byte
		reason  string // empty: it is read
	}{
		{"plain", made, ""},
		{"after a few bytes of others", append([]byte("HTTP/1.1 200 OK\r\n\r\n"), made...), ""},
		{"with a wrong list of its objects", bytes.Replace(made, []byte("startxref\n"), []byte("startxref\n9"), 1), ""},
		{"without the list of its objects", objects, "cannot be read"},
		{"with a password", withPassword.bytes(), "an encrypted PDF"},
		{"without one to read", ownersOnly.bytes(), ""},
		{"of an unknown encryption", unknown.bytes(), "encrypted in a way"},
		{"scanned", scanned.bytes(), "without text"},
		{"of no pages", newPDF().bytes(), "PDF"},
		{"cut short", made[:60], "cannot be read"},
		{"the first line alone", []byte("%PDF-1.7\n"), "cannot be read"},
		{"no PDF", []byte("a text"), "not a PDF"},
		{"nothing", nil, "not a PDF"},
	} {
		reason := refusedPDF(t, c.content)
		if c.reason == "" != (reason == "") || !strings.Contains(reason, c.reason) {
			t.Errorf("%s: %q", c.name, reason)
		}
	}
	d, err := Parse(t.Context(), ownersOnly.bytes(), "pdf", "")
	if err != nil || d.Text != sentence {
		t.Errorf("%v: %+v", err, d)
	}
}

// zeros is a stream of them.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// Small PDFs that unpack to much, that go round in circles or claim what is not so end with a text or a reason, in
// bounded time and memory.
func TestHostilePDFs(t *testing.T) {
	if testing.Short() {
		t.Skip("unpacks half a gibibyte")
	}
	refusedPDF(t, gazette().bytes()) // pdfium is compiled
	once := deflated(t, io.LimitReader(zeros{}, 1<<29))
	long := deflated(t, strings.NewReader("BT /F1 1 Tf "+strings.Repeat("(word after word ) Tj ", 2_000_000)+"ET"))
	for name, fill := range map[string]func(m *pdfMaker){
		"a bomb": func(m *pdfMaker) { m.pageOf(m.stream("/Filter/FlateDecode", once)) },
		"a bomb in one": func(m *pdfMaker) {
			m.pageOf(m.stream("/Filter[/FlateDecode/FlateDecode]", deflated(t, strings.NewReader(once))))
		},
		"a long page": func(m *pdfMaker) { m.pageOf(m.stream("/Filter/FlateDecode", long)) },
		"deep":        func(m *pdfMaker) { m.pageOf(m.stream("", strings.Repeat("q ", 1_000_000)+"BT /F1 9 Tf (x) Tj ET")) },
		"deep lists":  func(m *pdfMaker) { m.add(strings.Repeat("[", 1_000_000)); m.page(pdfTestLine{11, 72, 700, sentence}) },
		"its own page": func(m *pdfMaker) {
			m.kids = append(m.kids, "2 0 R", "2 0 R")
			m.page(pdfTestLine{11, 72, 700, sentence})
		},
		"its own stream": func(m *pdfMaker) { m.pageOf(len(m.objects) + 1) },
		"a form in itself": func(m *pdfMaker) {
			form := len(m.objects) + 1
			m.add(fmt.Sprintf("<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>/Length 5>>"+
				"stream\n/X Do\nendstream", form))
			n := m.add(fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</X %d 0 R>>>>"+
				"/Contents %[1]d 0 R>>", form))
			m.kids = append(m.kids, fmt.Sprintf("%d 0 R", n))
		},
	} {
		m := newPDF()
		fill(m)
		content := m.bytes()
		begun := time.Now()
		var reason string
		memory := uint64(0)
		if read := func() { reason = refusedPDF(t, content) }; name == "a bomb in one" {
			memory = heaptest.Most(read) // which takes its time
		} else {
			read()
		}
		t.Logf("%s of %d KiB: %q after %s, %d MiB", name, len(content)>>10, reason, time.Since(begun).Round(time.Millisecond), memory>>20)
		if memory > 3*pdfMemory {
			t.Errorf("%s took %d MiB of memory", name, memory>>20)
		}
		if strings.Contains(reason, "takes longer") {
			t.Errorf("%s is refused for its time alone", name)
		}
	}
}

// A PDF of 5,000 pages is read, one of more than the bound refused, and reading ends with its context.
func TestLongPDFs(t *testing.T) {
	m := newPDF()
	pages := func(n int) []byte {
		for len(m.kids) < n {
			m.page(pdfTestLine{11, 72, 700, fmt.Sprintf("Order %d of the district names the commander of a company.", len(m.kids)+1)})
		}
		return m.bytes()
	}
	content := pages(5000)
	begun := time.Now()
	d, err := Parse(t.Context(), content, "pdf", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("5,000 pages in %s", time.Since(begun).Round(time.Millisecond))
	s, ok := d.Locate(utf8.RuneCountInString(d.Text) - 1)
	if !ok || s.Page != 5000 || !strings.HasPrefix(d.Text[strings.LastIndex(d.Text, "Order"):], "Order 5000 ") {
		t.Errorf("the last page is %d", s.Page)
	}
	limited, stop := context.WithTimeout(t.Context(), time.Since(begun)/4)
	defer stop()
	if _, err := Parse(limited, content, "pdf", ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if reason := refusedPDF(t, pages(maxPages+1)); !strings.Contains(reason, "pages") {
		t.Error(reason)
	}
}

func FuzzPDF(f *testing.F) {
	// The engine is compiled at its first use, which takes seconds of a slow machine: not of the ten that an input has.
	if _, err := Parse(f.Context(), gazette().bytes(), "pdf", ""); err != nil {
		f.Fatal(err)
	}
	f.Add(gazette().bytes(), "")
	fuzz(f, "pdf")
}
