package schema

import (
	_ "embed"
	"fmt"
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
	phrases[CommandRole]                        // noRole too
	behind               map[string]CommandRole // right behind a commander's title
}

// noRole is what a phrase is that would otherwise be read as another.
const noRole CommandRole = "none"

func readRoleWords(data []byte) (*roleWords, error) {
	var file struct {
		Commander, Deputy, Acting, Other, None []string
		ChiefOfStaff                           []string `yaml:"chief_of_staff"`
		Behind                                 map[CommandRole][]string
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("roles.yaml: %w", err)
	}
	w := &roleWords{newPhrases[CommandRole](), map[string]CommandRole{}}
	for p, phrases := range map[CommandRole][]string{
		Commander: file.Commander, Deputy: file.Deputy, ChiefOfStaff: file.ChiefOfStaff, Acting: file.Acting, OtherRole: file.Other,
		noRole: file.None,
	} {
		for _, phrase := range phrases {
			if other, twice := w.add(phrase, p); Folded(phrase) == "" || twice && other != p {
				return nil, fmt.Errorf("roles.yaml: %q is %s and %s", phrase, other, p)
			}
		}
	}
	for p, phrases := range file.Behind {
		for _, phrase := range phrases {
			w.behind[Folded(phrase)] = p
		}
	}
	return w, nil
}

// position returns what a role says of its position; empty: nothing.
func (w *roleWords) position(role string) CommandRole {
	words := w.split(role)
	acting := false
	for len(words) > 0 {
		p, n := w.longest(words)
		words = words[max(1, n):]
		if p == Acting {
			acting = true
		}
		if p == "" || p == noRole || p == Acting {
			continue
		}
		if after, m := longestPhrase(w.behind, words); p == Commander && m > 0 {
			p = after
		}
		if p == Commander && acting {
			return Acting
		}
		return p
	}
	if acting {
		return Acting
	}
	return ""
}

// names reports whether a role names the position that somebody has by a relation.
func (w *roleWords) names(relation, role string) bool {
	p := w.position(role)
	return p != "" && (relation == "commands" || w.of[Folded(role)] == p)
}
