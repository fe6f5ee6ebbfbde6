package queries

import (
	"embed"
	"errors"
	"io/fs"

	"orbat/queries/canned"
	"orbat/schema"

	"orbat/queries/step"
)

//go:embed library/*.dql
var builtin embed.FS

// Builtin returns the queries that orbat ships.
func Builtin(ontology *schema.Ontology) (*canned.Library, error) {
	folder, err := fs.Sub(builtin, "library")
	if err != nil {
		return nil, err
	}
	l := NewLibrary(ontology)
	return l, errors.Join(l.Add(folder, "queries/library")...)
}

// NewLibrary returns an empty library, for queries in the words of an ontology.
func NewLibrary(ontology *schema.Ontology) *canned.Library {
	return canned.NewLibrary(ontology, step.Signatures())
}
