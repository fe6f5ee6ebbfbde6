// Package queries answers questions: it finds the canned query, makes sense of its parameters, runs it on one snapshot
// of the graph and gives a [Result] that can be printed, drawn and proven.
//
// Start with [Library], the canned queries (one .dql file each under library/, or in a folder of the user's own), and
// [Runner.Run]. One question's way is
//
//	header.go      a .dql file → its name, purpose, parameters, shape ([HeaderReference] explains the format)
//	param.go       what was typed → checked values
//	names.go       a name → the one entity meant (law 17)
//	run.go         the query → DQL with variables (law 13) → its Go step, if the header names one
//	expand.go, paths*.go, statements.go, card.go, links.go, search.go, command.go (who led, and with whom), join.go, common.go,
//	encounters.go, claims.go, conflicts.go, support.go, comention.go, changes.go, ranking.go, quotes.go    the Go steps
//	hop.go, reach.go, area.go    what they ask with: links, widening (and when each belonged), places around a position
//	rows.go        a step's rows → the columns that the header chose
//	filter.go      as of when, how sure, whose data: all filters meet in one claim (law 8)
//	evidence.go    the claims and sources behind an edge
//	marking.go, sight.go    up to which marking: what is above goes nowhere
//	result.go      what comes out
//
// [CheckQuery] and [Runner.CheckDQL] say all that is wrong with a .dql file and where, [Result].Cost what an answer took of the
// database, and [Raw] runs DQL as it is.
//
// export.go streams the whole graph, canonical.go its claims (law 14), sight_export.go both up to a marking.
// How results look in other programs' formats is package encode's.
package queries
