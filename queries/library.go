package queries

import (
	"embed"
	"errors"
	"io/fs"

	"github.com/agext/levenshtein"

	"orbat/schema"
)

//go:embed library/*.dql
var builtin embed.FS

// Builtin gives the queries that orbat ships.
func Builtin(ontology *schema.Ontology) (*Library, error) {
	folder, err := fs.Sub(builtin, "library")
	if err != nil {
		return nil, err
	}
	l := &Library{}
	return l, errors.Join(l.Add(folder, "queries/library", ontology)...)
}

// nearest gives the known word closest to a mistyped one, or "".
func nearest(word string, known []string) string {
	near, least := "", len(word)/2+1
	for _, k := range known {
		if d := levenshtein.Distance(word, k, nil); d < least {
			near, least = k, d
		}
	}
	return near
}
