package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"orbat/deploy"
)

// What mends a failure of the database is typed here, and said without a command there.
func TestRemediesAreTyped(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv(deploy.EnvBin, "")
	_, noGo := deploy.Finder{CacheDir: t.TempDir()}.Find(t.Context())
	_, noBinary := deploy.Finder{Bin: t.TempDir() + "/none"}.Find(t.Context())
	_, noSpace := deploy.Local{Home: t.TempDir(), MinFree: 1 << 60, Finder: deploy.Finder{Bin: "/bin/true"}}.Up(t.Context())
	noLog := deploy.Local{Home: t.TempDir()}.Logs(t.Context(), nil, deploy.LogOptions{})
	for _, c := range []struct {
		err  error
		want string
	}{
		{noGo, "--dgraph-bin FILE"},
		{noBinary, "--dgraph-bin FILE"},
		{noSpace, "--dgraph-bin FILE"}, // it is no Dgraph
		{noLog, "orbat up"},
		{
			&deploy.DatabaseError{Do: "x", Remedy: deploy.RemedyRoom, Of: "/d"},
			"make room there (df -h /d), or set ORBAT_HOME to a folder on another disk",
		},
		{&deploy.DatabaseError{Do: "x", Remedy: deploy.RemedyLog, Of: "alpha"}, "orbat logs alpha"},
		{&deploy.DatabaseError{Do: "x", Remedy: deploy.RemedyLog, Fix: "can it?", Of: "alpha"}, "can it? orbat logs alpha"},
		{&deploy.DatabaseError{Do: "x", Fix: "only words"}, "only words"},
	} {
		var database *deploy.DatabaseError
		if !errors.As(c.err, &database) || strings.Contains(database.Hint()+c.err.Error(), "--") {
			t.Errorf("%v: the library names a flag, or it is no DatabaseError", c.err)
		}
		if got := hintOf(fmt.Errorf("wrapped: %w", c.err)); !strings.HasSuffix(got, c.want) {
			t.Errorf("%v: hint %q, want %q", c.err, got, c.want)
		}
	}
}
