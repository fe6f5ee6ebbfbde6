package document

import (
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/language"
)

// statements is what a page says of itself, by the names that such statements have: each value in the order of the
// page. JSON-LD counts as "ld:name", <meta> as "meta:name" in lower case, microdata as "item:name".
type statements map[string][]string

func (s statements) add(name, value string) {
	if value = collapse(value); value != "" && len(value) <= 2000 {
		s[name] = append(s[name], value)
	}
}

// first returns the first value of the first name that has one that holds.
func (s statements) first(holds func(string) bool, names ...string) string {
	for _, name := range names {
		for _, value := range s[name] {
			if holds(value) {
				return value
			}
		}
	}
	return ""
}

func anything(string) bool { return true }

// statements reads what the page says of itself.
func (p *page) statements() statements {
	s := statements{}
	var linked []any // JSON-LD
	for n := range p.root.Descendants() {
		switch n.Type {
		case html.CommentNode:
			if m := savedFrom.FindStringSubmatch(n.Data); m != nil {
				s.add("saved:url", m[1])
			}
			continue
		case html.ElementNode:
		default:
			continue
		}
		switch n.DataAtom {
		case atom.Script:
			if strings.EqualFold(mediaType(attribute(n, "type")), "application/ld+json") && n.FirstChild != nil {
				if value := linkedData(n.FirstChild.Data); value != nil {
					linked = append(linked, value)
				}
			}
		case atom.Meta:
			for _, key := range []string{"property", "name", "http-equiv"} {
				if name := strings.ToLower(attribute(n, key)); name != "" {
					s.add("meta:"+name, attribute(n, "content"))
				}
			}
		case atom.Link:
			if slices.Contains(strings.Fields(strings.ToLower(attribute(n, "rel"))), "canonical") {
				s.add("link:canonical", attribute(n, "href"))
			}
		case atom.Base:
			s.add("base", attribute(n, "href"))
		case atom.Html:
			s.add("html:lang", attribute(n, "lang"))
			s.add("html:lang", attribute(n, "xml:lang"))
		default:
		}
		s.microdata(n)
	}
	s.article(linked)
	return s
}

// savedFrom is what browsers and the like write into pages that they save.
var savedFrom = regexp.MustCompile(`^\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(https?://\S+)`)

// microdata adds what an element says of the article that it is in: of comments, authors and lists of other pages it
// says nothing of this one.
func (s statements) microdata(n *html.Node) {
	names := strings.Fields(attribute(n, "itemprop"))
	if len(names) == 0 || !ofArticle(n.Parent) {
		return
	}
	value := attribute(n, "content")
	for _, key := range []string{"datetime", "href"} {
		if value == "" && (key != "href" || slices.Contains(names, "url")) {
			value = attribute(n, key)
		}
	}
	if value == "" && has(n, "itemscope") {
		value = nameWithin(n)
	}
	if value == "" && n.DataAtom != atom.Meta {
		value = startOf(n)
	}
	for _, name := range names {
		s.add("item:"+name, value)
	}
}

// nameWithin returns the name of a person or organisation that an element describes.
func nameWithin(n *html.Node) string {
	for d := range n.Descendants() {
		if slices.Contains(strings.Fields(attribute(d, "itemprop")), "name") {
			return cmp.Or(attribute(d, "content"), startOf(d))
		}
	}
	return ""
}

// ofArticle reports whether the item of microdata that a node is in is an article or the page; some say of what they
// speak nowhere.
func ofArticle(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if has(n, "itemscope") {
			return pageTypes.MatchString(strings.TrimRight(attribute(n, "itemtype"), "/")) || !has(n, "itemtype")
		}
	}
	return true
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func mediaType(s string) string {
	s, _, _ = strings.Cut(s, ";")
	return strings.TrimSpace(s)
}

var (
	// articleTypes are what schema.org calls pages of which an article's statements are.
	articleTypes = regexp.MustCompile(`(Article|BlogPosting|Report|Review|Posting)$`)
	pageTypes    = regexp.MustCompile(`(Article|BlogPosting|Report|Review|Posting|WebPage|CreativeWork)$`)
)

// linkedData reads JSON-LD as sites write it: with comments around it, and with line ends in its texts; nil: it cannot
// be read.
func linkedData(text string) (value any) {
	text = strings.Map(func(c rune) rune {
		if c < ' ' {
			return ' '
		}
		return c
	}, text)
	for _, around := range [][2]string{{"<!--", "-->"}, {"//", ""}, {"<![CDATA[", "]]>"}, {"/*", "*/"}, {"", "//"}, {"", ";"}} {
		text = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(text), around[0]), around[1])
	}
	if len(text) > 1<<20 || json.Unmarshal([]byte(text), &value) != nil {
		return nil
	}
	return value
}

// article adds the statements of the first article in JSON-LD, or else those of the page.
func (s statements) article(linked []any) {
	said := findOf(linked, articleTypes, 0)
	if said == nil {
		said = findOf(linked, pageTypes, 0)
	}
	if slices.Contains(stringsIn(said["@type"]), "DiscussionForumPosting") { // when and by whom the thread was begun
		said = maps.Clone(said)
		delete(said, "datePublished")
		delete(said, "author")
	}
	named := map[string]any{} // what else it refers to
	identify(linked, named, 0)
	for _, name := range []string{"headline", "datePublished", "inLanguage", "url", "mainEntityOfPage"} {
		if list := stringsIn(said[name]); len(list) > 0 {
			s.add("ld:"+name, list[0])
		}
	}
	if page, ok := said["mainEntityOfPage"].(map[string]any); ok {
		for _, id := range stringsIn(page["@id"]) {
			s.add("ld:mainEntityOfPage", id)
		}
	}
	s.add("ld:author", strings.Join(namesIn(said["author"], named, 0), "; "))
	s.add("ld:publisher", strings.Join(namesIn(said["publisher"], named, 0), "; "))
}

// findOf returns the first object of some types.
func findOf(value any, types *regexp.Regexp, depth int) map[string]any {
	if depth > 7 {
		return nil
	}
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			if found := findOf(item, types, depth+1); found != nil {
				return found
			}
		}
	case map[string]any:
		for _, kind := range stringsIn(v["@type"]) {
			if types.MatchString(kind) {
				return v
			}
		}
		for _, key := range []string{"@graph", "mainEntity"} {
			if found := findOf(v[key], types, depth+1); found != nil {
				return found
			}
		}
	}
	return nil
}

// identify finds the objects that have a name, by their ids.
func identify(value any, named map[string]any, depth int) {
	if depth > 7 {
		return
	}
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			identify(item, named, depth+1)
		}
	case map[string]any:
		if id, ok := v["@id"].(string); ok && v["name"] != nil && named[id] == nil {
			named[id] = v
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			identify(v[key], named, depth+1)
		}
	}
}

func stringsIn(value any) (list []string) {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		for _, item := range v {
			if s, ok := item.(string); ok {
				list = append(list, s)
			}
		}
	}
	return list
}

// namesIn returns the names of people or organisations, which may be said elsewhere under an id.
func namesIn(value any, named map[string]any, depth int) (names []string) {
	if depth > 2 {
		return nil
	}
	switch v := value.(type) {
	case string:
		if other := named[v]; other != nil {
			return namesIn(other, named, depth+1)
		}
		return []string{v}
	case map[string]any:
		if names := stringsIn(v["name"]); len(names) > 0 {
			return names[:1]
		}
		if id, ok := v["@id"].(string); ok && named[id] != nil {
			return namesIn(named[id], named, depth+1)
		}
	case []any:
		for _, item := range v {
			names = append(names, namesIn(item, named, depth+1)...)
		}
	}
	return names
}

// textOf returns the text in a node.
func textOf(n *html.Node) string { return collapse(rawText(n, math.MaxInt)) }

// startOf returns the text in a node of which only a short one is of use, or its start: elements that may lie within
// each other hundreds deep are asked for it.
func startOf(n *html.Node) string {
	const most = 8 << 10
	text := rawText(n, most)
	return collapse(strings.ToValidUTF8(text[:min(len(text), most)], ""))
}

// rawText returns the text in a node, and of a long one at least the first most bytes.
func rawText(n *html.Node, most int) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil && b.Len() < most; c = c.NextSibling {
			if c.DataAtom != atom.Script && c.DataAtom != atom.Style {
				if isBlock(c) > 0 || c.DataAtom == atom.Br {
					b.WriteByte(' ')
				}
				walk(c)
			}
		}
	}
	walk(n)
	return b.String()
}

var (
	archived = regexp.MustCompile(`^https?://(?:web\.archive\.org/web|webcache\.archive\.org)/\d{4,14}(?:[a-z]{2}_)?/(https?:/.*)$`)
	oneSlash = regexp.MustCompile(`^(https?:/)([^/])`) // as archives write the scheme
	nobody   = regexp.MustCompile(`(?i)^(admin|administrator|editor|online editor|webmaster|user|root|staff|unknown)$|` +
		`\.com$|\.net$|powered by`)
)

// address returns the address of the page itself. One that is written from the site's root on is of the site that
// another statement names.
func (s statements) address() string {
	sources := []string{
		"link:canonical", "meta:og:url", "ld:url", "item:mainEntityOfPage", "ld:mainEntityOfPage", "item:url", "saved:url",
	}
	site := s.site(append([]string{"base"}, sources...))
	var home string
	for _, name := range sources {
		for _, value := range s[name] {
			u := pageAddress(value, site)
			if u == nil {
				continue
			}
			if strings.Trim(u.Path, "/") == "" && u.RawQuery == "" {
				home = cmp.Or(home, u.String())
				continue
			}
			return u.String()
		}
	}
	return home
}

// site returns the first whole address of some statements; nil: there is none.
func (s statements) site(names []string) *url.URL {
	for _, name := range names {
		for _, value := range s[name] {
			if u := pageAddress(value, nil); u != nil {
				return u
			}
		}
	}
	return nil
}

// pageAddress returns the address of a page as it was before an archive took it; nil: it is none.
func pageAddress(value string, site *url.URL) *url.URL {
	if m := archived.FindStringSubmatch(value); m != nil {
		value = oneSlash.ReplaceAllString(m[1], "$1/$2")
	}
	u, err := url.Parse(value)
	if err != nil || strings.ContainsAny(value, " \t\"<>") {
		return nil
	}
	if u.Scheme == "" && site != nil {
		u = site.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil
	}
	u.Fragment = ""
	return u
}

// person reports whether a text may name an author.
func person(s string) bool {
	return len(s) <= 120 && !strings.Contains(s, "://") && !strings.Contains(s, "www.") && !strings.Contains(s, "@") &&
		!nobody.MatchString(s)
}

func (s statements) author() string {
	name := s.first(person, "ld:author", "meta:author", "meta:article:author", "meta:dc.creator", "meta:dcterms.creator",
		"meta:citation_author", "meta:parsely-author", "meta:sailthru.author", "meta:byl", "item:author")
	return byWord.ReplaceAllString(name, "")
}

var byWord = regexp.MustCompile(`^(?i:by:?|written by)\s+`)

func (s statements) publisher() string {
	names := func(s string) bool { return len(s) <= 120 && !strings.Contains(s, "://") }
	return s.first(names, "ld:publisher", "meta:og:site_name", "meta:dc.publisher", "meta:dcterms.publisher",
		"meta:citation_publisher", "meta:citation_journal_title", "item:publisher")
}

// language returns the language that the page says it is written in.
func (s statements) language() string {
	for _, name := range []string{
		"html:lang", "ld:inLanguage", "meta:content-language", "meta:dc.language", "meta:og:locale", "item:inLanguage",
	} {
		for _, value := range s[name] {
			if tag := languageTag(value); tag != "" {
				return tag
			}
		}
	}
	return ""
}

// languageTag returns a language's tag in its one spelling; empty: it is none.
func languageTag(s string) string {
	tag, err := language.Parse(strings.ReplaceAll(strings.TrimSpace(s), "_", "-"))
	if err != nil || tag == language.Und {
		return ""
	}
	return tag.String()
}
