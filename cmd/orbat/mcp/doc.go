// Package mcp answers assistants that speak the Model Context Protocol: the questions of package queries as tools,
// entities as resources, and a prompt that has an answer rest on quotes. It only reads.
//
// A [Face] is what both ways in have in common. orbat mcp gives it standard input and output ([Face.Run]); orbat serve
// mounts [Face.ServeHTTP] at /mcp, a server for each request, bounded by its caller. Either hands it a [Graph], whose
// runner holds what the caller may see: nothing here filters.
//
// Start at tools.go, the one list of tools. A call (call.go) becomes a question with values, today's state where it
// names no time; its answer becomes units (answer.go): rows, paths, links, entities, claims, each whole. As many of
// them as the byte budget takes make a page (page.go), whose cursor says where the next one begins: a stateless server
// asks again and goes on there, or says that the graph has changed meanwhile. Texts of sources are fenced (fence.go).
package mcp
