package document

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// mailPage makes a document of a mail's page in UTF-8. Of a mail that is nothing but quotes the whole is kept.
func mailPage(ctx context.Context, content string) (*Document, error) {
	var d *Document
	for _, own := range []bool{true, false} {
		p, err := parsePage(ctx, content)
		if err != nil {
			return nil, err
		}
		p.mail = own
		if d = p.document(); strings.TrimSpace(d.Text) != "" {
			break
		}
	}
	return d, nil
}

// document makes a document of the page.
func (p *page) document() *Document {
	s := p.statements()
	d := &Document{
		Format: "html", Author: s.author(), Publisher: s.publisher(), URL: s.address(), Language: s.language(),
	}
	if p.kept == nil {
		p.keepAll()
	}
	if p.mail {
		p.keepAll() // it has no menus
	} else if p.thread = p.findThread(); p.thread == nil {
		p.keepStated()
		p.keepTables()
	}
	heading := p.headline(s)
	if p.thread != nil {
		heading.text = ofThread.ReplaceAllString(heading.text, "")
	}
	d.Title = heading.text
	p.aside = map[*html.Node]AsideKind{}
	p.keepHead(heading, s)
	p.setRepeatsAside()
	shown := p.sortOut(heading)
	if d.Date = s.published(shown, d.URL); p.thread != nil { // what it says is of the first post, or of who began it
		d.Date, d.Author = p.thread.date(), ""
	}
	b := &textBuilder{}
	if heading.node != nil {
		p.keep(heading.node)
		for n := range heading.node.Descendants() {
			if n.Type == html.TextNode {
				p.write(b, n, false)
			}
		}
		b.endOfBlock()
	}
	p.body(b, heading, func(kind AsideKind, n *html.Node) {
		if text := p.keptText(n); text != "" {
			d.Asides = append(d.Asides, Aside{kind, text})
		}
	})
	if heading.node == nil && heading.text != "" && !strings.HasPrefix(collapse(b.text.String()), heading.text) {
		size := b.prepend(heading.text)
		for _, post := range p.thread.all() {
			post.Begin, post.End = post.Begin+size, post.End+size
			for _, q := range post.Quotes {
				q.Begin, q.End = q.Begin+size, q.End+size
			}
		}
	}
	if p.thread != nil {
		d.Posts = p.thread.order
		p.thread.trim(b.text.String())
	} else if d.Author == "" {
		for _, a := range d.Asides {
			if m := byLine.FindStringSubmatch(a.Text); a.Kind == Credit && m != nil && person(m[1]) {
				d.Author = strings.TrimRight(strings.TrimSpace(m[1]), " ,|")
				break
			}
		}
	}
	d.Text, d.Map = b.text.String(), b.segments
	return d
}

// asksOnly reports whether a page shows next to no text beside its menus and its foot: little in all, and nothing as
// long as a paragraph.
func (p *page) asksOnly() bool {
	const most, paragraph = 1000, 200 // bytes
	size, longest := 0, 0
	for n := range p.root.Descendants() {
		if n.Type == html.TextNode && !within(n, atom.Head, atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Nav, atom.Footer) {
			text := len(collapse(n.Data))
			size, longest = size+text, max(longest, text)
		}
	}
	return size < most && longest < paragraph
}

var byLine = regexp.MustCompile(`^(?i:by)\s+((?:\p{Lu}[\p{L}.'’-]*\s*){2,4})`)

// keepAll keeps the whole page where go-readability finds no article in it: too little, perhaps.
func (p *page) keepAll() {
	p.kept = map[int]bool{}
	for n := range p.root.Descendants() {
		if n.Type == html.TextNode && !within(n, atom.Head, atom.Script, atom.Style, atom.Nav) {
			p.keepParts(p.parts[n])
		}
	}
}

func within(n *html.Node, names ...atom.Atom) bool {
	for a := range n.Ancestors() {
		if slices.Contains(names, a.DataAtom) {
			return true
		}
	}
	return false
}

// keepStated leaves of the article what the page itself says is its body, where it says so once and most of what was
// found stands there.
func (p *page) keepStated() {
	var body *html.Node
	for n := range p.root.Descendants() {
		if n.Type == html.ElementNode && strings.EqualFold(strings.TrimSpace(attribute(n, "itemprop")), "articleBody") {
			if body != nil {
				return
			}
			body = n
		}
	}
	if body == nil || p.share(body) < 1-most {
		return
	}
	found := p.kept
	p.kept, p.lengths = map[int]bool{}, nil
	for d := range body.Descendants() {
		for _, part := range p.parts[d] {
			if part.from >= 0 && found[part.from] {
				p.kept[part.from] = true
			}
		}
	}
}

// keepTables keeps the tables of data that stand beside what was found to be the article, with the heading before each:
// a list of commanders is no layout.
func (p *page) keepTables() {
	var headings, tables []*html.Node // tables with their headings: kept in the end, since what is kept is measured meanwhile
	for n := range p.root.Descendants() {
		if n.Type != html.ElementNode || within(n, atom.Nav, atom.Footer, atom.Form) && !p.formHoldsAll(n) {
			continue
		}
		switch n.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			headings = append(headings, n)
		case atom.P, atom.Li:
			if startOf(n) != "" {
				headings = nil
			}
		case atom.Table:
			if isData(n) { // which has text
				tables = append(append(tables, headings...), n)
				headings = nil
			}
		default:
		}
	}
	for _, n := range tables {
		p.keep(n)
	}
}

// keep takes all that stands in an element into the article.
func (p *page) keep(n *html.Node) {
	for d := range n.Descendants() {
		p.keepParts(p.parts[d])
	}
	p.lengths = nil
}

// formHoldsAll reports whether the form around an element is one around the whole page, as some servers write.
func (p *page) formHoldsAll(n *html.Node) bool {
	for a := range n.Ancestors() {
		if a.DataAtom == atom.Nav || a.DataAtom == atom.Footer {
			return false
		}
		if a.DataAtom == atom.Form && p.share(a) <= most {
			return false
		}
	}
	return true
}

// isData tells a table of data from one that only places things: several rows of several short cells, of which few are
// links, and no table within.
func isData(table *html.Node) bool {
	rows, cells, text, linked := 0, 0, 0, 0
	for n := range table.Descendants() {
		switch n.DataAtom {
		case atom.Table, atom.Form, atom.Input, atom.Iframe:
			return false
		case atom.Tr:
			rows++
		case atom.Td, atom.Th:
			if t := textOf(n); t != "" {
				cells++
				text += len(t)
			}
		case atom.A:
			linked += len(textOf(n))
		default:
		}
	}
	return rows >= 3 && cells >= 2*rows && text/max(cells, 1) < 200 && linked*3 < text
}

// keptText returns the article's text within an element, of a script or a style nothing.
func (p *page) keptText(n *html.Node) string {
	b := &textBuilder{}
	for d := range n.Descendants() {
		if d.Type == html.TextNode && !within(d, atom.Script, atom.Style) {
			p.write(b, d, false)
		} else if isBlock(d) > 0 {
			b.blank()
		}
	}
	return b.text.String()
}

// headline is the title of a page: the text and the node in which it stands, or nil.
type headline struct {
	text string
	node *html.Node // a heading, or the page's title if that is nothing else
}

// headline returns the title: the heading that the page's own statements repeat, else what they say, else the only
// first heading.
func (p *page) headline(s statements) headline {
	stated := s.first(anything, "ld:headline", "meta:og:title", "meta:twitter:title", "meta:dc.title", "meta:citation_title",
		"item:headline")
	var title *html.Node
	var headings, firsts []*html.Node
	for n := range p.root.Descendants() {
		switch n.DataAtom {
		case atom.Title:
			if title == nil && n.Parent != nil && n.Parent.DataAtom == atom.Head {
				title = n
			}
		case atom.H1, atom.H2, atom.H3, atom.H4:
			if startOf(n) != "" {
				headings = append(headings, n)
				if n.DataAtom == atom.H1 {
					firsts = append(firsts, n)
				}
			}
		default:
		}
	}
	pageTitle := ""
	if title != nil {
		pageTitle = startOf(title)
	}
	foldedTitle, foldedStated := fold(pageTitle), fold(stated)
	var best *html.Node
	size := 0
	for _, n := range headings {
		text := fold(startOf(n))
		if len(text) > size && len(strings.Fields(text)) > 1 && (contains(foldedTitle, text) || contains(foldedStated, text)) {
			best, size = n, len(text)
		}
	}
	if best != nil && !p.siteName(s, startOf(best)) {
		return headline{startOf(best), best}
	}
	if stated == "" {
		stated = pageTitle
	}
	stated = p.withoutSite(stated, s)
	if len(firsts) == 1 && !p.siteName(s, startOf(firsts[0])) && (stated == "" || related(stated, startOf(firsts[0]))) {
		return headline{startOf(firsts[0]), firsts[0]}
	}
	return headline{text: stated}
}

// repeated reports whether a heading says the same again, perhaps as the subject of an answer.
func (h headline) repeated(heading string) bool {
	said := fold(ofThread.ReplaceAllString(heading, ""))
	return said == fold(h.text) || strings.TrimPrefix(said, "re ") == fold(h.text)
}

// ofThread is what boards write before the title of a thread.
var ofThread = regexp.MustCompile(`(?i)^(thread|topic|thema|sujet|tema|тема)\s*:\s+`)

func contains(text, part string) bool { return text != "" && strings.Contains(text, part) }

// related reports whether two titles have half of their words in common.
func related(a, b string) bool {
	words := strings.Fields(fold(a))
	common := 0
	for _, w := range strings.Fields(fold(b)) {
		if slices.Contains(words, w) {
			common++
		}
	}
	return common*2 >= min(len(words), len(strings.Fields(fold(b))))
}

// fold returns a text's letters and digits in lower case, in words.
func fold(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsNumber(c) })
	return strings.Join(words, " ")
}

func (p *page) siteName(s statements, text string) bool {
	site := s.first(anything, "meta:og:site_name", "meta:application-name")
	return text != "" && (fold(text) == fold(s.publisher()) || fold(text) == fold(site))
}

// withoutSite cuts the name of the site from the end of a title: what the page says it is, or calls the link to its
// first page.
func (p *page) withoutSite(title string, s statements) string {
	site := fold(s.first(anything, "meta:og:site_name", "ld:publisher", "meta:application-name"))
	if site == "" {
		site = p.home()
	}
	for _, separator := range []string{" | ", " - ", " – ", " — ", " :: ", " » "} {
		at := strings.LastIndex(title, separator)
		if at <= 0 {
			continue
		}
		end := fold(title[at+len(separator):])
		if end != "" && site != "" && (strings.HasPrefix(site, end) || strings.HasPrefix(end, site)) {
			return strings.TrimSpace(title[:at])
		}
	}
	return title
}

// home returns what the page calls the link to the site's first page, folded; empty: nothing.
func (p *page) home() string {
	const longest = 60
	for n := range p.root.Descendants() {
		if n.DataAtom != atom.A || !firstPage.MatchString(attribute(n, "href")) {
			continue
		}
		name := startOf(n)
		for d := range n.Descendants() {
			if name == "" && d.DataAtom == atom.Img {
				name = attribute(d, "alt")
			}
		}
		if name := fold(name); name != "" && len(name) <= longest {
			return name
		}
	}
	return ""
}

var firstPage = regexp.MustCompile(`^(https?://[^/?#]+)?/?((index|forum)\.(php|html?))?$`)

var (
	// boilerplate is what stands around articles in words.
	boilerplate = regexp.MustCompile(`(?i)^(©|\(c\) ?\d{4}|copyright\b|all rights reserved|read (also|more)\b ?:?|see also ?:|also read ?:|related (posts?|stories|articles|links|news|topics)\b|relevant links|you (may|might) (also )?(like|be interested)|more (news|stories|from)\b|recommended( for you)?\b|share (this|on|via)\b|(click|tap) here to\b|follow us\b|like us on\b|join (our|us)\b|subscribe\b|sign up\b|advertisement\b|sponsored\b|text ad\b|comments? are (moderated|closed)|(leave|post|add) a (comment|reply)|\d+ (comments?|responses?|shares?)$|blog comments powered|powered by\b|print this|e-?mail this|tags? ?:|filed under|view (report|this|all posts)\b|(next|previous) (post|article|story)|back to top|skip to\b|home$|loading|last edited (by|on|at)\b|who('|’)?s online|who is online|users? (are )?(currently )?(browsing|viewing) this|_{8,}|#\d+$)`)
	rights      = regexp.MustCompile(`(?i)(all rights reserved|may not be (reproduced|published|copied)|without (prior )?(express )?(written|written express) (permission|consent)|disable.{0,20}javascript|enable javascript|accept cookies|cookie policy)`)
	// dateLine is what stands between a headline and its article.
	dateLine = regexp.MustCompile(`(?i)^(general|news|\||·|\s)*(by\b|posted\b|published\b|publish date\b|publication date\b|updated\b|last (updated|modified)\b|date ?:|written by\b|on (` + monthNames + `|mon|tue|wed|thu|fri|sat|sun)|\d{1,2}:\d{2} ?(am|pm)?\b)`)
	// profile is what stands beside a post of a forum about whoever wrote it.
	profile  = regexp.MustCompile(`(?i)\b(posts|messages|beiträge|joined|member since|registered|registriert|dabei seit|inscrit|сообщени[йя]|зарегистрирован)\s*:\s*(\d|\pL+ \d)`)
	labelled = regexp.MustCompile(`(?i)\b(posted|published?|publication|publish date|date ?:|first published|entry-date)\b|^(by .{1,60} )?on\b|publi(é|cado|cato)|veröffentlicht|опублик`)
	later    = regexp.MustCompile(`(?i)\b(updated|modified|accessed|retrieved|archived|copyright)\b`)
)

// sortOut says of elements that are no part of the body what they are, beside those that tell it by their names, and
// returns the dates that stand beside the headline.
func (p *page) sortOut(heading headline) (shown []shownDate) {
	leaves := p.leaves()
	first, title := -1, -1 // the first paragraph of the body, and the headline
	for i, leaf := range leaves {
		if p.ctx.Err() != nil {
			return nil
		}
		if heading.node != nil && (leaf == heading.node || slices.Contains(slices.Collect(leaf.Ancestors()), heading.node)) {
			title = i
		}
		text := p.keptText(leaf)
		if first < 0 && leaf != heading.node && len(text) > 140 && !dateLine.MatchString(text) && p.besideWithin(leaf) == "" {
			first = i
		}
	}
	again := p.repeatedInPosts(leaves)
	for i, leaf := range leaves {
		if p.ctx.Err() != nil {
			return nil
		}
		text := textOf(leaf)
		kept := p.keptText(leaf)
		near := first >= 0 && i < first && (title >= 0 && i > title-6 || title < 0 && i > first-8) ||
			title >= 0 && i > title && i <= title+4
		if near && len(text) < 200 {
			if date := shownIn(leaf, text); date.date != "" && !tellsOfUser(leaf.FirstChild, nil) {
				date.below = title >= 0 && i > title && p.isDateLine(leaf, text)
				shown = append(shown, date)
			}
		}
		switch {
		case kept == "":
		case p.heads(leaf, kept):
			p.aside[leaf] = Credit
		case again[kept]:
			p.aside[leaf] = Menu
		case len(kept) < 600 && (boilerplate.MatchString(kept) && len(kept) < 400 || rights.MatchString(kept)):
			p.aside[leaf] = Menu
		case near && i < first && len(kept) < 160 && (dateLine.MatchString(kept) || dateIn(kept) != "" && len(kept) < 60):
			p.aside[leaf] = Credit
		case len(kept) < 240 && p.underPicture(leaf) && !strings.ContainsAny(kept[len(kept)-1:], ".!?:") && !strings.HasSuffix(kept, "”"):
			p.aside[leaf] = Caption
		case len(kept) < 160 && profile.MatchString(kept):
			p.aside[leaf] = Credit
		case !isHeading(leaf) && !p.inData(leaf) && (p.linked(leaf) || isCell(leaf) && listsLinks(leaf)):
			p.aside[leaf] = Menu
		case p.thread != nil && !isHeading(leaf) && p.besideWithin(leaf) == "":
			p.thread.body(leaf)
		}
	}
	return shown
}

// inData reports whether a block stands in a table of data.
func (p *page) inData(leaf *html.Node) bool {
	for n := leaf; n != nil; n = n.Parent {
		if n.DataAtom != atom.Table {
			continue
		}
		is, known := p.data[n]
		if !known {
			is = isData(n)
			p.data[n] = is
		}
		return is
	}
	return false
}

func isCell(n *html.Node) bool { return n.DataAtom == atom.Td || n.DataAtom == atom.Th }

// listsLinks reports whether a cell is of links, perhaps under a heading, as layouts of tables have their menus.
func listsLinks(cell *html.Node) bool {
	links, linked := 0, 0
	for d := range cell.Descendants() {
		if d.DataAtom == atom.A {
			links++
			linked += len(textOf(d))
		}
	}
	return links > 1 && linked*10 >= len(textOf(cell))*6
}

// shownIn returns the date that a block shows, or that an element of time has which shows how long ago it was.
func shownIn(leaf *html.Node, text string) shownDate {
	text = beforeLater(text)
	date, about := dateIn(text), text
	if leaf.DataAtom == atom.Time {
		about += " " + attribute(leaf, "class")
		if has(leaf, "pubdate") {
			about += " published"
		}
		if date == "" {
			date = dateIn(attribute(leaf, "datetime"))
		}
	}
	before := ""
	if leaf.DataAtom == atom.Time && leaf.PrevSibling != nil {
		before = startOf(leaf.PrevSibling)
		if leaf.PrevSibling.Type == html.TextNode {
			before = collapse(leaf.PrevSibling.Data)
		}
		before = before[max(0, len(before)-40):]
	}
	if later.MatchString(about) || later.MatchString(before) {
		return shownDate{}
	}
	return shownDate{date: date, labelled: labelled.MatchString(about)}
}

// beforeLater returns what stands before the date of a change: "14 March 2024, updated on 16 March 2024".
func beforeLater(text string) string {
	if at := later.FindStringIndex(text); len(at) > 0 && at[0] > 0 && dateIn(text[at[0]:]) != "" {
		return text[:at[0]]
	}
	return text
}

// isDateLine reports whether a block says hardly more than a date, or who wrote the article and when.
func (p *page) isDateLine(leaf *html.Node, text string) bool {
	const longest = 120
	kind := p.besideWithin(leaf)
	if len(text) > longest || kind == Caption || kind == Menu || p.underPicture(leaf) || ofPicture.MatchString(text) ||
		p.linked(leaf) || within(leaf, atom.Nav, atom.Aside, atom.Footer, atom.Ul, atom.Ol) {
		return false
	}
	for n := range leaf.Descendants() { // a link to nothing is of a template that nobody filled in
		if n.DataAtom == atom.A && has(n, "href") && attribute(n, "href") == "" {
			return false
		}
	}
	return onlyWhen(text)
}

// onlyWhen reports whether a text says hardly more than a date, or who wrote something and when.
func onlyWhen(text string) bool {
	rest := 0
	for _, word := range strings.Fields(fold(text)) {
		if monthOf(word) == "" && !startsWithDigit(word) && !notOfDate.MatchString(word) {
			rest++
		}
	}
	return rest <= 2 || rest <= 8 && byWord.MatchString(text) && !strings.HasSuffix(text, ".")
}

// notOfDate is what stands beside a date and says when, and no more.
var notOfDate = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun|\pL+day|[ap]m?|m|at|on|of|utc|[a-z]{1,3}t)$`)

// ofPicture is what stands beside the day on which a picture was taken.
var ofPicture = regexp.MustCompile(`(?i)\b(photo|photograph|picture|image|file|foto|archive)\b`)

func startsWithDigit(word string) bool { return word[0] >= '0' && word[0] <= '9' }

func isHeading(n *html.Node) bool {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	default:
		return false
	}
}

// linked reports whether a block's text is of links alone, and stands among others that are: a list of other pages.
func (p *page) linked(leaf *html.Node) bool {
	only := func(n *html.Node) bool {
		if is, known := p.links[n]; known {
			return is
		}
		text, links := len(textOf(n)), 0
		for d := range n.Descendants() {
			if d.DataAtom == atom.A {
				links += len(textOf(d))
			}
		}
		p.links[n] = text > 0 && links*10 >= text*9
		return p.links[n]
	}
	if !only(leaf) {
		return false
	}
	if leaf.DataAtom == atom.Li && leaf.Parent != nil {
		return only(leaf.Parent)
	}
	beside := func(next func(*html.Node) *html.Node) *html.Node {
		n := next(leaf)
		for n != nil && startOf(n) == "" {
			n = next(n)
		}
		return n
	}
	for _, n := range []*html.Node{
		beside(func(n *html.Node) *html.Node { return n.PrevSibling }), beside(func(n *html.Node) *html.Node { return n.NextSibling }),
	} {
		if n != nil && n.Type == html.ElementNode && only(n) {
			return true
		}
	}
	return false
}

// leaves returns the blocks without blocks in them, in the order of the page.
func (p *page) leaves() []*html.Node {
	var leaves []*html.Node
	var walk func(*html.Node) bool
	walk = func(n *html.Node) bool {
		if n.DataAtom == atom.Script || n.DataAtom == atom.Style {
			return false
		}
		has := false
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			has = walk(c) || has
		}
		if isBlock(n) == 0 && n.DataAtom != atom.Td && n.DataAtom != atom.Th {
			if n.DataAtom == atom.Time && !has {
				leaves = append(leaves, n)
			}
			return has
		}
		if !has && textOf(n) != "" {
			leaves = append(leaves, n)
		}
		return true
	}
	walk(p.root)
	return leaves
}

// underPicture reports whether what stands right before a block is a picture and no text.
func (p *page) underPicture(leaf *html.Node) bool {
	before := leaf.PrevSibling
	for before != nil && before.Type != html.ElementNode && strings.TrimSpace(before.Data) == "" {
		before = before.PrevSibling
	}
	if before == nil || before.Type != html.ElementNode || textOf(before) != "" {
		return false
	}
	if before.DataAtom == atom.Img || before.DataAtom == atom.Picture {
		return true
	}
	for d := range before.Descendants() {
		if d.DataAtom == atom.Img {
			return true
		}
	}
	return false
}

// keepHead keeps what stands between the headline and the text, which go-readability takes for no part of it: the
// standfirst, which sums the article up, and the captions of what is shown there.
func (p *page) keepHead(heading headline, s statements) {
	const most = 14 // blocks in between
	if heading.node == nil || p.thread != nil {
		return
	}
	summary := fold(s.first(anything, "meta:description", "meta:og:description"))
	var between []*html.Node
	begun, found := false, false
	for _, leaf := range p.leaves() {
		if leaf == heading.node || slices.Contains(slices.Collect(leaf.Ancestors()), heading.node) {
			begun = true
			continue
		}
		if !begun {
			continue
		}
		if kept := p.keptText(leaf); leaf.DataAtom == atom.P && len(kept) > shortLine && p.besideWithin(leaf) == "" {
			found = true
			break
		}
		if between = append(between, leaf); len(between) > most {
			break
		}
	}
	if !found {
		return
	}
	for _, leaf := range between {
		text := textOf(leaf)
		switch kind := p.besideWithin(leaf); {
		case p.keptText(leaf) != "" || within(leaf, atom.Nav, atom.Aside, atom.Footer, atom.Form):
		case kind == Caption, kind == "" && len(strings.Fields(text)) > 5 && len(text) < 500 &&
			(standfirst.MatchString(namesOf(leaf)) || standfirst.MatchString(namesOf(leaf.Parent)) ||
				summary != "" && fold(text) == summary):
			p.keep(leaf)
		}
	}
}

// standfirst is what the paragraph is called that stands below a headline.
var standfirst = regexp.MustCompile(`(?i)(^|[-_ ])(stand-?first|dek|deck|sub-?(title|head(line|ing)?|hed)|kicker-?text|lede?|lead|summary|excerpt|intro|abstract|teaser|description|strap-?line)([-_ ]|$)`)

// besideWithin says what the nearest element that is beside the body and holds a node is.
func (p *page) besideWithin(n *html.Node) AsideKind {
	if kind := p.beside(n); kind != "" {
		return kind
	}
	for a := range n.Ancestors() {
		if kind := p.beside(a); kind != "" {
			return kind
		}
	}
	return ""
}

// prepend puts a text that stands in no text of the original before the others, and returns by how many code points
// they move.
func (b *textBuilder) prepend(title string) int {
	size := utf8.RuneCountInString(title) + 2
	text := title + "\n\n" + b.text.String()
	b.text.Reset()
	b.text.WriteString(text)
	b.points += size
	for i := range b.segments {
		b.segments[i].Begin += size
		b.segments[i].End += size
		b.segments[i].Paragraph++
	}
	return size
}
