package document

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"orbat/loader/format/input"
	"orbat/schema"
)

// The bounds of a document, in bytes of its file.
const (
	// MaxText is that of a plain text or Markdown.
	MaxText = 64 << 20
	// MaxPage is that of a page: it is held as a tree, which takes some 20 times its size.
	MaxPage = 16 << 20
	// MaxMail is that of a mail with all that is attached to it.
	MaxMail = 64 << 20
	// MaxPDF is that of a PDF with its pictures.
	MaxPDF = 128 << 20
)

// PlainText reads a text without markup.
func PlainText(ctx context.Context, in *input.Input) iter.Seq2[*schema.Record, error] {
	return records(ctx, in, "text")
}

// Markdown reads Markdown: the text as written.
func Markdown(ctx context.Context, in *input.Input) iter.Seq2[*schema.Record, error] {
	return records(ctx, in, "markdown")
}

// HTML reads a page.
func HTML(ctx context.Context, in *input.Input) iter.Seq2[*schema.Record, error] {
	return records(ctx, in, "html")
}

// Mail reads a mail.
func Mail(ctx context.Context, in *input.Input) iter.Seq2[*schema.Record, error] {
	return records(ctx, in, "mail")
}

// PDF reads the text layer of a PDF.
func PDF(ctx context.Context, in *input.Input) iter.Seq2[*schema.Record, error] {
	return records(ctx, in, "pdf")
}

// IsPDF reports whether a file is a PDF by its first bytes.
func IsPDF(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\uFEFF")), " \t\r\n\f"), []byte("%PDF-"))
}

// parser makes a document of the content of a file, and ends with the context.
type parser func(ctx context.Context, content []byte, encoding string) (*Document, error)

// kind is what documents of one format have in common.
type kind struct {
	most      int // bytes of its file
	mediaType string
	parse     parser
}

// kinds are those of the formats by their names.
func kinds() map[string]kind {
	return map[string]kind{
		"text":     {MaxText, "text/plain", plainText},
		"markdown": {MaxText, "text/markdown", markdown},
		"html":     {MaxPage, "text/html", htmlPage},
		"mail":     {MaxMail, "message/rfc822", mailMessage},
		"pdf":      {MaxPDF, "application/pdf", pdf},
	}
}

// records yields the records of the one document in a file.
func records(ctx context.Context, in *input.Input, format string) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		d, content, err := read(ctx, in, format)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, odd := range d.Odd {
			notice := &schema.Notice{Fault: schema.Fault{Pos: schema.Position{File: in.Name}, Reason: odd}}
			if !yield(nil, notice) {
				return
			}
		}
		file := sha256.Sum256(content)
		for _, record := range d.Records() {
			record.Pos = schema.Position{File: in.Name, Line: 1}
			if record.Kind == schema.EntityRecord {
				record.Values["sha256"] = []schema.Value{{Text: hex.EncodeToString(file[:])}}
				mediaType := kinds()[format].mediaType
				if format != "pdf" && isSavedPage(content) {
					mediaType = "multipart/related"
				}
				record.Values["media_type"] = []schema.Value{{Text: mediaType}}
			}
			if !yield(record, nil) {
				return
			}
		}
	}
}

// Read reads the one document in a file of a format, which are named as for [Parse].
func Read(ctx context.Context, in *input.Input, format string) (*Document, error) {
	d, _, err := read(ctx, in, format)
	return d, err
}

// read returns the one document in a file, with what the file holds.
func read(ctx context.Context, in *input.Input, format string) (d *Document, content []byte, err error) {
	most := kinds()[format].most
	content, err = io.ReadAll(io.LimitReader(in.R, int64(most)+1))
	if err == nil && len(content) > most {
		err = input.Fail(schema.Fault{
			Reason: "a document of more than " + strconv.Itoa(most>>20) + " MiB", Hint: "split it; is it a document at all?",
		})
	}
	if err == nil {
		d, err = Parse(ctx, content, format, in.Options.Encoding)
	}
	if ended := ctx.Err(); ended != nil {
		err = ended
	}
	if err != nil {
		return nil, nil, input.ErrorAt(ctx, schema.Position{File: in.Name}, err)
	}
	return d, content, nil
}

// Parse makes a document of the content of a file; format is text, markdown, html, mail or pdf, encoding that of a text
// that does not tell its own. It ends with the context, whose error it then returns.
func Parse(ctx context.Context, content []byte, format, encoding string) (*Document, error) {
	parse := kinds()[format].parse
	if parse == nil {
		return nil, input.Fail(schema.Fault{Reason: "unknown format of documents " + format, Hint: "text, markdown, html, mail or pdf"})
	}
	d, err := parse(ctx, content, encoding)
	if ended := ctx.Err(); ended != nil {
		return nil, ended
	}
	return d, err
}

func fail(reason, hint string) error { return input.Fail(schema.Fault{Reason: reason, Hint: hint}) }

// Records returns the document as records: its text in pieces, then the Source, so that whoever finds the Source finds
// the text.
func (d *Document) Records() []*schema.Record {
	text := schema.NewText(d.Text)
	var records []*schema.Record
	for _, piece := range text.Pieces() {
		records = append(records, &schema.Record{Kind: schema.TextRecord, Piece: piece})
	}
	values := map[string][]schema.Value{}
	put := func(name, value string) {
		if value != "" {
			values[name] = []schema.Value{{Text: value}}
		}
	}
	put("title", plain(d.Title))
	put("published", d.Date)
	put("author", plain(d.Author))
	put("publisher", plain(d.Publisher))
	put("language", d.Language)
	put(schema.TextHash, text.SHA256)
	put(schema.TextLength, strconv.Itoa(utf8.RuneCountInString(d.Text)))
	self := schema.Ref{Type: "Source"}
	switch {
	case d.ID != "":
		self.XID = d.ID
	case d.URL != "" && len(d.URL) <= schema.MaxXID:
		self.XID = d.URL
	default:
		self.ID = "text-" + text.SHA256
	}
	put("url", d.URL)
	extra := map[string]string{}
	if posts := d.postList(); posts != "" {
		extra[schema.TextPosts] = posts
	}
	for name, list := range map[string][]string{
		"x_captions": d.asides(Caption), "x_credits": d.asides(Credit), "x_quotes": d.asides(Quote), "x_attachments": d.attached(),
	} {
		if len(list) > 0 {
			extra[name] = jsonList(list)
		}
	}
	return append(records, &schema.Record{Kind: schema.EntityRecord, Subject: self, Values: values, Extra: extra})
}

// plain returns a text as a value may be: on one line, without control characters, of a bounded length.
func plain(s string) string {
	s = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || c == '\u2028' || c == '\u2029' {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return input.CutText(collapse(s), 1000)
}

func jsonList(list []string) string {
	b := []byte{'['}
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = schema.AppendJSONString(b, s)
	}
	return string(append(b, ']'))
}

// postList returns the posts of which the document consists, as [schema.TextPosts] has them. What is beyond a bound is
// one post of nobody knows whom. Empty: it consists of none.
func (d *Document) postList() string {
	const most = 1000 // posts, and quotes in them
	type quotation struct {
		Begin  int    `json:"begin"`
		End    int    `json:"end"`
		Author string `json:"author,omitempty"`
	}
	type post struct {
		Begin  int         `json:"begin"`
		End    int         `json:"end"`
		Author string      `json:"author,omitempty"`
		Date   string      `json:"date,omitempty"`
		Quotes []quotation `json:"quotes,omitempty"`
	}
	var list []post
	for left := most; len(list) < len(d.Posts); {
		next := d.Posts[len(list)]
		if left -= 1 + len(next.Quotes); left < 0 {
			list = append(list, post{Begin: next.Begin, End: d.Posts[len(d.Posts)-1].End})
			break
		}
		one := post{Begin: next.Begin, End: next.End, Author: plain(next.Author), Date: next.Date}
		for _, q := range next.Quotes {
			one.Quotes = append(one.Quotes, quotation{q.Begin, q.End, plain(q.Author)})
		}
		list = append(list, one)
	}
	if list == nil {
		return ""
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(list) // of texts and numbers
	return strings.TrimSpace(b.String())
}

// maxAsides bounds what of captions and the like stands in the Source's record.
const maxAsides = 100

func (d *Document) asides(kind AsideKind) (list []string) {
	for _, a := range d.Asides {
		if a.Kind == kind && len(list) < maxAsides && len(a.Text) <= 4000 {
			list = append(list, a.Text)
		}
	}
	return list
}

func (d *Document) attached() (list []string) {
	for _, a := range d.Attachments {
		if len(list) < maxAsides {
			list = append(list, fmt.Sprintf("%s (%s, %d bytes)", a.Name, a.Type, a.Size))
		}
	}
	return list
}

// toOriginal turns positions in a text in UTF-8 into those of its original.
func (d *Document) toOriginal(text input.Text) {
	d.Encoding = text.Encoding
	d.note(text.Odd)
	if text.Encoding == "utf-8" && text.Positions()(0) == 0 {
		return
	}
	at := text.Positions()
	for i := range d.Map {
		d.Map[i].ByteBegin = at(d.Map[i].ByteBegin)
		d.Map[i].ByteEnd = at(d.Map[i].ByteEnd)
	}
}

// verbatim makes the map of a text that is kept as it is: a segment for each paragraph.
func verbatim(text string, from int) []Segment {
	var segments []Segment
	points, paragraph, blank := 0, 0, true
	at := 0
	for line := range strings.Lines(text) {
		size := utf8.RuneCountInString(line)
		empty := strings.TrimSpace(line) == ""
		if blank && !empty {
			paragraph++
			segments = append(segments, Segment{Begin: points, End: points, ByteBegin: from + at, ByteEnd: from + at, Paragraph: paragraph})
		}
		if blank = empty; len(segments) == 0 {
			segments = append(segments, Segment{ByteBegin: from, ByteEnd: from, Paragraph: 1}) // what is above the first
		}
		points += size
		at += len(line)
		last := &segments[len(segments)-1]
		last.End, last.ByteEnd = points, from+at
	}
	return segments
}

// note keeps what is odd about the document; of nothing, nothing.
func (d *Document) note(odd string) {
	if odd != "" {
		d.Odd = append(d.Odd, odd)
	}
}

// noteEmpty tells of a document that has next to no text: as one whose text is elsewhere has, or that of an article
// behind a wall.
func (d *Document) noteEmpty() {
	const (
		least    = 100  // of what an article has
		longWall = 2000 // of what walls say
	)
	body := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(d.Text), d.Title))
	switch size := utf8.RuneCountInString(body); {
	case size < least:
		d.note("next to no text: " + strconv.Itoa(size) + " characters beside the title")
	case size < longWall && wall.MatchString(d.Title+"\n"+body):
		d.note("next to no text: it reads like a page that stands before the article and asks for consent, a login or a subscription")
	}
}

// wall is what pages say that stand before an article.
var wall = regexp.MustCompile(`(?i)\b(before you continue|we value your privacy|your privacy choices|(accept|reject) all\b.{0,80}\b(cookies|partners)|` +
	`we (and our (\d+ )?partners )?use cookies|subscribe (now )?to (continue|keep|read)|subscribers? only|for subscribers\b|already a subscriber|` +
	`(sign|log) in to (continue|read|view|keep)|create (a|your) free account|register to (continue|read)|disable your ad ?blocker|` +
	`you have reached your (limit|free))`)

func plainText(_ context.Context, content []byte, encoding string) (*Document, error) {
	if fault := input.NotText(content); fault.Reason != "" {
		return nil, input.Fail(fault)
	}
	text, err := input.ReadText(content, encoding, "")
	if err != nil {
		return nil, err
	}
	d := &Document{Format: "text", Text: text.Content, Map: verbatim(text.Content, 0), Title: firstLine(text.Content)}
	d.toOriginal(text)
	if strings.TrimSpace(d.Text) == "" {
		d.note("next to no text: it is empty")
	}
	return d, nil
}

// firstLine returns the first line if it stands alone, as a title does.
func firstLine(text string) string {
	text = strings.TrimLeft(text, "\ufeff \t\r\n")
	line, rest, found := strings.Cut(text, "\n")
	next, _, _ := strings.Cut(rest, "\n")
	line = collapse(line)
	if !found || line == "" || len(line) > 300 || strings.TrimSpace(next) != "" && strings.HasSuffix(line, ".") {
		return ""
	}
	return line
}

var frontKey = regexp.MustCompile(`^([A-Za-z_]+):\s*(.*?)\s*$`)

func markdown(ctx context.Context, content []byte, encoding string) (*Document, error) {
	d, err := plainText(ctx, content, encoding)
	if err != nil {
		return nil, err
	}
	d.Format, d.Title = "markdown", ""
	front := strings.HasPrefix(d.Text, "---\n") || strings.HasPrefix(d.Text, "---\r\n")
	fence := ""
	i := -1
	for line := range strings.SplitSeq(d.Text, "\n") {
		i++
		line = strings.TrimRight(line, "\r")
		switch {
		case front && i == 0:
		case front && (line == "---" || line == "..."):
			front = false
		case front:
			d.frontMatter(line)
		case fence != "":
			if strings.HasPrefix(strings.TrimSpace(line), fence) {
				fence = ""
			}
		case strings.HasPrefix(strings.TrimSpace(line), "```"), strings.HasPrefix(strings.TrimSpace(line), "~~~"):
			fence = strings.TrimSpace(line)[:3]
		case d.Title == "" && strings.HasPrefix(line, "# "):
			d.Title = collapse(strings.Trim(line, "# "))
		}
	}
	return d, nil
}

// frontMatter takes a line of what stands before a text in Markdown.
func (d *Document) frontMatter(line string) {
	m := frontKey.FindStringSubmatch(line)
	if m == nil {
		return
	}
	value := collapse(strings.Trim(m[2], `"'`))
	switch strings.ToLower(m[1]) {
	case "title":
		d.Title = value
	case "date", "published":
		d.Date = dateIn(value)
	case "author":
		if person(value) {
			d.Author = value
		}
	case "publisher":
		d.Publisher = value
	case "lang", "language":
		d.Language = languageTag(value)
	case "url", "canonical":
		s := statements{}
		s.add("link:canonical", value)
		d.URL = s.address()
	}
}

var declaredCharset = regexp.MustCompile(`(?i)<meta[^>]{0,200}charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})|^\s*<\?xml[^>]{0,100}encoding\s*=\s*["']([A-Za-z0-9_.-]{1,40})`)

var (
	askPassword = regexp.MustCompile(`(?i)<input[^>]{1,200}type=["']?password`)
	errorTitle  = regexp.MustCompile(`(?i)^(error )?[45]\d\d\b|^(page )?not found\b|^access denied|^forbidden$|^just a moment|^attention required|^are you a robot|^captcha|^bad gateway|^service unavailable`)
)

func htmlPage(ctx context.Context, content []byte, encoding string) (*Document, error) {
	if IsPDF(content) {
		return nil, input.Fail(schema.Fault{
			Reason: "a PDF, not an HTML page", Hint: "name its format", Option: schema.Option{Name: "format", Value: "pdf"},
		})
	}
	if fault := input.NotText(content); fault.Reason != "" {
		return nil, input.Fail(fault)
	}
	if isSavedPage(content) {
		return savedPage(ctx, content, encoding)
	}
	text, err := input.ReadText(content, encoding, declaredIn(content))
	if err != nil {
		return nil, err
	}
	d, err := shownPage(ctx, text.Content)
	if err != nil {
		return nil, err
	}
	d.toOriginal(text)
	return d, nil
}

// declaredIn returns the encoding that a page says it has.
func declaredIn(content []byte) string {
	m := declaredCharset.FindSubmatch(content[:min(len(content), 8192)])
	if m == nil {
		return ""
	}
	return string(m[1]) + string(m[2])
}

// shownPage makes a document of a page in UTF-8, and refuses one that has none.
func shownPage(ctx context.Context, content string) (*Document, error) {
	p, err := parsePage(ctx, content)
	if err != nil {
		return nil, err
	}
	d := p.document()
	body := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(d.Text), d.Title))
	const again = "open its address in a browser, sign in where needed, and save the page as it is shown"
	switch {
	case len(body) < 500 && len(d.Posts) == 0 && askPassword.MatchString(content) && p.asksOnly():
		return nil, fail("an HTML page to sign in, saved in the file's place", again)
	case body == "":
		return nil, fail("an HTML page, perhaps an error page saved in the file's place: it has no text", again)
	case len(body) < 500 && errorTitle.MatchString(d.Title):
		return nil, fail("an HTML page, perhaps an error page saved in the file's place: "+plain(d.Title), again)
	}
	d.noteEmpty()
	return d, nil
}
