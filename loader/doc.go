// Package loader brings records into Dgraph and keeps account of them.
//
// A database is made ready once, and every time the ontology grows; then it takes records from wherever they come,
// readers of package format for example:
//
//	ontology, err := schema.Default()
//	ontology, err = loader.Migrate(ctx, conn, ontology)
//	l := &loader.Loader{DB: conn, Ontology: ontology}
//	report, err := l.Load(ctx, format.Read(ctx, file, format.Options{}), loader.Options{Dataset: "mine"})
//
// conn is a *dgo.Dgraph, or what package deploy connects. The report says what became of each record: created, changed,
// unchanged or rejected. Loading the same again changes nothing (law 1), so that a load which was cut short is simply
// run again; any number of loads may run at once. With [Options].Replace the records are the whole of a data set, and
// what it said before and says no more is retracted; with Plan nothing is written and the report says what would be.
//
// A record goes three steps. Package validate makes claims of it, one for each statement, or rejects it; that can be
// tried without a database, by [Claims]. The claims that are in place already are left out here. Package commit writes
// the others in transactions, each with what it changes of the entities and edges that the graph shows.
//
// Besides,
//   - [Loader.Datasets] and [Loader.Remove] keep the data sets, [Loader.RemoveSource] takes one document out of one and
//     [Loader.Reread] a later version of it in its place,
//   - [Loader.Candidates] proposes which entities may be one, [Loader.Decide] and [Loader.Undo] say which are,
//   - [Loader.Check] tells whether the graph shows what its claims say, [Loader.CheckWith] also whether its texts do,
//   - [RDF] writes the same graph as N-Quads, for a first load offline.
package loader
