package view_test

import (
	"strings"
	"testing"

	"orbat/queries/view"
)

// TestAmbiguousShowsTheAlias: of many aliases a choice shows the one that was typed.
func TestAmbiguousShowsTheAlias(t *testing.T) {
	list := []view.Candidate{
		{XID: "a:1", Type: "Unit", Name: "First", Aliases: []string{"Anvil", "Bear", "Cobra", "Wolf"}},
		{XID: "a:2", Type: "Unit", Name: "Second", Aliases: []string{"Dingo", "Eagle", "Fox", "Gnu", "Волк", "WOLF"}},
	}
	ambiguous := (&view.AmbiguousError{Param: "unit", Text: "wolf", Candidates: list}).Error()
	unknown := (&view.UnknownEntityError{Param: "unit", Text: "Wolv", Near: list[:1]}).Describe().Hint
	for _, text := range []string{ambiguous, unknown} {
		for _, line := range strings.Split(text, "\n")[1:] {
			if !strings.Contains(strings.ToLower(line), "also wolf, ") {
				t.Error(line)
			}
		}
	}
}
