package queries

import "orbat/queries/canned"

// What may be asked, as package canned reads it; here under the names that callers use.
type (
	// Query is one canned query.
	Query = canned.Query
	// Param is one parameter of a query.
	Param = canned.Param
	// Library is the canned queries, by name.
	Library = canned.Library
	// Shape is the form of a result.
	Shape = canned.Shape
	// MaxMarking is the highest marking that an answer may hold.
	MaxMarking = canned.MaxMarking

	// HeaderError says what is wrong with a .dql file, and where.
	HeaderError = canned.HeaderError
	// DQLError is what Dgraph finds wrong with a query's text.
	DQLError = canned.DQLError
	// ParamError says what is wrong with a parameter of a question.
	ParamError = canned.ParamError
	// UnknownQueryError says that no query has a name.
	UnknownQueryError = canned.UnknownQueryError
)

// The shapes.
const (
	TableShape    = canned.TableShape
	TimelineShape = canned.TimelineShape
	MapShape      = canned.MapShape
	GraphShape    = canned.GraphShape
	TreeShape     = canned.TreeShape
	PathShape     = canned.PathShape
)

// IsQueryName reports whether a text may name a query.
func IsQueryName(name string) bool { return canned.IsQueryName(name) }

// ParseMaxMarking reads a marking limit, such as TLP:GREEN or SECRET//NOFORN.
func ParseMaxMarking(text string) (*MaxMarking, error) { return canned.ParseMaxMarking(text) }

// Starter returns a working .dql file to begin one's own from, with comments that explain it.
func Starter(name string) string { return canned.Starter(name) }
