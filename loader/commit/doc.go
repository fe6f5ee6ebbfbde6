// Package commit brings claims into Dgraph in transactions that several loaders may run at once.
//
// Start with [Open]: a [Session] holds a share of the graph under a lease. Its [Session.Pool] takes [Change]s, a claim
// to be added, retracted or removed each, and gathers those of one edge or entity into one transaction, which reads the
// claims behind it, changes them, derives what they show and writes all of it (law 4). Decisions change what other
// claims show: [Session.Decide] applies them alone with the graph. [Session.Begin] and [Session.End] keep account of
// loads.
//
//	s, err := commit.Open(ctx, &commit.Graph{DB: db, Ontology: ontology}, commit.Options{Workers: 6})
//	load, err := s.Begin(ctx, "mine")
//	pool := s.Pool(ctx, func([]commit.Change, *commit.Result) error { return nil })
//	err = pool.Put(pool.Ctx, commit.Change{Kind: commit.Add, Claim: claim, Key: claim.Key(), Load: load})
//	err = pool.Finish()
//	err = s.End(ctx, load, "{}")
//	err = s.Close(ctx)
//
// What a graph of an older format needs is a list of steps in format.go, which a session takes before anything else: a
// new step goes behind the others, with the format it belongs to, and most need no more than rewriteClaims.
//
// A killed session leaves no claim half written, and its lease runs out: whoever comes next finishes what it left.
package commit
