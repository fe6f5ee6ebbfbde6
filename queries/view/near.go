package view

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/agext/levenshtein"

	"orbat/schema"
)

// nearWords is how many words of a text its slips are looked for in, and nearSplits how many patterns it takes to cut
// it into other words.
const (
	nearWords  = 8
	nearSplits = 64
)

// nearRead is how many names that come near are read, before the nearest are kept.
const nearRead = 1000

// soundPattern is what the sounds of names must have: all of some, and one of others.
type soundPattern struct {
	all, any []string
}

func (p soundPattern) matches(sounds []string) bool {
	has := func(sound string) bool { return slices.Contains(sounds, sound) }
	return !slices.ContainsFunc(p.all, func(sound string) bool { return !has(sound) }) &&
		(len(p.any) == 0 || slices.ContainsFunc(p.any, has))
}

// nearPatterns returns the patterns of names of which one slip makes a text: in one of its words, or in the space
// between two; and wide, those of names that have all its words but one.
func nearPatterns(text string) (near, wide []soundPattern) {
	words := strings.Fields(schema.Folded(text))
	words = words[:min(nearWords, len(words))]
	seen := map[string]bool{}
	add := func(to *[]soundPattern, all []string, slips ...string) {
		all = slices.Compact(slices.Sorted(slices.Values(all)))
		key := strings.Join(all, " ") + "\n" + strings.Join(slips, " ")
		if len(all)+len(slips) > 0 && !seen[key] {
			seen[key] = true
			*to = append(*to, soundPattern{all, slips})
		}
	}
	without := func(from, to int, more ...string) []string {
		return schema.NameSounds(slices.Concat(words[:from], words[to:], more))
	}
	for i, word := range words {
		add(&near, without(i, i+1), schema.SlipSounds(word)...)
		if len(words) > 1 {
			add(&wide, without(i, i+1))
		}
	}
	for i := 0; i+1 < len(words); i++ { // a space that does not belong there, or stands a letter too early or late
		one, other := []rune(words[i]), []rune(words[i+1])
		add(&near, without(i, i+2, words[i]+words[i+1]))
		add(&near, without(i, i+2, string(one[:len(one)-1]), string(one[len(one)-1:])+words[i+1]))
		add(&near, without(i, i+2, words[i]+string(other[:1]), string(other[1:])))
	}
	for _, dropped := range []int{0, 1} { // a space that is not there, or another letter in its place
		for i, word := range words {
			letters := []rune(word)
			for at := 2; at+dropped+1 < len(letters) && len(near) < nearSplits; at++ {
				add(&near, without(i, i+1, string(letters[:at]), string(letters[at+dropped:])))
			}
		}
	}
	return near, wide
}

// Near returns entities of some types whose names are a text but for a slip in one of its words, or lack or change one
// of them, the nearest first. It finds slips by the sounds of names: of all the words that one slip makes of another
// few sound different.
func (s *Snapshot) Near(ctx context.Context, text string, most int, types ...string) ([]Candidate, error) {
	if len(text) > schema.MaxXID || schema.SearchKey(text) == "" {
		return nil, nil
	}
	near, wide := nearPatterns(text)
	declared, ofType, vars := s.typeFilter(types)
	var blocks strings.Builder
	n := 0
	block := func(patterns []soundPattern) string {
		var names []string
		for _, p := range patterns {
			parameter := func(terms []string) string {
				name := "$s" + strconv.Itoa(n)
				n++
				vars[name], declared = strings.Join(terms, " "), declared+", "+name+": string"
				return name
			}
			name := "p" + strconv.Itoa(n)
			names = append(names, name)
			blocks.WriteString(name + " as var(func: ")
			if len(p.all) == 0 {
				blocks.WriteString("anyofterms(name.sound, " + parameter(p.any) + "))\n")
				continue
			}
			blocks.WriteString("allofterms(name.sound, " + parameter(p.all) + "))")
			if len(p.any) > 0 {
				blocks.WriteString(" @filter(anyofterms(name.sound, " + parameter(p.any) + "))")
			}
			blocks.WriteByte('\n')
		}
		return strings.Join(names, ", ")
	}
	fields := candidateFields(s.Ontology, "name.key")
	result := func(name string, patterns []soundPattern) string {
		if len(patterns) == 0 {
			return ""
		}
		return name + "(func: uid(" + block(patterns) + "), first: $first, after: $after)" + ofType + " { " + fields + " }\n"
	}
	results := result("near", near) + result("wide", wide)
	if results == "" {
		return nil, nil
	}
	dql := "query q($first: int, $after: string" + declared + ") {\n" + blocks.String() + results + "}"
	var list []Candidate
	err := s.namePages(ctx, dql, vars, MaxSuggested, func(page map[string][]*candidateNode) (bool, error) {
		for name, patterns := range map[string][]soundPattern{"near": near, "wide": wide} {
			some, err := s.candidates(ctx, page[name], byLikeness, types, func(_ string, f *schema.Facts) bool {
				return slices.ContainsFunc(patterns, func(p soundPattern) bool { return p.matches(f.Values["name.sound"]) })
			})
			if err != nil {
				return false, err
			}
			list = append(list, some...)
		}
		return len(list) >= nearRead, nil
	})
	if err != nil {
		return nil, err
	}
	key := schema.SearchKey(text)
	distance := map[string]int{}
	for _, c := range list {
		distance[c.XID] = nearness(key, c.keys)
	}
	slices.SortFunc(list, func(a, b Candidate) int {
		return cmp.Or(distance[a.XID]-distance[b.XID], strings.Compare(a.XID, b.XID))
	})
	list = slices.CompactFunc(list, func(a, b Candidate) bool { return a.XID == b.XID })
	return list[:min(most, len(list))], nil
}

// nearness is how far a folded text is from the nearest of some folded names or of as many words of one, in slips; that
// a name has more words counts least.
func nearness(key string, keys []string) int {
	const slip = 100
	n := strings.Count(key, " ") + 1
	least := slip * len(key)
	for _, own := range keys {
		least = min(least, slip*levenshtein.Distance(key, own, nil))
		if words := strings.Fields(own); len(words) > n {
			least = min(least, slip*levenshtein.Distance(key, strings.Join(words[:n], " "), nil)+min(len(words)-n, slip-1))
		}
	}
	return least
}

// WithValue returns the entities of some types that have a value of an indexed property.
func (s *Snapshot) WithValue(ctx context.Context, p *schema.Property, value string, types ...string) ([]Candidate, error) {
	if !p.Indexed || p.Dated() || p.Kind == schema.KindGeo || p.Kind == schema.KindBool {
		return nil, nil
	}
	declared, ofType, vars := s.typeFilter(types)
	vars["$value"] = value
	dql := "query q($value: string, $first: int, $after: string" + declared + ") { " +
		"value(func: eq(" + p.Predicate() + ", $value), first: $first, after: $after)" + ofType + // a name of the ontology (law 13)
		" { " + candidateFields(s.Ontology) + " } }"
	var list []Candidate
	err := s.namePages(ctx, dql, vars, MaxSuggested, func(page map[string][]*candidateNode) (bool, error) {
		some, err := s.candidates(ctx, page["value"], byValue, types, func(_ string, f *schema.Facts) bool {
			return slices.Contains(f.Values[p.Predicate()], value)
		})
		list = append(list, some...)
		return len(list) >= MaxSuggested, err
	})
	return list, err
}
