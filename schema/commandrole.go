package schema

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// CommandRole is the position that somebody has in a command, whatever the title says.
type CommandRole string

// The positions, the one in charge first.
const (
	Commander    CommandRole = "commander"
	Acting       CommandRole = "acting" // in charge for the time being
	Deputy       CommandRole = "deputy"
	ChiefOfStaff CommandRole = "chief_of_staff"
	OtherRole    CommandRole = "other"
)

// CommandRoles lists them, the one in charge first.
func CommandRoles() []CommandRole {
	return []CommandRole{Commander, Acting, Deputy, ChiefOfStaff, OtherRole}
}

// InCharge reports whether it is the position of the one in charge, if only for the time being.
func (p CommandRole) InCharge() bool { return p == Commander || p == Acting }

// Order returns where the position stands among all, the one in charge first.
func (p CommandRole) Order() int {
	if i := slices.Index(CommandRoles(), p); i >= 0 {
		return i
	}
	return len(CommandRoles())
}

// CommandRoleOf returns the position of somebody whom a relation ties to a unit with some qualifiers: what the
// qualifier position says, else what the words of the role do (roles.yaml), else a commander's where the relation is
// commands. Of several roles the one most in charge counts.
func CommandRoleOf(relation string, qualifiers map[string][]string) CommandRole {
	positions := make([]CommandRole, 0, 1)
	for _, text := range qualifiers["position"] {
		if p := CommandRole(text); slices.Contains(CommandRoles(), p) {
			positions = append(positions, p)
		}
	}
	if len(positions) == 0 {
		for _, role := range qualifiers["role"] {
			if p := roles().position(role); p != "" {
				positions = append(positions, p)
			}
		}
	}
	best := OtherRole
	if relation == "commands" {
		best = Commander
	}
	if len(positions) > 0 {
		best = slices.MinFunc(positions, func(p, q CommandRole) int { return p.Order() - q.Order() })
	}
	if acting, err := strconv.ParseBool(strings.Join(qualifiers["acting"], "")); err == nil && acting && best == Commander {
		return Acting
	}
	return best
}

// PositionKey tells the post that qualifiers give somebody from others in the same unit, in whatever words: CO,
// командир and commander are one. It is the position, where the qualifier position or the words of the role name one in
// charge, a deputy or a chief of staff; else the words, as of the staff there are many. Of a post that is no command
// only words that say just that count: a platoon leader does not lead the battalion. Empty: the qualifiers say nothing.
func PositionKey(relation string, qualifiers map[string][]string) string {
	given, words := qualifiers["position"], qualifiers["role"]
	if len(given)+len(words) == 0 {
		return ""
	}
	position := CommandRoleOf(relation, qualifiers)
	named := slices.ContainsFunc(given, func(text string) bool { return slices.Contains(CommandRoles(), CommandRole(text)) })
	if !named {
		named = len(words) > 0 && !slices.ContainsFunc(words, func(role string) bool { return !roles().names(relation, role) })
	}
	if named && position != OtherRole {
		return string(position)
	}
	if len(words) == 0 {
		words = given
	}
	return string(position) + "\x00" + Folded(strings.Join(words, " "))
}

//go:embed roles.yaml
var rolesYAML []byte

// roles reads the words of roles, once.
var roles = sync.OnceValue(func() *roleWords { //nolint:gochecknoglobals // a constant that Go cannot write as one
	w, err := readRoleWords(rolesYAML)
	if err != nil {
		panic("the words of roles that orbat is built with: " + err.Error()) // a test reads them
	}
	return w
})

// roleWords says what phrases of roles say of a position.
type roleWords struct {
	phrases[CommandRole]                        // in the first form of their words; noRole, formerRole and neutral too
	ahead                map[string]CommandRole // right ahead of a commander's title
	behind               map[string]CommandRole // right behind it
	joins                map[string]bool        // words for and
	endings              []string               // of words that agree with a title in another case
	prefixes             []string               // those written together with the next word
	whose                map[string]bool        // words behind which stands whose the role is
	forms                map[string]wordForm    // by the word, folded
}

// What phrases are that say no position.
const (
	noRole     CommandRole = "none"    // would otherwise be read as another
	formerRole CommandRole = "former"  // the position behind it is over
	neutral    CommandRole = "neutral" // the position behind it is the role, in whatever case
)

// wordForm is a form of a word that another stands for.
type wordForm struct {
	word string
	kind formKind
}

// formKind is what a form of a role's word says of it.
type formKind string

const (
	sameForm       formKind = "is"   // as the word itself: with an article, a suffix, another ending of an adjective
	asForm         formKind = "as"   // as what somebody serves, wherever it stands: командиром
	ofForm         formKind = "of"   // whose, behind another role; the role where it comes first or behind acting: командира
	possessiveForm formKind = "poss" // whose, ahead of the role: komentajan
)

// join stands among a role's words for punctuation between roles.
const join = ","

func readRoleWords(data []byte) (*roleWords, error) {
	var file struct {
		Commander, Deputy, Acting, Other, None, Former, Neutral, Joins, Prefixes, Endings, Whose []string

		ChiefOfStaff  []string `yaml:"chief_of_staff"`
		Ahead, Behind map[CommandRole][]string
		Forms         map[string]map[formKind][]string
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("roles.yaml: %w", err)
	}
	w := &roleWords{
		phrases: newPhrases[CommandRole](), ahead: map[string]CommandRole{}, behind: map[string]CommandRole{},
		joins: map[string]bool{}, whose: map[string]bool{}, forms: map[string]wordForm{},
	}
	for word, forms := range file.Forms {
		for kind, list := range forms {
			for _, form := range list {
				f := wordForm{Folded(word), kind}
				if other, twice := w.forms[Folded(form)]; twice && other != f {
					return nil, fmt.Errorf("roles.yaml: %q is %s of %s and %s of %s", form, other.kind, other.word, f.kind, f.word)
				}
				w.forms[Folded(form)] = f
			}
		}
	}
	for p, phrases := range map[CommandRole][]string{
		Commander: file.Commander, Deputy: file.Deputy, ChiefOfStaff: file.ChiefOfStaff, Acting: file.Acting, OtherRole: file.Other,
		noRole: file.None, formerRole: file.Former, neutral: file.Neutral,
	} {
		for _, phrase := range phrases {
			if other, twice := w.add(w.firstForms(phrase), p); Folded(phrase) == "" || twice && other != p {
				return nil, fmt.Errorf("roles.yaml: %q is %s and %s", phrase, other, p)
			}
		}
	}
	for _, side := range []struct{ of, file map[string]CommandRole }{{w.ahead, flat(file.Ahead)}, {w.behind, flat(file.Behind)}} {
		for phrase, p := range side.file {
			side.of[w.firstForms(phrase)] = p
		}
	}
	for _, word := range file.Joins {
		w.joins[Folded(word)] = true
	}
	for _, word := range file.Whose {
		w.whose[Folded(word)] = true
	}
	w.prefixes, w.endings = file.Prefixes, file.Endings
	return w, nil
}

func flat(of map[CommandRole][]string) map[string]CommandRole {
	positions := map[string]CommandRole{}
	for p, phrases := range of {
		for _, phrase := range phrases {
			positions[phrase] = p
		}
	}
	return positions
}

// first returns the word that a folded word is a form of, and the kind of form; the word itself, if of none.
func (w *roleWords) first(word string) (string, formKind) {
	if f, known := w.forms[word]; known {
		return f.word, f.kind
	}
	return word, sameForm
}

// firstForms returns a phrase, folded, in the first forms of its words.
func (w *roleWords) firstForms(phrase string) string {
	words := strings.Fields(Folded(phrase))
	for i, word := range words {
		words[i], _ = w.first(word)
	}
	return strings.Join(words, " ")
}

var (
	roleJoin       = regexp.MustCompile(`[,;()\[\]،؛、，；|+&]|\s/\s|(\pL[\pL\pM]|\d\pL+)/(\pL[\pL\pM])`)
	rolePossessive = regexp.MustCompile(`(?i)(\pL)['’‘ʼ´` + "`" + `]s\b`)
)

// possessive stands among a role's words for the English 's.
const possessive = "'s"

// tokens returns the words of a role in their first forms, with what stands between roles, and the kinds of form.
func (w *roleWords) tokens(role string) (words []string, kinds []formKind) {
	put := func(word string, kind formKind) { words, kinds = append(words, word), append(kinds, kind) }
	// The marks are written as what Folded takes for the end of a word and no role holds.
	role = strings.ReplaceAll(role, "\x00", " ")
	role = rolePossessive.ReplaceAllString(role, "$1\x00p\x00")
	role = roleJoin.ReplaceAllString(role, "$1\x00j\x00$2")
	for i, part := range strings.Split(role, "\x00") {
		switch {
		case i%2 == 1 && part == "p":
			put(possessive, sameForm)
		case i%2 == 1:
			put(join, sameForm)
		default:
			for _, word := range w.split(part) {
				if _, known := w.forms[word]; !known && w.of[word] == "" {
					for _, prefix := range w.prefixes {
						rest, cut := strings.CutPrefix(word, prefix)
						if first, _ := w.first(rest); cut && w.of[first] != "" {
							put(prefix, sameForm)
							word = rest
							break
						}
					}
				}
				put(w.first(word))
			}
		}
	}
	return words, kinds
}

// position returns what a role says of its position; empty: nothing. Of several that are joined the first in charge
// counts, else the first.
func (w *roleWords) position(role string) CommandRole {
	words, kinds := w.tokens(role)
	var (
		found                            CommandRole // of the roles before
		here                             CommandRole // of this one
		acting, former, whose, possessed bool        // of this role: what is said before its title
		complement                       bool        // its title is followed by whose it is
		strange                          bool        // a word is not known before it
	)
	for len(words) > 0 {
		p, n := w.longest(words)
		n = max(1, n)
		word, kind, rest := words[0], kinds[0], words[n:]
		switch {
		case n == 1 && p == "" && (word == join || w.joins[word]):
			if word != join && complement { // "adviser to the president and commander in chief"
				break
			}
			if here == "" && possessed { // "commander's driver and …"
				here = OtherRole
			}
			if found == "" {
				found = here
			}
			former = former && here != "" && word != join
			acting = acting && here == "" && found == "" // "acting commander", and a bare "acting" stays
			strange = strange && word != join
			here, whose, complement, possessed = "", false, false, false
		case here != "": // a title is known: what follows says whose it is
			complement = complement || whose && p != ""
			whose = whose || w.whose[word]
		case len(rest) > 0 && rest[0] == possessive:
			possessed = possessed || p != ""
			acting = acting && p == Acting
		case p != "" && kinds[n-1] == possessiveForm: // of an acting commander, if no other title follows
			possessed = !acting
		case p == Acting:
			acting, possessed = true, false
		case p == formerRole:
			former = true
		case p == neutral, p == noRole, word == possessive:
		case p == "":
			if before, m := longestPhrase(w.ahead, words); m > 0 {
				if title, k := w.longest(words[m:]); title == Commander || before == formerRole && title.Order() < len(CommandRoles()) {
					here, n = before, m+k
					former = former || before == formerRole
					break
				}
			}
			strange = strange || !slices.ContainsFunc(w.endings, func(end string) bool { return strings.HasSuffix(word, end) })
		case kind == ofForm && (strange || found != "") && !acting && !former: // whose driver
		default:
			here = p
			after, m := w.following(rest)
			if p == Commander && m > 0 {
				here, n = after, n+m
			}
			if here == Commander && acting {
				here = Acting
			}
		}
		if last := len(words) == n; former && (here != "" || last) || possessed && here == "" && last {
			here = OtherRole
		}
		if here.InCharge() {
			return here
		}
		words, kinds = words[n:], kinds[n:]
	}
	switch {
	case found != "":
		return found
	case here != "":
		if acting && possessed && here == OtherRole {
			return Acting
		}
		return here
	case acting:
		return Acting
	}
	return ""
}

// following returns what position the words right behind a commander's title, or behind the punctuation there, make of
// it, and how many they are; 0: they make none.
func (w *roleWords) following(words []string) (p CommandRole, n int) {
	if p, n = longestPhrase(w.behind, words); n > 0 || len(words) == 0 {
		return p, n
	}
	mark := 0
	if words[0] == join {
		mark, words = 1, words[1:]
	}
	p, n = longestPhrase(w.behind, words)
	ends := n == len(words) || words[n] == join
	if mark > 0 && n > 0 && (p != Deputy || ends) { // not "commander, deputy chairman"
		return p, mark + n
	}
	p, n = w.longest(words)
	switch ends := n == len(words) || words[n] == join; {
	case p == Acting && ends:
		return Acting, mark + n
	case p == formerRole && ends:
		return OtherRole, mark + n
	}
	return "", 0
}

// names reports whether a role names the position that somebody has by a relation.
func (w *roleWords) names(relation, role string) bool {
	p := w.position(role)
	return p != "" && (relation == "commands" || w.of[w.firstForms(role)] == p)
}
