package mapping

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"orbat/schema"
)

//go:embed library/*.yaml
var library embed.FS

// Shipped lists the names of the mappings that orbat comes with.
func Shipped() []string {
	paths, err := fs.Glob(library, "library/*.yaml")
	if err != nil {
		return nil // the pattern is well formed
	}
	var names []string
	for _, path := range paths {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(path, "library/"), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// Source returns the text of a shipped mapping.
func Source(name string) ([]byte, error) {
	data, err := library.ReadFile("library/" + name + ".yaml")
	if err != nil {
		return nil, &MappingError{Fault: schema.Fault{
			Reason: fmt.Sprintf("no mapping %q is shipped", name),
			Hint:   "shipped are " + strings.Join(Shipped(), ", ") + "; a file of your own is named with its path",
		}}
	}
	return data, nil
}
