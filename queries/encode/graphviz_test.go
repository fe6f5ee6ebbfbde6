package encode

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"testing"
)

// TestGraphviz has graphviz read DOT, and counts what it found: edges each by itself, labels as they are drawn.
func TestGraphviz(t *testing.T) {
	dot, err := exec.LookPath("dot")
	if err != nil {
		missing(t, "graphviz is not installed: apt-get install graphviz")
	}
	e, err := Find("dot")
	if err != nil {
		t.Fatal(err)
	}
	var printed, said bytes.Buffer
	cmd := exec.CommandContext(t.Context(), dot, "-Tdot_json")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(encoded(t, e, nasty())), &printed, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	var found struct {
		Objects []map[string]any
		Edges   []map[string]any
	}
	if err := json.Unmarshal(printed.Bytes(), &found); err != nil {
		t.Fatal(err)
	}
	if len(found.Objects) != 14 || len(found.Edges) != 12 {
		t.Errorf("%d nodes and %d edges, want 14 and 12", len(found.Objects), len(found.Edges))
	}
	if said.Len() > 0 {
		t.Errorf("graphviz says: %s", said.String())
	}
}
