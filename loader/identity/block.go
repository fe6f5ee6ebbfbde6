package identity

import (
	"cmp"
	"hash/maphash"
	"slices"
)

// Blocking: only entities that share a key are compared. The keys allow for what spoils names: other scripts and vowels
// (sounds), a slip in a consonant (a sound with one letter left out, as SymSpell does for spelling), order and missing
// words (any two words of a name), initials, and common names (a word and a tie). A key that many share tells little
// and is left to the finer ones, so that the work grows with the entities and not with their square.

// keyKind separates the sorts of keys and says how many entities may share one.
type keyKind byte

const (
	wholeName keyKind = iota
	oneWord
	twoWords
	wordAndInitial
	wordAndTie
	acrossScripts
	sameValue
)

func (k keyKind) most() int {
	switch k {
	case wholeName:
		return 200
	case sameValue:
		return 100
	case oneWord:
		return 20
	case twoWords, wordAndInitial, wordAndTie, acrossScripts:
	}
	return 40
}

// posting says that an entity has a key.
type posting struct {
	key    uint64
	entity int32
	kind   keyKind
}

// blocker makes the keys of entities.
type blocker struct {
	*lexicon
	seed     maphash.Seed
	postings []posting
}

func (b *blocker) put(e *entity, kind keyKind, parts ...any) {
	var h maphash.Hash
	h.SetSeed(b.seed)
	_ = h.WriteByte(byte(kind))
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			_, _ = h.WriteString(part)
			_ = h.WriteByte(0)
		case int32:
			maphash.WriteComparable(&h, part)
		case uint64:
			maphash.WriteComparable(&h, part)
		}
	}
	b.postings = append(b.postings, posting{h.Sum64(), e.index, kind})
}

const (
	maxFormsBlocked = 12 // names of one entity that make keys
	maxWordsBlocked = 7  // words of one name that make keys
)

func (b *blocker) entity(e *entity) {
	from := len(b.postings)
	for _, f := range e.forms[:min(len(e.forms), maxFormsBlocked)] {
		b.form(e, &f)
	}
	for _, property := range []string{"external_ids", "handle", "serial", "url", "callsign"} {
		for _, v := range e.values[property] {
			b.put(e, sameValue, property, v)
		}
	}
	mine := b.postings[from:]
	slices.SortFunc(mine, comparePostings)
	b.postings = b.postings[:from+len(slices.Compact(mine))]
}

func (b *blocker) form(e *entity, f *form) {
	words := f.words[:min(len(f.words), maxWordsBlocked)]
	sounds := make([]int32, len(words))
	for i, w := range words {
		sounds[i] = b.words[w].sound
	}
	slices.Sort(sounds)
	whole := make([]any, len(sounds))
	for i, s := range sounds {
		whole[i] = s
	}
	b.put(e, wholeName, whole...)
	for i, w := range words {
		x := &b.words[w]
		if x.kind != plain {
			continue
		}
		slips := slipsOf(x.text)
		for _, slip := range slips {
			b.put(e, oneWord, slip)
		}
		for _, t := range e.ties[:min(len(e.ties), maxWordsBlocked)] {
			b.put(e, wordAndTie, x.sound, t.key)
		}
		for j, v := range words {
			y := &b.words[v]
			if i == j {
				continue
			}
			for _, slip := range slips {
				b.put(e, twoWords, slip, y.sound)
			}
			b.put(e, wordAndInitial, x.sound, y.text[:1])
			if y.kind == plain && i < j {
				b.put(e, acrossScripts, min(x.coarse, y.coarse), max(x.coarse, y.coarse))
			}
		}
	}
}

// slipsOf returns a word's sound and what is left of it with any one letter left out: two words that differ by one
// consonant share one of them.
func slipsOf(text string) []string {
	sound := soundOf(text)
	slips := []string{sound}
	if len(sound) < 3 {
		return slips
	}
	for i := range min(len(sound), maxWordsBlocked) {
		slips = append(slips, sound[:i]+sound[i+1:])
	}
	return slips
}

func comparePostings(p, q posting) int {
	return cmp.Or(cmp.Compare(p.key, q.key), cmp.Compare(p.entity, q.entity))
}

// foreign reports a name from another script.
func (e *entity) foreign() bool {
	return slices.ContainsFunc(e.forms, func(f form) bool { return f.foreign })
}

// couple is two entities that share a key, the smaller index first.
type couple uint64

func coupleOf(a, b int32) couple {
	return couple(uint64(uint32(min(a, b)))<<32 | uint64(uint32(max(a, b)))) //nolint:gosec // indexes are not negative
}

func (c couple) ends() (a, b int32) { return int32(c >> 32), int32(c & 0xffffffff) } //nolint:gosec // made of two int32

// couples returns all pairs worth comparing, each once. Keep filters them before they cost memory.
func (b *blocker) couples(entities []*entity, keep func(a, b *entity) bool) []couple {
	for _, e := range entities {
		b.entity(e)
	}
	slices.SortFunc(b.postings, comparePostings)
	var found []couple
	fresh := 0 // couples since the last tidying
	for start := 0; start < len(b.postings); {
		end := start + 1
		for end < len(b.postings) && b.postings[end].key == b.postings[start].key {
			end++
		}
		block := b.postings[start:end]
		start = end
		if len(block) < 2 || len(block) > block[0].kind.most() {
			continue
		}
		for i := range block {
			for j := i + 1; j < len(block); j++ {
				x, y := entities[block[i].entity], entities[block[j].entity]
				if block[0].kind == acrossScripts && !x.foreign() && !y.foreign() {
					continue
				}
				if keep(x, y) {
					found = append(found, coupleOf(block[i].entity, block[j].entity))
					fresh++
				}
			}
		}
		if fresh > 1<<20 && fresh > len(found)/2 {
			found, fresh = tidy(found), 0
		}
	}
	b.postings = nil
	return tidy(found)
}

func tidy(found []couple) []couple {
	slices.Sort(found)
	return slices.Compact(found)
}
