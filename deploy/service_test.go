package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	compose "github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// What serves beside the database may do no more than it needs, listens on this machine alone, and reads every secret
// that it is given.
func TestComposeServes(t *testing.T) {
	project := t.TempDir()
	if err := os.MkdirAll(filepath.Join(project, "secrets"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(project, "secrets", "alpha.env"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := compose.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir: project, ConfigFiles: []types.ConfigFile{{Filename: "compose.yaml"}, {Filename: "compose.serve.yaml"}},
		Environment: types.Mapping{},
	}, func(o *compose.Options) { o.SetProjectName("orbat", false) })
	if err != nil {
		t.Fatal(err)
	}
	s := p.Services["orbat"]
	switch {
	case !s.ReadOnly, s.User == "" || strings.HasPrefix(s.User, "0"), !slices.Contains(s.CapDrop, "ALL"),
		!slices.Contains(s.SecurityOpt, "no-new-privileges:true"):
		t.Errorf("it may do more than it needs: %+v", s)
	case len(s.Ports) != 1 || s.Ports[0].HostIP != "127.0.0.1":
		t.Errorf("it listens at %+v", s.Ports)
	}
	read := strings.Join(s.Command, " ") + *s.Environment["ORBAT_DGRAPH"]
	for _, secret := range s.Secrets {
		if !strings.Contains(read, "/run/secrets/"+secret.Source) {
			t.Errorf("it is given %s and does not read it", secret.Source)
		}
	}
	if _, err := Parse(*s.Environment["ORBAT_DGRAPH"]); err != nil {
		t.Error(err)
	}
}

// The unit is one that systemd takes, and lets the service at nothing that it does not need.
func TestServiceUnit(t *testing.T) {
	text, err := os.ReadFile("orbat.service")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"ExecStart=/usr/local/bin/orbat serve --config", "DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict",
		"CapabilityBoundingSet=\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q", want)
		}
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	bin := filepath.Join(t.TempDir(), "orbat")
	if err := os.WriteFile(bin, []byte("#!/bin/sh\n"), 0o700); err != nil { //nolint:gosec // it is to be run
		t.Fatal(err)
	}
	unit := filepath.Join(t.TempDir(), "orbat.service")
	if err := os.WriteFile(unit, []byte(strings.ReplaceAll(string(text), "/usr/local/bin/orbat", bin)), 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", unit).CombinedOutput()
	if err != nil || strings.Contains(string(said), "orbat.service:") {
		t.Errorf("%v\n%s", err, said)
	}
}
