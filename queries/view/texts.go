package view

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"orbat/queries/canned"
	"orbat/schema"
)

// keptText names a text: the data set that keeps it, and its hash.
type keptText struct{ dataset, sha256 string }

// textSubjects gathers from the claims that may be seen which texts of which documents they say are kept.
type textSubjects map[keptText][]string

func (t textSubjects) add(c *schema.Claim) {
	if hash := schema.TextOf(c); hash != "" {
		text := keptText{c.Dataset, hash}
		if !slices.Contains(t[text], c.Subject) {
			t[text] = append(t[text], c.Subject)
		}
	}
}

// writeTexts passes on the records of the texts that may be seen.
func (s *Snapshot) writeTexts(ctx context.Context, texts textSubjects, do func(line string) error) error {
	if len(texts) == 0 {
		return nil
	}
	hidden, err := s.redactor.hiddenTexts(ctx)
	if err != nil {
		return err
	}
	lacking := false
	for text, documents := range texts {
		if slices.ContainsFunc(documents, func(xid string) bool { return hidden[xid] }) {
			continue
		}
		left := 1 // pieces that were not found
		err := s.eachPiece(ctx, text, func(p *schema.TextPiece) error {
			if left--; p.Number == 1 {
				left += p.Of - 1
			}
			return do(string(p.AppendJSON(nil, text.dataset)))
		})
		if err != nil {
			return err
		}
		lacking = lacking || left > 0
	}
	if lacking { // it was never kept, or is being removed: a text is never changed
		return s.confirmAged(ctx, 0)
	}
	return nil
}

// hiddenTexts returns the documents whose texts may not be seen although they may themselves: what cites them, or what
// is one with them, is above the limit, by its own marking or by that of whom it is about. A text counts as marked as
// highly as what stands and cites it: it says the same. Nil: none, since there is no limit.
func (r *redactor) hiddenTexts(ctx context.Context) (map[string]bool, error) {
	if r == nil || len(r.limits) == 0 {
		return nil, nil //nolint:nilnil // a nil map holds none
	}
	m, err := r.readDrawnMerges(ctx)
	if err != nil {
		return nil, err
	}
	if !r.complete {
		err := r.eachClaim(ctx, func(c *schema.StoredClaim) error {
			r.mark(m, c, m.Rejects(c.StoredKey))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	hidden := map[string]bool{}
	err = r.eachClaim(ctx, func(c *schema.StoredClaim) error {
		own, entity := canned.MarkingsOf(&c.Claim)
		worst := r.checkMarkings(c.StoredKey, slices.Concat(own, entity))
		for _, xid := range []string{c.Subject, c.Object, c.AttributedTo} {
			worst = max(worst, r.marked[xid])
		}
		if c.Stands && worst != canned.Allowed {
			for _, cite := range c.Cites {
				for _, xid := range m.Members(cite.Source) {
					hidden[xid] = true
				}
			}
		}
		return nil
	})
	return hidden, err
}

// eachPiece passes on the pieces of a text, in the order of the database. One that is not what its key says is being
// removed.
func (s *Snapshot) eachPiece(ctx context.Context, text keptText, do func(*schema.TextPiece) error) error {
	const most = 4 // MiB at once
	from, to := schema.TextRange(text.dataset, text.sha256)
	for after := "0x0"; ; {
		page, err := s.blocks(ctx, `query q($from: string, $to: string, $after: string, $first: int) {
			q(func: between(text.key, $from, $to), first: $first, after: $after) { uid text.key text.piece } }`,
			map[string]string{"$from": from, "$to": to, "$after": after, "$first": strconv.Itoa(most)})
		if err != nil {
			return fmt.Errorf("read a text: %w", err)
		}
		nodes := page["q"].GetArray()
		if len(nodes) == 0 {
			return nil
		}
		for _, node := range nodes {
			after = textIn(node, "uid")
			piece, content, ok := schema.PieceOf(textIn(node, "text.key"))
			if !ok {
				continue
			}
			if piece.Content = textIn(node, "text.piece"); piece.ContentHash() != content {
				continue
			}
			if err := do(piece); err != nil {
				return err
			}
		}
	}
}

// readText returns a text; false where it is not kept, or not whole.
func (s *Snapshot) readText(ctx context.Context, text keptText) (string, bool, error) {
	var pieces []*schema.TextPiece
	err := s.eachPiece(ctx, text, func(p *schema.TextPiece) error {
		pieces = append(pieces, p)
		return nil
	})
	if err != nil {
		return "", false, err
	}
	slices.SortFunc(pieces, func(a, b *schema.TextPiece) int { return a.Number - b.Number })
	var content strings.Builder
	for _, p := range pieces {
		content.WriteString(p.Content)
	}
	whole := content.String()
	return whole, len(pieces) > 0 && schema.TextSum(whole) == text.sha256, nil
}
