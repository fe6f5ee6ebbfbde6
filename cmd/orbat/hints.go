package main

import (
	"errors"

	"orbat/schema"
)

// hintOf returns what to type, or to mend, after an error; empty where nothing is known to help. The packages below say
// what would mend it without naming a flag or a command: this file alone turns that into what a shell takes.
func hintOf(err error) string {
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return hinted.Hint()
	}
	var text interface{ HintText() string }
	if errors.As(err, &text) {
		return text.HintText()
	}
	return faultHint(schema.FaultOf(err))
}

// faultHint words what would mend a fault: its hint, the flag that its option is, and the command that lists what may
// stand there.
func faultHint(f schema.Fault) string {
	hint := f.Hint
	if f.Option.Name != "" {
		hint = joined(hint, ": ", "--"+joined(f.Option.Name, " ", f.Option.Value))
	}
	if command := listingCommand(f.See); command != "" {
		hint = joined(hint, "; ", command)
	}
	return hint
}

// listingCommand returns the command that shows a listing.
func listingCommand(see schema.Listing) string {
	switch see {
	case schema.SeeTypes:
		return "orbat schema types"
	case schema.SeeSchema:
		return "orbat schema show"
	case schema.SeeQuestions:
		return "orbat queries list"
	case schema.SeeQuestion:
		return "orbat queries show"
	case schema.SeeDatasets:
		return "orbat datasets list"
	case schema.SeeDecisions:
		return "orbat resolve list"
	case schema.SeeSearch:
		return "orbat query search-entity"
	}
	return ""
}

// joined puts a separator between two texts, where both are there.
func joined(a, separator, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + separator + b
}
