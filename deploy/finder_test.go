package deploy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"
)

// realDgraph returns the binary the other tests use: found, or built once and kept in the user's cache.
func realDgraph(t *testing.T) string {
	t.Helper()
	b, err := Finder{Progress: t.Output()}.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return b.Path
}

func TestEmbeddedModuleIsTheNestedOne(t *testing.T) {
	for _, name := range []string{"go.mod", "go.sum", "engine.go"} {
		nested, err := os.ReadFile(filepath.Join("dgraph", name))
		if err != nil {
			t.Fatal(err)
		}
		embedded, err := engineModule.ReadFile("engine/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(nested, embedded) {
			t.Errorf("they differ: cp deploy/dgraph/%s deploy/engine/%s.txt", name, name)
		}
		if name == "go.mod" && !bytes.Contains(nested, []byte("github.com/dgraph-io/dgraph/v25 "+Version+"\n")) {
			t.Errorf("go.mod does not require %s", Version)
		}
	}
}

// link puts the real Dgraph where a test wants one.
func link(t *testing.T, dgraph, to string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(dgraph, to); err != nil {
		t.Fatal(err)
	}
	return to
}

func script(t *testing.T, file, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	// Through a shell, because a script written and run in one process of many threads may be "text file busy".
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", `PATH=/usr/bin:/bin; cat >"$1" && chmod +x "$1"`, "sh", file)
	cmd.Stdin = strings.NewReader("#!/bin/sh\n" + text + "\n")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestFinderOrder(t *testing.T) {
	dgraph := realDgraph(t)
	dir := t.TempDir()
	places := map[string]string{
		"flag":        link(t, dgraph, dir+"/flag/dgraph"),
		"environment": link(t, dgraph, dir+"/env/dgraph"),
		"beside":      link(t, dgraph, dir+"/orbat/real"), // its name is taken below
		"path":        link(t, dgraph, dir+"/path/dgraph"),
	}
	// Beside the executable a link would be followed to the real one's folder, so it stands there as a hard copy.
	copyFile(t, dgraph, dir+"/orbat/dgraph")
	places["beside"] = dir + "/orbat/dgraph"
	f := Finder{Bin: places["flag"], Executable: dir + "/orbat/orbat", CacheDir: dir + "/cache", GoCommand: dir + "/no-go"}
	cache, err := f.cache()
	if err != nil {
		t.Fatal(err)
	}
	places["cache"] = link(t, dgraph, cache.binary())
	t.Setenv(EnvBin, places["environment"])
	t.Setenv("PATH", dir+"/path")

	expect := func(place string) {
		t.Helper()
		got, err := f.Find(t.Context())
		if err != nil || got.Path != places[place] || got.Version != Version {
			t.Errorf("found %+v, %v; want the one of %s, %s", got, err, place, places[place])
		}
	}
	expect("flag")
	f.Bin = ""
	expect("environment")
	t.Setenv(EnvBin, "")
	expect("beside")
	remove(t, places["beside"])
	expect("path")

	// One in PATH that is something else, or of another line, is passed over and said so.
	var said bytes.Buffer
	f.Progress = &said
	remove(t, places["path"])
	script(t, places["path"], "echo I draw graphs")
	expect("cache")
	script(t, places["path"], "echo 'Dgraph version   : v23.1.0'")
	expect("cache")
	if !strings.Contains(said.String(), "not a Dgraph") || !strings.Contains(said.String(), "v23.1.0") {
		t.Errorf("passing over is not said: %s", said.String())
	}
	remove(t, places["path"])
	expect("cache")
	remove(t, places["cache"])
	_, err = f.Find(t.Context())
	var hinted *DatabaseError
	if !errors.As(err, &hinted) || !strings.Contains(err.Error(), "no Go toolchain") || hinted.Remedy != RemedyBinary {
		t.Errorf("with nothing at all: %v", err)
	}
}

func remove(t *testing.T, file string) {
	t.Helper()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "cp", from, to).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func TestNamedBinaryThatDoesNotWork(t *testing.T) {
	dgraph := realDgraph(t)
	truncated := t.TempDir() + "/dgraph"
	head := exec.CommandContext(t.Context(), "sh", "-c", `head -c 1000000 "$1" >"$2" && chmod +x "$2"`, "sh", dgraph, truncated)
	if err := head.Run(); err != nil {
		t.Fatal(err)
	}
	for _, bin := range []string{truncated, truncated + ".none", t.TempDir(), "/bin/true"} {
		_, err := Finder{Bin: bin}.Find(t.Context())
		var hinted *DatabaseError
		if !errors.As(err, &hinted) || !strings.Contains(err.Error(), bin) || hinted.Remedy != RemedyBinary || hinted.Hint() == "" {
			t.Errorf("%s: got %v", bin, err)
		}
	}
	t.Setenv(EnvBin, truncated)
	if _, err := (Finder{}).Find(t.Context()); err == nil || !strings.Contains(err.Error(), EnvBin) {
		t.Errorf("got %v", err)
	}
}

// The building itself takes minutes and needs the network: CI does it once for all tests, by having none at first. Here
// the "go" is one that puts the real Dgraph where a build would.
func TestBuildOnce(t *testing.T) {
	dgraph := realDgraph(t)
	dir := t.TempDir()
	t.Setenv(EnvBin, "")
	t.Setenv("GOFLAGS", "-mod=vendor")
	t.Setenv("PATH", "/usr/bin:/bin")
	if _, err := exec.LookPath("dgraph"); err == nil {
		t.Skip("there is a dgraph in the system's PATH")
	}
	fakeGo := script(t, dir+"/go", `
[ "$GOFLAGS$GOWORK$CGO_ENABLED" = off0 ] || { echo "environment $GOFLAGS $GOWORK" >&2; exit 1; }
grep -q `+Version+` go.mod && [ -s go.sum ] || { echo "no module here" >&2; exit 1; }
case "$*" in build*-trimpath*x.dgraphVersion=`+Version+`*-o\ dgraph\ `+enginePackage+`) ;; *) echo "arguments $*" >&2; exit 1;; esac
echo built >>"`+dir+`/builds"
cp "`+dgraph+`" dgraph`)
	var said output
	f := Finder{Executable: dir + "/orbat", CacheDir: dir + "/cache", GoCommand: fakeGo, Progress: &said}
	cache, err := f.cache()
	if err != nil {
		t.Fatal(err)
	}
	builds := func() int {
		text, _ := os.ReadFile(dir + "/builds")
		return strings.Count(string(text), "built")
	}

	// A build that was killed has left its folder.
	half := cache.root + "/" + cache.name + ".building-123"
	script(t, half+"/dgraph", "half")
	var group errgroup.Group
	for range 3 {
		group.Go(func() error {
			b, err := f.Find(context.Background())
			if err == nil && b.Path != cache.binary() {
				err = fmt.Errorf("found %s", b.Path)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if builds() != 1 {
		t.Errorf("built %d times: %s", builds(), said.String())
	}
	if left, _ := filepath.Glob(cache.root + "/*.building-*"); left != nil {
		t.Errorf("left behind: %v", left)
	}
	for _, want := range []string{"building Dgraph " + Version + " once", "cut short"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("progress lacks %q: %s", want, said.String())
		}
	}

	// One in the cache that is cut off is built again.
	if err := os.Truncate(cache.binary(), 1000); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Find(t.Context()); err != nil || builds() != 2 {
		t.Errorf("after %d builds: %v", builds(), err)
	}

	// A build that fails says why and leaves nothing.
	f.CacheDir = dir + "/other"
	f.GoCommand = script(t, dir+"/bad", "echo 'dial tcp: no route to host' >&2; exit 1")
	if _, err := f.Find(t.Context()); err == nil || !strings.Contains(err.Error(), "no route to host") {
		t.Errorf("got %v", err)
	}
	if left, _ := filepath.Glob(dir + "/other/dgraph*/*"); left != nil {
		t.Errorf("left behind: %v", left)
	}
	f.GoCommand = script(t, dir+"/full", "echo 'write x: no space left on device' >&2; exit 1")
	if _, err := f.Find(t.Context()); !errors.Is(err, ErrDiskFull) {
		t.Errorf("got %v", err)
	}
}

func TestEngineEnv(t *testing.T) {
	got := engineEnv([]string{"A=b", "DGRAPH_ALPHA_BINDALL=true", EnvPassword + "=p", EnvToken + "=t", "ORBAT_DGRAPH=dgraph://u:p@h"})
	if !slices.Equal(got, []string{"A=b"}) {
		t.Errorf("got %v", got)
	}
}

func TestVersionWarning(t *testing.T) {
	for version, warns := range map[string]bool{"v25.3.8": true, "v25.4.0": false, "v25.30.0": false, "": false, "dev": false} {
		if got := VersionWarning(version) != ""; got != warns {
			t.Errorf("%q: warning %v, want %v", version, got, warns)
		}
	}
}
