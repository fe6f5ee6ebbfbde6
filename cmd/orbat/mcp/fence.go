package mcp

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"strconv"
	"strings"
)

// fence is what the texts of sources stand between: an element whose name occurs in nothing of the answer. It comes of
// a hash of the whole answer: who writes a text cannot know it, and what by chance holds it has another chosen.
type fence string

// newFence returns the fence of some values.
func newFence(values ...any) fence {
	sum := sha256.New()
	for _, v := range values {
		hashTexts(sum, v)
	}
	for n := 0; ; n++ {
		_, _ = sum.Write([]byte(strconv.Itoa(n))) // a hash takes everything
		name := "untrusted-" + hex.EncodeToString(sum.Sum(nil)[:6])
		if !holds(name, values...) {
			return fence(name)
		}
	}
}

func hashTexts(sum hash.Hash, v any) {
	text, err := json.Marshal(v)
	if err == nil {
		_, _ = sum.Write(text)
	}
}

// holds reports whether a text occurs anywhere in some values, in whatever case.
func holds(text string, values ...any) bool {
	for _, v := range values {
		found := false
		walk(v, func(s string) { found = found || strings.Contains(strings.ToLower(s), text) })
		if found {
			return true
		}
	}
	return false
}

func walk(v any, visit func(string)) {
	switch v := v.(type) {
	case string:
		visit(v)
	case source:
		visit(string(v))
	case []string:
		for _, s := range v {
			visit(s)
		}
	case []any:
		for _, one := range v {
			walk(one, visit)
		}
	case object:
		for name, one := range v {
			visit(name)
			walk(one, visit)
		}
	}
}

// around returns a value with each text of a source between the fence.
func (f fence) around(v any) any {
	switch v := v.(type) {
	case source:
		return "<" + string(f) + ">" + string(v) + "</" + string(f) + ">"
	case []any:
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = f.around(one)
		}
		return out
	case object:
		out := make(object, len(v))
		for name, one := range v {
			out[name] = f.around(one)
		}
		return out
	}
	return v
}
