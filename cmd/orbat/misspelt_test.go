package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"orbat/deploy"
)

// bearer is an entity of a name that no other has.
type bearer struct{ XID, Type, Name string }

// misspelt asks a server to reconcile names of a graph that are typed badly: each with one letter put in, left out,
// replaced, or changed with the next, anywhere in it. Nine of ten must be found at rank one, whether their type is told
// or not.
func misspelt(t *testing.T, conn *deploy.Conn) {
	t.Helper()
	const seed = 20
	names := 100
	if inFull() {
		names = 300
	}
	web := served(t, conn, local())
	status, lines := get(t, web.URL+"/api/v1/export?format=canonical&dataset=nigeria")
	if status != http.StatusOK {
		t.Fatalf("%d %.300s", status, lines)
	}
	list, bearers := []bearer{}, map[string]int{}
	for line := range bytes.SplitSeq(lines, []byte("\n")) {
		var b bearer
		if len(line) > 0 && json.Unmarshal(line, &b) == nil && b.XID != "" && b.Name != "" && (b.Type == "Person" || b.Type == "Unit") &&
			!bytes.Contains(line, []byte("is_placeholder")) && !slices.Contains(list, b) {
			list = append(list, b)
			bearers[strings.ToLower(b.Name)]++
		}
	}
	list = slices.DeleteFunc(list, func(b bearer) bool { return bearers[strings.ToLower(b.Name)] > 1 })
	slices.SortFunc(list, func(a, b bearer) int { return strings.Compare(a.XID, b.XID) })
	random := rand.New(rand.NewPCG(seed, seed)) //nolint:gosec // the same again is wanted
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	if len(list) < names {
		t.Fatalf("only %d names", len(list))
	}
	list = list[:names]
	first := 0
	var missed []string
	for batch := range slices.Chunk(list, 10) { // as OpenRefine sends them
		queries, typed := map[string]map[string]any{}, map[string]string{}
		for i, b := range batch {
			key := fmt.Sprint("q", i)
			typed[key] = slip(random, b.Name)
			queries[key] = map[string]any{"query": typed[key], "limit": 3}
			if i%2 == 0 {
				queries[key]["type"], queries[key]["type_strict"] = b.Type, "should"
			}
		}
		text, err := json.Marshal(queries)
		if err != nil {
			t.Fatal(err)
		}
		status, body := get(t, web.URL+"/reconcile?queries="+url.QueryEscape(string(text)))
		var found map[string]struct {
			Result []struct {
				ID, Name string
				Score    float64
			}
		}
		if err := json.Unmarshal(body, &found); err != nil || status != http.StatusOK {
			t.Fatalf("%d %v %.300s", status, err, body)
		}
		for i, b := range batch {
			key := fmt.Sprint("q", i)
			if result := found[key].Result; len(result) > 0 && result[0].ID == b.XID {
				first++
			} else {
				missed = append(missed, fmt.Sprintf("%q typed as %q: %v", b.Name, typed[key], result))
			}
		}
	}
	t.Logf("%d of %d at rank one; not\n%s", first, names, strings.Join(missed, "\n"))
	if first*10 < names*9 {
		t.Errorf("%d of %d at rank one", first, names)
	}
}

// slip returns a name with one slip in typing.
func slip(random *rand.Rand, name string) string {
	letters := []rune(name)
	for {
		at, letter := random.IntN(len(letters)), rune('a'+random.IntN(26))
		wrong := slices.Clone(letters)
		switch random.IntN(4) {
		case 0:
			wrong = slices.Insert(wrong, at, letter)
		case 1:
			wrong = slices.Delete(wrong, at, at+1)
		case 2:
			wrong[at] = letter
		case 3:
			next := (at + 1) % len(wrong)
			wrong[at], wrong[next] = wrong[next], wrong[at]
		}
		if text := string(wrong); text != name && strings.TrimSpace(text) != "" {
			return text
		}
	}
}
