package commit

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/dgraph-io/dgo/v230"
	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/schema"
)

// The texts of documents are nodes of their own (law 14): no claim holds them and no derivation reads them. A piece's
// key says all that it is, so that one that is in place need never be written again, and what two loaders write at once
// is the same. A text counts as long as a claim that stands says that it is kept, so that retracting takes no writing:
// only the removal of its data set, or of its document, deletes it.

// Text is a piece of a text on its way.
type Text struct {
	Key     string
	Content string
}

// What one transaction writes of texts.
const (
	textsPerTxn = 400
	textBytes   = 2 << 20
)

// KeepTexts writes those pieces that are not in place yet, and returns the keys of those that were.
func (s *Session) KeepTexts(ctx context.Context, texts []Text) (known map[string]bool, err error) {
	known = map[string]bool{}
	for len(texts) > 0 {
		n, size := 0, 0
		for n < len(texts) && n < textsPerTxn && (n == 0 || size+len(texts[n].Content) <= textBytes) {
			size += len(texts[n].Content)
			n++
		}
		if err := s.keepTexts(ctx, texts[:n], known); err != nil {
			return nil, err
		}
		texts = texts[n:]
	}
	return known, nil
}

type textNodes struct {
	Q []struct {
		UID string `json:"uid"`
		Key string `json:"text.key"`
	}
}

func (s *Session) keepTexts(ctx context.Context, texts []Text, known map[string]bool) error {
	keys := make([]string, len(texts))
	for i, text := range texts {
		keys[i] = text.Key
	}
	if !s.Empty {
		var found textNodes
		if err := s.AskEach(ctx, "look up texts", "text.key", keys, "text.key", &found); err != nil {
			return err
		}
		for _, node := range found.Q {
			known[node.Key] = true
		}
	}
	if s.plan || !slices.ContainsFunc(texts, func(t Text) bool { return !known[t.Key] }) {
		return nil
	}
	_, err := s.fenced(ctx, "keep texts", func(txn *dgo.Txn, m *api.Mutation) error {
		list, vars := ListVariables("v", keys)
		answer, err := txn.QueryWithVars(ctx, "query q("+list.Declared+") { q(func: eq(text.key, ["+list.Used+"])) { text.key } }", vars)
		if err != nil {
			return err //nolint:wrapcheck // Retry says what was done
		}
		var found textNodes
		if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
			return err
		}
		there := map[string]bool{} // a rival has written them since
		for _, node := range found.Q {
			there[node.Key] = true
		}
		for i, text := range texts {
			if !there[text.Key] {
				there[text.Key] = true
				m.Set = append(m.Set, TextQuads("_:t"+strconv.Itoa(i), text.Key, text.Content)...)
			}
		}
		return nil
	})
	return err
}

// TextQuads returns the piece of a text as a node.
func TextQuads(node, key, content string) []*api.NQuad {
	quads := []*api.NQuad{ValueQuad(node, "text.key", key)}
	if content != "" {
		quads = append(quads, ValueQuad(node, "text.piece", content))
	}
	if index := wordStarts(key, content); index != "" {
		quads = append(quads, ValueQuad(node, "text.words", index))
	}
	return quads
}

// wordStarts returns the index of a piece, by what its key says of it.
func wordStarts(key, content string) string {
	piece, _, ok := schema.PieceOf(key)
	if !ok {
		return ""
	}
	piece.Content = content
	return piece.WordStarts()
}

// indexTexts notes beside each text that has no index yet how its words begin. A search reads such a text whole: what
// it finds is the same before and behind.
func indexTexts(ctx context.Context, s *Session) error {
	first := 16 // pieces of unknown size
	for after := "0x0"; ; {
		var found struct {
			Q []struct {
				UID   string `json:"uid"`
				Key   string `json:"text.key"`
				Piece string `json:"text.piece"`
			}
		}
		err := s.Ask(ctx, "read texts", `query q($first: int, $after: string) {
			q(func: has(text.key), first: $first, after: $after) @filter(NOT has(text.words)) { uid text.key text.piece } }`,
			map[string]string{"$first": strconv.Itoa(first), "$after": after}, &found)
		if err != nil || len(found.Q) == 0 {
			return err
		}
		size := 1
		_, err = s.fenced(ctx, "note how the words of texts begin", func(_ *dgo.Txn, m *api.Mutation) error {
			size = 1
			for _, node := range found.Q {
				size += len(node.Piece)
				if index := wordStarts(node.Key, node.Piece); index != "" {
					m.Set = append(m.Set, ValueQuad(node.UID, "text.words", index))
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		after = found.Q[len(found.Q)-1].UID
		first = max(1, min(textsPerTxn, first*textBytes/size))
	}
}

// RemoveTexts deletes the text of a hash that a data set keeps, or all where the hash is empty, some pieces at a time:
// run again, it goes on where it was cut short. It returns how many pieces it deleted.
func (s *Session) RemoveTexts(ctx context.Context, dataset, sha256 string) (removed int, err error) {
	from, to := schema.TextRange(dataset, sha256)
	for {
		var found textNodes
		err := s.Ask(ctx, "find the texts of a data set", `query q($from: string, $to: string, $first: int) {
			q(func: between(text.key, $from, $to), first: $first) { uid } }`,
			map[string]string{"$from": from, "$to": to, "$first": strconv.Itoa(textsPerTxn)}, &found)
		if err != nil || len(found.Q) == 0 {
			return removed, err
		}
		_, err = s.fenced(ctx, "remove texts", func(_ *dgo.Txn, m *api.Mutation) error {
			for _, node := range found.Q {
				m.Del = append(m.Del, StarQuad(node.UID, "text.key"), StarQuad(node.UID, "text.piece"),
					StarQuad(node.UID, "text.words"))
			}
			return nil
		})
		if err != nil {
			return removed, err
		}
		removed += len(found.Q)
	}
}
