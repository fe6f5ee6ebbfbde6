// Package reconcile answers clients of the Reconciliation Service API 0.2, OpenRefine above all: they match the names
// of a sheet against the graph and take values and links of what was matched from it.
//
//	service := reconcile.New(reconcile.Options{Origins: []string{"http://127.0.0.1:3333"}})
//	service.Mount(server) // *httpapi.Server
//
// Start at service.go: the paths, and what each answers. A batch of queries (query.go) becomes one call of package
// match, which looks names up and weighs evidence; suggestions, previews and the values of matched entities (extend.go)
// are calls of the runner that the exchange hands out. So all is bounded by what the caller may see, and nothing here
// filters. README.md says what a client may send and why some of it is refused.
package reconcile
