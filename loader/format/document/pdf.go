//go:build !nopdf

package document

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/klippa-app/go-pdfium"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"orbat/loader/format/input"
)

// PDFs are read by pdfium, the reader of a browser, in WebAssembly: it is given bytes and nothing else, no file, clock
// or network, and what a hostile file makes of it ends with its instance, of which each document has its own.

// The bounds of a PDF beside its size. Of what a file of some pages unpacks to no size tells.
const (
	maxPages  = 20_000
	pdfMemory = 256 << 20 // bytes that an instance may take beside the file
	pdfTime   = 5 * time.Minute
	wasmPage  = 64 << 10
)

// pdfiumCache holds pdfium as it is compiled, which takes seconds: in the user's cache, from which later processes have
// it, or else in memory.
var pdfiumCache = sync.OnceValue(func() wazero.CompilationCache { //nolint:gochecknoglobals // a constant that Go cannot write as one
	if dir, err := os.UserCacheDir(); err == nil {
		if cache, err := wazero.NewCompilationCacheWithDir(filepath.Join(dir, "orbat", "pdfium")); err == nil {
			return cache
		}
	}
	return wazero.NewCompilationCache()
})

// errPDFTime ends a PDF that takes too long.
var errPDFTime = errors.New("out of time")

func pdf(ctx context.Context, content []byte, _ string) (*Document, error) {
	if !bytes.Contains(content[:min(len(content), 1024)], []byte("%PDF-")) { // some have a few bytes of others before it
		return nil, fail("not a PDF", "is it of another format?")
	}
	limited, stop := context.WithTimeoutCause(ctx, pdfTime, errPDFTime)
	defer stop()
	r := &pdfReader{}
	defer r.close()
	err := r.read(limited, content)
	switch refused := (*input.ReadError)(nil); {
	case err == nil:
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(context.Cause(limited), errPDFTime):
		return nil, fail("a PDF that takes longer than "+strconv.Itoa(int(pdfTime.Minutes()))+" minutes to read",
			"split it, or print it to a new PDF")
	case errors.Is(err, pdferrors.ErrPassword):
		return nil, fail("an encrypted PDF", "open it with its password and save it without one")
	case errors.Is(err, pdferrors.ErrSecurity):
		return nil, fail("a PDF that is encrypted in a way that is not known", "open it where it can be read and print it to a new PDF")
	case errors.As(err, &refused):
		return nil, err
	default:
		return nil, fail("a PDF that cannot be read: it is broken or cut short, or unpacks to more than "+
			strconv.Itoa(pdfMemory>>20)+" MiB", "fetch it again, or print it to a new PDF")
	}
	d := &Document{Format: "pdf"}
	d.pdfText(r.lines, r.isPrinted())
	if strings.TrimSpace(d.Text) == "" {
		return nil, fail("a PDF without text, perhaps of scanned pages", "have its text recognised first (OCR)")
	}
	d.pdfMetadata(r.info, r.lines)
	if r.isPrinted() {
		d.noteEmpty()
	}
	return d, nil
}

// isPrinted reports whether the PDF is a page that a browser printed.
func (r *pdfReader) isPrinted() bool {
	program := r.info["Creator"] + " " + r.info["Producer"]
	return browsers.MatchString(program) && !strings.Contains(program, "Google Docs") && !strings.Contains(strings.ToLower(program), "scan")
}

// errNoObjects says that a PDF has none.
var errNoObjects = errors.New("no objects")

// pdfReader reads one PDF.
type pdfReader struct {
	pool     pdfium.Pool
	instance pdfium.Pdfium
	doc      references.FPDF_DOCUMENT

	lines []pdfLine
	size  int               // bytes of their text
	info  map[string]string // what the file says of itself
}

// close ends the instance, whatever has become of it.
func (r *pdfReader) close() {
	if r.instance != nil {
		_ = r.instance.Close() // one that was ended cannot be closed
	}
	if r.pool != nil {
		_ = r.pool.Close()
	}
}

// read reads the lines of all pages.
func (r *pdfReader) read(ctx context.Context, content []byte) (err error) {
	if !bytes.Contains(content, []byte("obj")) { // of no object nothing can be made, which takes no pdfium to tell
		return errNoObjects
	}
	for _, cache := range []func() wazero.CompilationCache{pdfiumCache, wazero.NewCompilationCache} {
		config := wazero.NewRuntimeConfig().WithCloseOnContextDone(true).WithCompilationCache(cache()).
			WithMemoryLimitPages(uint32((pdfMemory + len(content)) / wasmPage)).
			WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling) // pdfium ends what fails by them
		r.pool, err = webassembly.Init(webassembly.Config{
			MaxTotal: 1, Context: ctx, RuntimeConfig: config, FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard,
		})
		if err == nil || ctx.Err() != nil { // else what the cache holds cannot be read, or nothing can be written there
			break
		}
	}
	if err != nil {
		return err
	}
	if r.instance, err = r.pool.GetInstanceWithContext(ctx); err != nil {
		return err
	}
	opened, err := r.instance.OpenDocument(&requests.OpenDocument{File: &content})
	if err != nil {
		return err
	}
	r.doc = opened.Document
	pages, err := r.instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: r.doc})
	if err != nil {
		return err
	}
	if pages.PageCount > maxPages {
		return fail("a PDF of more than "+strconv.Itoa(maxPages)+" pages", "split it")
	}
	r.info = map[string]string{}
	for _, tag := range []string{"Title", "Author", "Creator", "Producer", "CreationDate"} {
		meta, err := r.instance.FPDF_GetMetaText(&requests.FPDF_GetMetaText{Document: r.doc, Tag: tag})
		if err == nil { // it is absent
			r.info[tag] = meta.Value
		}
	}
	for i := range pages.PageCount {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.page(i); err != nil {
			return err
		}
	}
	return nil
}

// page reads the lines of a page.
func (r *pdfReader) page(index int) error {
	page, err := r.instance.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: r.doc, Index: index})
	if err != nil {
		return err
	}
	text, err := r.instance.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: requests.Page{ByReference: &page.Page}})
	if err != nil {
		return err
	}
	count, err := r.instance.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: text.TextPage})
	if err != nil {
		return err
	}
	if count.Count > 0 {
		whole, err := r.instance.FPDFText_GetText(&requests.FPDFText_GetText{TextPage: text.TextPage, Count: count.Count})
		if err != nil {
			return err
		}
		if r.size += len(whole.Text); r.size > MaxText {
			return fail("a PDF whose text is of more than "+strconv.Itoa(MaxText>>20)+" MiB", "split it")
		}
		r.cut(index, text.TextPage, whole.Text)
	}
	if _, err := r.instance.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: text.TextPage}); err != nil {
		return err
	}
	_, err = r.instance.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: page.Page})
	return err
}

// cut makes lines of a page's text, each with where it stands.
func (r *pdfReader) cut(index int, page references.FPDF_TEXTPAGE, text string) {
	at := 0 // UTF-16 units of the text, by which pdfium counts
	// Where it takes a hyphen for one that breaks a word it leaves the line's end out.
	for line := range splitAfter(text, "\n\x02\uFFFE") {
		begin := at
		first, last := -1, 0
		for _, c := range line {
			if !unicode.IsSpace(c) && !unicode.IsControl(c) {
				if last = at; first < 0 {
					first = at
				}
			}
			at += utf16.RuneLen(c)
		}
		if at == begin || first < 0 {
			continue
		}
		l := pdfLine{page: index + 1, text: plainLigatures(line)}
		from, to := r.place(page, first), r.place(page, last)
		l.left, l.first, l.size, l.right, l.last = from.left, from.line, from.size, to.right, to.line
		r.lines = append(r.lines, l)
	}
}

// splitAfter returns the pieces of a text that end with one of some characters, and what is left.
func splitAfter(text, ends string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for text != "" {
			end := strings.IndexAny(text, ends)
			if end < 0 {
				end = len(text)
			} else {
				_, size := utf8.DecodeRuneInString(text[end:])
				end += size
			}
			if !yield(text[:end]) {
				return
			}
			text = text[end:]
		}
	}
}

// charPlace is where a character stands.
type charPlace struct{ left, right, line, size float64 }

// place returns where a character stands, by its place in the text; of one of which that is not known, nothing.
func (r *pdfReader) place(page references.FPDF_TEXTPAGE, at int) (p charPlace) {
	index, err := r.instance.FPDFText_GetCharIndexFromTextIndex(&requests.FPDFText_GetCharIndexFromTextIndex{
		TextPage: page, NTextIndex: at,
	})
	if err != nil { // pdfium made the character up
		return p
	}
	origin, err := r.instance.FPDFText_GetCharOrigin(&requests.FPDFText_GetCharOrigin{TextPage: page, Index: index.CharIndex})
	if err != nil { // as above
		return p
	}
	p.left, p.right, p.line = origin.X, origin.X, origin.Y
	if box, err := r.instance.FPDFText_GetCharBox(&requests.FPDFText_GetCharBox{TextPage: page, Index: index.CharIndex}); err == nil {
		p.left, p.right = box.Left, box.Right
	}
	size, err := r.instance.FPDFText_GetFontSize(&requests.FPDFText_GetFontSize{TextPage: page, Index: index.CharIndex})
	if err == nil {
		p.size = size.FontSize
	}
	return p
}

// plainLigatures writes the ligatures of Latin type as the letters they are, and the mark of a broken word as the
// hyphen that it is, and leaves out what no text has.
func plainLigatures(line string) string {
	var b strings.Builder
	for _, c := range line {
		switch {
		case c == '\x02', c == '\uFFFE':
			b.WriteByte('-')
		case c >= '\uFB00' && c <= '\uFB06':
			b.WriteString([]string{"ff", "fi", "fl", "ffi", "ffl", "st", "st"}[c-'\uFB00'])
		case unicode.IsControl(c) && !unicode.IsSpace(c), c == '\uFFFF', c == '\f':
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

var (
	pdfDate  = regexp.MustCompile(`^(?:D:)?(\d{4})(\d{2})?(\d{2})?`)
	fileName = regexp.MustCompile(`(?i)\.(docx?|odt|rtf|pdf|indd|qxd|qxp|tex|dvi|pptx?|xlsx?|txt|ps|html?)$`)
	untitled = regexp.MustCompile(`(?i)^(untitled|no title|title|document\d*|slide \d+|powerpoint presentation|pdf|print|layout \d+)$`)
	// browsers are programs whose PDFs are prints of something that was published at another time.
	browsers = regexp.MustCompile(`(?i)(chrom(e|ium)|mozilla|firefox|safari|webkit|skia|wkhtml|print to pdf|scan|edge)`)
)

// pdfMetadata takes what the file says of itself. The day on which it was made is the day it was published only where
// it was made for that: a browser's print of a page is not.
func (d *Document) pdfMetadata(info map[string]string, lines []pdfLine) {
	value := func(tag string) string {
		return collapse(strings.ToValidUTF8(strings.Map(func(c rune) rune {
			if unicode.IsControl(c) {
				return ' '
			}
			return c
		}, info[tag]), "\uFFFD"))
	}
	title := strings.TrimPrefix(value("Title"), "Microsoft Word - ")
	if fileName.MatchString(title) || untitled.MatchString(title) || strings.Contains(title, "://") {
		title = ""
	}
	headline := d.Title // of a printed page
	if d.Title = title; title == "" {
		d.Title = pdfHeading(lines)
	}
	if rest, ok := strings.CutPrefix(d.Title, headline); ok && headline != "" {
		if m := siteAfterTitle.FindStringSubmatch(rest); m != nil {
			d.Title, d.Publisher = headline, m[1]
		}
	}
	for _, a := range d.Asides {
		if m := byLine.FindStringSubmatch(a.Text); a.Kind == Credit && d.Author == "" && m != nil && person(m[1]) {
			d.Author = strings.TrimRight(strings.TrimSpace(m[1]), " ,|")
		}
	}
	if author := value("Author"); author != "" && person(author) {
		d.Author = author
	}
	if m := pdfDate.FindStringSubmatch(value("CreationDate")); m != nil && !browsers.MatchString(value("Creator")+" "+value("Producer")) {
		d.Date = validDate(m[1], m[2], m[3])
	}
	if d.Date == "" {
		d.Date = d.shownDate()
	}
}

// siteAfterTitle is how pages call themselves: by their headline and the site's name.
var siteAfterTitle = regexp.MustCompile(`^ [-|–—·»:]+ ([^-|–—·»]{2,60})$`)

// shownDate returns the date that a word says is that of publication, where it stands near the beginning.
func (d *Document) shownDate() string {
	const near = 12
	day := ""
	for _, a := range d.Asides {
		text := beforeLater(a.Text)
		date := dateIn(text)
		if a.Kind != Credit || date == "" || later.MatchString(text) || !labelled.MatchString(text) && !onlyWhen(text) {
			continue
		}
		if day != "" && day != date {
			return ""
		}
		day = date
	}
	if day != "" {
		return day
	}
	n := 0
	for line := range strings.Lines(d.Text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if n++; n > near {
			break
		}
		line = beforeLater(line)
		if date := dateIn(line); date != "" && len(line) < 200 && labelled.MatchString(line) && !later.MatchString(line) {
			return date
		}
	}
	return ""
}

// pdfHeading returns the text on the first page that is written larger than all others, if it is as short as a title.
func pdfHeading(lines []pdfLine) string {
	const longest = 300
	var sizes []float64
	largest := 0.0
	for _, line := range lines {
		if line.page != lines[0].page {
			break
		}
		sizes = append(sizes, line.size)
		largest = max(largest, line.size)
	}
	slices.Sort(sizes)
	if len(sizes) == 0 || largest < sizes[len(sizes)/2]*1.2 {
		return ""
	}
	var title []string
	for _, line := range lines[:len(sizes)] {
		if line.size > largest*.98 {
			title = append(title, collapse(line.text))
		} else if title != nil {
			break
		}
	}
	if text := strings.Join(title, " "); len(text) <= longest {
		return text
	}
	return ""
}
