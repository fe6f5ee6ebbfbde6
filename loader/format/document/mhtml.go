package document

import (
	"bytes"
	"context"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"
)

// A page that a browser saves in one file (.mhtml) is a mail of which the first part in HTML is the page, and the
// others are its pictures and styles.

// mhtmlHeader is what the file begins with.
var mhtmlHeader = regexp.MustCompile(`(?is)^\s*([A-Za-z-]{2,40}:[^\n]*\n([ \t][^\n]*\n)*)+`)

// isSavedPage reports whether a file is a page with all that belongs to it: a mail that a browser wrote.
func isSavedPage(content []byte) bool {
	const most = 16 << 10
	head := mhtmlHeader.Find(content[:min(len(content), most)])
	return bytes.Contains(head, []byte("multipart/related")) &&
		(bytes.Contains(head, []byte("Snapshot-Content-Location:")) || bytes.Contains(head, []byte("<Saved by ")) ||
			bytes.Contains(head, []byte(`text/html`)) && !bytes.Contains(head, []byte("Message-ID:")))
}

// savedPage reads such a file. When it was saved is not when the page was published.
func savedPage(ctx context.Context, content []byte, encoding string) (*Document, error) {
	begin, _ := headerEnd(content)
	m, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		return nil, fail("a saved page that cannot be read: "+err.Error(), "save it again, as a page in HTML")
	}
	w := &message{content: content, encoding: encoding, read: begin}
	if err := w.part(textproto.MIMEHeader(m.Header), m.Body, 0); err != nil {
		return nil, err
	}
	if w.page == nil {
		return nil, fail("a saved page without a part in HTML", "save it again, as a page in HTML")
	}
	d, err := shownPage(ctx, w.page.text.Content)
	if err != nil {
		return nil, err
	}
	if d.URL == "" {
		s := statements{}
		s.add("saved:url", strings.TrimSpace(m.Header.Get("Snapshot-Content-Location")))
		d.URL = s.address()
	}
	w.page.into(d, d.Text, d.Map)
	return d, nil
}
