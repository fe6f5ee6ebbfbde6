package loader

import (
	"fmt"
	"strings"

	"orbat/loader/commit"
	"orbat/schema"
)

// NoSchemaError says that a database holds nothing of orbat's.
type NoSchemaError = commit.NoSchemaError

// TooManyRejectsError ends a load that rejected more than it may.
type TooManyRejectsError struct{ schema.Fault }

// NoReplacedError refuses a replacement that names no data set (law 6).
type NoReplacedError struct{ schema.Fault }

// PartialInputError refuses a replacement by an input that cannot be the whole of a data set: it holds no records, or a
// part of it was not read.
type PartialInputError struct{ schema.Fault }

// ManyDatasetsError refuses a replacement whose records belong to more than one data set (law 6).
type ManyDatasetsError struct{ schema.Fault }

// NoDecisionError says that no standing decision has the key that its Value is.
type NoDecisionError struct{ schema.Fault }

// NewerFormatError refuses a database that a newer orbat wrote (law 18).
type NewerFormatError = commit.NewerFormatError

// OlderFormatError refuses what a database has to be brought up to date for first (law 18).
type OlderFormatError = commit.OlderFormatError

// NoDatasetError says that there is no data set of a name.
type NoDatasetError struct{ Name string }

func (e *NoDatasetError) Error() string { return e.Describe().Reason }

// Describe returns the fault.
func (e *NoDatasetError) Describe() schema.Fault {
	return schema.Fault{Value: e.Name, Reason: fmt.Sprintf("no data set %q", e.Name), See: schema.SeeDatasets}
}

// ContradictionError refuses a decision that those that stand leave no room for.
type ContradictionError struct {
	Decision Decision   // the refused one
	Chain    []Decision // what it contradicts, link by link
}

func (e *ContradictionError) Error() string { return e.Describe().Reason }

// Describe returns the fault.
func (e *ContradictionError) Describe() schema.Fault {
	not := " cannot be one"
	if e.Decision.Kind == schema.Different {
		not = " are one already"
	}
	var links strings.Builder
	for _, d := range e.Chain {
		links.WriteString("\n  " + d.String())
	}
	return schema.Fault{
		Reason: strings.Join(e.Decision.Between, " and ") + not + ":" + links.String(),
		Hint:   "if one of these is wrong, undo it first", See: schema.SeeDecisions,
	}
}
