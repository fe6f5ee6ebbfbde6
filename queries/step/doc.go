// Package step makes the answers that DQL alone cannot give, and the tables in which any answer is told. It holds no
// transaction: a step reads by the [view.Snapshot] that its question is asked on.
//
// A [Step] is a value in one list ([Steps]), in a file of its own, its fixed DQL in a .dql file beside it. To add one,
// say what a header must know of it, what its columns are made of, and how it finds its rows:
//
//	func longest() Step {
//		return Step{
//			Name: "longest", Doc: "finds the longest posts of a person", Entities: 1,
//			Columns: columns(
//				column[*statement]{"unit", func(n names, s *statement) string { return n.of(s.edge.To) }},
//				column[*statement]{"period", func(_ names, s *statement) string { return s.period.Text() }},
//			),
//			Run: func(ctx context.Context, x *Execution) ([]Row, error) {
//				person, err := x.entity(0)
//				…
//				edges, err := x.edgesWithEvidence(ctx, []string{person.UID}, x.relations...)
//				…
//			},
//		}
//	}
//
// [Answer] resolves the parameters, runs the step, describes what it found, and fills the columns that the header
// chose. A step that draws edges tells the [Execution] so and needs no rows.
//
// Time (laws 7 and 8): a row that holds only possibly says so in Possible, an edge too, and what certain=true leaves
// out follows from that alone ([canned.Filter.LeavesOut] where a step counts before it answers). Links that make one
// answer together are met one after the other ([canned.Filter.Meet], a window of reach.go); those that only lead to it
// are read by scaffold, which leans on what nobody dates, and the answer says so.
//
// What claims deny (law 9) needs no thought where a row says what it rests on: its claims or statements, else the edges
// that it draws. Steps whose rows show links have the column that marks it ([withContested]).
//
// A marking limit needs no thought: typed reads return what may be seen, DQL as it is ([view.Snapshot.Unredacted]) and
// edges that no claim proves are refused.
package step
