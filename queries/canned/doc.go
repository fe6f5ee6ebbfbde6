// Package canned reads what may be asked: canned queries as text, before any database is there.
//
// A canned query is a .dql file. Its leading # lines are a header in YAML: what the question is for, its parameters,
// the form of its answer. [Check] reads one and says all that is wrong with it and where; a [Library] holds many, by
// name. A question begins with
//
//	q, err := library.Find("career")      // the file, as a Query
//	params, err := q.ParseArgs(args)      // what was typed → values by name (law 17)
//	values, err := q.Read(params)         // → checked values: numbers, dates, and the Filter (law 8)
//
// and from then on travels as DQL variables only (law 13): [ExpandRelations] puts names of the ontology into the DQL,
// and nothing else. [MaxMarking] compares markings, [Filter] judges one claim; [Query.Explain] turns what Dgraph finds
// wrong with the DQL into a place in the file.
//
// A header may name a Go step. What a step takes and fills is told to this package as a [Signature]: it knows no step.
package canned
