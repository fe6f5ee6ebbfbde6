package httpapi

import (
	"embed"
	"io/fs"

	"orbat/queries"
	"orbat/schema"
)

// linkFiles are the questions by which an entity is expanded, page by page.
//
//go:embed library/*.dql
var linkFiles embed.FS

// ownLibrary returns the questions that operations other than the questions' own are made of: those that orbat ships,
// and the API's own.
func ownLibrary(ontology *schema.Ontology) (*queries.Library, error) {
	library, err := queries.Builtin(ontology)
	if err != nil {
		return nil, err
	}
	folder, err := fs.Sub(linkFiles, "library")
	if err != nil {
		return nil, err
	}
	if broken := library.Add(folder, "httpapi"); len(broken) > 0 {
		return nil, broken[0]
	}
	return library, nil
}
