package canned

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"orbat/schema"
)

// MaxMarking is the highest marking that an answer may hold. There are two scales, and none of either says anything of
// the other: the Traffic Light Protocol (FIRST, TLP 2.0) and classifications. It names a level of one of them, or of
// each.
//
// All that cannot be told to be allowed is not: a marking of the other scale, one that is not known, and one with a
// caveat (NOFORN, SENSITIVE …) that MaxMarking does not name itself. What has no marking is allowed.
type MaxMarking struct {
	text string
	upTo map[scale]mark
}

// scale is one of the orders that markings stand in.
type scale string

const (
	tlp            scale = "TLP"
	classification scale = "classification"
)

// mark is one marking, read.
type mark struct {
	scale   scale
	level   int      // on its scale, from 0
	caveats []string // sorted
}

// tlpLevels are the levels of the Traffic Light Protocol; WHITE is version 1's word for CLEAR.
func tlpLevels() map[string]int {
	return map[string]int{"CLEAR": 0, "WHITE": 0, "GREEN": 1, "AMBER": 2, "AMBER+STRICT": 3, "AMBER STRICT": 3, "RED": 4}
}

// classLevels are the levels of classifications as NATO, the United Kingdom and the United States write them, in full
// and as they mark portions.
func classLevels() map[string]int {
	return map[string]int{
		"UNCLASSIFIED": 0, "U": 0, "NATO UNCLASSIFIED": 0, "NU": 0, "UK UNCLASSIFIED": 0,
		"RESTRICTED": 1, "R": 1, "NATO RESTRICTED": 1, "NR": 1, "UK RESTRICTED": 1, "OFFICIAL": 1, "UK OFFICIAL": 1,
		"CONFIDENTIAL": 2, "C": 2, "NATO CONFIDENTIAL": 2, "NC": 2, "UK CONFIDENTIAL": 2,
		"SECRET": 3, "S": 3, "NATO SECRET": 3, "NS": 3, "UK SECRET": 3,
		"TOP SECRET": 4, "TS": 4, "COSMIC TOP SECRET": 4, "CTS": 4, "UK TOP SECRET": 4,
	}
}

// sensitive is the United Kingdom's one caveat that stands within the level.
const sensitive = "-SENSITIVE"

// caveatOf spells the short forms of portion marks out, so that both forms are one caveat.
func caveatOf(text string) string {
	switch text {
	case "NF":
		return "NOFORN"
	case "OC":
		return "ORCON"
	case "PR":
		return "PROPIN"
	}
	return text
}

// ParseMaxMarking reads a limit such as TLP:GREEN, SECRET, SECRET//NOFORN (which lets through what is marked NOFORN
// too), or one of each scale: "TLP:AMBER; RESTRICTED".
func ParseMaxMarking(text string) (*MaxMarking, error) {
	m := &MaxMarking{upTo: map[scale]mark{}}
	var parts []string
	for part := range strings.SplitSeq(text, ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		read, known := parseMark(part)
		if !known {
			return nil, unknownLevel(part)
		}
		if _, twice := m.upTo[read.scale]; twice {
			return nil, fmt.Errorf("%q names two levels of one scale", schema.Shorten(text))
		}
		m.upTo[read.scale] = read
		parts = append(parts, read.String())
	}
	if len(parts) == 0 {
		return nil, errors.New("names no marking; give one such as TLP:GREEN or SECRET")
	}
	m.text = strings.Join(parts, "; ")
	return m, nil
}

func unknownLevel(text string) error {
	text = strings.TrimSpace(text)
	if _, colour := tlpLevels()[strings.ToUpper(text)]; colour {
		return fmt.Errorf("unknown marking %q; %s", text, schema.DidYouMean("TLP:"+strings.ToUpper(text), ""))
	}
	return fmt.Errorf("unknown marking %q; one of TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, TLP:RED, or UNCLASSIFIED, "+
		"RESTRICTED (OFFICIAL), CONFIDENTIAL, SECRET, TOP SECRET",
		schema.Shorten(text))
}

// String writes the limit as [ParseMaxMarking] reads it.
func (m *MaxMarking) String() string { return m.text }

// String writes a marking in its plain form.
func (m mark) String() string {
	levels := schema.ClassificationLevels()
	if m.scale == tlp {
		levels = schema.TLPLevels()
	}
	return strings.Join(append([]string{levels[m.level]}, m.caveats...), "//")
}

// PlainMarkings returns the markings that some texts name, each once, as a limit is written: SECRET//NOFORN of (S//NF).
// What nobody can read stands as it is.
func PlainMarkings(texts ...string) []string {
	var plain []string
	for _, text := range texts {
		for part := range strings.SplitSeq(text, ";") {
			if part = strings.TrimSpace(part); part == "" {
				continue
			}
			if read, known := parseMark(part); known {
				part = read.String()
			}
			plain = append(plain, schema.Shorten(part))
		}
	}
	slices.Sort(plain)
	return slices.Compact(plain)
}

// HighestMarkings returns of the markings that some texts name the highest of each scale, with the caveats of all of
// that scale, as a limit is written, and beside them what nobody can read.
func HighestMarkings(texts ...string) []string {
	highest := map[scale]mark{}
	var unread []string
	for _, text := range PlainMarkings(texts...) {
		read, known := parseMark(text)
		if !known {
			unread = append(unread, text)
			continue
		}
		if have, is := highest[read.scale]; is {
			read.level, read.caveats = max(read.level, have.level), slices.Concat(read.caveats, have.caveats)
			slices.Sort(read.caveats)
			read.caveats = slices.Compact(read.caveats)
		}
		highest[read.scale] = read
	}
	for _, m := range highest {
		unread = append(unread, m.String())
	}
	slices.Sort(unread)
	return unread
}

// Clearance is what a limit says to a marking.
type Clearance int

const (
	Allowed Clearance = iota
	above             // its level, scale or caveat
	Unknown           // nobody can tell, so that it counts as above
)

// Judge compares a marking as an entity or claim bears it. Several stand with semicolons between them, and all must be
// allowed.
func (m *MaxMarking) Judge(marking string) Clearance {
	if marking == "" {
		return Allowed
	}
	worst, read := Allowed, false
	for part := range strings.SplitSeq(marking, ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		read = true
		worst = max(worst, m.judgeOne(part))
	}
	if !read {
		return Unknown
	}
	return worst
}

func (m *MaxMarking) judgeOne(text string) Clearance {
	read, known := parseMark(text)
	if !known {
		return Unknown
	}
	limit, same := m.upTo[read.scale]
	if !same || read.level > limit.level {
		return above
	}
	for _, caveat := range read.caveats {
		if !slices.Contains(limit.caveats, caveat) {
			return above
		}
	}
	return Allowed
}

// parseMark reads one marking, in any case: TLP:AMBER, SECRET//NOFORN, (S//NF), NATO SECRET, OFFICIAL-SENSITIVE. What
// stands after the level, from // on, is caveats.
func parseMark(text string) (read mark, known bool) {
	text = strings.Join(strings.Fields(strings.ToUpper(text)), " ")
	if inner, portion := strings.CutPrefix(text, "("); portion {
		text = strings.TrimSuffix(inner, ")")
	}
	level := ""
	for part := range strings.SplitSeq(text, "/") { // SI/TK are two caveats of one kind
		part = strings.TrimSpace(part)
		switch {
		case part == "": // between //, and before a foreign level: //NATO SECRET
		case level == "":
			level = part
		default:
			read.caveats = append(read.caveats, caveatOf(part))
		}
	}
	if plain, found := strings.CutSuffix(level, sensitive); found {
		level = plain
		read.caveats = append(read.caveats, sensitive[1:])
	}
	slices.Sort(read.caveats)
	read.caveats = slices.Compact(read.caveats)
	colour, isTLP := strings.CutPrefix(level, "TLP")
	if isTLP {
		read.scale = tlp
		read.level, known = tlpLevels()[strings.TrimLeft(colour, ": -")]
		return read, known
	}
	read.scale = classification
	read.level, known = classLevels()[level]
	return read, known
}

// MarkingsOf are those that a claim bears or gives to the entity it is about: its own, the property marking, and the
// x_… values that mark where no marking does. STIX marks parts of an object one by one, and a list too long for a
// marking stays as it came.
func MarkingsOf(c *schema.Claim) (own, entity []string) {
	if c.Marking != "" {
		own = append(own, c.Marking)
	}
	if parts := c.Extra["x_granular_markings"]; parts != "" {
		own = append(own, parts)
	}
	switch {
	case c.Predicate == markingProperty && c.OwnFact():
		entity = append(entity, c.Value)
	case c.Predicate == schema.Describes:
		entity = append(entity, c.Values[markingProperty]...)
	}
	if refs := c.Extra["x_object_marking_refs"]; refs != "" && len(own)+len(entity) == 0 {
		entity = append(entity, refs)
	}
	return own, entity
}

// markingProperty is the property of an entity that says how it may be shared.
const markingProperty = "marking"
