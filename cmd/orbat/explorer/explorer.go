// Package explorer holds the page on which an analyst looks at the graph: search, links, and who says so. `orbat serve`
// answers it at /; it asks the operations of cmd/orbat/httpapi and nothing else.
//
// Its sources stand in src, as Svelte and TypeScript; what Vite builds of them stands in dist and is committed, so that
// neither `go build` nor `go install` needs node. `make explorer` builds it anew. Start with the README beside this
// file, which says how the page and the server agree.
package explorer

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed dist
var built embed.FS

// Policy is the page's content security policy: what is not a file of ours is not run, drawn or asked, and nothing
// stands inline. Pictures that the page draws itself are data: and blob:.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Server answers files at paths.
type Server interface {
	Publish(path, kind, policy string, content []byte)
}

// mimeTypes lists what the page's files are. A table of our own: that of the system may say anything, as the registry
// of Windows does of .js.
var mimeTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".html":  "text/html; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".json":  "application/json",
	".png":   "image/png",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

// Built returns what was built, as a file system: index.html and what it names.
func Built() fs.FS {
	files, err := fs.Sub(built, "dist")
	if err != nil { // the name is right
		panic(err)
	}
	return files
}

// Publish has a server answer the page at its root, and the page's files beside it. tiles are what its map is drawn on
// beside bare land; nil: nothing, and nobody else is asked for anything.
func Publish(s Server, tiles *Tiles) error {
	policy := Policy
	if tiles != nil {
		policy = strings.Replace(policy, "img-src 'self'", "img-src 'self' "+tiles.origin, 1)
	}
	err := fs.WalkDir(Built(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		kind, known := mimeTypes[path.Ext(name)]
		if !known {
			return fmt.Errorf("%s: no MIME type is listed for it", name)
		}
		content, err := fs.ReadFile(Built(), name)
		if err != nil {
			return err
		}
		at := "/" + name
		if name == "index.html" {
			at = "/"
			if tiles != nil {
				content = tiles.told(content)
			}
		}
		s.Publish(at, kind, policy, content)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the page: %w", err)
	}
	return nil
}
