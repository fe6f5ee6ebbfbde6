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

// What a search in texts reads at once: pieces of texts, and bytes.
const (
	piecesAtOnce = 500
	bytesAtOnce  = 4 << 20
)

// EachTextHolding hands on the texts that hold what is looked for and may be read, until do has enough; of a data set,
// or of all where none is named. What is above a marking limit is passed by as if nobody kept it. searched has the
// hashes of all texts that were looked at, whether or not they may be read.
func (s *Snapshot) EachTextHolding(ctx context.Context, dataset string, holds func(text string) bool,
	do func(*FoundText) (enough bool),
) (searched map[string]bool, err error) {
	searched = map[string]bool{}
	vars := map[string]string{}
	declared, found := "", "has(text.key)" // with a range the database lists all of it for each page
	if dataset != "" {
		declared, found = "$from: string, $to: string, ", "between(text.key, $from, $to)"
		vars["$from"], vars["$to"] = schema.TextRange(dataset, "")
	}
	dql := "query q(" + declared + "$after: string, $first: int) { q(func: " + found +
		", first: $first, after: $after) { uid text.key text.piece } }"
	first := 16 // pieces of unknown size
	for after := "0x0"; ; {
		vars["$after"], vars["$first"] = after, strconv.Itoa(first)
		page, err := s.blocks(ctx, dql, vars)
		if err != nil {
			return nil, fmt.Errorf("search texts: %w", err)
		}
		nodes := page["q"].GetArray()
		if len(nodes) == 0 {
			return searched, nil
		}
		hits, size := map[string]string{}, 1 // texts by what their keys begin with
		for _, node := range nodes {
			after = textIn(node, "uid")
			key, content := textIn(node, "text.key"), textIn(node, "text.piece")
			size += len(content)
			piece, sum, ok := schema.PieceOf(key)
			if !ok || piece.Number > 1 { // a text is looked at where it begins
				continue
			}
			set, _, _ := strings.Cut(key, ".")
			searched[piece.SHA256] = true
			if piece.Of > 1 {
				if content, ok, err = s.readRange(ctx, set+"."+piece.SHA256, piece.SHA256); err != nil {
					return nil, err
				}
			} else {
				piece.Content = content
				ok = piece.ContentHash() == sum // else it is being removed
			}
			if ok && holds(content) {
				hits[set+"."+piece.SHA256] = content
			}
		}
		told, err := s.tellTexts(ctx, hits)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(told, do) {
			return searched, nil
		}
		first = max(1, min(piecesAtOnce, first*bytesAtOnce/size))
	}
}

// tellTexts returns of texts that were found, by what their keys begin with, those that may be read, with the document
// of each.
func (s *Snapshot) tellTexts(ctx context.Context, hits map[string]string) (found []*FoundText, err error) {
	if len(hits) == 0 {
		return nil, nil
	}
	var hashes, xids []string
	for prefix := range hits {
		_, sum, _ := strings.Cut(prefix, ".")
		hashes = append(hashes, sum)
	}
	prefixOf := func(t keptText) string {
		from, _ := schema.TextRange(t.dataset, t.sha256)
		return strings.TrimSuffix(from, ".")
	}
	subjects, err := s.subjectsOf(ctx, hashes)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(subjects, func(t keptText, _ []string) bool { _, hit := hits[prefixOf(t)]; return !hit })
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
			if content, hit := hits[prefixOf(t)]; hit && !hidden[t] && !given[t] {
				given[t] = true // of documents of one text the first
				text.Text, text.Kept = content, true
				found = append(found, &FoundText{Document: d, UID: seen[i].UID, Text: text})
			}
		}
	}
	return found, nil
}

// NotKept returns the documents of which a text was read that is not among those kept; of a data set, or of any where
// none is named. Up to a marking limit it may not be asked: it returns none.
func (s *Snapshot) NotKept(ctx context.Context, dataset string, kept map[string]bool) (documents []*Document, err error) {
	if s.redactor != nil {
		return nil, nil
	}
	const dql = "query q($after: string, $first: int) { q(func: has(" + schema.TextHash + "), first: $first, after: $after) { uid xid " +
		schema.TextHash + " entity.rep { uid } } }"
	for after := "0x0"; ; {
		page, err := s.blocks(ctx, dql, map[string]string{"$after": after, "$first": strconv.Itoa(FrontierAtOnce)})
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
			if !kept[textIn(n, schema.TextHash)] && !n.Exists("entity.rep") {
				open = append(open, Candidate{XID: textIn(n, "xid"), UID: after})
			}
		}
		for batch := range slices.Chunk(open, GroupsAtOnce) {
			read, err := s.readDocuments(ctx, batch)
			if err != nil {
				return nil, err
			}
			documents = append(documents, slices.DeleteFunc(read, func(d *Document) bool {
				return !slices.ContainsFunc(d.Texts, func(t DocumentText) bool {
					return !kept[t.SHA256] && (dataset == "" || t.Dataset == dataset)
				})
			})...)
		}
	}
}
