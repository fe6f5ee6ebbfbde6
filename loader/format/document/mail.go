package document

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"

	"orbat/loader/format/input"
)

// The bounds of a mail.
const (
	maxParts = 1000
	maxNest  = 20
	// maxHeader is that of what stands before its text, and maxField of one field of that, which is decoded.
	maxHeader = 1 << 20
	maxField  = 64 << 10
	// maxFileName is what is kept of the name of an attachment.
	maxFileName = 300
)

// message is a mail on its way.
type message struct {
	content     []byte // of the whole file
	encoding    string // of the options
	parts       int
	read        int // bytes of the content that were found to be parts already
	plain, page *textPart
	attachments []Attachment
}

// textPart is a part with a text.
type textPart struct {
	text     input.Text
	at, size int // its bytes in the file; at -1: not found
	direct   bool
}

func mailMessage(ctx context.Context, content []byte, encoding string) (*Document, error) {
	if isSavedPage(content) {
		return savedPage(ctx, content, encoding)
	}
	begin, ok := headerEnd(content)
	if !ok {
		return nil, fail("a mail whose header is of more than 1 MiB", "is it a mail at all?")
	}
	m, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		return nil, fail("a mail that cannot be read: "+err.Error(), "save it from the mail program as .eml")
	}
	if m.Header.Get("From") == "" && m.Header.Get("Date") == "" && m.Header.Get("Subject") == "" {
		return nil, fail("not a mail: it has neither sender nor date nor subject", "save it from the mail program as .eml")
	}
	w := &message{content: content, encoding: encoding, read: begin}
	if err := w.part(textproto.MIMEHeader(m.Header), m.Body, 0); err != nil {
		return nil, err
	}
	d := &Document{Format: "mail", Title: header(m.Header.Get("Subject")), Attachments: w.attachments}
	if t, err := mail.ParseDate(m.Header.Get("Date")); err == nil && t.Year() > 1970 {
		d.Date = t.Format(time.DateOnly)
	}
	if list, err := (&mail.AddressParser{WordDecoder: words()}).ParseList(field(m.Header.Get("From"))); err == nil {
		var names []string
		for _, a := range list {
			if a.Name != "" {
				names = append(names, collapse(a.Name)+" <"+a.Address+">")
			} else {
				names = append(names, a.Address)
			}
		}
		d.Author = strings.Join(names, "; ")
	} else {
		d.Author = header(m.Header.Get("From"))
	}
	id := strings.Trim(strings.TrimSpace(m.Header.Get("Message-Id")), "<>")
	if id != "" && !strings.ContainsAny(id, " \t<>") && len(id) < 400 {
		d.ID = "mid:" + id
	}
	d.Language = languageTag(m.Header.Get("Content-Language"))
	switch {
	case w.plain != nil && (strings.TrimSpace(w.plain.text.Content) != "" || w.page == nil):
		text, segments, asides := ownWords(w.plain.text.Content)
		d.Asides = asides
		w.plain.into(d, text, segments)
	case w.page != nil && len(w.page.text.Content) > MaxPage:
		return nil, fail("a mail whose page is of more than "+strconv.Itoa(MaxPage>>20)+" MiB", "save its text on its own")
	case w.page != nil:
		page, err := mailPage(ctx, w.page.text.Content)
		if err != nil {
			return nil, err
		}
		d.Asides = page.Asides
		w.page.into(d, page.Text, page.Map)
	}
	if strings.TrimSpace(d.Text) == "" {
		d.note("next to no text: it is empty")
	}
	if list := d.attached(); len(list) > 0 {
		const most = 5
		names := strings.Join(list[:min(len(list), most)], ", ")
		if more := len(d.Attachments) - most; more > 0 {
			names += " and " + strconv.Itoa(more) + " more"
		}
		d.note("what is attached is not loaded, save it and load it as files of its own: " + names)
	}
	return d, nil
}

// into makes a part the document's text. Its map is that of the part, where its bytes stand in the file as they are.
func (t *textPart) into(d *Document, text string, segments []Segment) {
	d.Text = text
	d.Map = segments
	part := &Document{Map: segments}
	part.toOriginal(t.text)
	d.Encoding = t.text.Encoding
	d.note(t.text.Odd)
	for i := range segments {
		s := &segments[i]
		switch {
		case t.at < 0:
			s.ByteBegin, s.ByteEnd = -1, -1
		case !t.direct: // somewhere in the packed part
			s.ByteBegin, s.ByteEnd = t.at, t.at+t.size
		case s.ByteBegin >= 0:
			s.ByteBegin, s.ByteEnd = s.ByteBegin+t.at, s.ByteEnd+t.at
		}
	}
}

func words() *mime.WordDecoder {
	return &mime.WordDecoder{CharsetReader: func(charset string, r io.Reader) (io.Reader, error) {
		known, err := htmlindex.Get(charset)
		if err != nil {
			return nil, err //nolint:wrapcheck // the word then stays as it is
		}
		return known.NewDecoder().Reader(r), nil
	}}
}

// headerEnd returns where a mail's header ends; false: where none does.
func headerEnd(content []byte) (int, bool) {
	head := content[:min(len(content), maxHeader)]
	for at := 0; at < len(head); {
		line := bytes.IndexByte(head[at:], '\n')
		if line < 0 {
			break
		}
		if at += line + 1; bytes.HasPrefix(head[at:], []byte("\n")) || bytes.HasPrefix(head[at:], []byte("\r\n")) {
			return at, true
		}
	}
	return len(head), len(head) == len(content)
}

// field returns as much of a field as is decoded.
func field(s string) string { return input.CutText(s, maxField) }

func header(s string) string {
	s = field(s)
	decoded, err := words().DecodeHeader(s)
	if err != nil {
		decoded = s
	}
	return collapse(strings.ToValidUTF8(decoded, "\uFFFD"))
}

// part reads one part of a mail and those within it.
func (w *message) part(h textproto.MIMEHeader, body io.Reader, depth int) error {
	if w.parts++; w.parts > maxParts {
		return fail("a mail of more than 1000 parts", "split it")
	}
	if depth > maxNest {
		return fail("a mail whose parts are nested deeper than 20", "save its innermost mail on its own")
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind, params = "text/plain", nil
		if h.Get("Content-Type") != "" && !strings.HasPrefix(strings.ToLower(h.Get("Content-Type")), "text/") {
			kind = "application/octet-stream"
		}
	}
	if strings.HasPrefix(kind, "multipart/") && params["boundary"] != "" {
		r := multipart.NewReader(body, params["boundary"])
		for {
			p, err := r.NextRawPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				if w.plain != nil || w.page != nil {
					return nil // cut short behind its text
				}
				return fail("a mail that ends early: "+err.Error(), "fetch it again")
			}
			if err := w.part(p.Header, p, depth+1); err != nil {
				return err
			}
		}
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return fail("a mail that ends early: "+err.Error(), "fetch it again")
	}
	disposition, names, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	name := header(names["filename"])
	if name == "" {
		name = header(params["name"])
	}
	decoded, direct := unpack(raw, h.Get("Content-Transfer-Encoding"))
	isText := kind == "text/plain" && w.plain == nil || kind == "text/html" && w.page == nil
	if disposition == "attachment" || name != "" || !isText {
		if name == "" && kind == "message/rfc822" {
			name = subjectOf(decoded)
		}
		if name == "" {
			name = "unnamed"
		}
		w.attachments = append(w.attachments, Attachment{input.CutText(name, maxFileName), kind, len(decoded)})
		return nil
	}
	declared := params["charset"]
	if kind == "text/html" && declared == "" {
		declared = declaredIn(decoded)
	}
	text, err := input.ReadText(decoded, w.encoding, declared)
	if err != nil {
		return err
	}
	part := &textPart{text: text, at: bytes.Index(w.content[w.read:], raw), size: len(raw), direct: direct}
	if part.at >= 0 {
		part.at += w.read
		w.read = part.at + len(raw)
	}
	if kind == "text/html" {
		w.page = part
	} else {
		w.plain = part
	}
	return nil
}

// subjectOf returns what a mail that was sent on is about.
func subjectOf(content []byte) string {
	if _, ok := headerEnd(content); !ok {
		return ""
	}
	m, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		return ""
	}
	return header(m.Header.Get("Subject"))
}

// unpack returns a part as it was before it was sent, and whether that is what stands in the file.
func unpack(raw []byte, encoding string) (content []byte, direct bool) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		clean := bytes.Map(func(c rune) rune {
			if c == '\r' || c == '\n' || c == ' ' || c == '\t' || c == utf8.RuneError {
				return -1
			}
			return c
		}, raw)
		out := make([]byte, base64.StdEncoding.DecodedLen(len(clean)))
		n, _ := base64.StdEncoding.Decode(out, clean) // what can be read of one cut short
		return out[:n], false
	case "quoted-printable":
		out, _ := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(raw)))
		return out, false
	}
	return raw, true
}
