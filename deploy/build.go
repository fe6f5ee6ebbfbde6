package deploy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

const enginePackage = "github.com/dgraph-io/dgraph/v25/dgraph"

// minBuildBytes is what a build writes from empty caches: modules, objects and the binary.
const minBuildBytes = 3 << 30

// build builds the pinned Dgraph into the cache. Processes that want it at once wait for the one that builds. The
// binary appears under its name only when it is whole and has run, so that a build cut short leaves nothing to trip
// over.
func (f Finder) build(ctx context.Context, cache engineCache) (_ Binary, err error) {
	if err := os.MkdirAll(cache.root, 0o755); err != nil {
		return Binary{}, &DatabaseError{
			Do: "make the cache for the built Dgraph", Err: err,
			Fix: "set XDG_CACHE_HOME to a folder you may write, or name a Dgraph binary", Remedy: RemedyBinary,
		}
	}
	lock := flock.New(cache.lock())
	if ok, err := lock.TryLock(); err == nil && !ok {
		f.say("waiting for another orbat that is building Dgraph %s", Version)
	}
	if _, err := lock.TryLockContext(ctx, 100*time.Millisecond); err != nil {
		return Binary{}, fmt.Errorf("wait for the build of Dgraph: %w", err)
	}
	defer lock.Unlock()
	b, broken := inspect(ctx, cache.binary())
	if broken == nil {
		return b, nil // the one we waited for
	}
	if !errors.Is(broken, fs.ErrNotExist) {
		f.say("the built Dgraph in the cache does not work, building it again: %v", broken)
	}
	goCommand, err := f.goCommand()
	if err != nil {
		return Binary{}, err
	}
	f.clearHalfBuilt(cache)
	dir, err := os.MkdirTemp(cache.root, cache.name+".building-")
	if err != nil {
		return Binary{}, fmt.Errorf("make a folder to build Dgraph in: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := f.compile(ctx, goCommand, dir); err != nil {
		return Binary{}, err
	}
	fresh := filepath.Join(dir, "dgraph")
	if _, err := inspect(ctx, fresh); err != nil {
		return Binary{}, &DatabaseError{Do: "run the Dgraph just built", Err: err, Fix: "name another binary", Remedy: RemedyBinary}
	}
	if err := os.MkdirAll(filepath.Dir(cache.binary()), 0o755); err != nil {
		return Binary{}, fmt.Errorf("keep the built Dgraph: %w", err)
	}
	if err := os.Rename(fresh, cache.binary()); err != nil {
		return Binary{}, fmt.Errorf("keep the built Dgraph: %w", err)
	}
	return inspect(ctx, cache.binary())
}

func (f Finder) goCommand() (string, error) {
	name := f.GoCommand
	if name == "" {
		name = "go"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", &DatabaseError{
			Do: "build Dgraph " + Version, Err: errors.New("there is no Dgraph here, and no Go toolchain to build one"),
			Fix:    "install Go 1.26 or later (https://go.dev/dl), or name a Dgraph " + Version + " binary",
			Remedy: RemedyBinary,
		}
	}
	return path, nil
}

// clearHalfBuilt removes what builds that were killed have left. The lock is held, so none of them runs.
func (f Finder) clearHalfBuilt(cache engineCache) {
	left, _ := filepath.Glob(filepath.Join(cache.root, cache.name+".building-*")) // the pattern is good
	for _, dir := range left {
		f.say("removing a build that was cut short")
		if err := os.RemoveAll(dir); err != nil {
			f.say("could not remove %s: %v", dir, err)
		}
	}
}

// compile writes the module out to dir and builds it there.
func (f Finder) compile(ctx context.Context, goCommand, dir string) error {
	for _, name := range []string{"go.mod", "go.sum", "engine.go"} {
		text, err := fs.ReadFile(engineModule, "engine/"+name+".txt")
		if err != nil {
			return fmt.Errorf("read the embedded engine module: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return diskError("write the engine module", dir, err)
		}
	}
	f.say("building Dgraph %s once (about 2 minutes, kept in %s)", Version, filepath.Dir(dir))
	start := time.Now()
	cmd := exec.CommandContext(ctx, goCommand, "build", "-mod=readonly", "-trimpath", "-buildvcs=false",
		"-ldflags", "-s -w -X github.com/dgraph-io/dgraph/v25/x.dgraphVersion="+Version, "-o", "dgraph", enginePackage)
	cmd.Dir = dir
	cmd.Env = buildEnv(os.Environ())
	cmd.WaitDelay = 5 * time.Second
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	done := make(chan error, 1)
	go func() { done <- cmd.Run() }()
	ticker := time.NewTicker(15 * time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			f.say("still building Dgraph (%.0f s)", time.Since(start).Seconds())
		case err := <-done:
			if err == nil {
				f.say("built Dgraph %s in %.0f s", Version, time.Since(start).Seconds())
				return nil
			}
			if ctx.Err() != nil {
				return fmt.Errorf("build Dgraph: %w", ctx.Err())
			}
			return buildError(dir, err, said.String())
		}
	}
}

// buildEnv returns the environment of the build: ours, its module proxy and caches included, without what is meant for
// other builds. GOFLAGS=-mod=vendor, a go.work above or GOOS would each break this one.
func buildEnv(env []string) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(e string) bool {
		name, _, _ := strings.Cut(e, "=")
		return slices.Contains([]string{"GOFLAGS", "GOWORK", "GOOS", "GOARCH", "GOEXPERIMENT", "CGO_ENABLED", "GO111MODULE"}, name)
	})
	return append(env, "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0", "GO111MODULE=on")
}

func buildError(dir string, err error, said string) error {
	e := &DatabaseError{
		Do: "build Dgraph " + Version, Err: fmt.Errorf("%w\n%s", err, lastLines(said, 10)),
		Fix: "it needs Go's module proxy (GOPROXY); or name a Dgraph binary", Remedy: RemedyBinary,
	}
	if free, statErr := freeBytes(dir); strings.Contains(said, "no space left") || statErr == nil && free < 64<<20 {
		e.Kind, e.Remedy = ErrDiskFull, ""
		e.Fix = fmt.Sprintf("make room: a build needs %s, here and in Go's caches (GOCACHE, GOMODCACHE)", size(minBuildBytes))
	}
	return e
}

// lastLines returns the last n lines of text that say something, indented.
func lastLines(text string, n int) string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, " \t\r\n"); line != "" {
			lines = append(lines, "    "+line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
