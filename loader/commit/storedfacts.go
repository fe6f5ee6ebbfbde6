package commit

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dgraph-io/dgo/v230"

	"orbat/schema"
)

// FactPredicates returns what [schema.DeriveFacts] may write to an entity's node.
func FactPredicates(ontology *schema.Ontology) []string {
	set := map[string]bool{
		"entity.type": true, "dgraph.type": true, "name.key": true, "name.sound": true, schema.DiffersPredicate: true,
	}
	note := func(p *schema.Property) {
		set[p.Predicate()] = true
		if p.Dated() {
			set[p.Predicate()+schema.MinSuffix] = true
			set[p.Predicate()+schema.MaxSuffix] = true
		}
	}
	for _, kind := range ontology.Types {
		for _, p := range kind.Properties {
			note(p)
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// readStoredFacts returns what an entity's node shows, in the form that [schema.DeriveFacts] returns.
func readStoredFacts(ctx context.Context, txn *dgo.Txn, ontology *schema.Ontology, uid string) (map[string][]string, error) {
	answer, err := txn.QueryWithVars(ctx, "query q($u: string) { q(func: uid($u)) { "+strings.Join(FactPredicates(ontology), " ")+" } }",
		map[string]string{"$u": uid})
	if err != nil {
		return nil, err
	}
	var found struct{ Q []map[string]json.RawMessage }
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
		return nil, fmt.Errorf("read an entity: %w", err)
	}
	if len(found.Q) == 0 {
		return map[string][]string{}, nil
	}
	return FactValues(found.Q[0])
}

// FactValues returns the values of a node as it was read from Dgraph, by predicate, in the form of [schema.Facts].
func FactValues(node map[string]json.RawMessage) (map[string][]string, error) {
	shown := make(map[string][]string, len(node))
	for predicate, raw := range node {
		var list []json.RawMessage
		if len(raw) == 0 || raw[0] != '[' || json.Unmarshal(raw, &list) != nil {
			list = []json.RawMessage{raw}
		}
		for _, value := range list {
			text, err := factText(predicate, value)
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", predicate, err)
			}
			shown[predicate] = append(shown[predicate], text)
		}
	}
	return shown, nil
}

// factText undoes Dgraph's typing: a number, a truth value and a GeoJSON object are text again, a time is in
// orbat's form.
func factText(predicate string, raw json.RawMessage) (string, error) {
	if len(raw) == 0 || raw[0] != '"' {
		return string(raw), nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return "", err
	}
	if strings.HasSuffix(predicate, schema.MinSuffix) || strings.HasSuffix(predicate, schema.MaxSuffix) {
		if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
			return schema.Stamp(t), nil
		}
	}
	return text, nil
}
