// Package loader brings records into Dgraph: it validates them, gives them identity, plans, derives what entities show,
// writes, and keeps account of data sets, loads and decisions.
//
// Start with [Loader.Load]; one record's way is
//
//	validate.go   record → claims, or a reject
//	load.go       claims → batches, by what they change
//	resolve.go    xids → uids
//	write.go      one batch → one transaction: read, change, derive, write
//	schema        the claims that stand → what an entity or an edge shows
//
// Beside it stand ahead.go (records are checked on all processors), lease.go (who may write at once), courtesy.go (how
// loads at once give way to each other), alone.go (what need not be read where nobody else writes), journal.go and
// inventory.go (what loads did, and so what a re-load finds in place), decide.go and decisions.go (merges and
// rejections), remove.go, rdf.go and spill.go (the same graph as N-Quads, sorted on disk, for a first load offline),
// check.go (does the graph show what its claims say?) and migrate.go (may this database be written?).
package loader
