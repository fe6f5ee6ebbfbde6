package queries

import (
	"context"

	"orbat/queries/canned"
	"orbat/queries/view"
)

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

// What may be seen, as package view reads it.
type (
	// DB is what queries need of a connection. *dgo.Dgraph satisfies it.
	DB = view.DB
	// Result is an answer.
	Result = view.Result
	// Annotated is one text of a document with the claims that cite it.
	Annotated = view.Annotated
	// RowClaims are the claims that a row of an answer rests on.
	RowClaims = view.RowClaims
	// Node is an entity as an answer shows it.
	Node = view.Node
	// Edge is a direct edge with the sum of the claims behind it.
	Edge = view.Edge
	// Step is one edge of a path and the way it is walked.
	Step = view.Step
	// Evidence is one claim behind an edge or value, with its sources.
	Evidence = view.Evidence
	// Citation is a source behind a claim.
	Citation = view.Citation
	// Graph is a stream of nodes and edges: what encoders take.
	Graph = view.Graph
	// Table is an answer as rows and columns, whatever its shape.
	Table = view.Table
	// Candidate is an entity that a name may mean, with what tells it from the others.
	Candidate = view.Candidate
	// Taken says which entity was taken for a text that is only a word of its name.
	Taken = view.Taken
	// Document is a source with what is known of it and the texts that data sets keep of it.
	Document = view.Document
	// DocumentList says which documents are wanted.
	DocumentList = view.DocumentList
	// DocumentQuote is a statement that cites a document.
	DocumentQuote = view.DocumentQuote
	// DocumentText is the text of a document as one data set keeps it.
	DocumentText = view.DocumentText
	// Cost is what an answer took of the database.
	Cost = view.Cost
	// Progress is how far an answer has come.
	Progress = view.Progress
	// Withheld counts what a marking limit left out.
	Withheld = view.Withheld

	// NoTextError says that no text of a document is kept that may be read.
	NoTextError = view.NoTextError
	// AmbiguousError says that a name means several entities.
	AmbiguousError = view.AmbiguousError
	// LessError says that the database may have given less than it holds.
	LessError = view.LessError
	// UnknownEntityError says that nothing is known under a name.
	UnknownEntityError = view.UnknownEntityError
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

// Raw runs read-only DQL as it is and returns Dgraph's JSON with what it took. Variables are by name, with their $.
// What Dgraph finds wrong with the text is a [*DQLError].
func Raw(ctx context.Context, db DB, dql string, vars map[string]string) ([]byte, Cost, error) {
	return view.Raw(ctx, db, dql, vars)
}

// SourceLine names a source as a reader grades it: title, publisher, date, reliability.
func SourceLine(c Citation) string { return view.SourceLine(c) }
