package deploy

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// engineModule is the module deploy/dgraph under names that go:embed takes: it refuses files of another module. A test
// holds the two equal.
//
//go:embed engine/go.mod.txt engine/go.sum.txt engine/engine.go.txt
var engineModule embed.FS

// engineCache is where one built engine is kept. Its folder is named after everything the build depends on, so that a
// newer orbat builds its own and an older one still finds its own.
type engineCache struct{ root, name string }

func (c engineCache) binary() string { return filepath.Join(c.root, c.name, "dgraph") }
func (c engineCache) lock() string   { return filepath.Join(c.root, c.name+".lock") }

func (f Finder) cache() (engineCache, error) {
	root := f.CacheDir
	if root == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return engineCache{}, &DatabaseError{
				Do: "find the cache for the built Dgraph", Err: err,
				Fix: "set XDG_CACHE_HOME or HOME, or name a Dgraph binary", Remedy: RemedyBinary,
			}
		}
		root = filepath.Join(user, "orbat")
	}
	sum := sha256.New()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := fs.ReadFile(engineModule, "engine/"+name+".txt")
		if err != nil {
			return engineCache{}, errors.Join(errors.New("read the embedded engine module"), err)
		}
		sum.Write(text)
	}
	return engineCache{root, "dgraph-" + Version + "-" + hex.EncodeToString(sum.Sum(nil)[:6])}, nil
}
