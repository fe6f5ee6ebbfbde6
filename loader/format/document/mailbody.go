package document

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A mail's text is what its sender wrote. What he quotes of others, with the line that says of whom, and his signature
// are beside it: a claim in a quoted mail is not the sender's.

var (
	// wrote is how mail programs say whose words follow, perhaps over two or three lines.
	wrote = regexp.MustCompile(`(?i)^\W*(on|am|le|el|il|em|op|den|w dniu|dnia|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\pL{2,4}, \d{1,2})\b.{6,400}(wrote|schrieb.{0,80}|a écrit|escribió|ha scritto|escreveu|schreef|skrev|napisał(a)?|написал(а)?|пише)\s*:\s*$`)
	// original is what stands above a mail that is quoted as it is.
	original = regexp.MustCompile(`(?i)^\W*(original message|ursprüngliche nachricht|message d'origine|mensaje original|исходное сообщение)\W*$`)
	// quotedHTML is what mail programs call what they quote, and the line above.
	quotedHTML = regexp.MustCompile(`(?i)(^|[-_ ])(gmail_quote(_container)?|gmail_attr|yahoo_quoted|moz-cite-prefix|protonmail_quote|divRplyFwdMsg|OutlookMessageHeader|ms-outlook-mobile-reference-message)([-_ ]|$)`)
	// signedHTML is the same for signatures.
	signedHTML = regexp.MustCompile(`(?i)(^|[-_ ])(gmail_signature|moz-signature|protonmail_signature_block|ms-outlook-mobile-signature)([-_ ]|$)`)
)

// mailLine is a line of a mail: of its body (""), a quote or a signature.
type mailLine struct {
	text string // with its line end
	kind AsideKind
}

// mailLines says of each line of a mail what it is.
func mailLines(text string) []mailLine {
	var lines []mailLine
	for line := range strings.Lines(text) {
		lines = append(lines, mailLine{text: line})
	}
	empty := func(i int) bool { return strings.TrimSpace(lines[i].text) == "" }
	quoted := func(i int) bool {
		return strings.HasPrefix(lines[i].text, ">") && !strings.HasPrefix(lines[i].text, ">From ")
	}
	signed := false
	for i := 0; i < len(lines); i++ {
		line := strings.TrimRight(lines[i].text, "\r\n")
		switch said := attribution(lines, i, quoted, empty); {
		case quoted(i):
			lines[i].kind, signed = Quote, false
		case said > 0:
			for range said {
				lines[i].kind = Quote
				i++
			}
			i--
			signed = false
		case len(line) < shortLine && original.MatchString(line):
			for ; i < len(lines); i++ {
				lines[i].kind = Quote
			}
		case line == "-- ", line == "--":
			lines[i].kind, signed = Credit, true
		case signed:
			lines[i].kind = Credit
		}
	}
	last := -1 // the last line that is not empty
	for i := range lines {
		if empty(i) {
			continue
		}
		if last >= 0 && lines[last].kind == lines[i].kind { // what is empty in between is of the same kind
			for j := last + 1; j < i; j++ {
				lines[j].kind = lines[i].kind
			}
		}
		last = i
	}
	return lines
}

// attribution returns how many lines from one on say whose words the quoted lines below them are; 0: it says no such
// thing.
func attribution(lines []mailLine, at int, quoted, empty func(int) bool) int {
	const (
		most    = 3
		longest = 500 // bytes of a line
	)
	said := ""
	for n := 1; n <= most && at+n <= len(lines) && len(lines[at+n-1].text) < longest && !quoted(at+n-1) && !empty(at+n-1); n++ {
		if said += " " + strings.TrimSpace(lines[at+n-1].text); !wrote.MatchString(strings.TrimSpace(said)) {
			continue
		}
		next := at + n
		for next < len(lines) && next < at+n+most && empty(next) {
			next++
		}
		if next < len(lines) && quoted(next) {
			return n
		}
	}
	return 0
}

// ownWords returns of a mail's text what its sender wrote, with its map, and the rest as asides. Of a mail that is
// nothing but quotes the whole is kept.
func ownWords(text string) (own string, segments []Segment, asides []Aside) {
	lines := mailLines(text)
	var b strings.Builder
	var aside strings.Builder
	at, points, paragraph := 0, 0, 0
	end := func(kind AsideKind) {
		if said := collapse(aside.String()); said != "" {
			asides = append(asides, Aside{kind, said})
		}
		aside.Reset()
	}
	for i := 0; i < len(lines); {
		from, kind := i, lines[i].kind
		for i < len(lines) && lines[i].kind == kind {
			i++
		}
		var run strings.Builder
		for _, line := range lines[from:i] {
			run.WriteString(line.text)
		}
		begin := at
		at += run.Len()
		if kind != "" {
			aside.WriteString(run.String())
			end(kind)
			continue
		}
		words := run.String()
		if len(lines) != i-from { // a part of the whole
			words = strings.TrimRight(words, " \t\r\n")
			lead := len(words) - len(strings.TrimLeft(words, " \t\r\n"))
			words, begin = words[lead:], begin+lead
		}
		if words == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\n")
			points += 2
		}
		for _, s := range verbatim(words, begin) {
			s.Begin, s.End, s.Paragraph = s.Begin+points, s.End+points, s.Paragraph+paragraph
			segments = append(segments, s)
		}
		last := segments[len(segments)-1]
		points, paragraph = last.End, last.Paragraph
		b.WriteString(words)
	}
	if strings.TrimSpace(b.String()) == "" {
		return text, verbatim(text, 0), nil
	}
	return b.String(), segments, asides
}

// besideOfMail tells an element of a mail's page that quotes another mail, or is a signature; empty: neither.
func (p *page) besideOfMail(n *html.Node) AsideKind {
	switch {
	case !p.mail:
		return ""
	case n.DataAtom == atom.Blockquote && strings.EqualFold(attribute(n, "type"), "cite"), quotedHTML.MatchString(namesOf(n)):
		return Quote
	case signedHTML.MatchString(namesOf(n)):
		return Credit
	}
	return ""
}
