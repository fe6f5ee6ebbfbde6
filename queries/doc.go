// Package queries answers questions: it finds the canned query, makes sense of its parameters, runs it on one snapshot
// of the graph and returns a [Result] that can be printed, drawn and proven.
//
//	library, err := queries.Builtin(ontology)
//	runner := &queries.Runner{DB: conn, Ontology: ontology, Library: library}
//	params := map[string]string{"person": "Michael Kurilla"}
//	answer, err := runner.Run(ctx, "career", params, queries.Ask{Evidence: true})
//
// One question's way leads through four rooms, each of which knows only those before it:
//
//	canned    what may be asked? .dql files as text: header, parameters, filters, markings
//	view      what may be seen? the only one with a transaction; up to a marking limit, and nothing else
//	step      how is it found? the Go steps where DQL alone cannot answer, and the tables they fill
//	queries   this face: Run, the library that orbat ships, and the names that callers use
//
// [CheckQuery] and [Runner.CheckDQL] say all that is wrong with a .dql file and where; [Raw] runs DQL as it is;
// [Runner.Export] streams the whole graph, [Runner.Canonical] its claims (law 14). How results look in other programs'
// formats is package encode's.
//
// An error of a question says what would mend it without naming a command ([schema.FaultOf]): a [ParamError], an
// [AmbiguousError] with the entities to choose from, an [UnknownEntityError], an [UnknownQueryError], or, of a .dql
// file, a [HeaderError].
package queries
