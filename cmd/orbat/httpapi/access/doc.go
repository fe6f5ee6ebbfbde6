// Package access says who may do what: it knows callers by their tokens, or by a header of a proxy in front, and holds
// off requests that a page of somebody else's makes a browser send.
//
// [ReadFile] reads a file of callers, of whose tokens it holds only hashes; [Watch] reads it again whenever it changes.
// A [Gate] decides on each request:
//
//	gate := &access.Gate{Callers: access.Watch(path), Hosts: []string{"localhost"}}
//	caller, err := gate.Admit(request)        // a *Refusal says with which status and why not
//	if !caller.Role.Includes(access.Loader) { … }
//
// [NewToken] makes a token and what to write into the file for it.
package access
