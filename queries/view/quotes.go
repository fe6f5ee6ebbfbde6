package view

import (
	"context"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

//go:embed quotes.dql
var quotesDQL string

// EachClaimQuoting hands on the claims of which a quote holds what is looked for, a page at a time, until do has
// enough. Of the citations of each only those are left. Facets have no index: all quotes are read, and only the claims
// found are read whole.
func (s *Snapshot) EachClaimQuoting(ctx context.Context, holds func(quote string) bool, do func([]Claim) (enough bool)) error {
	for after := "0x0"; ; {
		page, err := s.blocks(ctx, quotesDQL, map[string]string{"$after": after, "$first": strconv.Itoa(schema.ClaimsPerPage)})
		if err != nil {
			return fmt.Errorf("read quotes: %w", err)
		}
		claims := page["q"].GetArray()
		if len(claims) == 0 {
			return nil
		}
		var hits []string
		for _, c := range claims {
			after = textIn(c, "uid")
			for _, cite := range c.GetArray("claim.cites") {
				if holds(textIn(cite, "claim.cites|quote")) {
					hits = append(hits, after)
					break
				}
			}
		}
		found, err := s.ClaimsByUID(ctx, hits)
		if err != nil {
			return err
		}
		for _, c := range found {
			c.Evidence.Cites = slices.DeleteFunc(c.Evidence.Cites, func(cite Citation) bool { return !holds(cite.Quote) })
		}
		found = slices.DeleteFunc(found, func(c Claim) bool { return len(c.Evidence.Cites) == 0 }) // that citation may not be seen
		if len(found) > 0 && do(found) {
			return nil
		}
	}
}

// FoundText is a text that is kept of a document, in which something was found.
type FoundText struct {
	Document *Document
	UID      string // of the document
	Text     DocumentText
}

// Source returns the document as a citation shows it.
func (f *FoundText) Source() Citation {
	return Citation{Source: f.Document.XID, Title: f.Document.Name, Publisher: f.Document.Publisher, Published: f.Document.Published}
}

// What a search in texts reads at once: indexes of texts, the texts themselves, and bytes of either.
const (
	indexesAtOnce = 2000
	piecesAtOnce  = 500
	bytesAtOnce   = 4 << 20
)

// TextSearch is what is looked for in texts.
type TextSearch struct {
	Dataset string                 // that keeps the texts; empty: any
	Words   []string               // beginnings of words, all of which a text must have to hold it, folded
	Holds   func(text string) bool // whether a text does hold it
	Do      func(*FoundText) (enough bool)
}

// EachTextHolding hands on the texts that hold what is looked for and may be read, in the order of the database, until
// there are enough. It reads those whose index says that they may. What is above a marking limit is passed by as if
// nobody kept it. searched has the hashes of all texts that were looked at, whether or not they may be read.
func (s *Snapshot) EachTextHolding(ctx context.Context, search TextSearch) (searched map[string]bool, err error) {
	searched = map[string]bool{}
	vars := map[string]string{}
	declared, found := "", "has(text.key)" // with a range the database lists all of it for each page
	if search.Dataset != "" {
		declared, found = "$from: string, $to: string, ", "between(text.key, $from, $to)"
		vars["$from"], vars["$to"] = schema.TextRange(search.Dataset, "")
	}
	dql := "query q(" + declared + "$after: string, $first: int) { q(func: " + found +
		", first: $first, after: $after) { uid text.key text.words } }"
	pages, pieces := &pageSize{64, indexesAtOnce}, &pageSize{16, piecesAtOnce} // of unknown size
	for after := "0x0"; ; {
		vars["$after"], vars["$first"] = after, strconv.Itoa(pages.first)
		page, err := s.blocks(ctx, dql, vars)
		if err != nil {
			return nil, fmt.Errorf("search texts: %w", err)
		}
		nodes := page["q"].GetArray()
		if len(nodes) == 0 {
			return searched, nil
		}
		var may []textNode
		size := 0
		for _, node := range nodes {
			after = textIn(node, "uid")
			index := textIn(node, "text.words")
			size += len(index)
			key := textIn(node, "text.key")
			piece, _, ok := schema.PieceOf(key)
			if !ok || piece.Number > 1 { // a text is looked at where it begins
				continue
			}
			searched[piece.SHA256] = true
			if !slices.ContainsFunc(search.Words, func(w string) bool { return !schema.MayHoldWord(index, w) }) {
				may = append(may, textNode{after, key})
			}
		}
		pages.adapt(size)
		for len(may) > 0 {
			n := min(pieces.first, len(may))
			hits, size, err := s.readHits(ctx, may[:n], search.Holds)
			if err != nil {
				return nil, err
			}
			pieces.adapt(size)
			may = may[n:]
			told, err := s.tellTexts(ctx, hits)
			if err != nil {
				return nil, err
			}
			if slices.ContainsFunc(told, search.Do) {
				return searched, nil
			}
		}
	}
}

// pageSize is how many of something to read at once, where nobody knows how large it is.
type pageSize struct{ first, most int }

// adapt takes note of how many bytes the last page had.
func (p *pageSize) adapt(bytes int) {
	p.first = max(1, min(p.most, p.first*bytesAtOnce/max(bytes, 1)))
}

// textNode is the first piece of a text.
type textNode struct{ uid, key string }

// heldText is a text in which something was found.
type heldText struct{ prefix, content string } // prefix is what the keys of its pieces begin with

// readHits reads texts, and returns those that hold what is looked for, in their order, and how many bytes it read.
func (s *Snapshot) readHits(ctx context.Context, nodes []textNode, holds func(string) bool) (hits []heldText, size int, err error) {
	var uids []string
	for _, n := range nodes {
		uids = append(uids, n.uid)
	}
	page, err := s.blocks(ctx, "query q($uids: string) { q(func: uid($uids)) { uid text.piece } }",
		map[string]string{"$uids": UIDList(uids)})
	if err != nil {
		return nil, 0, fmt.Errorf("search texts: %w", err)
	}
	pieces := map[string]string{}
	for _, node := range page["q"].GetArray() {
		pieces[textIn(node, "uid")] = textIn(node, "text.piece")
	}
	for _, n := range nodes {
		piece, sum, _ := schema.PieceOf(n.key)
		set, _, _ := strings.Cut(n.key, ".")
		hit := heldText{set + "." + piece.SHA256, pieces[n.uid]}
		size += len(hit.content)
		piece.Content = hit.content
		whole := piece.ContentHash() == sum // else it is being removed
		if piece.Of > 1 {
			if hit.content, whole, err = s.readRange(ctx, hit.prefix, piece.SHA256); err != nil {
				return nil, 0, err
			}
		}
		if whole && holds(hit.content) {
			hits = append(hits, hit)
		}
	}
	return hits, size, nil
}

// tellTexts returns of texts that were found those that may be read, in their order, with the document of each.
func (s *Snapshot) tellTexts(ctx context.Context, hits []heldText) (found []*FoundText, err error) {
	if len(hits) == 0 {
		return nil, nil
	}
	var hashes, xids []string
	at := map[string]int{}
	for i, hit := range hits {
		_, sum, _ := strings.Cut(hit.prefix, ".")
		hashes, at[hit.prefix] = append(hashes, sum), i
	}
	prefixOf := func(t keptText) string {
		from, _ := schema.TextRange(t.dataset, t.sha256)
		return strings.TrimSuffix(from, ".")
	}
	subjects, err := s.subjectsOf(ctx, hashes)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(subjects, func(t keptText, _ []string) bool { _, hit := at[prefixOf(t)]; return !hit })
	hidden, err := s.hiddenAmong(ctx, subjects)
	if err != nil {
		return nil, err
	}
	for t, documents := range subjects {
		if !hidden[t] {
			xids = append(xids, documents...)
		}
	}
	slices.Sort(xids)
	seen, _, err := s.Known(ctx, xids)
	if err != nil {
		return nil, err
	}
	documents, err := s.readDocuments(ctx, seen)
	if err != nil {
		return nil, err
	}
	given := map[keptText]bool{}
	for i, d := range documents {
		for _, text := range d.Texts {
			t := keptText{text.Dataset, text.SHA256}
			if hit, ok := at[prefixOf(t)]; ok && !hidden[t] && !given[t] {
				given[t] = true // of documents of one text the first
				text.Text, text.Kept = hits[hit].content, true
				found = append(found, &FoundText{Document: d, UID: seen[i].UID, Text: text})
			}
		}
	}
	order := func(f *FoundText) int { return at[prefixOf(keptText{f.Text.Dataset, f.Text.SHA256})] }
	slices.SortStableFunc(found, func(a, b *FoundText) int { return order(a) - order(b) })
	return found, nil
}

// NotKept returns documents of which a text was read that is not among those kept, so many at most: of a data set, or
// of any where none is named. Up to a marking limit it may not be asked: it returns none.
func (s *Snapshot) NotKept(ctx context.Context, dataset string, kept map[string]bool, most int) (documents []*Document, err error) {
	if s.redactor != nil {
		return nil, nil
	}
	vars := map[string]string{"$first": strconv.Itoa(FrontierAtOnce)}
	declared, filter := "", ""
	if dataset != "" { // it, or what is one with it, is described there: what of its texts is said there is seen later
		declared, vars["$dataset"] = ", $dataset: string", dataset
		filter = ` ~entity.rep (first: 1) { uid } ~claim.subject @facets(eq(dataset, $dataset) AND (eq(predicate, "` + schema.Describes +
			`") OR eq(predicate, "` + schema.TextHash + `"))) { uid }`
	}
	dql := "query q($after: string, $first: int" + declared + ") { q(func: has(" + schema.TextHash +
		"), first: $first, after: $after) { uid xid " + schema.TextHash + " entity.rep { uid }" + filter + " } }"
	for after := "0x0"; ; {
		vars["$after"] = after
		page, err := s.blocks(ctx, dql, vars)
		if err != nil {
			return nil, fmt.Errorf("look for documents: %w", err)
		}
		nodes := page["q"].GetArray()
		if len(nodes) == 0 {
			return documents, nil
		}
		var open []Candidate
		for _, n := range nodes {
			after = textIn(n, "uid")
			if !kept[textIn(n, schema.TextHash)] && !n.Exists("entity.rep") &&
				(dataset == "" || n.Exists("~claim.subject") || n.Exists("~entity.rep")) {
				open = append(open, Candidate{XID: textIn(n, "xid"), UID: after})
			}
		}
		for batch := range slices.Chunk(open, max(most, 1)) {
			read, err := s.readDocuments(ctx, batch)
			if err != nil {
				return nil, err
			}
			documents = append(documents, slices.DeleteFunc(read, func(d *Document) bool {
				return !slices.ContainsFunc(d.Texts, func(t DocumentText) bool {
					return !kept[t.SHA256] && (dataset == "" || t.Dataset == dataset)
				})
			})...)
			if len(documents) >= most {
				return documents[:most], nil
			}
		}
	}
}
