package document

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	readability "codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A page is parsed once. Before that a mark is put behind each of its texts, one character that no text needs: so each
// text of the tree knows from which bytes of the page it comes, whatever the parser does with it, and each text that
// go-readability keeps of its copy says which text of the tree it is. What is kept is taken from the tree itself.

// firstMark and lastMark bound the marks: the private plane 16.
const (
	firstMark = '\U00100000'
	lastMark  = '\U0010FFFD'
)

// pageText is one text of the page as written.
type pageText struct {
	at      int    // its first byte
	raw     string // as written
	decoded string // without NULs
}

// page is a parsed page.
type page struct {
	ctx     context.Context // what walks the page ends with it
	root    *html.Node
	texts   []pageText
	parts   map[*html.Node][]placed
	kept    map[int]bool // which of its texts are the article's; nil: there is none
	lengths map[*html.Node]int
	aside   map[*html.Node]AsideKind // blocks that are beside the body by what they say
	names   map[*html.Node]AsideKind // what elements are by their names; each is asked for many times
	links   map[*html.Node]bool      // whether lists are of links alone, as each of their items asks
	data    map[*html.Node]bool      // whether tables are of data, as each of their cells asks
	thread  *thread                  // nil: it is none
	mail    bool                     // it is the text of a mail
}

// placed is a part of a node's text, as far as it comes from one text of the page.
type placed struct {
	text string
	from int // which text; -1: of none, white space
	skip int // bytes of its decoded text before the part
}

// parsePage parses a page in UTF-8.
func parsePage(ctx context.Context, content string) (*page, error) {
	p := &page{
		ctx: ctx, parts: map[*html.Node][]placed{},
		names: map[*html.Node]AsideKind{}, links: map[*html.Node]bool{}, data: map[*html.Node]bool{},
	}
	marked := &untilDone{ctx, strings.NewReader(p.mark(content))}
	root, err := html.ParseWithOptions(marked, html.ParseOptionEnableScripting(false))
	if ended := ctx.Err(); ended != nil {
		return nil, ended
	}
	if err != nil {
		return nil, fail("HTML that cannot be read: "+err.Error(), "save the page from a browser as it is shown, or as text")
	}
	p.root = root
	p.choose()
	next := 0
	for n := range p.root.Descendants() {
		if n.Type == html.TextNode {
			p.parts[n], next = p.cut(n.Data, next)
			var text strings.Builder
			for _, part := range p.parts[n] {
				text.WriteString(part.text)
			}
			n.Data = text.String()
		}
	}
	return p, nil
}

// untilDone is a text that is read until the context ends.
type untilDone struct {
	ctx  context.Context
	text *strings.Reader
}

// Read reads a little at a time: a parser asks for more than it works on in one go.
func (u *untilDone) Read(b []byte) (int, error) {
	const most = 16 << 10
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.text.Read(b[:min(len(b), most)])
}

// mark returns the page with a mark behind each text.
func (p *page) mark(content string) string {
	var out strings.Builder
	out.Grow(len(content) + len(content)/8)
	z := html.NewTokenizer(strings.NewReader(content))
	at, raw := 0, false
	for p.ctx.Err() == nil {
		kind := z.Next()
		token := string(z.Raw())
		begin := at
		at += len(token)
		switch kind {
		case html.ErrorToken:
			out.WriteString(content[begin:]) // an unfinished tag, which the parser leaves out as well
			return out.String()
		case html.StartTagToken:
			name, _ := z.TagName()
			switch atom.Lookup(name) {
			case atom.Script, atom.Style, atom.Iframe, atom.Noembed, atom.Noframes, atom.Xmp, atom.Plaintext, atom.Textarea:
				raw = true
			default:
				raw = false
			}
			out.WriteString(token)
		case html.TextToken:
			decoded := string(z.Text())
			if strings.Contains(token, "\x00") { // in a title the tokenizer has U+FFFD instead (HTML, RCDATA state)
				decoded = strings.NewReplacer("\x00", "", "\uFFFD", "").Replace(decoded)
			}
			core := strings.TrimRightFunc(decoded, unicode.IsSpace)
			if core == "" || raw {
				out.WriteString(token)
				continue
			}
			p.texts = append(p.texts, pageText{begin, token, decoded})
			out.WriteString(html.EscapeString(core))
			out.WriteRune(firstMark + rune((len(p.texts)-1)%int(lastMark-firstMark)))
			out.WriteString(html.EscapeString(decoded[len(core):]))
		default:
			raw = false
			out.WriteString(token)
		}
	}
	return ""
}

// tooManyTitles reports whether what may be the page's title is so long, and its headings so many, that comparing each
// with it, as go-readability does, would take for ever.
func (p *page) tooManyTitles() bool {
	const most = 1 << 24 // bytes
	longest, headings := 0, 0
	for n := range p.root.Descendants() {
		switch n.DataAtom {
		case atom.Title, atom.Script:
			if n.FirstChild != nil && (n.DataAtom == atom.Title || mediaType(attribute(n, "type")) == "application/ld+json") {
				longest = max(longest, len(n.FirstChild.Data))
			}
		case atom.Meta:
			longest = max(longest, len(attribute(n, "content")))
		case atom.H1, atom.H2:
			headings++
		default:
		}
	}
	return longest > most/max(headings, 1)
}

// tooDeep reports whether so much of the page lies so deep within it that asking each element for its text, as
// go-readability does several times, would take for ever.
func (p *page) tooDeep() bool {
	const (
		most = 1 << 29 // bytes that all elements have together
		node = 32      // what one counts without its text
	)
	sum := 0
	var walk func(*html.Node, int)
	walk = func(n *html.Node, depth int) {
		sum += (len(n.Data) + node) * depth
		for c := n.FirstChild; c != nil && sum <= most; c = c.NextSibling {
			walk(c, depth+1)
		}
	}
	walk(p.root, 0)
	return sum > most
}

// choose has go-readability choose the texts of the article.
func (p *page) choose() {
	if p.tooManyTitles() || p.tooDeep() {
		return
	}
	parser := readability.NewParser()
	found, err := parser.ParseDocument(p.root, nil)
	if err != nil || found.Node == nil {
		return
	}
	p.kept = map[int]bool{}
	next := 0
	for n := range found.Node.Descendants() {
		if n.Type != html.TextNode {
			continue
		}
		var parts []placed
		parts, next = p.cut(n.Data, next)
		p.keepParts(parts)
	}
}

// keepParts takes the texts of a node into the article.
func (p *page) keepParts(parts []placed) {
	for _, part := range parts {
		if part.from >= 0 {
			p.kept[part.from] = true
		}
	}
}

// cut cuts a marked text at its marks, and returns which text comes next. The texts come nearly in order: what a table
// gives back comes before it.
func (p *page) cut(data string, next int) ([]placed, int) {
	var parts []placed
	begin := 0 // of the text that the next mark ends
	for at, mark := range data {
		if mark < firstMark || mark > lastMark {
			continue
		}
		text := data[begin:at]
		i := p.textOf(int(mark-firstMark), next, text)
		if i < 0 { // a character of the page itself
			continue
		}
		begin = at + utf8.RuneLen(mark)
		next = i + 1
		core := strings.TrimSpace(p.texts[i].decoded)
		if before := len(text) - len(core); before > 0 {
			parts = append(parts, placed{text[:before], -1, 0})
		}
		parts = append(parts, placed{core, i, strings.Index(p.texts[i].decoded, core)})
	}
	if begin < len(data) {
		parts = append(parts, placed{data[begin:], -1, 0})
	}
	return parts, next
}

// textOf returns which text a mark ends, the nearest to where one is; -1: none.
func (p *page) textOf(mark, near int, before string) int {
	const round = int(lastMark - firstMark)
	base := near - near%round
	for _, i := range []int{base + mark, base + mark - round, base + mark + round} {
		if i >= 0 && i < len(p.texts) && strings.HasSuffix(before, strings.TrimSpace(p.texts[i].decoded)) {
			return i
		}
	}
	return -1
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// positions returns, for each byte of the decoded text that begins a character, where the character stands in the raw
// text, and one more for its end.
func positions(raw, decoded string) []int {
	places := make([]int, 0, len(decoded)+1)
	at := 0
	for at < len(raw) && len(places) < len(decoded) {
		size := 1
		var text string
		switch raw[at] {
		case 0:
			at++
			continue
		case '\r':
			text = "\n"
			if strings.HasPrefix(raw[at+1:], "\n") {
				size = 2
			}
		case '&':
			for at+size < len(raw) && size < 40 && isEntityByte(raw[at+size]) {
				size++
			}
			if at+size < len(raw) && raw[at+size] == ';' {
				size++
			}
			text = html.UnescapeString(raw[at : at+size])
		default:
			text = raw[at : at+1]
		}
		for range len(text) {
			places = append(places, at)
		}
		at += size
	}
	for len(places) <= len(decoded) {
		places = append(places, at)
	}
	return places
}

func isEntityByte(c byte) bool {
	return c == '#' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
