package encode

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"orbat/queries"
)

// readYEd reads GraphML, and the graphics' labels, which must be the columns'.
func readYEd(data []byte) (reading, error) {
	type datum struct {
		Key   string `xml:"key,attr"`
		Node  string `xml:"ShapeNode>NodeLabel"`
		Edge  string `xml:"PolyLineEdge>EdgeLabel"`
		Shape struct {
			Type string `xml:"type,attr"`
		} `xml:"ShapeNode>Shape"`
	}
	type item struct {
		ID   string  `xml:"id,attr"`
		Data []datum `xml:"data"`
	}
	var file struct {
		Nodes []item `xml:"graph>node"`
		Edges []item `xml:"graph>edge"`
	}
	if err := xml.Unmarshal(data, &file); err != nil {
		return reading{}, err
	}
	got, err := readGraphML(data)
	if err != nil {
		return reading{}, err
	}
	tokens := map[string]string{}
	for xid := range got.Nodes {
		tokens[nameToken(xid)] = xid
	}
	for _, n := range file.Nodes {
		drawn := n.Data[len(n.Data)-1]
		xid, known := tokens[n.ID], got.Nodes[tokens[n.ID]]
		if known != nil && (drawn.Key != "node.graphics" || drawn.Node != known["label"] || drawn.Shape.Type == "") {
			return reading{}, fmt.Errorf("node %q is drawn as %+v", xid, drawn)
		}
	}
	for _, e := range file.Edges {
		if drawn := e.Data[len(e.Data)-1]; drawn.Key != "edge.graphics" || drawn.Edge != got.Edges[e.ID].Values["label"] {
			return reading{}, fmt.Errorf("edge %q is drawn as %+v", e.ID, drawn)
		}
	}
	for _, values := range got.Nodes {
		delete(values, "")
	}
	for _, e := range got.Edges {
		delete(e.Values, "")
	}
	return got, nil
}

// A string of DOT, and what stands between its quotes.
const dotString = `"((?:[^"\\]|\\.)*)"`

// readDOT reads DOT as this package writes it, a statement on each line; Graphviz reads it in consumers_test.go.
func readDOT(data []byte) (reading, error) {
	body, whole := strings.CutSuffix(string(data), "\n}\n")
	if !whole {
		return reading{}, fmt.Errorf("the last } is absent")
	}
	body, _, _ = strings.Cut(body, "\n  label=") // of what lines mean
	node := regexp.MustCompile(`^  ` + dotString + ` \[(.*)\];$`)
	edge := regexp.MustCompile(`^  ` + dotString + ` -> ` + dotString + ` \[(.*)\];$`)
	r := newReader()
	lines := strings.Split(body, "\n")
	const head = 4
	for _, line := range lines[min(head, len(lines)):] {
		line = strings.ReplaceAll(line, "\r", "\uE000") // . does not match it
		if m := edge.FindStringSubmatch(line); m != nil {
			values := dotValues(m[3], edgeColumns())
			r.edge(fmt.Sprint(values["id"]), dotUnescaped(m[1]), dotUnescaped(m[2]), values)
		} else if m := node.FindStringSubmatch(line); m != nil {
			r.node(dotUnescaped(m[1]), dotValues(m[2], nodeColumns()))
		} else {
			return reading{}, fmt.Errorf("no statement: %q", line)
		}
	}
	r.tidy()
	return r.reading, r.err
}

func dotValues[T any](attributes string, columns []column[T]) map[string]any {
	kinds := map[string]string{}
	for _, c := range columns {
		kinds[c.name] = string(c.kind)
	}
	values := map[string]any{}
	for _, m := range regexp.MustCompile(`(\w+)=(?:`+dotString+`|(\w+))`).FindAllStringSubmatch(attributes, -1) {
		name := m[1]
		if name == dotName("name") {
			name = "name"
		}
		values[name] = typed(kinds[name], dotUnescaped(m[2]+m[3]))
	}
	return values
}

func dotUnescaped(text string) string {
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\"`, `"`, "&amp;", "&", "\uE000", "\r").Replace(text)
}

// readMermaid reads a flowchart as this package writes it. Its ids are hashes: the nasty graph's are known, others
// stand for themselves.
func readMermaid(data []byte) (reading, error) {
	body, whole := strings.CutSuffix(string(data), "\n%% end\n")
	if !whole {
		return reading{}, fmt.Errorf("the last line is absent")
	}
	xids := map[string]string{}
	for n := range nasty().Nodes { //nolint:errcheck // it gives none
		xids[mermaidID(n.XID)] = readable(n.XID, "mermaid")
	}
	node := regexp.MustCompile(`^  (n[0-9a-f]{16})\["([^"]+)"\]:::\w+$`)
	edge := regexp.MustCompile(`^  (n[0-9a-f]{16}) (-->|-\.->)\|"([^"]+)"\| (n[0-9a-f]{16})$`)
	other := regexp.MustCompile(`^(%% .*|flowchart LR|  classDef \w+ fill:#[0-9A-F]{6},stroke:#333,color:#000)$`)
	r := newReader()
	for line := range strings.SplitSeq(body, "\n") {
		if m := node.FindStringSubmatch(line); m != nil {
			xid := m[1]
			if known := xids[xid]; known != "" {
				xid = known
			}
			r.node(m[1], map[string]any{"xid": xid, "label": mermaidText(m[2])})
		} else if m := edge.FindStringSubmatch(line); m != nil {
			label := mermaidText(m[3])
			id := drawnID(r.xids[m[1]], label, r.xids[m[4]])
			r.edge(id, m[1], m[4], map[string]any{"label": label, "possible": m[2] == "-.->"})
		} else if !other.MatchString(line) {
			return reading{}, fmt.Errorf("no statement: %q", line)
		}
	}
	return r.reading, r.err
}

func mermaidText(text string) string {
	return regexp.MustCompile(`#\d+;`).ReplaceAllStringFunc(text, func(escaped string) string {
		code, err := strconv.Atoi(escaped[1 : len(escaped)-1])
		if err != nil {
			return err.Error()
		}
		return string(rune(code))
	})
}

// TestMermaidNotice: a file that Mermaid's readers refuse is one that whoever asked for it hears of, and no other.
func TestMermaidNotice(t *testing.T) {
	mermaid, err := Find("mermaid")
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []struct {
		links, label int
		heard        bool
	}{{500, 1, false}, {501, 1, true}, {10, 6000, true}, {10, 4000, false}} {
		g := generated(2, size.links)
		edges := g.Edges
		g.Edges = func(yield func(*queries.Edge, error) bool) {
			for e, err := range edges {
				e.Relation, e.Qualifiers = "related_to", map[string][]string{"label": {strings.Repeat("é", size.label)}}
				if !yield(e, err) {
					return
				}
			}
		}
		var heard []string
		g.Notice = func(text string) { heard = append(heard, text) }
		data := encoded(t, mermaid, g)
		if (len(heard) == 1) != size.heard || len(heard) > 1 {
			t.Errorf("%d links with labels of %d: %q", size.links, size.label, heard)
		}
		length := fmt.Sprintf("%d links in %d characters", size.links, len(utf16.Encode([]rune(string(data)))))
		if size.heard && !strings.Contains(heard[0], length) {
			t.Errorf("%q does not say: %s", heard[0], length)
		}
	}
}
