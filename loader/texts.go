package loader

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"orbat/loader/commit"
	"orbat/schema"
)

// readText returns a text that a data set keeps; false where it keeps none of it, or not the whole.
func readText(ctx context.Context, g *commit.Graph, dataset, sha256 string) (string, bool, error) {
	const most = 4 // MiB at once
	from, to := schema.TextRange(dataset, sha256)
	var pieces []*schema.TextPiece
	for after := "0x0"; ; {
		var found struct {
			Q []struct {
				UID   string `json:"uid"`
				Key   string `json:"text.key"`
				Piece string `json:"text.piece"`
			}
		}
		err := g.Ask(ctx, "read a text", `query q($from: string, $to: string, $after: string, $first: int) {
			q(func: between(text.key, $from, $to), first: $first, after: $after) { uid text.key text.piece } }`,
			map[string]string{"$from": from, "$to": to, "$after": after, "$first": strconv.Itoa(most)}, &found)
		if err != nil {
			return "", false, err
		}
		if len(found.Q) == 0 {
			break
		}
		for _, node := range found.Q {
			after = node.UID
			if piece, content, ok := schema.PieceOf(node.Key); ok {
				if piece.Content = node.Piece; piece.ContentHash() == content {
					pieces = append(pieces, piece)
				}
			}
		}
	}
	slices.SortFunc(pieces, func(a, b *schema.TextPiece) int { return cmp.Compare(a.Number, b.Number) })
	var text strings.Builder
	for i, piece := range pieces {
		if piece.Number != i+1 || piece.Of != len(pieces) {
			return "", false, nil
		}
		text.WriteString(piece.Content)
	}
	whole := len(pieces) > 0 && schema.TextSum(text.String()) == sha256
	return text.String(), whole, nil
}

// statementText says in a line what a claim says of whom.
func statementText(c *schema.Claim) string {
	switch {
	case c.Predicate == schema.Describes:
		return schema.Shorten(c.Subject) + " is a " + c.Type
	case c.Object == "":
		return schema.Shorten(c.Subject) + " " + c.Predicate + " " + schema.Shorten(c.Value)
	default:
		return schema.Shorten(c.Subject) + " " + c.Predicate + " " + schema.Shorten(c.Object)
	}
}
