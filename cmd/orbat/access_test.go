package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"orbat/deploy"
	"orbat/deploy/deploytest"
)

// TestAccess is the life of a database with access control, by the commands: an admin makes the users, a loader loads,
// a reader asks and can change nothing, and is told so.
func TestAccess(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts a Dgraph")
	}
	dir := t.TempDir()
	password := func(user, text string) string {
		file := filepath.Join(dir, user+".password")
		if err := os.WriteFile(file, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	key := filepath.Join(dir, "acl.key")
	if err := os.WriteFile(key, bytes.Repeat([]byte("k"), 64), 0o600); err != nil {
		t.Fatal(err)
	}
	host := deploytest.StartLocal(t, deploy.Local{
		AlphaFlags: []string{"--acl=secret-file=" + key}, Access: deploy.Target{User: "groot", Password: deploy.NewSecret("password")},
	}).Target().Hosts[0]
	t.Setenv("ORBAT_HOME", filepath.Join(dir, "home"))
	url := func(user string) string {
		return "dgraph://" + user + "@" + host + "?passwordfile=" + filepath.Join(dir, user+".password")
	}
	as := func(user string, args ...string) (int, string) {
		var out bytes.Buffer
		code := run(append(args, "--dgraph", url(user)), strings.NewReader(""), &out, &out)
		return code, out.String()
	}
	password("groot", "password")
	for user, role := range map[string]string{"lo": "loader", "re": "reader"} {
		if code, out := as("groot", "access", "grant", user, role, "--password-file",
			password(user, "a password of "+user)); code != exitOK || out != "" {
			t.Fatalf("grant: %d %s", code, out)
		}
	}
	for _, step := range []struct {
		user string
		args string
		code int
		want string // a regular expression
	}{
		{"groot", "access list", exitOK, `(?s)groot +admin\nlo +loader\nre +reader`},
		{"lo", "load ../../loader/example.yaml --progress none", exitOK, `190 created`},
		{"lo", "load ../../loader/example.yaml --progress none", exitOK, `190 unchanged`},
		{"re", "query commanders-of-unit unit=CENTCOM", exitOK, `Kurilla`},
		{"re", "export --canonical", exitOK, `"relation":"commands"`},
		{"re", "check", exitOK, `190 claims`},
		{"re", "load ../../loader/example.yaml --dataset other --progress none", exitFailed, `the role of this user does not allow it`},
		{"re", "datasets remove strike-2023 --progress none", exitFailed, `the role of this user does not allow it`},
		{
			"re", "access grant re admin --password-file " + filepath.Join(dir, "re.password"), exitFailed,
			`the role of this user does not allow it`,
		},
		{"lo", "access list", exitFailed, `only an admin`},
		{"groot", "access grant re king --password-file " + filepath.Join(dir, "re.password"), exitFailed, `no role "king"`},
		{"groot", "access revoke nobody", exitUsage, `no user nobody`},
		{"groot", "access revoke re", exitOK, `^$`},
		{"re", "query commanders-of-unit unit=CENTCOM", exitFailed, `wrong user, password`},
		{"lo", "datasets remove strike-2023 --progress none", exitOK, `removed`},
	} {
		code, out := as(step.user, strings.Fields(step.args)...)
		if code != step.code || !regexp.MustCompile(step.want).MatchString(out) {
			t.Errorf("%s: orbat %s: %d, want %d and %s\n%.2000s", step.user, step.args, code, step.code, step.want, out)
		}
	}
}
