package document

import (
	"encoding/json"
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
	for n := range p.root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.DataAtom {
		case atom.Script:
			if strings.EqualFold(mediaType(attribute(n, "type")), "application/ld+json") && n.FirstChild != nil {
				s.linkedData(n.FirstChild.Data)
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
		case atom.Html:
			s.add("html:lang", attribute(n, "lang"))
			s.add("html:lang", attribute(n, "xml:lang"))
		default:
		}
		if name := attribute(n, "itemprop"); name != "" {
			value := attribute(n, "content")
			if value == "" {
				value = attribute(n, "datetime")
			}
			if value == "" && n.DataAtom != atom.Meta {
				value = startOf(n)
			}
			for _, name := range strings.Fields(name) {
				s.add("item:"+name, value)
			}
		}
	}
	return s
}

func mediaType(s string) string {
	s, _, _ = strings.Cut(s, ";")
	return strings.TrimSpace(s)
}

// articleTypes are what schema.org calls pages of which an article's statements are.
var articleTypes = regexp.MustCompile(`(Article|BlogPosting|Report|Review|Posting)$`)

// linkedData reads JSON-LD: the statements of the first article in it.
func (s statements) linkedData(text string) {
	text = strings.TrimSpace(text)
	text = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(text, "<!--"), "<![CDATA["), "-->")
	var value any
	if len(text) > 1<<20 || json.Unmarshal([]byte(text), &value) != nil {
		return
	}
	if article := findArticle(value, 0); article != nil && len(s["ld:headline"])+len(s["ld:datePublished"]) == 0 {
		for _, name := range []string{"headline", "datePublished", "inLanguage", "url"} {
			if value, ok := article[name].(string); ok {
				s.add("ld:"+name, value)
			}
		}
		s.add("ld:author", strings.Join(namesIn(article["author"], 0), "; "))
		s.add("ld:publisher", strings.Join(namesIn(article["publisher"], 0), "; "))
	}
}

// findArticle returns the first object of an article's type.
func findArticle(value any, depth int) map[string]any {
	if depth > 6 {
		return nil
	}
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			if found := findArticle(item, depth+1); found != nil {
				return found
			}
		}
	case map[string]any:
		for _, kind := range append(stringsIn(v["@type"]), "") {
			if articleTypes.MatchString(kind) {
				return v
			}
		}
		for _, key := range []string{"@graph", "mainEntity"} {
			if found := findArticle(v[key], depth+1); found != nil {
				return found
			}
		}
	}
	return nil
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

func namesIn(value any, depth int) (names []string) {
	switch v := value.(type) {
	case string:
		return []string{v}
	case map[string]any:
		if name, ok := v["name"].(string); ok {
			return []string{name}
		}
	case []any:
		if depth > 1 {
			return nil
		}
		for _, item := range v {
			names = append(names, namesIn(item, depth+1)...)
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

// address returns the address of the page itself.
func (s statements) address() string {
	var home string
	for _, name := range []string{"link:canonical", "meta:og:url", "ld:url", "item:mainEntityOfPage"} {
		for _, value := range s[name] {
			if m := archived.FindStringSubmatch(value); m != nil {
				value = oneSlash.ReplaceAllString(m[1], "$1/$2")
			}
			u, err := url.Parse(value)
			if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.ContainsAny(value, " \t\"<>") {
				continue
			}
			u.Fragment = ""
			if strings.Trim(u.Path, "/") == "" && u.RawQuery == "" {
				home = u.String()
				continue
			}
			return u.String()
		}
	}
	return home
}

// person reports whether a text may name an author.
func person(s string) bool {
	return len(s) <= 120 && !strings.Contains(s, "://") && !strings.Contains(s, "www.") && !strings.Contains(s, "@") &&
		!nobody.MatchString(s)
}

func (s statements) author() string {
	return s.first(person, "ld:author", "meta:author", "meta:article:author", "meta:dc.creator", "meta:dcterms.creator",
		"meta:citation_author", "meta:parsely-author", "meta:sailthru.author", "item:author")
}

func (s statements) publisher() string {
	names := func(s string) bool { return len(s) <= 120 && !strings.Contains(s, "://") }
	return s.first(names, "ld:publisher", "meta:og:site_name", "meta:dc.publisher", "meta:dcterms.publisher",
		"meta:citation_publisher", "meta:citation_journal_title")
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
