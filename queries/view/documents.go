package view

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"orbat/queries/canned"
	"orbat/schema"
)

// Document is a source with what is known of it and the texts that data sets keep of it.
type Document struct {
	XID        string          `json:"xid"`
	Name       string          `json:"name,omitempty"` // its title, or what else it is called
	Published  string          `json:"published,omitempty"`
	Author     string          `json:"author,omitempty"`
	Publisher  string          `json:"publisher,omitempty"`
	URL        string          `json:"url,omitempty"`
	Language   string          `json:"language,omitempty"`
	Texts      []DocumentText  `json:"texts"`
	Statements []DocumentQuote `json:"statements,omitempty"` // of all data sets; only where one document is asked for
}

// DocumentText is the text of a document as one data set keeps it, or kept nothing of it but its hash.
type DocumentText struct {
	Dataset string `json:"dataset"`
	SHA256  string `json:"sha256"`
	Length  int    `json:"length"` // code points
	Kept    bool   `json:"kept"`
	Text    string `json:"text,omitempty"` // only where one document is asked for
}

// DocumentQuote is a statement that cites the document.
type DocumentQuote struct {
	Subject  string    `json:"subject"`
	Object   string    `json:"object,omitempty"`
	Evidence *Evidence `json:"evidence"`
	Quote    string    `json:"quote,omitempty"`
	Locator  string    `json:"locator,omitempty"`
	// Begin and End are where the quote stands in the first text that is kept, in code points; absent: it does not.
	Begin *int `json:"begin,omitempty"`
	End   *int `json:"end,omitempty"`
	// Found says how it was found there: span (where the statement says), exact, normalised (other space, quotes or
	// dashes), or not.
	Found string `json:"found,omitempty"`
}

// Documents returns the sources of which a text was read, in the order of their dates and xids.
func (s *Snapshot) Documents(ctx context.Context) ([]*Document, error) {
	hidden, err := s.redactor.hiddenTexts(ctx)
	if err != nil {
		return nil, err
	}
	var documents []*Document
	for page, err := range s.EntitiesWith(ctx, schema.TextHash) {
		if err != nil {
			return nil, err
		}
		for _, candidate := range page {
			if candidate.XID == "" { // it may not be seen
				continue
			}
			d, err := s.document(ctx, candidate, hidden)
			if err != nil {
				return nil, err
			}
			if len(d.Texts) > 0 {
				documents = append(documents, d)
			}
		}
	}
	slices.SortFunc(documents, func(a, b *Document) int {
		return strings.Compare(a.Published+"\x00"+a.XID, b.Published+"\x00"+b.XID)
	})
	return documents, nil
}

// document reads what is known of a source.
func (s *Snapshot) document(ctx context.Context, c Candidate, hidden map[string]bool) (*Document, error) {
	d := &Document{XID: c.XID, Name: c.Name, Texts: []DocumentText{}}
	members, err := s.Merges(ctx)
	if err != nil {
		return nil, err
	}
	var groups []string
	for _, xid := range members.All(c.XID) {
		groups = append(groups, schema.FactsKey(xid))
		if hidden[xid] {
			hidden = map[string]bool{c.XID: true}
		}
	}
	claims, err := s.Groups(ctx, groups)
	if err != nil {
		return nil, err
	}
	for _, claim := range claims {
		if !claim.Stands || claim.Evidence.Rejected {
			continue
		}
		value := func(name string, to *string) {
			if list := claim.Values[name]; len(list) > 0 && *to == "" {
				*to = list[0]
			}
		}
		value("title", &d.Name)
		value("published", &d.Published)
		value("author", &d.Author)
		value("publisher", &d.Publisher)
		value("url", &d.URL)
		value("language", &d.Language)
		hash := schema.TextOf(&claim.Claim)
		if hash == "" || slices.ContainsFunc(d.Texts, func(t DocumentText) bool { return t.Dataset == claim.Dataset && t.SHA256 == hash }) {
			continue
		}
		text := DocumentText{Dataset: claim.Dataset, SHA256: hash}
		if length := claim.Values[schema.TextLength]; len(length) > 0 {
			text.Length, _ = strconv.Atoi(length[0]) // an int by the ontology
		}
		if !hidden[c.XID] {
			if text.Kept, err = s.hasText(ctx, keptText{claim.Dataset, hash}); err != nil {
				return nil, err
			}
		}
		d.Texts = append(d.Texts, text)
	}
	slices.SortFunc(d.Texts, func(a, b DocumentText) int { return strings.Compare(a.Dataset+a.SHA256, b.Dataset+b.SHA256) })
	return d, nil
}

// hasText reports whether a text is kept.
func (s *Snapshot) hasText(ctx context.Context, text keptText) (bool, error) {
	from, to := schema.TextRange(text.dataset, text.sha256)
	page, err := s.blocks(ctx, `query q($from: string, $to: string) { q(func: between(text.key, $from, $to), first: 1) { uid } }`,
		map[string]string{"$from": from, "$to": to})
	return err == nil && len(page["q"].GetArray()) > 0, err
}

// DocumentOf returns the one document that a text names, with its texts and with the statements that cite it.
func (s *Snapshot) DocumentOf(ctx context.Context, name string) (*Document, error) {
	c, err := s.Resolve(ctx, "sources", &canned.Param{Name: "source", Of: []string{"Source"}}, name, false)
	if err != nil {
		return nil, err
	}
	hidden, err := s.redactor.hiddenTexts(ctx)
	if err != nil {
		return nil, err
	}
	d, err := s.document(ctx, c, hidden)
	if err != nil {
		return nil, err
	}
	text := ""
	for i, t := range d.Texts {
		if !t.Kept {
			continue
		}
		whole, ok, err := s.readText(ctx, keptText{t.Dataset, t.SHA256})
		if err != nil {
			return nil, err
		}
		if d.Texts[i].Kept = ok; ok {
			if d.Texts[i].Text = whole; text == "" {
				text = whole
			}
		}
	}
	claims, _, err := s.ClaimsAt(ctx, c, "claim.cites")
	if err != nil {
		return nil, err
	}
	members, err := s.Merges(ctx)
	if err != nil {
		return nil, err
	}
	own := members.All(c.XID)
	folded := sync.OnceValues(func() (string, []int) { return foldText(text) }) // of every quote that is not in it as it is
	for _, claim := range claims {
		if !claim.Stands {
			continue
		}
		for _, cite := range claim.Cites {
			if !slices.Contains(own, cite.Source) {
				continue
			}
			q := DocumentQuote{
				Subject: claim.Subject, Object: claim.Object, Evidence: claim.Evidence, Quote: cite.Quote, Locator: cite.Locator,
			}
			q.find(text, folded, cite)
			d.Statements = append(d.Statements, q)
		}
	}
	slices.SortStableFunc(d.Statements, func(a, b DocumentQuote) int { return a.at() - b.at() })
	return d, nil
}

// at orders quotes by where they stand, those that do not last.
func (q *DocumentQuote) at() int {
	if q.Begin == nil {
		return 1 << 40
	}
	return *q.Begin
}

// find says where in a text a citation's quote stands.
func (q *DocumentQuote) find(text string, foldedText func() (string, []int), cite schema.Citation) {
	if text == "" || cite.Quote == "" && cite.Begin == schema.NoSpan {
		return
	}
	set := func(begin, end int, how string) {
		q.Begin, q.End, q.Found = &begin, &end, how
	}
	if cite.Begin != schema.NoSpan && cite.End > cite.Begin {
		if slice, ok := slicePoints(text, cite.Begin, cite.End); ok && (cite.Quote == "" || schema.CanonicalText(slice) == cite.Quote) {
			set(cite.Begin, cite.End, "span")
			return
		}
	}
	q.Found = "not"
	if cite.Quote == "" {
		return
	}
	if at := strings.Index(text, cite.Quote); at >= 0 {
		begin := utf8.RuneCountInString(text[:at])
		set(begin, begin+utf8.RuneCountInString(cite.Quote), "exact")
		return
	}
	folded, places := foldedText()
	quote, _ := foldText(cite.Quote)
	if at := strings.Index(folded, quote); at >= 0 && quote != "" {
		first := utf8.RuneCountInString(folded[:at])
		set(places[first], places[first+utf8.RuneCountInString(quote)-1]+1, "normalised")
	}
}

// slicePoints returns the code points from begin up to end.
func slicePoints(text string, begin, end int) (string, bool) {
	from, n := -1, 0
	for at := range text {
		if n == begin {
			from = at
		}
		if n == end {
			return text[from:at], from >= 0
		}
		n++
	}
	if n == end && from >= 0 {
		return text[from:], true
	}
	return "", false
}

// foldText returns a text in which quotes, dashes and runs of space have one spelling each, in lower case, and where
// each of its characters stood.
func foldText(text string) (string, []int) {
	var b strings.Builder
	var places []int
	n := -1
	space := false
	for _, c := range text {
		n++
		switch {
		case unicode.IsSpace(c):
			space = b.Len() > 0
			continue
		case strings.ContainsRune("“”„«»″", c):
			c = '"'
		case strings.ContainsRune("‘’‚`´′", c):
			c = '\''
		case strings.ContainsRune("‐‑‒–—−", c):
			c = '-'
		case c == '\u00ad' || c == '\u200b':
			continue
		}
		if space {
			b.WriteByte(' ')
			places = append(places, n-1)
			space = false
		}
		b.WriteRune(unicode.ToLower(c))
		places = append(places, n)
	}
	return b.String(), places
}
