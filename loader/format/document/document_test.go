package document

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	unicodeencoding "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"orbat/loader/format/input"
	"orbat/schema"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// formatOf tells a sample's format by its name.
func formatOf(path string) string {
	return map[string]string{".html": "html", ".eml": "mail", ".markdown": "markdown", ".txt": "text", ".pdf": "pdf"}[filepath.Ext(path)]
}

// show writes all that is known of a document.
func show(d *Document) string {
	var b strings.Builder
	for _, f := range [][2]string{
		{"id", d.ID},
		{"title", d.Title},
		{"date", d.Date},
		{"author", d.Author},
		{"publisher", d.Publisher},
		{"url", d.URL},
		{"language", d.Language},
		{"encoding", d.Encoding},
	} {
		if f[1] != "" {
			fmt.Fprintf(&b, "%s: %s\n", f[0], f[1])
		}
	}
	for _, a := range d.Asides {
		fmt.Fprintf(&b, "%s: %s\n", a.Kind, a.Text)
	}
	for _, a := range d.Attachments {
		fmt.Fprintf(&b, "attachment: %s %s %d\n", a.Name, a.Type, a.Size)
	}
	return b.String() + "----\n" + d.Text + "\n"
}

func TestGolden(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("testdata", "*.*"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, path := range paths {
		format := formatOf(path)
		if format == "" {
			continue
		}
		seen++
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		d, err := Parse(t.Context(), content, format, "")
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		checkMap(t, d, content)
		have, golden := show(d), path+".golden"
		if *update {
			if err := os.WriteFile(golden, []byte(have), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if have != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", path, have, want)
		}
	}
	if seen < 5 {
		t.Errorf("%d samples", seen)
	}
}

// checkMap holds what a map promises: it is ascending, within both texts, and a piece that has as many bytes in both is
// the same in both, where the original is UTF-8.
func checkMap(t *testing.T, d *Document, content []byte) {
	t.Helper()
	if !utf8.ValidString(d.Text) {
		t.Fatalf("not UTF-8: %q", d.Text)
	}
	text := []rune(d.Text)
	reader := schema.NewPassages(d.Text)
	end := 0
	for _, s := range d.Map {
		first := s.Begin // with something in it
		for first < s.End-1 && first < len(text)-1 && unicode.IsSpace(text[first]) {
			first++
		}
		page, paragraph := reader.Place(first)
		if s.End > s.Begin && paragraph != s.Paragraph || page != s.Page && s.Page > 1 {
			t.Fatalf("segment %+v stands on page %d in paragraph %d of %q", s, page, paragraph, d.Text)
		}
		if s.Begin < end || s.End < s.Begin || s.End > len(text) || s.ByteEnd < s.ByteBegin || s.ByteEnd > len(content) {
			t.Fatalf("segment %+v of %d characters and %d bytes, after %d", s, len(text), len(content), end)
		}
		end = s.End
		if s.ByteBegin < 0 || d.Encoding != "utf-8" || d.Format == "mail" || isSavedPage(content) {
			continue
		}
		kept, original := string(text[s.Begin:s.End]), content[s.ByteBegin:s.ByteEnd]
		if len(kept) == len(original) && !bytes.ContainsAny(original, "&\r\n\t\f\v\x00") && kept != string(original) {
			t.Fatalf("%q is %q in the original", kept, original)
		}
	}
}

// Each character of a page's text leads to where it stands.
func TestMapOfPage(t *testing.T) {
	page := "<html><head><title>A title of its own</title></head><body><article><h1>A title of its own</h1>" +
		"<p>First\r\n paragraph &amp; <b>bold</b>&nbsp;text &#x10380; and a number of words, so that it counts as an article for whoever looks.</p>\n" +
		"<table><tr><td>1.</td><td>Brig. X</td><td>2013</td></tr><tr><td>2.</td><td>Brig. Y</td><td>2014</td></tr>" +
		"<tr><td>3.</td><td>Brig. Z</td><td>2015</td></tr></table><p>Last paragraph, with as many words as a paragraph needs to be one of them.</p></article></body></html>"
	d, err := Parse(t.Context(), []byte(page), "html", "")
	if err != nil {
		t.Fatal(err)
	}
	checkMap(t, d, []byte(page))
	for word, written := range map[string]string{"bold": "bold", "&": "&amp;", "𐎀": "&#x10380;", "Brig. Y": "Brig. Y"} {
		at := utf8.RuneCountInString(before(d.Text, word))
		s, ok := d.Locate(at)
		offset := s.ByteBegin + at - s.Begin
		if !ok || !strings.HasPrefix(page[offset:], written) {
			t.Errorf("%q stands at %q", word, page[offset:offset+10])
		}
	}
	first, _ := d.Locate(20)
	last, _ := d.Locate(utf8.RuneCountInString(d.Text) - 1)
	if first.Paragraph != 2 || last.Paragraph < 4 {
		t.Errorf("paragraphs %d and %d in\n%s", first.Paragraph, last.Paragraph, d.Text)
	}
}

// Each passage leads to the bytes of the file at which it stands, whatever the encoding.
func TestOriginal(t *testing.T) {
	const page = "<html><head><title>Die Brigade</title>%s</head><body><article><p>Gerät &amp; Männer der <b>Brigade</b> überqueren den " +
		"Fluß, so der Sprecher, und so weiter, damit es ein Absatz ist, der zählt.</p></article></body></html>"
	latin, err := charmap.Windows1252.NewEncoder().String(fmt.Sprintf(page, `<meta charset="windows-1252">`))
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicodeencoding.UTF16(unicodeencoding.LittleEndian, unicodeencoding.UseBOM).NewEncoder().String(fmt.Sprintf(page, ""))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ format, file, want string }{
		"utf-8":        {"html", fmt.Sprintf(page, `<meta charset="utf-8">`), "Gerät &amp; Männer der <b>Brigade"},
		"windows-1252": {"html", latin, "Ger\xe4t &amp; M\xe4nner der <b>Brigade"},
		"text":         {"text", "\ufeffÄ\n\nGerät & Männer der Brigade überqueren", "Gerät & Männer der Brigade"},
		"utf-16":       {"html", utf16, "G\x00e\x00r\x00\xe4\x00t\x00 \x00&\x00a\x00m\x00p\x00;\x00"},
	} {
		d, err := Parse(t.Context(), []byte(c.file), c.format, "")
		if err != nil {
			t.Fatal(name, err)
		}
		begin := utf8.RuneCountInString(before(d.Text, "Gerät"))
		from, to, ok := d.Original()(begin, begin+utf8.RuneCountInString("Gerät & Männer der Brigade"))
		if got := c.file[from:to]; !ok || got != c.want && (name != "utf-16" || !strings.Contains(got, c.want)) {
			t.Errorf("%s: %q, %v; want %q", name, got, ok, c.want)
		}
	}
	if from, to, ok := (&Document{Text: "abc"}).Original()(0, 3); ok {
		t.Errorf("a text that stands in no file stands at %d-%d", from, to)
	}
}

// before returns what stands before a word.
func before(text, word string) string {
	start, _, _ := strings.Cut(text, word)
	return start
}

func TestEncodings(t *testing.T) {
	const words = "Генерал Иванов командует бригадой. Он принял её в марте."
	page := func(charset string) string {
		return `<html><head><meta charset="` + charset + `"><title>Иванов</title></head><body><p>` + words + "</p></body></html>"
	}
	encode := func(s string, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	utf16 := func(s string) string {
		out := "\xff\xfe"
		for _, c := range s {
			out += string([]byte{byte(c), byte(c >> 8)})
		}
		return out
	}
	for name, content := range map[string]string{
		"utf-8":        page("utf-8"),
		"marked":       "\uFEFF" + page("koi8-r"),
		"wrong":        page("iso-8859-1"), // it says so, and is UTF-8
		"windows-1251": encode(charmap.Windows1251.NewEncoder().String(page("windows-1251"))),
		"koi8-r":       encode(charmap.KOI8R.NewEncoder().String(page("koi8-r"))),
		"utf-16":       utf16(page("utf-16")),
		"shift_jis":    encode(japanese.ShiftJIS.NewEncoder().String(page("shift_jis")[:0] + strings.ReplaceAll(page("shift_jis"), "ё", "е"))),
	} {
		d, err := Parse(t.Context(), []byte(content), "html", "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !strings.Contains(strings.ReplaceAll(d.Text, "ё", "е"), strings.ReplaceAll(words, "ё", "е")) {
			t.Errorf("%s: %q", name, d.Text)
		}
		s, ok := d.Locate(utf8.RuneCountInString(before(d.Text, "Генерал")))
		if !ok || s.ByteBegin <= 0 || s.ByteEnd > len(content) || content[s.ByteEnd:][:1] != "<" && name != "utf-16" {
			t.Errorf("%s: at %+v of %d bytes", name, s, len(content))
		}
	}
	var refused *input.ReadError
	for name, content := range map[string]string{
		"undeclared": strings.ReplaceAll(encode(charmap.Windows1251.NewEncoder().String(page("x"))), ` charset="x"`, ""),
		"unknown":    strings.Replace(encode(charmap.Windows1251.NewEncoder().String(page("x"))), `"x"`, `"x-made-up"`, 1),
		"broken":     strings.Replace(page("utf-8"), "<p>", "<p>\xff", 1),
		"utf-32":     encode(utf32.UTF32(utf32.LittleEndian, utf32.UseBOM).NewEncoder().String(page("utf-32"))),
	} {
		_, err := Parse(t.Context(), []byte(content), "html", "")
		if !errors.As(err, &refused) || refused.Reason == "" || refused.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A page is one to sign in where it has a password field and next to no text besides, and not where an article or a
// thread has a box to log in.
func TestSignIn(t *testing.T) {
	const box = `<form><input type="text"><input type="password"><button>Log in</button></form>`
	const menu = "<nav><a href='/'>Home of a site with a long list of things that it offers to those who are signed in</a></nav>"
	article := strings.Repeat(
		"<p>The brigade moved to the coast in the spring, as its own paper reported on the front page of June.</p>", 8)
	for name, c := range map[string]struct {
		page    string
		refused bool
	}{
		"sign in":          {"<title>Sign in</title>" + menu + "<h1>Welcome back</h1>" + box + "<p>Forgot your password?</p>", true},
		"article":          {"<title>Brigade moves</title>" + box + "<article><h1>Brigade moves</h1>" + article + "</article>", false},
		"article unlikely": {"<title>Brigade moves</title>" + box + "<div class='sidebar comment'><div class=postdetails>" + article + "</div></div>", false},
		"short thread": {"<title>Who?</title>" + box + "<div><div class=post><b class=username>orla</b> 4 May 2021, 10:12<p>Who leads the 9th?</p></div>" +
			"<div class=post><b class=username>tamm</b> 4 May 2021, 11:12<p>Colonel Varga.</p></div></div>", false},
	} {
		_, err := Parse(t.Context(), []byte("<html><body>"+c.page+"</body></html>"), "html", "")
		if refused := err != nil; refused != c.refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is odd about a document and keeps it from nothing is noted.
func TestNotices(t *testing.T) {
	article := strings.Repeat("The brigade moved to the coast in the spring, as its own paper reported on the front page. ", 3)
	const accented = "Die Männer der Brigade überqueren den Fluß."
	for name, c := range map[string]struct{ format, content, encoding, odd string }{
		"article":      {"html", "<title>Brigade moves</title><p>" + article, "", ""},
		"ad frame":     {"html", "<title>ad</title><p>Buy the new car now and save on your first lease.</p>", "", "next to no text: 49 characters"},
		"consent wall": {"html", "<title>Before you continue to The Courier</title><p>" + article, "", "asks for consent"},
		"paywall":      {"html", "<title>Brigade moves</title><p>This article is for subscribers only. " + article, "", "asks for consent"},
		"empty text":   {"text", " \n", "", "it is empty"},
		"short text":   {"text", "It moved.", "", ""},
		"named right":  {"text", "Die M\xe4nner der Brigade", "windows-1252", ""},
		"named wrong":  {"text", accented, "windows-1252", "the text is UTF-8, and was read as windows-1252"},
		"named utf-8":  {"text", accented, "utf-8", ""},
		"ascii":        {"text", "The men of the brigade", "windows-1252", ""},
	} {
		d, err := Parse(t.Context(), []byte(c.content), c.format, c.encoding)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if have := strings.Join(d.Odd, "; "); !strings.Contains(have, c.odd) || (have == "") != (c.odd == "") {
			t.Errorf("%s: %q", name, have)
		}
	}
}

// A text that is of none of the encodings that can be told is refused with the one that it may have, never with the one
// that was named.
func TestLikelyEncodings(t *testing.T) {
	encode := func(m *charmap.Charmap, s string) string {
		out, err := m.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	const russian, french = "Генерал Иванов командует бригадой.", "Le général a été nommé à la tête de l'armée."
	for name, c := range map[string]struct{ content, encoding, want string }{
		"windows-1251":           {encode(charmap.Windows1251, russian), "", "windows-1251"},
		"koi8-r":                 {encode(charmap.KOI8R, russian), "", "koi8-r"},
		"windows-1252":           {encode(charmap.Windows1252, french), "", "windows-1252"},
		"utf-8, named otherwise": {"“" + french + "”", "windows-1252", "utf-8"},
	} {
		_, err := Parse(t.Context(), []byte(c.content), "text", c.encoding)
		if refused := (*input.ReadError)(nil); !errors.As(err, &refused) || refused.Option.Value != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A paragraph that is one link is the body's; a list of links is none of it.
func TestParagraphOfOneLink(t *testing.T) {
	const words = "The brigade moved to the coast in the spring of the year, as its own paper reported on the front page of June."
	page := "<html><body><article><h1>Brigade moves</h1><p>" + words + "</p> <p></p>\n" +
		"<p><a href='/order'>The order of 4 December names its new commander.</a></p>\n" +
		"<p>" + words + "</p><p><a href='/a'>Ferry to resume</a></p><p><a href='/b'>Storm takes pier</a></p><p>" + words +
		"</p></article></body></html>"
	d, err := Parse(t.Context(), []byte(page), "html", "")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(d.Text, "names its new commander") || strings.Contains(d.Text, "Ferry") || strings.Contains(d.Text, "pier") {
		t.Error(d.Text)
	}
}

// Reading ends with its context, and returns the context's error.
func TestReadingEndsWithContext(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	for format, content := range map[string]string{
		"text": "a text", "markdown": "# a text", "html": "<p>a text of a page</p>", "mail": "From: a@b\n\na text",
	} {
		if _, err := Parse(ended, []byte(content), format, ""); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", format, err)
		}
	}
	// While a large page is read.
	limited, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	page := "<html><body>" + strings.Repeat("<p>a paragraph that is short</p>", 300_000)
	begun := time.Now()
	if _, err := Parse(limited, []byte(page), "html", ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
}

// What a mail carries of others is listed by what it is called, and what stands before its text has bounds.
func TestMails(t *testing.T) {
	parse := func(content string) (*Document, error) { return Parse(t.Context(), []byte(content), "mail", "") }
	long := strings.Repeat("n", 100_000)
	d, err := parse("From: a@b\nX-Text: text\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\ntext\n--x\n" +
		"Content-Type: message/rfc822\n\nFrom: c@d\nSubject: =?utf-8?q?Orders_=E2=80=93_May?=\n\nThe text of another mail.\n--x\nContent-Disposition: attachment; filename=" + long + "\n\nx\n--x--\n")
	switch {
	case err != nil:
		t.Error(err)
	case d.Text != "text" || len(d.Attachments) != 2 || d.Attachments[0].Name != "Orders – May" || len(d.Attachments[1].Name) > 400:
		t.Errorf("%.1000q %.1000v", d.Text, d.Attachments)
	default:
		if s, ok := d.Locate(0); !ok || s.ByteBegin < 40 { // not the word in the header
			t.Errorf("the text stands at %+v", s)
		}
	}
	for name, content := range map[string]string{
		"a header without end": "From: a@b\n" + strings.Repeat("X-Field: "+long+"\n", 12) + "\ntext",
		"no header":            "The text alone.\n",
		"too many parts":       "From: a@b\nContent-Type: multipart/mixed; boundary=x\n\n" + strings.Repeat("--x\n\ntext\n", 1001) + "--x--\n",
	} {
		refused := (*input.ReadError)(nil)
		if _, err := parse(content); !errors.As(err, &refused) || refused.Reason == "" || refused.Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A mail's text is what its sender wrote: what he quotes, and his signature, are beside it, and each character leads to
// where it stands in the file.
func TestOwnWords(t *testing.T) {
	const head = "From: ruth@courier.example\nSubject: Re: Who?\nContent-Type: text/plain; charset=utf-8\n\n"
	for name, c := range map[string]struct {
		body, text    string
		quote, credit int
	}{
		"above the quote": {
			"Dear Ann,\n\nCaptain Sund commands the squadron.\n\n-- \nRuth | Desk\nTel. 1\n\nOn Mon, 20 May 2024 at 09:12, Ann Lee <ann@courier.example>\nwrote:\n> Who commands it?\n> General Petri?\n",
			"Dear Ann,\n\nCaptain Sund commands the squadron.", 1, 1,
		},
		"between quotes": {
			"Am 20. Mai 2024 schrieb Ann Lee:\n\n> Who commands it?\n\nCaptain Sund does.\n\n> Since when?\n\nSince May.\n",
			"Captain Sund does.\n\nSince May.", 2, 0,
		},
		"as Outlook quotes": {
			"Captain Sund does.\r\n\r\n-----Original Message-----\r\nFrom: Ann Lee\r\nGeneral Petri commands the Home Guard.\r\n",
			"Captain Sund does.", 1, 0,
		},
		"nothing but a quote": {"> Who commands it?\n", "> Who commands it?\n", 0, 0},
		"nothing quoted": {
			"On 20 May the colonel wrote:\n\nWe stay.\n>From there he went on.\n", "On 20 May the colonel wrote:\n\nWe stay.\n>From there he went on.\n", 0, 0,
		},
	} {
		d, err := Parse(t.Context(), []byte(head+c.body), "mail", "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkMap(t, d, []byte(head+c.body))
		if d.Text != c.text || len(d.asides(Quote)) != c.quote || len(d.asides(Credit)) != c.credit {
			t.Errorf("%s: %q, beside it %q", name, d.Text, d.Asides)
		}
		from, to, ok := d.Original()(0, utf8.RuneCountInString(d.Text))
		if !ok || !strings.HasPrefix((head + c.body)[from:to], d.Text[:8]) {
			t.Errorf("%s: stands at %q", name, (head + c.body)[from:to])
		}
	}
	page := "From: a@b\nContent-Type: text/html\n\n<p>Captain Sund does.</p><div class=gmail_signature>Ruth</div>" +
		"<div class=gmail_quote><div class=gmail_attr>On Mon Ann wrote:</div><blockquote type=cite>General Petri commands the Home Guard.</blockquote></div>"
	d, err := Parse(t.Context(), []byte(page), "mail", "")
	if err != nil || strings.TrimSpace(d.Text) != "Captain Sund does." || len(d.asides(Quote)) != 1 || len(d.asides(Credit)) != 1 {
		t.Errorf("%v: %+v", err, d)
	}
}

// A page that a browser saves in one file is read as that page, whatever the file is called.
func TestSavedPage(t *testing.T) {
	const file = "From: <Saved by Blink>\nSnapshot-Content-Location: https://courier.example/2024/03/moves\nSubject: Brigade moves\n" +
		"Date: Sun, 17 Mar 2024 10:00:00 +0100\nMIME-Version: 1.0\nContent-Type: multipart/related; type=\"text/html\"; boundary=\"--B\"\n\n" +
		"----B\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<html><head><title>Brigade moves to Corrin</title>" +
		"</head><body><h1>Brigade moves to Corrin</h1><p>14 March 2024</p><p>The 9th Brigade=E2=80=99s lorries moved to Corrin on Tuesday, its comm=\nander " +
		"told the press on the way there, and had left the coast in the night, as more people said.</p></body></html>\n" +
		"----B\nContent-Type: text/css\n\np {}\n----B--\n"
	for _, format := range []string{"html", "mail"} {
		d, err := Parse(t.Context(), []byte(file), format, "")
		if err != nil {
			t.Fatal(format, err)
		}
		checkMap(t, d, []byte(file))
		if d.Title != "Brigade moves to Corrin" || d.Date != "2024-03-14" || d.URL != "https://courier.example/2024/03/moves" ||
			!strings.Contains(d.Text, "Brigade’s lorries moved to Corrin on Tuesday, its commander told") ||
			len(d.Attachments)+len(d.Odd) != 0 {
			t.Errorf("%s: %+v", format, d)
		}
	}
}

// Whatever stands in a file, reading it ends soon, with a document or a reason.
func TestHostile(t *testing.T) {
	many := strings.Repeat
	for name, content := range map[string]string{
		"html/nested":     "<html><body>" + many("<div>", 100_000) + "text",
		"html/lists":      "<html><body>" + many("<ul><li>", 200) + "text" + many("</li></ul>", 200),
		"html/formatting": "<html><body>" + many("<b><i><p>", 300) + many("text ", 100),
		"html/tables":     "<html><body>" + many("<table><tr><td>", 150) + "a cell deep down" + many("</table>", 10),
		"html/no-end":     "<html><body><p>" + many("text ", 100_000) + "<a href=\"" + many("x", 1000),
		"html/attributes": "<html><body><p " + many("a=b ", 200_000) + ">text of a page</p>",
		"html/script":     "<html><body><p>text of a page that is one</p><script>" + many("if (a<b) { <p>no</p> }", 10_000),
		"html/comments":   "<html><body>" + many("<!-- x -->", 100_000) + "<p>text of a page that is one</p>",
		"html/entities":   "<html><body><p>" + many("&amp;&lt;&notanentity;&#x10ffff;&#0;&", 20_000),
		"html/marks":      "<html><body><p>" + many("\U00100000\U00100001 text ", 10_000) + "</p><p>\U0010fffd</p>",
		"html/flat":       "<html><body>" + many("<p>a paragraph that is short</p>", 20_000),
		"html/ld":         `<html><head><script type="application/ld+json">` + many(`{"@graph":[`, 5000) + `</script></head><body><p>text of a page</p>`,
		"html/own-marks":  "<html><body><p>" + many("\U00100000", 400_000) + "</p>",
		"html/links":      "<html><body><ul>" + many("<li><a href=x>link text</a></li>", 30_000) + "</ul>",
		"html/title":      "<html><head><title>" + many("a title ", 20_000) + "</title></head><body>" + many("<h2>some other words</h2>", 2000),
		"html/form":       "<html><body><form>" + many("<table><tr><td>a<td>b<tr><td>c<td>d<tr><td>e<td>f</table>", 15_000) + "</form>",
		"html/names": "<html><body>" + many("<div class=\""+many("x ", 50_000)+"menu\">"+
			many("<p>"+many("word ", 30)+"</p>", 500)+"</div>", 5),
		"mail/page":       "From: a@b\nContent-Type: text/html\n\n<p>" + many("text ", MaxPage/5),
		"html/svg":        "<html><body><svg><style><p>no</style><title>t</title></svg><p>text of a page that is one</p>",
		"html/empty":      "",
		"html/frames":     "<frameset>" + many("<frame>", 10_000),
		"mail/nested":     "From: a@b\n" + many("Content-Type: multipart/mixed; boundary=x\n\n--x\n", 100) + "\ntext",
		"mail/parts":      "From: a@b\nContent-Type: multipart/mixed; boundary=x\n\n" + many("--x\n\ntext\n", 5000),
		"mail/cut":        "From: a@b\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\ntext",
		"mail/base64":     "From: a@b\nContent-Transfer-Encoding: base64\n\n" + many("!!!!", 1000),
		"mail/header":     "From: " + many("a", 1<<20) + "\nSubject: " + many("=?utf-8?q?x?=", 10_000) + "\n\ntext",
		"mail/none":       "just a text, no mail at all\n",
		"text/nul":        "a text\x00with one",
		"text/binary":     "\x00\x01\x00\x02" + many("\x00\x00\xff", 1000),
		"markdown/fences": many("```\n# no\n", 10_001),
	} {
		t.Run(name, func(t *testing.T) {
			begun := time.Now()
			format, _, _ := strings.Cut(name, "/")
			d, err := Parse(t.Context(), []byte(content), format, "")
			var refused *input.ReadError
			switch {
			case errors.As(err, &refused) && refused.Reason != "" && refused.Hint != "":
			case err != nil:
				t.Errorf("an error without reason and hint: %v", err)
			default:
				checkMap(t, d, []byte(content))
				if strings.Contains(d.Text, "no</p>") || strings.Contains(d.Text, "# no") && format != "markdown" {
					t.Errorf("a script as text: %.100q", d.Text)
				}
			}
			if took := time.Since(begun); took > 3*time.Minute { // seconds on any machine, unless it grows faster than the page
				t.Errorf("took %s", took)
			}
		})
	}
}

func TestDates(t *testing.T) {
	for text, want := range map[string]string{
		"2015-03-11T09:00:00+01:00": "2015-03-11", "20150311": "2015-03-11", "March 11, 2015": "2015-03-11", "11th of March 2015": "",
		"21 mai 2016": "2016-05-21", "Publié le 1er février 2016": "2016-02-01", "3 de marzo de 2020": "2020-03-03", "11. März 2015": "2015-03-11",
		"24 ЛЮТОГО 2022": "2022-02-24", "24 февраля 2022": "2022-02-24", "7 Ağustos 2019": "2019-08-07", "5 يناير 2017": "2017-01-05",
		"11 March 2015": "2015-03-11", "Posted on Sept 3, 2014 by X": "2014-09-03", "03/04/2016": "", "14/03/2016": "2016-03-14", "03/14/2016": "2016-03-14", "05.05.2016": "2016-05-05", "2015-02-30": "", "2015-03": "2015-03",
		"Wed, 11 Mar 2015 10:00:00 +0100": "2015-03-11", "may 2015": "", "": "",
	} {
		if have := dateIn(text); have != want && want != "" || have != "" && want == "" && text != "11th of March 2015" {
			t.Errorf("%q is %q, want %q", text, have, want)
		}
	}
	for _, test := range []struct {
		want  string
		dates []string
	}{
		{"2015-03-11", []string{"2015-03", "2015-03-11", ""}},
		{"2015-03", []string{"2015-03-11", "2015-03-12"}},
		{"2015", []string{"2015-03-11", "2015-04-12"}},
		{"", []string{"2015-03-11", "2014-03-11"}},
		{"", nil},
	} {
		if have := agreed(test.dates); have != test.want {
			t.Errorf("%q agree on %q, want %q", test.dates, have, test.want)
		}
	}
}

// The date of a page is right or absent: what it states, what stands below its headline, and what agrees with both.
func TestPublished(t *testing.T) {
	const (
		body = "<p>The 9th Brigade moved to Corrin on Tuesday, its commander Col. Jo Roe told the press, and had left the coast on " +
			"3 January 2021 in the night, as more people on the way there said, among them two drivers of its own.</p>"
		address = `<link rel="canonical" href="https://courier.example/2024/03/14/moves">`
	)
	moment := func(s string) string { return `<meta property="article:published_time" content="` + s + `">` }
	linked := func(s string) string {
		return `<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"` + s + `"}</script>`
	}
	for name, c := range map[string]struct{ head, above, below, want string }{
		"in the byline":          {"", "", `<p class="byline">By Ann Lee, 14 March 2024</p>`, "2024-03-14"},
		"element of time":        {"", "", `<p><time datetime="2024-03-14">14 March 2024</time></p>`, "2024-03-14"},
		"element, and changed":   {"", "", `<div><time datetime="2024-03-14T22:41:00-05:00">Thu 14 Mar 2024 22.41 EST</time><br>Last modified on <time datetime="2024-03-16">Sat 16 Mar 2024</time></div>`, "2024-03-14"},
		"plain":                  {"", "", "<p>Thursday, 14 March 2024</p>", "2024-03-14"},
		"plain, and changed":     {"", "", "<div>Thu 14 Mar 2024 22.41 EST<br>Last modified on Sat 16 Mar 2024</div>", "2024-03-14"},
		"American":               {"", "", "<div>March 14, 2024 at 10:41 p.m. EDT</div>", "2024-03-14"},
		"in numbers":             {"", "", "<div>14.03.2024, 22:41</div>", "2024-03-14"},
		"in numbers, either way": {"", "", "<div>03/04/2024</div>", ""},
		"only changed":           {"", "", "<div>Last modified on Sat 16 Mar 2024</div>", ""},
		"today":                  {"", "<div>Sunday, 17 March 2024</div>", "", ""},
		"two of them":            {"", "", "<p>14 March 2024</p><p>12 March 2024</p>", ""},
		"of a picture":           {"", "", "<p>Photo: 14 March 2024</p>", ""},
		"of an event":            {"", "", "<p>The bridge fell on 3 March 2024.</p>", ""},
		"of a template":          {"", "", `<p><a href="">14 March 2024</a> <a href="">by Admin</a></p>`, ""},
		"of others":              {"", "", "<ul><li><a href='/x'>Storm takes pier</a> 12 March 2024</li></ul>", ""},
		"stated twice":           {moment("2024-03-14T10:00:00Z") + linked("2024-03-02T10:00:00Z") + address, "", "<p>14 March 2024</p>", "2024-03"},
		"stated in UTC":          {moment("2024-03-15T03:41:00Z") + linked("2024-03-15T03:41:00Z") + address, "", "", "2024-03-14"},
		"UTC, and shown":         {moment("2024-03-15T03:41:00Z"), "", "<p>Thu 14 Mar 2024 22.41 EST</p>", "2024-03-15"},
		"UTC, another day":       {moment("2024-03-19T03:41:00Z") + address, "", "", "2024-03"},
		"stated, with its zone":  {moment("2024-03-14T22:41:00-05:00") + address, "", "", "2024-03-14"},
	} {
		page := `<html lang="en"><head><title>Brigade moves - The Courier</title>` + c.head + `</head><body><article>` + c.above +
			`<h1>Brigade moves to Corrin</h1>` + c.below + body + body + `</article></body></html>`
		d, err := Parse(t.Context(), []byte(page), "html", "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if d.Date != c.want {
			t.Errorf("%s: %q, want %q", name, d.Date, c.want)
		}
	}
}

// Between a headline and the text stand its summary, which is kept, and pictures, of which the captions are.
func TestHeadOfPage(t *testing.T) {
	const quote = "“The guns fell silent before dawn, and by breakfast the road was empty”"
	page := `<html><head><title>Brigade moves to Corrin - The Courier</title></head><body><nav><a href="/">World</a></nav><main>` +
		`<div class="kicker">The war</div><header><h1>Brigade moves to Corrin</h1><p class="standfirst">A week after its commander fell, ` +
		`the best unit of the army stands below the ridge and waits.</p></header><div class="byline">By Ann Lee</div>` +
		`<ul class="share"><li><a href="#">Share on X</a></li></ul>` +
		`<figure class="lead"><img src="a.jpg"><figcaption>Soldiers on the road below the pass. <span class="credit">Photograph: Lena Brandt</span></figcaption></figure>` +
		`<div class="body">` + strings.Repeat("<p>The 9th Brigade moved to Corrin on Tuesday, its commander told the press, and had left the coast in the night.</p>", 4) +
		`<blockquote class="pullquote"><p>` + quote + `</p></blockquote><p>` + quote + `, said a man in Ossen.</p><blockquote><p>We shall stay here ` +
		`until the order comes to leave, the brigade wrote.</p></blockquote></div></main></body></html>`
	d, err := Parse(t.Context(), []byte(page), "html", "")
	if err != nil {
		t.Fatal(err)
	}
	checkMap(t, d, []byte(page))
	if !strings.HasPrefix(d.Text, "Brigade moves to Corrin\n\nA week after its commander fell, the best unit of the army stands below") {
		t.Errorf("the standfirst is lost:\n%s", d.Text)
	}
	if n := strings.Count(d.Text, "The guns fell silent"); n != 1 || !strings.Contains(d.Text, "until the order comes") {
		t.Errorf("the quote stands there %d times:\n%s", n, d.Text)
	}
	if have := d.asides(Caption); len(have) != 1 || !strings.HasPrefix(have[0], "Soldiers on the road below the pass.") {
		t.Errorf("captions %q", have)
	}
	if strings.Contains(d.Text, "Share on") || strings.Contains(d.Text, "The war") {
		t.Error(d.Text)
	}
}

func FuzzHTML(f *testing.F)     { fuzz(f, "html") }
func FuzzMail(f *testing.F)     { fuzz(f, "mail") }
func FuzzMarkdown(f *testing.F) { fuzz(f, "markdown") }
func FuzzText(f *testing.F)     { fuzz(f, "text") }

// fuzz holds that any bytes are a document whose map is one, or refused with a reason.
func fuzz(f *testing.F, format string) {
	paths, err := filepath.Glob(filepath.Join("testdata", "*.*"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		if formatOf(path) == format {
			content, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(content, "")
		}
	}
	f.Add([]byte("\nwords"), "") // an empty line above the first paragraph
	f.Add([]byte("<title>B\x00\x00\x00\x10de moves to Bama - The Courier</title><p>"+strings.Repeat("It moved to Bama, they said. ", 20)), "")
	f.Add([]byte("From: a@b\nContent-Transfer-Encoding: base64\n\n"+base64.StdEncoding.EncodeToString([]byte("text"))), "koi8-r")
	f.Fuzz(func(t *testing.T, content []byte, encoding string) {
		d, err := Parse(t.Context(), content, format, encoding)
		if err != nil {
			if refused := (*input.ReadError)(nil); !errors.As(err, &refused) || refused.Reason == "" {
				t.Fatal(err)
			}
			return
		}
		checkMap(t, d, content)
		for _, record := range d.Records() {
			if record.Piece != nil && record.Piece.Check() != nil {
				t.Fatal(record.Piece.Check())
			}
		}
	})
}

// The measure: of 40 pages from which press articles were cut by hand, how well the words are found.
func TestPagesOfArticles(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "..", "shared", "data", "sfm-nigeria")
	pages, err := filepath.Glob(filepath.Join(folder, "html", "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) == 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("../shared/data is not there")
		}
		t.Skip("../shared/data is not there")
	}
	sum, good := 0.0, 0
	for _, path := range pages {
		name := strings.TrimSuffix(filepath.Base(path), ".html")
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(folder, "brat", name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		d, err := Parse(t.Context(), content, "html", "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkMap(t, d, content)
		f1 := tokenF1(d.Text, string(want))
		sum += f1
		if f1 >= .8 {
			good++
		}
		meta, err := os.ReadFile(filepath.Join(folder, "brat", name+"_meta.txt"))
		if err != nil {
			t.Fatal(err)
		}
		_, date, _ := strings.Cut(string(meta), "Publication date: ")
		date, _, _ = strings.Cut(date, "\n")
		right := "right"
		if date = strings.TrimSpace(date); !strings.HasPrefix(date, d.Date) {
			right = "WRONG"
			// The page itself says, everywhere, that it is of two days later.
			if d.URL != "http://allafrica.com/stories/201401130501.html" {
				t.Errorf("%s: date %s, want %s", name, d.Date, date)
			}
		}
		t.Logf("%s F1 %.3f, date %q %s, %s", name, f1, d.Date, right, d.Title)
	}
	if mean := sum / float64(len(pages)); mean < .93 || good < 38 {
		t.Errorf("token F1 %.3f on average, %d of %d at least .80", mean, good, len(pages))
	} else {
		t.Logf("token F1 %.3f on average, %d of %d at least .80", mean, good, len(pages))
	}
}

func tokenF1(have, want string) float64 {
	tokens := func(s string) []string {
		return strings.FieldsFunc(strings.ToLower(s), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsNumber(c) })
	}
	left := map[string]int{}
	for _, token := range tokens(want) {
		left[token]++
	}
	hits := 0
	for _, token := range tokens(have) {
		if left[token] > 0 {
			left[token]--
			hits++
		}
	}
	return 2 * float64(hits) / float64(max(len(tokens(have))+len(tokens(want)), 1))
}
