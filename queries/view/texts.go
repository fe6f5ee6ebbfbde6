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
	for text, documents := range texts {
		if slices.ContainsFunc(documents, func(xid string) bool { return hidden[xid] }) {
			continue
		}
		err := s.eachPiece(ctx, text, func(p *schema.TextPiece) error { return do(string(p.AppendJSON(nil, text.dataset))) })
		if err != nil {
			return err
		}
	}
	return nil
}

// hiddenTexts returns the documents whose texts may not be seen although they may themselves: what cites them is marked
// above the limit, and a text counts as marked as highly as what stands and cites it. Nil: none, since there is no
// limit.
func (r *redactor) hiddenTexts(ctx context.Context) (map[string]bool, error) {
	if r == nil {
		return nil, nil //nolint:nilnil // a nil map holds none
	}
	hidden := map[string]bool{}
	err := r.eachClaim(ctx, func(c *schema.StoredClaim) error {
		if own, _ := canned.MarkingsOf(&c.Claim); c.Stands && len(own) > 0 && r.checkMarkings(c.StoredKey, own) != canned.Allowed {
			for _, cite := range c.Cites {
				hidden[cite.Source] = true
			}
		}
		return nil
	})
	return hidden, err
}

// eachPiece passes on the pieces of a text, in the order of the database.
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
			piece, _, ok := schema.PieceOf(textIn(node, "text.key"))
			if !ok {
				continue
			}
			piece.Content = textIn(node, "text.piece")
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
