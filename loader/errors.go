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
type TooManyRejectsError struct{ Rejected, Max int }

func (e *TooManyRejectsError) Error() string { return e.Describe().Reason }

// Describe returns the fault.
func (e *TooManyRejectsError) Describe() schema.Fault {
	return schema.Fault{
		Reason: fmt.Sprintf("%d records rejected; at most %d allowed", e.Rejected, e.Max),
		Hint:   "mend them, or allow more", Option: schema.Option{Name: "max-rejects", Value: "N"},
	}
}

// NoReplacedError refuses a replacement that names no data set (law 6).
type NoReplacedError struct{}

func (e *NoReplacedError) Error() string { return e.Describe().Reason }

// Describe returns the fault.
func (*NoReplacedError) Describe() schema.Fault {
	return schema.Fault{
		Reason: "replacing by an empty input needs to know which data set",
		Option: schema.Option{Name: "dataset", Value: "NAME"},
	}
}

// ManyDatasetsError refuses a replacement whose records belong to more than one data set (law 6).
type ManyDatasetsError struct{ One, Other string }

func (e *ManyDatasetsError) Error() string { return e.Describe().Reason }

// Describe returns the fault.
func (e *ManyDatasetsError) Describe() schema.Fault {
	return schema.Fault{
		Reason: fmt.Sprintf("one data set is replaced at a time; the records name %q and %q", e.One, e.Other),
		Hint:   "load each data set by itself",
	}
}

// NoDatasetError says that there is no data set of a name.
type NoDatasetError struct{ Name string }

func (e *NoDatasetError) Error() string { return e.Describe().Reason }

// Describe returns the fault.
func (e *NoDatasetError) Describe() schema.Fault {
	return schema.Fault{Value: e.Name, Reason: fmt.Sprintf("no data set %q", e.Name), See: schema.SeeDatasets}
}

// NoDecisionError says that no standing decision has a key.
type NoDecisionError struct{ Key string }

func (e *NoDecisionError) Error() string { return e.Describe().Reason }

// Describe returns the fault.
func (e *NoDecisionError) Describe() schema.Fault {
	return schema.Fault{Value: e.Key, Reason: fmt.Sprintf("no decision %q stands", schema.Shorten(e.Key)), See: schema.SeeDecisions}
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

// NewerFormatError refuses a database that a newer orbat wrote (law 18).
type NewerFormatError struct{ Have, Known int }

func (e *NewerFormatError) Error() string { return e.Describe().Reason }

// Describe returns the fault.
func (e *NewerFormatError) Describe() schema.Fault {
	return schema.Fault{
		Reason: fmt.Sprintf("the database has format %d; this orbat knows up to %d", e.Have, e.Known),
		Hint:   "use the newer orbat that wrote it",
	}
}
