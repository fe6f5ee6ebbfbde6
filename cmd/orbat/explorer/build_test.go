package explorer_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"orbat/cmd/orbat/explorer"
)

// absent skips what cannot be tested here. CI has everything, or is broken.
func absent(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what + " is absent under CI")
	}
	t.Skip(what + " is absent: make deps")
}

// npm runs a program of the page's npm packages in this folder and returns what it printed.
func npm(t *testing.T, program string, args ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: takes a while")
	}
	if _, err := os.Stat("node_modules"); errors.Is(err, fs.ErrNotExist) {
		absent(t, "node_modules")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		absent(t, "node")
	}
	cmd := exec.CommandContext(t.Context(), node, append([]string{filepath.Join("node_modules", program)}, args...)...)
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", program, args, err, out)
	}
	return string(out)
}

// What is committed is what the sources make: the page, and the types of what the API answers.
func TestBuiltIsOfTheSources(t *testing.T) {
	dir := t.TempDir()
	npm(t, "vite/bin/vite.js", "build", "--logLevel", "warn", "--outDir", dir)
	npm(t, "vite/bin/vite.js", "build", "--logLevel", "warn", "--outDir", dir, "--config", "vite.file.config.ts")
	names := func(files fs.FS) (list []string) {
		err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				list = append(list, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	if kept, made := names(explorer.Built()), names(os.DirFS(dir)); !slices.Equal(kept, made) {
		t.Fatalf("dist has %q, and the sources make %q: make explorer", kept, made)
	}
	for _, name := range names(explorer.Built()) {
		kept, err := fs.ReadFile(explorer.Built(), name)
		if err != nil {
			t.Fatal(err)
		}
		made, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(kept, made) {
			t.Errorf("dist/%s is not what the sources make: make explorer", name)
		}
	}
}

func TestTypesAreOfTheAPI(t *testing.T) {
	made := filepath.Join(t.TempDir(), "types.ts")
	npm(t, "openapi-typescript/bin/cli.js", filepath.Join("..", "httpapi", "openapi.json"), "-o", made)
	want, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("src", "api", "types.ts"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("src/api/types.ts is not of httpapi/openapi.json: make explorer")
	}
}

func TestSourcesTypeCheck(t *testing.T) {
	npm(t, "svelte-check/bin/svelte-check", "--tsconfig", "./tsconfig.json", "--fail-on-warnings", "--output", "human")
}

func TestUnits(t *testing.T) {
	t.Log(npm(t, "vitest/vitest.mjs", "run"))
}
