// Package view reads the graph: what may be seen of it up to a marking limit, and nothing else. It is the only package
// of queries that holds a transaction.
//
// Everything begins with [Open]: one read-only transaction, a [Snapshot], for one question.
//
//	s := view.Open(db, ontology, filter, limits, nil)
//	c, err := s.Resolve(ctx, "career", param, "CENTCOM", false) // a name → the one entity meant (law 17)
//	edges, hub, err := s.Along(ctx, []string{c.UID}, nil, "~commands")
//	edges, err = s.Prove(ctx, edges)                            // the claims behind them, by all filters (law 8)
//	nodes, err := s.Nodes(ctx, uids, true)
//
// Links that only lead to the answer come from [Snapshot.ScaffoldAlong]; whether several held at one moment of the time
// asked for says [Snapshot.Together] (law 7).
//
// Its reads are typed: claims ([Snapshot.Groups], [Snapshot.ClaimsAt]), edges ([Snapshot.Along], [Snapshot.EdgesOf]),
// entities ([Snapshot.Nodes], [Snapshot.LookUp]), and what decisions made one ([Snapshot.Merges]). Where a marking
// limit holds, all of them pass through a redactor, as if what is above the limit had never been loaded; edges come
// proven then. Two reads do not: [Topology], which says only what is linked and proves nothing, and
// [Snapshot.Unredacted], DQL as it is, which a limit refuses ([ErrUnredacted]). So what takes no thought for markings
// is refused, and does not leak.
//
// What comes out is a [Result]; [Snapshot.Graph] streams the whole graph, [Snapshot.WriteCanonical] its claims (law
// 14).
package view
