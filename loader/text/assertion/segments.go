package assertion

import (
	"strings"

	"orbat/loader/text/token"
)

// A segment is a stretch of a sentence that is told aside: a relative clause, a participle clause between commas, what
// stands before the main clause. The first is the whole sentence.
type segment struct {
	begin, end int
	parent     int
	relative   bool
}

func (s *sentence) cutSegments() {
	s.segment = make([]int, len(s.words))
	s.segments = []segment{{end: len(s.words), parent: -1}}
	stack := []int{0}
	open := func(begin, end int, relative bool) {
		s.segments = append(s.segments, segment{begin: begin, end: end, parent: stack[len(stack)-1], relative: relative})
		stack = append(stack, len(s.segments)-1)
	}
	if end := s.introduction(); end > 0 {
		open(0, end, false)
	}
	for i := range s.words {
		for len(stack) > 1 && s.segments[stack[len(stack)-1]].end <= i {
			stack = stack[:len(stack)-1]
		}
		if len(stack) < maxDepth {
			if end, relative := s.opensSegment(i); end > i {
				open(i, min(end, s.segments[stack[len(stack)-1]].end), relative)
			}
		}
		s.segment[i] = stack[len(stack)-1]
	}
}

// maxDepth bounds the nesting of segments: deeper ones are part of what holds them.
const maxDepth = 6

// introduction returns where what stands before the main clause ends, or 0.
func (s *sentence) introduction() int {
	if len(s.words) < 3 {
		return 0
	}
	participle := s.isAdverb(0) && s.looksPast(1) || s.looksPast(0) && !s.isFinite(1) && s.is("prepositions", 1)
	if !s.is("starters", 0) && !participle {
		return 0
	}
	for i := 1; i < len(s.words); i++ {
		switch s.words[i] {
		case ",":
			// A list of years or places goes on.
			if i+1 < len(s.words) && s.tokens[i+1].Kind == token.Number && !s.isFinite(i+2) {
				continue
			}
			return i
		case ";", "\"", "“", ":":
			return 0
		}
	}
	return 0
}

// opensSegment returns the end of the segment that begins at a token; no segment where it is not beyond the token.
func (s *sentence) opensSegment(i int) (end int, relative bool) {
	if i == 0 || s.cueOf[i] >= 0 && s.cueOf[i] == s.cueOf[i-1] {
		return 0, false
	}
	comma := s.words[i-1] == ","
	switch s.words[i] {
	case "who", "which", "whom", "whose", "where":
		prev := i - 1
		if s.is("prepositions", prev) {
			prev--
			noun := prev
			for noun > 0 && oneOf(s.words[noun], "according", ",") {
				noun--
			}
			if s.words[i] == "which" && s.is("reporting", noun) {
				return 0, false // "the version under which they had mined it": what it says
			}
		}
		if prev >= 0 && s.words[prev] == "," {
			return s.closingComma(i), true
		}
		if s.words[i] == "where" || prev < 0 || !s.isWord(prev) || s.is("prepositions", prev) {
			return 0, false
		}
		if c := s.cueOf[prev]; c >= 0 && s.ops[c].category != pseudo && s.ops[c].category != say && s.ops[c].category != plan {
			return 0, false
		}
		return s.restrictiveEnd(i), true
	case "that":
		if comma || !s.isRelativeThat(i) {
			return 0, false
		}
		return s.restrictiveEnd(i), true
	}
	if comma && (s.looksPast(i) || s.isAdverb(i) && s.looksPast(i+1) || strings.HasSuffix(s.words[i], "ing") && len(s.words[i]) > 5) {
		end := s.closingComma(i)
		if end < len(s.words) && end+1 < len(s.words) && (s.isFinite(end+1) || s.looksPast(end+1) || s.isVerbCue(end+1)) {
			return end, false
		}
	}
	return 0, false
}

func (s *sentence) isVerbCue(i int) bool {
	if i >= len(s.words) || s.cueOf[i] < 0 {
		return false
	}
	return s.ops[s.cueOf[i]].verbs
}

// closingComma returns the comma or stop that ends what begins at a token.
func (s *sentence) closingComma(i int) int {
	for j := i + 1; j < len(s.words); j++ {
		switch s.words[j] {
		case ",":
			if s.tokens[j-1].Kind == token.Number && j+1 < len(s.words) && s.tokens[j+1].Kind == token.Number {
				continue
			}
			return j
		case ";", "\"", "”", "—", "–":
			return j
		}
	}
	return len(s.words)
}

// isRelativeThat reports whether "that" begins a relative clause, and not what somebody says.
func (s *sentence) isRelativeThat(i int) bool {
	if !s.isWord(i-1) || s.is("prepositions", i-1) || s.isAux(i-1) || i+1 >= len(s.words) {
		return false
	}
	if c := s.cueOf[i-1]; c >= 0 && s.ops[c].category != pseudo {
		return false
	}
	if s.is("proof", i-1) || s.is("reporting", i-1) {
		return false
	}
	if s.isFinite(i+1) || s.is("modal", i+1) || s.looksPast(i+1) && !s.is("det", i+2) || s.looksPast(i+1) {
		return true
	}
	for j := i - 2; j >= max(0, i-10); j-- { // said in a statement that
		if s.words[j] == "," || s.words[j] == "that" {
			break
		}
		if c := s.cueOf[j]; c >= 0 && s.ops[c].scope == clause {
			return false
		}
	}
	return true
}

// restrictiveEnd returns where a relative clause without commas ends: before the second finite verb.
func (s *sentence) restrictiveEnd(i int) int {
	j := i + 1
	for s.isAdverb(j) {
		j++
	}
	seen := false
	if s.isWord(j) && !s.isFinite(j) && !s.isCapital(j) && !s.is("det", j) && !s.is("pronoun", j) && !s.is("prepositions", j) {
		seen = s.words[i] != "whom" && s.words[i] != "whose" && (s.looksPast(j) || !strings.HasSuffix(s.words[j], "s"))
	}
	for ; j < len(s.words); j++ {
		switch s.words[j] {
		case ",", ";", ":", "\"", "”", "—", "–":
			return j
		}
		if seen && j > i+2 && s.isVerbCue(j) && s.looksPast(j) && s.isPlain(j-1) {
			return j // "a man who saw it said"
		}
		if s.isFinite(j) && !s.isAux(j-1) {
			if seen {
				return j
			}
			seen = true
			for j+1 < len(s.words) && (s.isAux(j+1) || s.isAdverb(j+1)) {
				j++
			}
		}
	}
	return len(s.words)
}

// within reports whether a token lies in a segment or one of those within it.
func (s *sentence) within(i, seg int) bool {
	for at := s.segment[i]; at >= 0; at = s.segments[at].parent {
		if at == seg {
			return true
		}
	}
	return false
}

// aside reports whether a relative clause stands between a token and the segment that holds it.
func (s *sentence) aside(i, seg int) (relative, other bool) {
	for at := s.segment[i]; at >= 0 && at != seg; at = s.segments[at].parent {
		if s.segments[at].relative {
			relative = true
		} else {
			other = true
		}
	}
	return relative, other
}
