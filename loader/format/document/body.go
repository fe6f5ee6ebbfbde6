package document

import (
	"cmp"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// body writes the texts of the article without its headline, and passes on what is beside it.
func (p *page) body(b *textBuilder, heading headline, aside func(AsideKind, *html.Node)) {
	var post *Post // in which the walk is; nil: in none
	var walk func(n *html.Node, pre bool, in *Quotation)
	walk = func(n *html.Node, pre bool, in *Quotation) {
		for c := n.FirstChild; c != nil && p.ctx.Err() == nil; c = c.NextSibling {
			if c.Type == html.TextNode {
				p.write(b, c, pre)
				continue
			}
			if c.Type != html.ElementNode {
				continue
			}
			ends := isBlock(c)
			begins := p.thread.post(c)
			if begins != nil {
				post = begins
				ends, post.Begin = 2, b.points
			}
			var quote *Quotation
			if post != nil {
				quote = p.thread.quotation(c, in)
			}
			if quote != nil {
				quote.Begin = b.points
				post.Quotes = append(post.Quotes, quote)
			}
			b.gap = max(b.gap, ends)
			if kind := p.beside(c); kind != "" {
				aside(kind, c)
			} else if c != heading.node && !(isHeading(c) && heading.repeated(startOf(c))) {
				if c.DataAtom == atom.Br {
					br(b, c)
				}
				walk(c, pre || c.DataAtom == atom.Pre, cmp.Or(quote, in))
			}
			if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
				b.blank()
			}
			b.gap = max(b.gap, ends)
			if quote != nil {
				quote.End = b.points
			}
			if begins != nil {
				begins.End, post = b.points, nil
			}
		}
	}
	walk(p.root, false, nil)
}

// br ends a line, and the paragraph where several follow each other.
func br(b *textBuilder, n *html.Node) {
	for before := n.PrevSibling; before != nil; before = before.PrevSibling {
		if before.DataAtom == atom.Br {
			b.endOfBlock()
			return
		}
		if before.Type != html.TextNode || strings.TrimSpace(before.Data) != "" {
			break
		}
	}
	b.line()
}

// write adds a node's text, as far as it is kept.
func (p *page) write(b *textBuilder, n *html.Node, pre bool) {
	for _, part := range p.parts[n] {
		if part.from < 0 {
			if strings.TrimSpace(part.text) == "" && part.text != "" {
				b.blank()
			}
			continue
		}
		if !p.kept[part.from] {
			b.blank()
			continue
		}
		text := p.texts[part.from]
		places := positions(text.raw, text.decoded)
		for i, c := range part.text {
			at := part.skip + i
			switch {
			case pre && c == '\n':
				b.line()
			case unicode.IsSpace(c):
				b.blank()
			case c == '\u00AD':
			default:
				end := places[at+utf8.RuneLen(c)]
				b.char(c, text.at+places[at], text.at+end)
			}
		}
		if strings.TrimRightFunc(text.decoded, unicode.IsSpace) != text.decoded {
			b.blank()
		}
	}
}

// isBlock says whether an element ends lines (1) or paragraphs (2).
func isBlock(n *html.Node) int {
	switch n.DataAtom {
	case atom.P, atom.Div, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Blockquote, atom.Pre,
		atom.Table, atom.Article, atom.Section, atom.Header, atom.Footer, atom.Aside, atom.Main, atom.Nav, atom.Figure,
		atom.Figcaption, atom.Address, atom.Dl, atom.Hr, atom.Fieldset, atom.Form, atom.Body, atom.Title, atom.Details, atom.Summary:
		return 2
	case atom.Li, atom.Tr, atom.Dt, atom.Dd, atom.Option:
		return 1
	case atom.Cite: // whose words follow, as forums have it
		if n.PrevSibling == nil && within(n, atom.Blockquote) {
			return 1
		}
		return 0
	default:
		return 0
	}
}

// most is the share of the article that an element may hold and still be taken for something beside it by its name: the
// names of pages' outer elements say anything.
const most = .3

// share returns how much of the article an element holds.
func (p *page) share(n *html.Node) float64 {
	return float64(p.lengthOf(n)) / float64(max(p.lengthOf(p.root), 1))
}

// lengthOf returns how many bytes of the article an element holds.
func (p *page) lengthOf(n *html.Node) int {
	if p.lengths == nil {
		p.lengths = map[*html.Node]int{}
		var measure func(*html.Node) int
		measure = func(n *html.Node) int {
			length := 0
			for _, part := range p.parts[n] {
				if part.from >= 0 && p.kept[part.from] {
					length += len(part.text)
				}
			}
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				length += measure(c)
			}
			p.lengths[n] = length
			return length
		}
		measure(p.root)
	}
	return p.lengths[n]
}

var (
	captionClass = regexp.MustCompile(`(?i)(^|[-_ ])(wp-caption(-text|-dd)?|caption|captiontext|photo-?caption|image-?caption|img-?caption|cutline|l[eé]gende?|leyenda|didascalia|bildunterschrift|bildtext)([-_ ]|$)`)
	creditClass  = regexp.MustCompile(`(?i)(^|[-_ ])(photo-?credit|image-?credit|credit|byline|author(-box|-bio|-name|-info)?|posted-?by|post-?meta|entry-?meta|article-?meta|post-?(profile|details)|poster(-?(info|details))?|user-?(info|details|extras|profile)|message-?(user|attribution)|author-?(pane|info|statistics))([-_ ]|$)`)
	menuClass    = regexp.MustCompile(`(?i)(^|[-_ ])(related(-?(posts|articles|stories|links|content|news))?|share(-?(buttons?|links?|bar))?|sharing|social(-?(share|links?|buttons?|icons?))?|sharedaddy|jp-relatedposts|breadcrumbs?|tags?-?links|post-?tags|entry-?tags|comments?(-?(area|list|form|section))?|disqus|respond|newsletter|subscribe|advert(isement)?s?|ad-?(slot|unit|container|wrapper|banner)|adsbygoogle|nav(igation|bar)?|menu|pagination|footer|sidebar|widget|cookie|print-?(link|button)|read-?(more|also|next)|(user-?|post-?)?sig(nature)?(-?container)?|online-?(list|users|now)|who-?s?-?(is-?)?online|stat-?block|board-?stat(istic)?s|back-?(2|to)-?top|post-?(buttons|controls)|action-?bar|quick-?reply)([-_ ]|$)`)
)

// beside tells an element that is no part of the body; empty: it may be.
func (p *page) beside(n *html.Node) AsideKind {
	if kind := p.aside[n]; kind != "" {
		return kind
	}
	if kind := p.besideOfMail(n); kind != "" {
		return kind
	}
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Svg, atom.Math, atom.Head, atom.Nav, atom.Button, atom.Select,
		atom.Textarea, atom.Iframe, atom.Object, atom.Embed, atom.Canvas, atom.Audio, atom.Video:
		return Menu
	case atom.Figcaption, atom.Caption:
		return Caption
	default:
	}
	if p.share(n) > most || p.thread.holdsPosts(n) {
		return ""
	}
	if n.DataAtom == atom.Form || n.DataAtom == atom.Footer {
		return Menu
	}
	kind, known := p.names[n]
	if !known {
		kind = named(attribute(n, "class") + " " + attribute(n, "id"))
		p.names[n] = kind
	}
	return kind
}

// setRepeatsAside takes the quotes out of the body that repeat a passage of it: what pages print large beside their
// text, and what posts of a thread cite of each other.
func (p *page) setRepeatsAside() {
	const (
		leastWords = 4       // of a passage
		work       = 1 << 31 // bytes that are looked at for all quotes together
		mostly     = .6
	)
	var quotes []*html.Node
	var rest strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if p.lengthOf(n) == 0 && n.Type == html.ElementNode {
			return
		}
		if n.DataAtom == atom.Blockquote || n.DataAtom == atom.Aside || p.thread != nil && isQuote(n) ||
			pullQuote.MatchString(namesOf(n)) && p.share(n) <= most {
			if p.share(n) <= most && !p.thread.holdsPosts(n) {
				quotes = append(quotes, n)
				return
			}
		}
		if n.Type == html.TextNode {
			for _, part := range p.parts[n] {
				if part.from >= 0 && p.kept[part.from] {
					rest.WriteString(part.text)
				}
			}
			rest.WriteByte(' ')
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(p.root)
	if len(quotes) == 0 {
		return
	}
	text := " " + fold(rest.String()) + " "
	if len(quotes) > work/len(text) {
		return
	}
	for _, quote := range quotes {
		repeated, all := 0, 0
		for n := range quote.Descendants() {
			if n.Type != html.TextNode || p.ctx.Err() != nil {
				continue
			}
			words := fold(n.Data)
			all += len(words)
			if len(strings.Fields(words)) >= leastWords && strings.Contains(text, " "+words+" ") {
				repeated += len(words)
			}
		}
		if all > 0 && float64(repeated) >= mostly*float64(all) {
			p.aside[quote] = Repeat
		}
	}
}

var pullQuote = regexp.MustCompile(`(?i)(^|[-_ ])pull-?quote([-_ ]|$)`)

// named says what an element is by its names; empty: anything.
func named(names string) AsideKind {
	switch {
	case captionClass.MatchString(names):
		return Caption
	case creditClass.MatchString(names):
		return Credit
	case menuClass.MatchString(names):
		return Menu
	}
	return ""
}
