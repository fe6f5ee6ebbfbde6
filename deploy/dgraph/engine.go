//go:build engine

// Package engine keeps Dgraph's command in this module's requirements. It is never compiled: orbat builds
// github.com/dgraph-io/dgraph/v25/dgraph itself, with the versions that go.mod beside this file pins.
package engine

import _ "github.com/dgraph-io/dgraph/v25/dgraph"
