package deploy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// EnvBin names a Dgraph binary to use before any other.
const EnvBin = "ORBAT_DGRAPH_BIN"

// Finder finds a Dgraph binary, or builds one. The zero value works.
type Finder struct {
	Bin        string    // the one to use, whatever else there is; empty: EnvBin of the environment, else look around
	Executable string    // the program whose folder may hold a dgraph; empty: this one's
	CacheDir   string    // where a built one is kept; empty: "orbat" in the user's cache folder
	GoCommand  string    // what builds one; empty: "go" of PATH
	Progress   io.Writer // lines that say what takes long; nil: nobody hears
}

// Binary is a Dgraph binary that was run and said its version.
type Binary struct {
	Path    string
	Version string // such as "v25.4.0"
}

// Find looks for a Dgraph binary in this order: Bin, EnvBin, beside the executable, in PATH, in the cache; else it
// builds one into the cache, once for all processes of the user. One that was named and does not work is an error; one
// found by chance that does not work, or is not of the line v25, is passed over and said so.
func (f Finder) Find(ctx context.Context) (Binary, error) {
	for _, named := range []struct{ path, how string }{{f.Bin, "that is named"}, {os.Getenv(EnvBin), "of " + EnvBin}} {
		if named.path == "" {
			continue
		}
		b, err := inspect(ctx, named.path)
		if err != nil {
			return Binary{}, &DatabaseError{
				Do: "use the Dgraph binary " + named.how, Err: err,
				Fix: "name none, and one is found or built; or name a Dgraph " + Version + " binary", Remedy: RemedyBinary,
			}
		}
		return b, nil
	}
	for _, path := range f.around() {
		b, err := inspect(ctx, path)
		switch {
		case ctx.Err() != nil:
			return Binary{}, ctx.Err()
		case err != nil:
			f.say("passing over %s: %v", path, err)
		case !usable(b.Version):
			f.say("passing over %s: it is Dgraph %s, and orbat is made for %s", path, b.Version, Version)
		default:
			return b, nil
		}
	}
	cache, err := f.cache()
	if err != nil {
		return Binary{}, err
	}
	if b, err := inspect(ctx, cache.binary()); err == nil {
		return b, nil
	}
	return f.build(ctx, cache)
}

// around lists the dgraphs that stand beside this program and in PATH.
func (f Finder) around() []string {
	var found []string
	self := f.Executable
	if self == "" {
		self, _ = os.Executable() // where there is none, there is nothing beside it
	}
	if self != "" {
		// A link to orbat in ~/bin has its dgraph where the link leads.
		if target, err := filepath.EvalSymlinks(self); err == nil {
			self = target
		}
		beside := filepath.Join(filepath.Dir(self), "dgraph")
		if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
			found = append(found, beside)
		}
	}
	if path, err := exec.LookPath("dgraph"); err == nil {
		found = append(found, path)
	}
	return found
}

func (f Finder) say(format string, args ...any) {
	if f.Progress != nil {
		fmt.Fprintf(f.Progress, format+"\n", args...)
	}
}

// inspect runs the binary for its version, which also proves that it is whole and made for this machine.
func inspect(ctx context.Context, path string) (Binary, error) {
	path, err := filepath.Abs(path) // the children run in a folder of their own
	if err != nil {
		return Binary{}, err
	}
	if _, err := os.Stat(path); err != nil {
		return Binary{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "version")
	cmd.Env = engineEnv(os.Environ())
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		return Binary{}, fmt.Errorf("run %s version: %w", path, err)
	}
	said := versionLine().FindSubmatch(out)
	if said == nil {
		return Binary{}, fmt.Errorf("run %s version: %w", path, errors.New("it is not a Dgraph"))
	}
	return Binary{Path: path, Version: string(said[1])}, nil
}

func versionLine() *regexp.Regexp { return regexp.MustCompile(`(?m)^Dgraph version\s*:\s*(\S+)`) }

// engineEnv returns the environment for Dgraph: ours without what would silently change its flags (it reads DGRAPH_…)
// and without the secrets that are meant for other databases.
func engineEnv(env []string) []string {
	var kept []string
	for _, e := range env {
		if !strings.HasPrefix(e, "DGRAPH_") && !strings.HasPrefix(e, "ORBAT_DGRAPH") { // a URL may hold a secret too
			kept = append(kept, e)
		}
	}
	return kept
}
