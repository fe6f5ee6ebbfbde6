package view

import (
	"context"
	"slices"
	"strconv"
	"strings"

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
	// Begin and End are where the quote stands in the text that its data set keeps, else in the first that is kept, in
	// code points; absent: it does not.
	Begin *int `json:"begin,omitempty"`
	End   *int `json:"end,omitempty"`
	// Page and Paragraph are those in which it begins there, counted from 1; absent: it does not, or the text has no pages.
	Page      int `json:"page,omitempty"`
	Paragraph int `json:"paragraph,omitempty"`
	// Found says how it was found there: exact, normalised (other space, quotes, dashes or letter case), moved
	// (elsewhere than the statement says) or missing; absent: it was not looked for.
	Found schema.Found `json:"found,omitempty"`
	// SHA256 names the text in which it was looked for.
	SHA256 string `json:"sha256,omitempty"`
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
	var kept []keptPassages
	for i, t := range d.Texts {
		if !t.Kept {
			continue
		}
		whole, ok, err := s.readText(ctx, keptText{t.Dataset, t.SHA256})
		if err != nil {
			return nil, err
		}
		if d.Texts[i].Kept = ok; ok {
			d.Texts[i].Text = whole
			kept = append(kept, keptPassages{keptText{t.Dataset, t.SHA256}, schema.NewPassages(whole)})
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
			q.find(kept, claim.Dataset, cite)
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

// keptPassages is a text to look for passages in.
type keptPassages struct {
	keptText
	*schema.Passages
}

// find says where the passage stands that a citation of a data set means: in a text that this data set keeps of the
// document, else in any.
func (q *DocumentQuote) find(kept []keptPassages, dataset string, cite schema.Citation) {
	if cite.Quote == "" && cite.Begin == schema.NoSpan {
		return
	}
	for _, own := range []bool{true, false} {
		for _, text := range kept {
			if (text.dataset == dataset) != own {
				continue
			}
			found := text.Find(cite, schema.NoSpan)
			if q.Found != "" && !found.Found.Better(q.Found) {
				continue
			}
			q.Found, q.SHA256, q.Begin, q.End, q.Page, q.Paragraph = found.Found, text.sha256, nil, nil, 0, 0
			if found.Found != schema.FoundMissing {
				q.Begin, q.End = &found.Begin, &found.End
				q.Page, q.Paragraph = text.Place(found.Begin)
			}
		}
		if q.Found != "" {
			return
		}
	}
}
