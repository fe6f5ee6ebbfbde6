package view

import (
	"context"
	"fmt"
	"io"
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
	More       bool            `json:"more,omitempty"`       // more statements cite it than are given
	// Markings are the highest of each scale that what is said of it and the statements that cite it bear; only where
	// one document is asked for.
	Markings []string `json:"markings,omitempty"`

	markings []string // of all of that
}

// DocumentText is the text of a document as one data set keeps it, or kept nothing of it but its hash.
type DocumentText struct {
	Dataset string `json:"dataset"`
	SHA256  string `json:"sha256"`
	Length  int    `json:"length"` // code points
	Kept    bool   `json:"kept"`
	Text    string `json:"text,omitempty"` // only where one document is asked for
	// Posts are the posts of which it consists, as [schema.TextPosts] has them; empty: it consists of none.
	Posts string `json:"-"`
}

// DocumentQuote is a statement that cites the document.
type DocumentQuote struct {
	Subject     string    `json:"subject"`
	SubjectName string    `json:"subject_name,omitempty"` // what to call it; absent: nothing but the xid is known
	Object      string    `json:"object,omitempty"`
	ObjectName  string    `json:"object_name,omitempty"`
	Evidence    *Evidence `json:"evidence"`
	Quote       string    `json:"quote,omitempty"`
	Locator     string    `json:"locator,omitempty"`
	// Begin and End are where the quote stands in the text that its data set keeps, else in the first that is kept, in
	// code points; absent: it does not.
	Begin *int `json:"begin,omitempty"`
	End   *int `json:"end,omitempty"`
	// Page and Paragraph are those in which it begins there, counted from 1; absent: it does not, or the text has no
	// pages.
	Page      int `json:"page,omitempty"`
	Paragraph int `json:"paragraph,omitempty"`
	// Found says how it was found there: exact, normalised (other space, quotes, dashes or letter case), moved
	// (elsewhere than the statement says) or missing; absent: it was not looked for.
	Found schema.Found `json:"found,omitempty"`
	// SHA256 names the text in which it was looked for.
	SHA256 string `json:"sha256,omitempty"`
}

// DocumentList says which documents are wanted.
type DocumentList struct {
	Dataset string // of which this data set has read a text; empty: any
	Offset  int    // leave out so many
	Limit   int    // give at most so many; 0: all
}

// Documents returns sources of which a text was read, in the order of their dates and xids; more: there are further
// ones.
func (s *Snapshot) Documents(ctx context.Context, which DocumentList) (documents []*Document, more bool, err error) {
	for page, err := range s.EntitiesWith(ctx, schema.TextHash) {
		if err != nil {
			return nil, false, err
		}
		seen := slices.DeleteFunc(page, func(c Candidate) bool { return c.XID == "" }) // may not be seen
		for batch := range slices.Chunk(seen, GroupsAtOnce) {
			read, err := s.readDocuments(ctx, batch)
			if err != nil {
				return nil, false, err
			}
			documents = append(documents, slices.DeleteFunc(read, func(d *Document) bool {
				return len(d.Texts) == 0 || which.Dataset != "" && !d.isIn(which.Dataset)
			})...)
		}
	}
	slices.SortFunc(documents, func(a, b *Document) int {
		return strings.Compare(a.Published+"\x00"+a.XID, b.Published+"\x00"+b.XID)
	})
	documents = documents[min(which.Offset, len(documents)):]
	if more = which.Limit > 0 && len(documents) > which.Limit; more {
		documents = documents[:which.Limit]
	}
	return documents, more, s.noteKept(ctx, documents...)
}

// isIn reports whether a data set has read a text of the document.
func (d *Document) isIn(dataset string) bool {
	return slices.ContainsFunc(d.Texts, func(t DocumentText) bool { return t.Dataset == dataset })
}

// DocumentsIn returns those of some sources of which a data set has read a text.
func (s *Snapshot) DocumentsIn(ctx context.Context, sources []Candidate, dataset string) ([]Candidate, error) {
	read, err := s.readDocuments(ctx, sources) // in the order of the sources
	if err != nil {
		return nil, err
	}
	var in []Candidate
	for i, d := range read {
		if d.isIn(dataset) {
			in = append(in, sources[i])
		}
	}
	return in, nil
}

// readDocuments reads what is known of sources, and which texts data sets say that they keep of them.
func (s *Snapshot) readDocuments(ctx context.Context, sources []Candidate) ([]*Document, error) {
	members, err := s.Merges(ctx)
	if err != nil {
		return nil, err
	}
	var documents []*Document
	at, byMember := map[string]*Document{}, map[string]*Document{}
	var uids, groups []string
	for _, c := range sources {
		d := &Document{XID: c.XID, Texts: []DocumentText{}}
		documents, uids, at[c.XID] = append(documents, d), append(uids, c.UID), d
		for _, xid := range members.All(c.XID) {
			groups, byMember[xid] = append(groups, schema.FactsKey(xid)), d
		}
	}
	nodes, err := s.Nodes(ctx, uids, true)
	if err != nil {
		return nil, err
	}
	for _, n := range nodes {
		if d := at[n.XID]; d != nil {
			d.describe(n)
		}
	}
	claims, err := s.Groups(ctx, groups)
	if err != nil {
		return nil, err
	}
	for _, claim := range claims {
		d, hash := byMember[claim.Subject], schema.TextOf(&claim.Claim)
		if d == nil || !claim.Current() || claim.Evidence.Rejected {
			continue
		}
		d.markings = append(d.markings, claim.markings()...)
		if hash == "" || slices.ContainsFunc(d.Texts, func(t DocumentText) bool { return t.Dataset == claim.Dataset && t.SHA256 == hash }) {
			continue
		}
		text := DocumentText{Dataset: claim.Dataset, SHA256: hash, Posts: claim.Extra[schema.TextPosts]}
		if length := claim.Values[schema.TextLength]; len(length) > 0 {
			text.Length, _ = strconv.Atoi(length[0]) // an int by the ontology
		}
		d.Texts = append(d.Texts, text)
	}
	for _, d := range documents {
		slices.SortFunc(d.Texts, func(a, b DocumentText) int { return strings.Compare(a.Dataset+a.SHA256, b.Dataset+b.SHA256) })
	}
	return documents, nil
}

// describe takes over what the source shows.
func (d *Document) describe(n *Node) {
	if n.Name != n.XID {
		d.Name = n.Name
	}
	d.Published, d.Author = first(n.Properties, "published"), first(n.Properties, "author")
	d.Publisher, d.URL = first(n.Properties, "publisher"), first(n.Properties, "url")
	d.Language = first(n.Properties, "language")
}

// noteKept notes which texts of documents are kept, and may be read.
func (s *Snapshot) noteKept(ctx context.Context, documents ...*Document) error {
	var texts []keptText
	for _, d := range documents {
		for _, t := range d.Texts {
			texts = append(texts, keptText{t.Dataset, t.SHA256})
		}
	}
	kept, err := s.haveTexts(ctx, texts)
	if err != nil {
		return err
	}
	hidden, err := s.hideTexts(ctx, texts)
	if err != nil {
		return err
	}
	for _, d := range documents {
		for i, t := range d.Texts {
			text := keptText{t.Dataset, t.SHA256}
			d.Texts[i].Kept = kept[text] && !hidden[text]
		}
	}
	return nil
}

// DocumentOf returns the one document that a text names, with its texts and with the statements that cite it.
func (s *Snapshot) DocumentOf(ctx context.Context, name string) (*Document, error) {
	c, d, err := s.findDocument(ctx, name)
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
	claims, more, err := s.ClaimsAt(ctx, c, "claim.cites")
	if err != nil {
		return nil, err
	}
	members, err := s.Merges(ctx)
	if err != nil {
		return nil, err
	}
	d.More = more
	if err := d.quote(ctx, claims, members.All(c.XID), kept); err != nil {
		return nil, err
	}
	d.Markings = canned.HighestMarkings(d.markings...)
	slices.SortStableFunc(d.Statements, func(a, b DocumentQuote) int { return a.at() - b.at() })
	return d, s.nameEnds(ctx, d.Statements)
}

// nameEnds says what those are called whom statements are about, as they are shown elsewhere.
func (s *Snapshot) nameEnds(ctx context.Context, statements []DocumentQuote) error {
	var xids []string
	for _, q := range statements {
		xids = append(xids, q.Subject)
		if q.Object != "" {
			xids = append(xids, q.Object)
		}
	}
	known, _, err := s.Known(ctx, xids)
	if err != nil {
		return err
	}
	var uids []string
	for _, c := range known {
		uids = append(uids, c.UID)
	}
	nodes, err := s.Nodes(ctx, uids, false)
	if err != nil {
		return err
	}
	members, err := s.Merges(ctx)
	if err != nil {
		return err
	}
	called := map[string]string{}
	for _, n := range nodes {
		if n.Name != n.XID {
			called[n.XID] = n.Name
		}
	}
	for i := range statements {
		q := &statements[i]
		q.SubjectName, q.ObjectName = called[members.Rep(q.Subject)], called[members.Rep(q.Object)]
	}
	return nil
}

// quote finds in the texts that are kept of the document what claims cite of it, under any of its xids. Of a long text
// with many statements that takes a while: it ends with its context.
func (d *Document) quote(ctx context.Context, claims []Claim, own []string, kept []keptPassages) error {
	for _, claim := range claims {
		if !claim.Current() {
			continue
		}
		d.markings = append(d.markings, claim.markings()...)
		for _, cite := range claim.Cites {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("look for what is quoted: %w", err)
			}
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
	return nil
}

// findDocument returns the one document that a text names, without its texts and statements.
func (s *Snapshot) findDocument(ctx context.Context, name string) (Candidate, *Document, error) {
	c, err := s.Resolve(ctx, "sources", &canned.Param{Name: "source", Of: []string{"Source"}}, name, false)
	if err != nil {
		return c, nil, err
	}
	read, err := s.readDocuments(ctx, []Candidate{c})
	if err != nil {
		return c, nil, err
	}
	return c, read[0], s.noteKept(ctx, read...)
}

// NoTextError says that nothing is kept of a document's text, or nothing that may be read.
type NoTextError struct{ schema.Fault }

// WriteText writes the text that a data set keeps of the document which a name means; of several the one that has the
// hash, where that is given. A piece is written as it is read: no text stands in memory.
func (s *Snapshot) WriteText(ctx context.Context, w io.Writer, name, dataset, sha256 string) error {
	_, d, err := s.findDocument(ctx, name)
	if err != nil {
		return err
	}
	text := d.TextOf(dataset, sha256)
	if text == nil {
		return &NoTextError{schema.Fault{
			Column: "document", Value: name, Reason: "no text of it is kept", Hint: "name another document, data set or text",
		}}
	}
	return s.writeText(ctx, w, keptText{text.Dataset, text.SHA256})
}

// TextOf returns the first text that is kept of the document: by a data set, and of a hash, where those are given. Nil:
// none is.
func (d *Document) TextOf(dataset, sha256 string) *DocumentText {
	for i, t := range d.Texts {
		if t.Kept && (dataset == "" || t.Dataset == dataset) && (sha256 == "" || t.SHA256 == sha256) {
			return &d.Texts[i]
		}
	}
	return nil
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
