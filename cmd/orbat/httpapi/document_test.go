package httpapi_test

import (
	"bytes"
	"cmp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"orbat/cmd/orbat/httpapi"
	"orbat/queries"
	"orbat/schema"
)

// document returns the OpenAPI document of what orbat ships.
func document(t *testing.T) []byte {
	t.Helper()
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	library, err := queries.Builtin(ontology)
	if err != nil {
		t.Fatal(err)
	}
	d, err := httpapi.Document(ontology, library, "1")
	if err != nil {
		t.Fatal(err)
	}
	text, err := httpapi.Text(d)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// openapi.json is the document of what orbat ships: who changes an operation or a question's header changes it too.
func TestDocumentIsKept(t *testing.T) {
	text := document(t)
	if *update {
		if err := os.WriteFile("openapi.json", text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, kept) {
		t.Error("openapi.json is not what the operations say; go test ./cmd/orbat/httpapi -run Document -update writes it: read its diff")
	}
}

// The document is a right one by OpenAPI 3.1, and has an operation for each question with its own parameters.
func TestDocumentIsRight(t *testing.T) {
	d := parsed(t)
	if err := d.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	library, err := queries.Builtin(ontology)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range library.List() {
		item := d.Paths.Value("/api/v1/ask/" + q.Name)
		if item == nil || item.Get == nil {
			t.Errorf("no operation asks %s", q.Name)
			continue
		}
		for _, p := range q.AllParams() {
			i := slices.IndexFunc(item.Get.Parameters, func(r *openapi3.ParameterRef) bool { return r.Value.Name == p.Name })
			if i < 0 || item.Get.Parameters[i].Value.Required != p.Required ||
				!strings.Contains(item.Get.Parameters[i].Value.Description, p.Help) {
				t.Errorf("%s: parameter %s is not as its header has it", q.Name, p.Name)
			}
		}
	}
}

func parsed(t *testing.T) *openapi3.T {
	t.Helper()
	d, err := openapi3.NewLoader().LoadFromData(document(t))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// What lints OpenAPI documents finds nothing to say of ours.
func TestDocumentLints(t *testing.T) {
	redocly := filepath.Join(cmp.Or(os.Getenv("ORBAT_TEST_NPM"), filepath.Join("..", "..", "..", ".ci", "npm", "node_modules")),
		".bin", "redocly")
	if _, err := os.Stat(redocly); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("npm's @redocly/cli is not installed: make deps")
		}
		t.Skip("npm's @redocly/cli is not installed: make deps")
	}
	lint := exec.CommandContext(t.Context(), redocly, "lint", "--extends=recommended", "--max-problems=20", "openapi.json")
	lint.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true")
	if said, err := lint.CombinedOutput(); err != nil || strings.Contains(string(said), "warning") && strings.Contains(string(said),
		"problem") {
		t.Errorf("%v\n%s", err, said)
	}
}
