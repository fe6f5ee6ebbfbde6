package text

import "strings"

// normalRank returns a rank in full words: "Lt.-Gen." is "lieutenant general".
func normalRank(rank string) string {
	words := strings.FieldsFunc(strings.ToLower(rank), func(r rune) bool { return r == ' ' || r == '.' || r == '-' })
	for i, w := range words {
		if full, ok := rankWords[w]; ok {
			words[i] = full
		}
	}
	return strings.Join(words, " ")
}

var rankWords = map[string]string{
	"gen": "general", "lt": "lieutenant", "lieut": "lieutenant", "maj": "major", "brig": "brigadier", "col": "colonel", "capt": "captain",
	"sgt": "sergeant", "cpl": "corporal", "adm": "admiral", "cdr": "commander", "cmdr": "commander", "comdr": "commander",
	"pvt": "private", "pfc": "private first class", "spc": "specialist", "1st": "first", "2nd": "second", "sqn": "squadron",
	"ldr": "leader", "wg": "wing", "flt": "flight", "ssgt": "staff sergeant",
}

// outranked reports whether a document also calls somebody by the same rank with a word before it, which says it whole.
func (e *Entity) outranked(rank string) bool {
	for other := range e.ranks {
		if strings.HasSuffix(other, " "+rank) {
			return true
		}
	}
	return false
}

// ranksOf reads the ranks that stand before names, or beside them.
func (d *doc) ranksOf(s *sentence) {
	for i := range s.chunks {
		d.rankBeside(s, i)
	}
	for i := range s.words {
		m := s.words[i].mention
		if m == nil || i != m.First || m.Rank == "" || m.Entity == nil || m.Entity.Type != "Person" ||
			!strings.Contains(m.surface, " ") && m.Entity.Rank != "" {
			continue
		}
		d.ranked(s, m.Entity, m.Rank, "rank-before-name", 95)
	}
}

// ranked states somebody's rank, unless it was said before or is "the general" of somebody who was called a major
// general.
func (d *doc) ranked(s *sentence, who *Entity, text, rule string, confidence int) {
	rank := normalRank(text)
	if who.ranks[rank] || who.outranked(rank) {
		return
	}
	if who.ranks == nil {
		who.ranks = map[string]bool{}
	}
	who.ranks[rank] = true
	d.say(s, Statement{
		Relation: "rank", From: End{Entity: who}, Value: text, Text: text, Rule: rule, Confidence: confidence,
	}, plain())
}

// rankBeside reads a rank between commas behind a name: "Omar Testa, a lieutenant colonel, said".
func (d *doc) rankBeside(s *sentence, i int) {
	c := &s.chunks[i]
	if c.kind != cNoun || i < 2 || s.chunks[i-1].kind != cComma || c.last <= c.first || c.mention != nil || len(c.inner) > 0 ||
		s.words[c.first].key != "a" && s.words[c.first].key != "an" || i+1 < len(s.chunks) && s.chunks[i+1].kind != cComma &&
		s.chunks[i+1].kind != cMark {
		return
	}
	who := person(s.chunks[i-2].mention)
	if who == nil || s.chunks[i-2].last != who.Last || !tables().ranks[keysOf(s.words, c.first+1, c.last)] {
		return
	}
	d.ranked(s, who.Entity, textOf(s.words, c.first+1, c.last), "rank-beside-name", 85)
}

// keysOf returns words as tables have them.
func keysOf(words []word, first, last int) string {
	var b strings.Builder
	for i := first; i <= last; i++ {
		if i > first {
			b.WriteByte(' ')
		}
		b.WriteString(strings.ReplaceAll(words[i].bare(), "-", " "))
	}
	return b.String()
}
