// Package httpapi serves the graph over HTTP: the questions of the library, each typed by its header, and what pages
// and programs need beside them. It answers nothing by itself: every operation is a call into queries, loader or
// schema.
//
//	server := httpapi.New(httpapi.Options{
//		Backend: httpapi.Backend{Connect: connect, Library: library},
//		Gate:    &access.Gate{Callers: file.Callers, Hosts: []string{"127.0.0.1"}},
//	})
//	defer server.Close()
//	err := server.Serve(ctx, httpapi.Listening{Address: "127.0.0.1:8420"}, func(address string) { … })
//
// Start reading at [Operation]: what may be asked for is a list of them (operations in operation.go), and the router,
// the rights, the OpenAPI document and the tests go by that list. A request's way is [Server.answer]: by what name and
// from what page it comes, who asks (package access), its turn and its time ([Limits]), then the operation's Handle,
// which works on an [Exchange]. [Exchange.Runner] answers questions up to what the caller may see (law 8): nothing of
// the graph is shown that does not come through it, but for operations that are Whole, which only who may see all may
// ask.
// An error becomes a [Problem] (RFC 9457) by [ProblemOf].
//
// [Document] makes the OpenAPI document from the same list, with an operation for each question; openapi.json holds
// that of the questions that orbat ships. [Server.Mount] lets others, such as MCP, answer below a path of their own.
package httpapi
