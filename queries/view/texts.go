package view

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
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
	for text := range texts {
		if hidden[text] {
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

// hiddenTexts returns the texts that may not be seen although a document may whose they are: what cites that, or what
// is one with it, or another document of the same text, is above the limit, by its own marking or by that of whom it is
// about. A text counts as marked as highly as what stands and cites it: it says the same. Nil: none, since there is no
// limit. It reads all claims; [Snapshot.hideTexts] answers for a few texts.
func (r *redactor) hiddenTexts(ctx context.Context) (map[keptText]bool, error) {
	if !r.marks() {
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
	cited, subjects := map[string]bool{}, textSubjects{}
	err = r.eachClaim(ctx, func(c *schema.StoredClaim) error {
		if !c.Stands {
			return nil
		}
		subjects.add(&c.Claim)
		if r.isAbove(c) {
			for _, cite := range c.Cites {
				cited[cite.Source] = true
			}
		}
		return nil
	})
	return subjects.citedIn(m, cited), err
}

// isAbove reports whether a claim is above the limit, by its own marking or by that of whom it is about. How those are
// marked was learned before.
func (r *redactor) isAbove(c *schema.StoredClaim) bool {
	own, entity := canned.MarkingsOf(&c.Claim)
	worst := r.checkMarkings(c.StoredKey, slices.Concat(own, entity))
	for _, xid := range []string{c.Subject, c.Object, c.AttributedTo} {
		worst = max(worst, r.marked[xid])
	}
	return worst != canned.Allowed
}

// citedIn returns the texts of documents that are cited, or are one with such.
func (t textSubjects) citedIn(m *Merges, cited map[string]bool) map[keptText]bool {
	of := map[keptText]bool{}
	for text, documents := range t {
		of[text] = slices.ContainsFunc(documents, func(xid string) bool {
			return slices.ContainsFunc(m.Members(xid), func(member string) bool { return cited[member] })
		})
	}
	return of
}

// hideTexts is [redactor.hiddenTexts] of some texts: it reads what cites their documents.
func (s *Snapshot) hideTexts(ctx context.Context, texts []keptText) (map[keptText]bool, error) {
	if !s.redactor.marks() || len(texts) == 0 {
		return nil, nil //nolint:nilnil // a nil map holds none
	}
	var hashes []string
	for _, t := range texts {
		hashes = append(hashes, t.sha256)
	}
	subjects, err := s.subjectsOf(ctx, hashes)
	if err != nil {
		return nil, err
	}
	return s.hiddenAmong(ctx, subjects)
}

// marks reports whether there is a marking limit.
func (r *redactor) marks() bool { return r != nil && len(r.limits) > 0 }

// hiddenAmong returns those of some texts that may not be seen since what cites their documents is above the limit.
func (s *Snapshot) hiddenAmong(ctx context.Context, subjects textSubjects) (map[keptText]bool, error) {
	r := s.redactor
	if !r.marks() || len(subjects) == 0 {
		return nil, nil //nolint:nilnil // a nil map holds none
	}
	m, err := r.readDrawnMerges(ctx)
	if err != nil {
		return nil, err
	}
	open := map[string]bool{}
	for _, documents := range subjects {
		for _, xid := range documents {
			for _, member := range m.Members(xid) {
				open[member] = true
			}
		}
	}
	cited := map[string]bool{}
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(open)), citedAtOnce) {
		if err := r.lookForCites(ctx, batch, cited); err != nil {
			return nil, err
		}
	}
	return subjects.citedIn(m, cited), nil
}

// What one request brings of what cites documents.
const (
	citedAtOnce = 50
	citesAtOnce = 200
)

// lookForCites notes those of some documents that a claim above the limit cites.
func (r *redactor) lookForCites(ctx context.Context, xids []string, cited map[string]bool) error {
	left, after := xids, "0x0" // several at once from the beginning, then each by itself
	for {
		vars := map[string]string{"$first": strconv.Itoa(citesAtOnce), "$after": after}
		declared, used := xidVariables(vars, left)
		var found struct {
			Q []struct {
				UID, XID string
				N        int
				Claims   json.RawMessage
			}
		}
		err := r.query(ctx, "query q($first: int, $after: string, "+declared+") { q(func: eq(xid, ["+used+
			"])) { uid xid n: count(~claim.cites) claims: ~claim.cites (first: $first, after: $after) { "+schema.ClaimFields+
			" } } }", vars, &found)
		if err != nil {
			return fmt.Errorf("look at what cites a text: %w", err)
		}
		var long []string
		last := ""
		for _, n := range found.Q {
			claims, err := schema.DecodeClaims(n.Claims)
			if err != nil {
				return err
			}
			var about []string
			for _, c := range claims {
				about, last = append(about, c.Subject, c.Object, c.AttributedTo), c.UID
			}
			if err := r.learnMarkings(ctx, about); err != nil {
				return err
			}
			cited[n.XID] = cited[n.XID] || slices.ContainsFunc(claims, func(c *schema.StoredClaim) bool { return c.Stands && r.isAbove(c) })
			if after == "0x0" && len(claims) < min(n.N, citesAtOnce) {
				return fewerClaims()
			}
			if n.N > citesAtOnce && len(claims) > 0 && !cited[n.XID] {
				long = append(long, n.XID)
			}
		}
		switch {
		case len(left) == 1 && len(long) == 1:
			after = last
		case len(left) == 1:
			return nil
		default:
			for _, xid := range long {
				if err := r.lookForCites(ctx, []string{xid}, cited); err != nil {
					return err
				}
			}
			return nil
		}
	}
}

// subjectsOf returns the texts of some hashes with all their documents, as all claims that stand have it, whatever may
// be seen of them. Such a claim shows at its document, unless another wins there, others take the document for
// something else, which has no text, or the claim is rejected.
func (s *Snapshot) subjectsOf(ctx context.Context, hashes []string) (textSubjects, error) {
	hashes = slices.Compact(slices.Sorted(slices.Values(hashes)))
	subjects := textSubjects{}
	for batch := range slices.Chunk(hashes, GroupsAtOnce) {
		vars := map[string]string{}
		declared, used := xidVariables(vars, batch)
		dql := "query q(" + declared + ") { q(func: eq(" + schema.TextHash + ", [" + used + "])) { uid xid } }"
		if _, err := s.readSubjects(ctx, dql, vars, subjects); err != nil {
			return nil, err
		}
	}
	const dql = "query q($after: string, $first: int) { q(func: has(" + schema.DiffersPredicate + "), first: $first, after: $after) " +
		"@filter(eq(" + schema.DiffersPredicate + `, ["` + schema.TextHash + `", "type"])) { uid xid } }`
	vars := map[string]string{"$first": strconv.Itoa(GroupsAtOnce)}
	for after := "0x0"; after != ""; {
		vars["$after"] = after
		var err error
		if after, err = s.readSubjects(ctx, dql, vars, subjects); err != nil {
			return nil, err
		}
	}
	err := s.readRejectedSubjects(ctx, subjects)
	maps.DeleteFunc(subjects, func(t keptText, _ []string) bool { return !slices.Contains(hashes, t.sha256) })
	return subjects, err
}

// readRejectedSubjects adds the texts of which rejected claims speak.
func (s *Snapshot) readRejectedSubjects(ctx context.Context, subjects textSubjects) error {
	m, err := s.readDrawnMerges(ctx)
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(m.Rejected(), GroupsAtOnce) {
		vars := map[string]string{}
		declared, used := xidVariables(vars, batch)
		var found struct{ Q json.RawMessage }
		err := s.query(ctx, "query q("+declared+") { q(func: eq(claim.key, ["+used+"])) { "+schema.ClaimFields+" } }", vars, &found)
		if err != nil {
			return fmt.Errorf("read rejected claims: %w", err)
		}
		claims, err := schema.DecodeClaims(found.Q)
		if err != nil {
			return err
		}
		for _, c := range claims {
			if c.Stands {
				subjects.add(&c.Claim)
			}
		}
	}
	return nil
}

// readSubjects adds the texts of the documents that DQL finds, and returns the uid of the last of these; empty: it
// finds none.
func (s *Snapshot) readSubjects(ctx context.Context, dql string, vars map[string]string, subjects textSubjects) (last string, err error) {
	m, err := s.readDrawnMerges(ctx)
	if err != nil {
		return "", err
	}
	var found struct{ Q []struct{ UID, XID string } }
	if err := s.query(ctx, dql, vars, &found); err != nil {
		return "", fmt.Errorf("look for documents: %w", err)
	}
	var groups []string
	for _, n := range found.Q {
		last = n.UID
		for _, member := range m.Members(n.XID) {
			groups = append(groups, schema.FactsKey(member))
		}
	}
	claims, err := s.readAllGroups(ctx, groups, reading{fields: schema.ClaimFields})
	for _, c := range claims {
		if c.Stands {
			subjects.add(&c.Claim)
		}
	}
	return last, err
}

// haveTexts returns which of some texts are kept.
func (s *Snapshot) haveTexts(ctx context.Context, texts []keptText) (map[keptText]bool, error) {
	kept := map[keptText]bool{}
	for batch := range slices.Chunk(texts, GroupsAtOnce) {
		vars := map[string]string{}
		var declared, blocks strings.Builder
		for i, t := range batch {
			n := strconv.Itoa(i)
			vars["$f"+n], vars["$t"+n] = schema.TextRange(t.dataset, t.sha256)
			declared.WriteString(", $f" + n + ": string, $t" + n + ": string")
			blocks.WriteString(" q" + n + "(func: between(text.key, $f" + n + ", $t" + n + "), first: 1) { uid }")
		}
		page, err := s.blocks(ctx, "query q("+strings.TrimPrefix(declared.String(), ", ")+") {"+blocks.String()+" }", vars)
		if err != nil {
			return nil, fmt.Errorf("look for texts: %w", err)
		}
		for i, t := range batch {
			kept[t] = len(page["q"+strconv.Itoa(i)].GetArray()) > 0
		}
	}
	return kept, nil
}

// writeText writes a text, piece by piece.
func (s *Snapshot) writeText(ctx context.Context, w io.Writer, text keptText) error {
	sum := sha256.New()
	from, to := schema.TextRange(text.dataset, text.sha256)
	for {
		page, err := s.blocks(ctx, `query q($from: string, $to: string) {
			q(func: between(text.key, $from, $to), orderasc: text.key, first: 1) { text.key text.piece } }`,
			map[string]string{"$from": from, "$to": to})
		if err != nil {
			return fmt.Errorf("read a text: %w", err)
		}
		node := page["q"].Get("0")
		if node == nil {
			return notWhole()
		}
		piece, content, ok := schema.PieceOf(textIn(node, "text.key"))
		if !ok {
			return notWhole()
		}
		if piece.Content = textIn(node, "text.piece"); piece.ContentHash() != content {
			return notWhole()
		}
		_, _ = sum.Write([]byte(piece.Content)) // a hash takes all
		if _, err := io.WriteString(w, piece.Content); err != nil {
			return err
		}
		if piece.Number == piece.Of {
			break
		}
		from = textIn(node, "text.key") + "\x00"
	}
	if hex.EncodeToString(sum.Sum(nil)) != text.sha256 {
		return notWhole()
	}
	return nil
}

func notWhole() error {
	return &NoTextError{schema.Fault{Reason: "the text is not whole in the database", Hint: "load its document again"}}
}

// eachPiece passes on the pieces of a text, in the order of the database. One that is not what its key says is being
// removed.
func (s *Snapshot) eachPiece(ctx context.Context, text keptText, do func(*schema.TextPiece) error) error {
	from, to := schema.TextRange(text.dataset, text.sha256)
	return s.eachPieceBetween(ctx, from, to, do)
}

func (s *Snapshot) eachPieceBetween(ctx context.Context, from, to string, do func(*schema.TextPiece) error) error {
	const most = 4 // MiB at once
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
	from, _ := schema.TextRange(text.dataset, text.sha256)
	return s.readRange(ctx, strings.TrimSuffix(from, "."), text.sha256)
}

// readRange is readText of what the keys of its pieces begin with.
func (s *Snapshot) readRange(ctx context.Context, prefix, sum string) (string, bool, error) {
	from, to := schema.KeyRange(prefix)
	var pieces []*schema.TextPiece
	err := s.eachPieceBetween(ctx, from, to, func(p *schema.TextPiece) error {
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
	return whole, len(pieces) > 0 && schema.TextSum(whole) == sum, nil
}
