package assertion

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed rules.txt
var ruleText string

// rules returns the cues of rules.txt, read when the first text is.
var rules = sync.OnceValue(func() *ruleSet { //nolint:gochecknoglobals // a constant that Go cannot write as one
	set, err := parseRules(ruleText)
	if err != nil {
		panic(err) // rules.txt is part of the program, and read by its tests
	}
	return set
})

type category uint8

const (
	say category = iota
	confirm
	allege
	deny
	hedge
	plan
	negate
	none
	fact
	agent
	pseudo
)

var categoryNames = []string{"say", "confirm", "allege", "deny", "hedge", "plan", "negate", "none", "fact", "agent", "pseudo"}

type direction uint8

const (
	forward direction = iota
	backward
	both
	behind
)

var directionNames = []string{"forward", "backward", "both", "behind"}

type scope uint8

const (
	clause scope = iota
	next
	subject
	phrase
	limited
)

var scopeNames = []string{"clause", "next", "subject", "phrase"}

// A cue is a pattern of words and what it makes of the statements within its scope.
type cue struct {
	category  category
	direction direction
	scope     scope
	limit     int // tokens, of a limited scope
	elements  []element
	text      string
	verbs     bool // its first element is a verb in all its forms
}

// An element of a cue is one word of several, which may be missing, or a gap.
type element struct {
	words    map[string]bool
	optional bool
	gap      bool
}

type ruleSet struct {
	classes map[string]map[string]bool
	cues    map[string][]*cue // by their first word
}

func (r *ruleSet) is(class, word string) bool { return r.classes[class][word] }

func parseRules(text string) (*ruleSet, error) {
	set := &ruleSet{classes: map[string]map[string]bool{}, cues: map[string][]*cue{}}
	for i, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" || strings.HasPrefix(line, "#") {
			continue
		}
		if fields[0] == "class" && len(fields) > 2 {
			words := map[string]bool{}
			for _, w := range fields[2:] {
				words[w] = true
			}
			set.classes[fields[1]] = words
			continue
		}
		c, err := set.parseCue(fields)
		if err != nil {
			return nil, fmt.Errorf("rules.txt:%d: %w", i+1, err)
		}
		for w := range c.elements[0].words {
			set.cues[w] = append(set.cues[w], c)
		}
	}
	return set, nil
}

func (r *ruleSet) parseCue(fields []string) (*cue, error) {
	if len(fields) < 4 {
		return nil, fmt.Errorf("a rule is category, direction, scope and cue")
	}
	c := &cue{text: strings.Join(fields[3:], " ")}
	what := slices.Index(categoryNames, fields[0])
	way := slices.Index(directionNames, fields[1])
	if what < 0 || way < 0 {
		return nil, fmt.Errorf("no category %q, or no direction %q", fields[0], fields[1])
	}
	c.category, c.direction = category(what), direction(way)
	if far := slices.Index(scopeNames, fields[2]); far >= 0 {
		c.scope = scope(far)
	} else {
		limit, err := strconv.Atoi(fields[2])
		if err != nil {
			return nil, fmt.Errorf("no scope %q", fields[2])
		}
		c.scope, c.limit = limited, limit
	}
	for _, f := range fields[3:] {
		e, err := r.parseElement(f)
		if err != nil {
			return nil, err
		}
		c.elements = append(c.elements, e)
	}
	if c.elements[0].words == nil || c.elements[0].optional {
		return nil, fmt.Errorf("cue %q begins with no word", c.text)
	}
	c.verbs = strings.HasPrefix(fields[3], "~")
	return c, nil
}

func (r *ruleSet) parseElement(field string) (element, error) {
	if field == "..." {
		return element{gap: true}, nil
	}
	e := element{words: map[string]bool{}}
	if strings.HasPrefix(field, "[") && strings.HasSuffix(field, "]") {
		e.optional = true
		field = field[1 : len(field)-1]
	}
	for _, w := range strings.Split(field, "|") {
		switch {
		case strings.HasPrefix(w, "@"):
			class, ok := r.classes[w[1:]]
			if !ok {
				return e, fmt.Errorf("no class %q", w)
			}
			for member := range class {
				e.words[member] = true
			}
		case strings.HasPrefix(w, "~"):
			for _, form := range verbForms(w[1:]) {
				e.words[form] = true
			}
		case w != "":
			e.words[w] = true
		}
	}
	return e, nil
}

// irregular holds the past and participle of verbs that make theirs in a way of their own.
var irregular = map[string][]string{
	"say": {"said"}, "tell": {"told"}, "write": {"wrote", "written"}, "find": {"found"}, "think": {"thought"},
	"swear": {"swore", "sworn"}, "seek": {"sought"}, "mean": {"meant"}, "keep": {"kept"}, "be": {"is", "are", "was", "were", "been"},
	"take": {"took", "taken"}, "forbid": {"forbade", "forbidden"}, "foresee": {"foresaw", "foreseen"}, "tie": {"tied", "tying"},
	"prove": {"proved", "proven"}, "forget": {"forgot", "forgotten", "forgetting"}, "forbear": {"forbore", "forborne"},
	"forgo": {"forwent", "forgone"}, "forswear": {"forswore", "forsworn"}, "shrink": {"shrank", "shrunk"}, "beg": {"begged", "begging"},
	"plead": {"pleaded", "pled"}, "break": {"broke", "broken"}, "make": {"made"}, "choose": {"chose", "chosen"},
	"hold": {"held"}, "learn": {"learned", "learnt"}, "withdraw": {"withdrew", "withdrawn"}, "spread": {"spread"},
	"speak": {"spoke", "spoken"},
	"hear":  {"heard"}, "give": {"gave", "given"}, "let": {"let", "letting"}, "put": {"put", "putting"}, "come": {"came", "come"},
	"set": {"set", "setting"}, "shoot": {"shot"}, "throw": {"threw", "thrown"}, "hit": {"hit", "hitting"}, "cast": {"cast"},
	"shake": {"shook", "shaken"}, "send": {"sent"}, "see": {"saw", "seen"}, "fall": {"fell", "fallen"},
	"carry": {"carried"}, "have": {"had"},
}

// doubled are the verbs that double their last letter.
var doubled = map[string]bool{
	"admit": true, "submit": true, "nip": true, "bar": true, "abet": true, "omit": true, "rebut": true, "commit": true,
	"plan": true, "stop": true,
	"sum": true, "bat": true, "swat": true, "plot": true, "acquit": true, "refer": true, "compel": true, "ban": true,
}

// verbForms returns all forms of a verb.
func verbForms(verb string) []string {
	forms := []string{verb}
	last := verb[len(verb)-1]
	stem, past := verb, verb+"ed"
	third := verb + "s"
	switch {
	case last == 'e':
		stem, past = verb[:len(verb)-1], verb+"d"
	case last == 'y' && !strings.ContainsRune("aeiou", rune(verb[len(verb)-2])):
		third, past = verb[:len(verb)-1]+"ies", verb[:len(verb)-1]+"ied"
	case doubled[verb]:
		stem = verb + string(last)
		past = stem + "ed"
	case last == 's' || last == 'x' || last == 'h' && verb[len(verb)-2] != 't':
		third = verb + "es"
	}
	forms = append(forms, third, stem+"ing")
	if odd, ok := irregular[verb]; ok {
		return append(forms, odd...)
	}
	return append(forms, past)
}
