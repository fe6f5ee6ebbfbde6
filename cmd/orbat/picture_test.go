package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"orbat/queries"
)

// pictureFile is the README's picture, seen from this folder.
const pictureFile = "readme/path.svg"

// picture compares the README's picture with one drawn from the answer it shows.
func picture(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "orbat", "query", "shortest-path", "Michael Kurilla", "Usamah al-Muhajir", "--evidence",
		"-o", "json")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var result queries.Result
	if err := json.Unmarshal(out, &result); err != nil {
		t.Fatal(err)
	}
	if len(result.Paths) == 0 {
		t.Fatal("no path")
	}
	got := draw(&result)
	if *update {
		if err := os.WriteFile(pictureFile, got, 0o644); err != nil { //nolint:gosec // as git has it
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(pictureFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("cmd/orbat/%s is not what orbat answers; draw it again with: go test ./cmd/orbat -run Readme -update", pictureFile)
	}
}

// drawing is an SVG under way, from its top down.
type drawing struct {
	bytes.Buffer
	y int
}

func (d *drawing) text(class string, x int, s string) {
	fmt.Fprintf(d, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n", class, x, d.y, html.EscapeString(s))
}

// The picture's style: its own ground, so that it reads on any page, light or dark as the reader's system is.
const pictureStyle = `
.ground{fill:#fff;stroke:#d0d7de}.box{fill:#eef4fb;stroke:#0969da}.arrow{stroke:#57606a;stroke-width:2;fill:none}.head{fill:#57606a}
text{font-family:ui-sans-serif,-apple-system,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif;fill:#1f2328}
.ask{font:14px ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace;fill:#1f2328}
.name{font-size:16px;font-weight:600}.type,.cite{font-size:12px;fill:#57606a}.relation{font-size:14px;font-weight:600;fill:#0969da}.quote{font-size:13px}
@media (prefers-color-scheme:dark){.ground{fill:#0d1117;stroke:#30363d}.box{fill:#121d2f;stroke:#4493f8}.arrow{stroke:#9198a1}.head{fill:#9198a1}
text,.ask{fill:#f0f6fc}.type,.cite{fill:#9198a1}.relation{fill:#4493f8}}
`

// draw shows the first path of an answer: each entity a box, each link an arrow with the words and sources behind it.
func draw(r *queries.Result) []byte {
	const left, width = 24, 860
	nodes := map[string]*queries.Node{}
	for _, n := range r.Nodes {
		nodes[n.XID] = n
	}
	d := &drawing{y: 38}
	d.text("ask", left, "$ orbat query shortest-path 'Michael Kurilla' 'Usamah al-Muhajir' --evidence")
	d.y += 18
	var told strings.Builder
	box := func(xid string) {
		n := nodes[xid]
		fmt.Fprintf(d, "<rect class=\"box\" x=\"%d\" y=\"%d\" width=\"420\" height=\"36\" rx=\"8\"/>\n", left, d.y)
		d.y += 24
		d.text("name", left+14, n.Name)
		fmt.Fprintf(d, "<text class=\"type\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", left+406, d.y, n.Type)
		d.y += 12
		told.WriteString(n.Name)
	}
	for i, step := range r.Paths[0] {
		from, to := step.Edge.From, step.Edge.To
		if !step.Forward {
			from, to = to, from
		}
		if i == 0 {
			box(from)
		}
		top := d.y
		d.y += 28
		label := step.Edge.Relation
		var qualifiers []string
		for _, name := range slices.Sorted(maps.Keys(step.Edge.Qualifiers)) {
			qualifiers = append(qualifiers, step.Edge.Qualifiers[name]...)
		}
		if len(qualifiers) > 0 {
			label += ": " + strings.Join(qualifiers, ", ")
		}
		arrow := " → "
		if !step.Forward {
			arrow = " ← "
		}
		told.WriteString(arrow + label + arrow)
		if step.Edge.Period != "" {
			label += "   [" + step.Edge.Period + "]"
		}
		d.text("relation", left+56, label)
		for _, claim := range step.Edge.Evidence {
			for _, c := range claim.Cites {
				said := cmp.Or(c.Locator, "no quote")
				if c.Quote != "" {
					said = "“" + c.Quote + "”"
				}
				d.y += 22
				d.text("quote", left+56, said)
				source := queries.SourceLine(c)
				if claim.Confidence != nil {
					source += ", confidence " + strconv.Itoa(*claim.Confidence)
				}
				d.y += 16
				d.text("cite", left+56, source)
			}
		}
		d.y += 18
		tip, tail, back := d.y-2, top+2, -10
		if !step.Forward {
			tip, tail, back = top+2, d.y-2, 10
		}
		fmt.Fprintf(d, "<path class=\"arrow\" d=\"M%d %dV%d\"/><path class=\"head\" d=\"M%d %dl-6 %dh12z\"/>\n", left+28, tail, tip+back,
			left+28, tip, back)
		box(to)
	}
	height := d.y + 24
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`+"\n", width, height,
		width, height)
	fmt.Fprintf(&out, "<!-- Drawn from orbat's answer by cmd/orbat/readme_test.go. -->\n<title>How is Gen. Kurilla linked to Usamah "+
		"al-Muhajir?</title>\n<desc>%s</desc>\n<style>%s</style>\n",
		html.EscapeString(told.String()), pictureStyle)
	fmt.Fprintf(&out, "<rect class=\"ground\" x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"10\"/>\n", width-1, height-1)
	out.Write(d.Bytes())
	out.WriteString("</svg>\n")
	return out.Bytes()
}
