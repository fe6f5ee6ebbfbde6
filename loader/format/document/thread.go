package document

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A thread of a forum is told by its structure, whatever software wrote it: elements beside each other of which each
// says who wrote it and when. go-readability, which looks for one article, keeps some of them and drops others by the
// names that their elements happen to have.

// Post is one of several texts of a page, each of its own author and day: a post of a forum's thread. What it does not
// say is empty.
type Post struct {
	Begin, End int // code points of the kept text
	Author     string
	Date       string // 2006-01-02
	Quotes     []*Quotation

	when *html.Node // where the page says so
}

// Quotation is what a post quotes of somebody, as far as it repeats no other of the posts. One may lie in another,
// behind which it stands.
type Quotation struct {
	Begin, End int    // code points of the kept text
	Author     string // whom it quotes; empty: it does not say

	node *html.Node
}

// thread is what a page holds that is one.
type thread struct {
	posts  map[*html.Node]*Post
	order  []*Post
	shares map[string]int      // bytes of the posts' texts by what their elements are called
	size   int                 // of all
	begun  map[*html.Node]bool // posts of which what stands above their text is over
}

// The bounds of what is taken for posts.
const (
	leastPost    = 8   // bytes of a post with all that stands around it
	shortLine    = 90  // bytes of a line that says when, at most
	longName     = 60  // bytes of a name
	threadShare  = 3   // a third of the page's text is its posts'
	besideThread = 400 // bytes of what may else be its article
)

var (
	authorName = regexp.MustCompile(`(?i)(^|[-_ ])((big)?user-?name|(post-?)?author|poster|creator|names?|member|profile)([-_ ]|$)`)
	userName   = regexp.MustCompile(`(?i)(^|[-_ ])((big)?user-?name|user-?link)([-_ ]|$)`)
	// aboutUser is what elements are called that tell of whoever wrote a post: since when they are members, say.
	aboutUser = regexp.MustCompile(`(?i)(^|[-_ ])(post-?profile|(extra-?)?user-?(info|details|extras|profile)|message-?user(-?(info|block|details|extras))?|` +
		`poster(-?(info|details))?|author-?(pane|info(rmation)?|statistics)|profile-?(joined|posts)|join-?date)([-_ ]|$)`)
	numericDate = regexp.MustCompile(`\b\d{1,2}[-./]\d{1,2}[-./](\d{4}|\d{2})\b`)
	clockTime   = regexp.MustCompile(`\b\d{1,2}:\d{2}\b`)
	recently    = regexp.MustCompile(`(?i)^\W*(today|yesterday|gestern|heute|hier|ayer|сегодня|вчера)\b,?.{0,20}\d{1,2}:\d{2}`)
	sinceWhen   = regexp.MustCompile(`(?i)^(join(ed|[ -]date)|member since|registered|registriert|dabei seit|inscrit|last edited|edited)\b`)
	isComment   = regexp.MustCompile(`(?i)comment|respond|disqus|related`)
	numbers     = regexp.MustCompile(`\d+`)
)

// subtree is what an element holds, as far as it takes to tell posts.
type subtree struct {
	text         int  // bytes
	dated, named bool // something in it says when, or who
	group        int  // bytes of the largest group of posts in it
}

// findThread returns the posts of the page, if it is a thread of at least two.
func (p *page) findThread() *thread {
	var best []*html.Node
	most := 0
	var walk func(*html.Node) subtree
	walk = func(n *html.Node) (all subtree) {
		switch {
		case n.Type == html.TextNode:
			text := strings.TrimSpace(n.Data)
			short := len(text) <= shortLine
			return subtree{text: len(text), dated: short && saysWhen(text), named: short && profile.MatchString(text)}
		case n.DataAtom == atom.Time, attribute(n, "data-time") != "":
			all.dated = true
		}
		switch n.DataAtom {
		case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Head, atom.Nav, atom.Select, atom.Button, atom.Textarea, atom.Svg:
			return subtree{}
		default:
		}
		groups := map[string][]*html.Node{}
		sizes := map[string]int{}
		for c := n.FirstChild; c != nil && p.ctx.Err() == nil; c = c.NextSibling {
			one := walk(c)
			all.text += one.text
			all.dated, all.named = all.dated || one.dated, all.named || one.named
			all.group = max(all.group, one.group)
			if c.Type == html.ElementNode && one.dated && one.named && one.text >= leastPost && one.group*2 < one.text &&
				c.DataAtom != atom.Blockquote && !within(c, atom.Blockquote, atom.Aside, atom.Footer) {
				alike := alikeOf(c)
				groups[alike] = append(groups[alike], c)
				sizes[alike] += one.text
			}
		}
		for alike, list := range groups {
			if len(list) < 2 || list[0].DataAtom == atom.Tr && p.inData(n) {
				continue
			}
			all.group = max(all.group, sizes[alike])
			if sizes[alike] > most {
				best, most = list, sizes[alike]
			}
		}
		if n.DataAtom == atom.Blockquote { // of whom it quotes
			all.dated, all.named = false, false
		}
		if aboutUser.MatchString(namesOf(n)) { // since when he is a member
			all.dated, all.named = false, true
		}
		all.named = all.named || all.text > 0 && all.text <= 4*longName && namesAuthor(n) ||
			attribute(n, "data-author") != "" || attribute(n, "data-username") != ""
		return all
	}
	whole := walk(p.root)
	if len(best) < 2 || most*threadShare < whole.text || p.besidePosts(best) {
		return nil
	}
	return p.newThread(best)
}

// alikeOf returns what posts of one thread have in common: what kind of element they are, and the first of its names.
func alikeOf(n *html.Node) string {
	first, _, _ := strings.Cut(collapse(attribute(n, "class")), " ")
	return n.Data + "." + numbers.ReplaceAllString(first, "")
}

// besidePosts reports whether so much of what go-readability keeps stands beside some posts that they may be comments
// on it.
func (p *page) besidePosts(posts []*html.Node) bool {
	inPosts, beside := 0, 0
	holders := map[*html.Node]bool{}
	for _, post := range posts {
		holders[post] = true
	}
	for n := range p.root.Descendants() {
		if n.Type != html.TextNode {
			continue
		}
		size := 0
		for _, part := range p.parts[n] {
			if part.from >= 0 && p.kept[part.from] {
				size += len(part.text)
			}
		}
		if size == 0 {
			continue
		}
		in := false
		for a := range n.Ancestors() {
			in = in || holders[a]
		}
		switch {
		case in:
			inPosts += size
		case size > shortLine:
			beside += size
		}
	}
	if isComment.MatchString(namesOf(posts[0])) || isComment.MatchString(namesOf(posts[0].Parent)) {
		return beside > besideThread
	}
	return beside > max(besideThread, inPosts/5)
}

// namesOf returns what an element is called.
func namesOf(n *html.Node) string { return attribute(n, "class") + " " + attribute(n, "id") }

func namesAuthor(n *html.Node) bool {
	item := attribute(n, "itemprop")
	return authorName.MatchString(namesOf(n)) || attribute(n, "data-user-card") != "" ||
		strings.Contains(item, "author") || strings.Contains(item, "creator")
}

// saysWhen reports whether a short text gives a day, perhaps in numbers of which nobody knows the month.
func saysWhen(text string) bool {
	return dateIn(text) != "" || numericDate.MatchString(text) || recently.MatchString(text)
}

// newThread makes the posts the page's article.
func (p *page) newThread(posts []*html.Node) *thread {
	t := &thread{posts: map[*html.Node]*Post{}, shares: map[string]int{}, begun: map[*html.Node]bool{}}
	p.kept = map[int]bool{}
	for _, n := range posts {
		post := &Post{Author: authorOf(n)}
		post.Date, post.when = dateOfPost(n)
		t.posts[n] = post
		t.order = append(t.order, post)
		p.keep(n)
	}
	for _, n := range posts {
		t.size += p.lengthOf(n)
		t.shares[kindOf(n)] += p.lengthOf(n)
		for d := range n.Descendants() {
			if d.Type == html.ElementNode {
				t.shares[kindOf(d)] += p.lengthOf(d)
			}
		}
	}
	return t
}

// kindOf returns what elements of one kind are called in all posts.
func kindOf(n *html.Node) string {
	return n.Data + "." + attribute(n, "class") + "#" + numbers.ReplaceAllString(attribute(n, "id"), "")
}

// holdsPosts reports whether the elements of one kind hold so much of the posts that they are what was written,
// whatever they are called.
func (t *thread) holdsPosts(n *html.Node) bool {
	return t != nil && t.shares[kindOf(n)]*2 > t.size
}

// authorOf returns who wrote a post.
func authorOf(post *html.Node) string {
	for _, key := range []string{"data-author", "data-username"} {
		if name := collapse(attribute(post, key)); name != "" && len(name) <= longName {
			return name
		}
	}
	name := ""
	for n := range post.Descendants() {
		if n.Type != html.ElementNode || !namesAuthor(n) || within(n, atom.Blockquote) {
			continue
		}
		text := shortName(n)
		if text == "" || len(text) > longName || saysWhen(text) || profile.MatchString(text) {
			continue
		}
		if userName.MatchString(namesOf(n)) {
			return text
		}
		if name == "" {
			name = byWord.ReplaceAllString(text, "")
		}
	}
	return name
}

// shortName returns the name in an element that may say more of somebody: its first link or heading.
func shortName(n *html.Node) string {
	for d := range n.Descendants() {
		switch d.DataAtom {
		case atom.A, atom.Strong, atom.B, atom.H3, atom.H4, atom.H5:
			if text := startOf(d); text != "" {
				return text
			}
		default:
		}
	}
	return startOf(n)
}

// dateOfPost returns the day of a post: that of the first line that says when, not of whoever wrote it nor of what is
// quoted. An element of time is believed before a line, what it shows before what it is for machines.
func dateOfPost(post *html.Node) (date string, when *html.Node) {
	for n := range post.Descendants() {
		switch {
		case n.Type == html.ElementNode && (n.DataAtom == atom.Time || attribute(n, "data-time") != ""):
			if shown := dateOfTime(n); shown != "" && !tellsOfUser(n, post) {
				return shown, n
			}
		case n.Type == html.TextNode && date == "" && len(n.Data) <= 2*shortLine:
			text := collapse(n.Data)
			if day := dateIn(text); len(day) == len(time.DateOnly) && len(text) <= shortLine && besideTime(n) &&
				!sinceWhen.MatchString(text) && !tellsOfUser(n, post) {
				date, when = day, n
			}
		}
	}
	return date, when
}

// besideTime reports whether a day stands beside a time of day, or in an element that is called after it.
func besideTime(n *html.Node) bool {
	if clockTime.MatchString(n.Data) {
		return true
	}
	line := n
	for range 2 {
		if line = line.Parent; line == nil {
			return false
		}
		if text := startOf(line); len(text) <= shortLine && clockTime.MatchString(text) || dateName.MatchString(namesOf(line)) {
			return true
		}
	}
	return false
}

var dateName = regexp.MustCompile(`(?i)(^|[-_ ])(post-?)?date-?(time)?([-_ ]|$)`)

// dateOfTime returns the day of an element of time.
func dateOfTime(n *html.Node) string {
	for _, text := range []string{startOf(n), attribute(n, "datetime"), attribute(n, "title")} {
		if date := dateIn(text); len(date) == len(time.DateOnly) {
			return date
		}
	}
	return ""
}

// tellsOfUser reports whether a part of a post, or of a page without one, is about whoever wrote it, or quoted.
func tellsOfUser(n, post *html.Node) bool {
	if n == nil {
		return false
	}
	for a := range n.Ancestors() {
		if a == post {
			return false
		}
		if a.DataAtom == atom.Blockquote || aboutUser.MatchString(namesOf(a)) {
			return true
		}
		if b := a.PrevSibling; b != nil && sinceWhen.MatchString(startOf(b)) {
			return true
		}
	}
	return false
}

// heads reports whether a block of a post, mostly at its head, says who wrote it, when, or the how manieth it is.
func (p *page) heads(leaf *html.Node, kept string) bool {
	if p.thread == nil || len(kept) > shortLine || within(leaf, atom.Blockquote) {
		return false
	}
	n := p.thread.postOf(leaf)
	if n == nil {
		return false
	}
	for at := p.thread.posts[n].when; at != nil && at != n; at = at.Parent {
		if at == leaf {
			return true
		}
	}
	if p.thread.begun[n] {
		return false
	}
	rest := kept
	if name := p.thread.posts[n].Author; name != "" {
		rest = strings.Replace(kept, name, "", 1)
	}
	return saysWhen(rest) || rest != kept && utf8.RuneCountInString(rest) <= 12
}

// post returns the post that an element is; nil: it is none.
func (t *thread) post(n *html.Node) *Post {
	if t == nil {
		return nil
	}
	return t.posts[n]
}

// repeatedInPosts returns the lines that stand in most posts of a thread: its buttons, and its title.
func (p *page) repeatedInPosts(leaves []*html.Node) map[string]bool {
	if p.thread == nil {
		return nil
	}
	in := map[string]map[*html.Node]bool{}
	for _, leaf := range leaves {
		post := p.thread.postOf(leaf)
		if post == nil {
			continue
		}
		if text := p.keptText(leaf); text != "" {
			if in[text] == nil {
				in[text] = map[*html.Node]bool{}
			}
			in[text][post] = true
		}
	}
	repeated := map[string]bool{}
	for text, posts := range in {
		repeated[text] = len(posts) > 1 && len(posts)*2 > len(p.thread.order)
	}
	return repeated
}

// trim leaves the white space around posts and quotations out of them, and those quotations of which nothing is kept.
func (t *thread) trim(text string) {
	points := []rune(text)
	for _, post := range t.order {
		for post.Begin < post.End && unicode.IsSpace(points[post.Begin]) {
			post.Begin++
		}
		for _, q := range post.Quotes {
			for q.Begin < q.End && unicode.IsSpace(points[q.Begin]) {
				q.Begin++
			}
		}
		post.Quotes = slices.DeleteFunc(post.Quotes, func(q *Quotation) bool { return q.Begin >= q.End })
	}
}

var (
	quoteName = regexp.MustCompile(`(?i)(^|[-_ ])(bb-?code(block-)?[-_]?quote|my-?code-?quote|bbc-?(standard|alternate)-?quote|ips-?quote|` +
		`quote(d)?(-?(box|block|content|post|message))?)([-_ ]|$)`)
	quoteHead  = regexp.MustCompile(`(?i)^(quote|zitat|citation|cita|цитата)\s*:?$`)
	quoteOf    = regexp.MustCompile(`(?i)^(?:originally posted by|quote from|zitat von)\s*:?\s*(.*?)(?:\s+(?:on|am)\s.*|\s*:)?$`)
	wroteThis  = regexp.MustCompile(`(?i)^(?:wrote|said|posted|schrieb|sagte)\s*:`)
	whoWrote   = regexp.MustCompile(`(?i)^(.{1,60}?)\s+(?:wrote|said|posted|schrieb|sagte)\s*:`)
	quoteTitle = regexp.MustCompile(`(?i)(^|[-_ ])quote-?(header|title)([-_ ]|$)`)
)

// quotation returns what an element of a post quotes, which stands in the last of some quotations that it lies in; nil:
// it is no quote, or that one.
func (t *thread) quotation(n *html.Node, in *Quotation) *Quotation {
	if t.post(n) != nil || !isQuote(n) || t.holdsPosts(n) {
		return nil
	}
	q := &Quotation{Author: quotedAuthor(n), node: n}
	if in != nil && in.holds(q) {
		return nil
	}
	return q
}

// holds reports whether what lies in a quotation is a part of it: a box in the box, or the words in it.
func (q *Quotation) holds(inner *Quotation) bool {
	if inner.Author == "" {
		return inner.node.DataAtom != atom.Blockquote || q.node.DataAtom != atom.Blockquote
	}
	return inner.Author == q.Author || inner.node.DataAtom == atom.Div || inner.node.DataAtom == atom.Section
}

// isQuote reports whether an element of a post quotes somebody: by what it is, is called, or stands under.
func isQuote(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Blockquote:
		return true
	case atom.Aside, atom.Div, atom.Section:
		return quoteName.MatchString(namesOf(n)) && !quoteTitle.MatchString(namesOf(n))
	case atom.Table:
		before := elementBefore(n)
		return before != nil && quoteHead.MatchString(collapse(textOf(before)))
	default:
		return false
	}
}

func elementBefore(n *html.Node) *html.Node {
	for n = n.PrevSibling; n != nil && n.Type != html.ElementNode; n = n.PrevSibling {
		if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" {
			return nil
		}
	}
	return n
}

// quotedAuthor returns whom a quote is of, as its element or its first words say, or the line above it.
func quotedAuthor(quote *html.Node) string {
	for _, key := range []string{"data-quote", "data-author", "data-username", "data-ipsquote-username"} {
		if name := collapse(attribute(quote, key)); name != "" && len(name) <= longName {
			return name
		}
	}
	if name := authorIn(quote); name != "" {
		return name
	}
	if before := elementBefore(quote); before != nil && quoteTitle.MatchString(namesOf(before)) {
		return authorIn(before)
	}
	return ""
}

// authorIn returns whom the first words of an element say that they are of.
func authorIn(n *html.Node) string {
	const most = 40 // of what is in it
	var first []string
	seen := 0
	for d := range n.Descendants() {
		if seen++; seen > most {
			break
		}
		if text := collapse(d.Data); d.Type == html.TextNode && text != "" {
			if first = append(first, text); len(first) == 2 {
				break
			}
		}
	}
	name := ""
	if len(first) > 0 {
		if m := quoteOf.FindStringSubmatch(first[0]); m != nil {
			name = m[1]
			if name == "" && len(first) > 1 {
				name = first[1]
			}
		} else if m := whoWrote.FindStringSubmatch(first[0]); m != nil {
			name = m[1]
		} else if len(first) > 1 && wroteThis.MatchString(first[1]) {
			name = first[0]
		}
	}
	if len(name) > longName {
		return ""
	}
	return name
}

// all returns the posts of a thread in their order; of none, none.
func (t *thread) all() []*Post {
	if t == nil {
		return nil
	}
	return t.order
}

// postOf returns the post in which a node is; nil: none.
func (t *thread) postOf(n *html.Node) *html.Node {
	for ; n != nil; n = n.Parent {
		if t.posts[n] != nil {
			return n
		}
	}
	return nil
}

// body notes that a block is of what was written in a post: what follows stands above it no more.
func (t *thread) body(leaf *html.Node) {
	if n := t.postOf(leaf); n != nil {
		t.begun[n] = true
	}
}

// date returns the day on which all posts were written; empty: they were on several, or one of them does not say.
func (t *thread) date() string {
	for _, post := range t.order {
		if post.Date == "" || post.Date != t.order[0].Date {
			return ""
		}
	}
	return t.order[0].Date
}
