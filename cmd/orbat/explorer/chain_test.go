package explorer_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"orbat/cmd/orbat/intake"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy"
	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/loader/mapping"
	"orbat/schema"
)

var update = flag.Bool("update", false, "rewrite the pictures of the README")

// pictures is where the README's pictures stand.
var pictures = filepath.Join("..", "readme")

// loadSheets loads the sheets of the Security Force Monitor, which stand beside the project; where they do not the test
// skips, but under CI.
func loadSheets(t *testing.T, conn *deploy.Conn) {
	t.Helper()
	sheets := filepath.Join("..", "..", "..", "..", "shared", "data", "sfm-nigeria")
	if _, err := os.Stat(sheets); errors.Is(err, fs.ErrNotExist) {
		absent(t, sheets)
	}
	text, err := mapping.Source("sfm-2019")
	if err != nil {
		t.Fatal(err)
	}
	m, err := mapping.Parse("sfm-2019", text)
	if err != nil {
		t.Fatal(err)
	}
	files, err := format.Files([]string{sheets}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range files {
		files[i].Name = filepath.Base(files[i].Name) // evidence cards and pictures show it
	}
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	if ontology, err = loader.Migrate(t.Context(), conn, ontology); err != nil {
		t.Fatal(err)
	}
	records, err := (&intake.Intake{Mapping: m, Dataset: "nigeria"}).Records(t.Context(), files, ontology)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&loader.Loader{DB: conn, Ontology: ontology}).Load(t.Context(), records, loader.Options{Dataset: "nigeria"}); err != nil {
		t.Fatal(err)
	}
}

// highest returns the unit with the most units below it, whatever the time.
func highest(t *testing.T, at string) string {
	t.Helper()
	_, text := ask(t, http.MethodGet, at+"/api/v1/export?format=ndjson")
	below := map[string][]string{}
	for records := json.NewDecoder(strings.NewReader(text)); ; {
		var r struct {
			Kind               string `json:"kind"`
			Edge               *struct{ From, Relation, To string }
			From, Relation, To string
		}
		err := records.Decode(&r)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if r.Edge != nil {
			r.From, r.Relation, r.To = r.Edge.From, r.Edge.Relation, r.Edge.To
		}
		if r.Relation == "subordinate_to" {
			below[r.To] = append(below[r.To], r.From)
		}
	}
	top, most := "", 0
	for xid := range below {
		seen := map[string]bool{xid: true}
		for frontier := []string{xid}; len(frontier) > 0; {
			next := below[frontier[0]]
			frontier = frontier[1:]
			for _, unit := range next {
				if !seen[unit] {
					seen[unit] = true
					frontier = append(frontier, unit)
				}
			}
		}
		if len(seen) > most || len(seen) == most && xid < top {
			top, most = xid, len(seen)
		}
	}
	t.Logf("%s has %d below it", top, most-1)
	return top
}

// The largest chain of command of the Security Force Monitor's sheets as one file: it opens from disk without a
// network, and shows who says so as the page of the server does.
func TestChainOfCommand(t *testing.T) {
	needsBrowser(t)
	conn := deploytest.Shared(t)
	loadSheets(t, conn)
	at := serve(t, anybody(), to(conn))
	unit := highest(t, at)
	response, page := ask(t, http.MethodGet, at+"/api/v1/ask/subordinate-tree?"+url.Values{
		"unit": {unit}, "depth": {"10"}, "limit": {"10000"}, "format": {"html"},
	}.Encode())
	if response.StatusCode != http.StatusOK {
		t.Fatal(page)
	}
	file := filepath.Join(t.TempDir(), "chain.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	behave(t, "chain", told{Servers: map[string]string{"file": "file://" + filepath.ToSlash(file), "open": at}})
}

// shrink writes a picture anew in the 256 colours that it has most of: of a page that is most of them.
func shrink(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	count := map[color.RGBA]int{}
	bounds := whole.Bounds()
	full := image.NewRGBA(bounds)
	draw.Draw(full, bounds, whole, bounds.Min, draw.Src)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[full.RGBAAt(x, y)]++
		}
	}
	colors := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(count[b]-count[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	var palette color.Palette
	for _, c := range colors[:min(256, len(colors))] {
		palette = append(palette, c)
	}
	nearest := map[color.RGBA]uint8{}
	for c := range count {
		nearest[c] = uint8(palette.Index(c))
	}
	small := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			small.SetColorIndex(x, y, nearest[full.RGBAAt(x, y)])
		}
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil { //nolint:gosec // a file of the project, for all to read
		t.Fatal(err)
	}
}

// The README's pictures are there and small. What they show is made by -update, by the same steps that a reader takes.
func TestPictures(t *testing.T) {
	needsBrowser(t)
	if *update {
		conn := deploytest.Shared(t)
		servetest.LoadExample(t, conn)
		behave(t, "pictures", told{Servers: map[string]string{"open": serve(t, anybody(), to(conn))}, Pictures: pictures})
		deploytest.Empty(t, conn)
		loadSheets(t, conn)
		behave(t, "pictures-chain", told{Servers: map[string]string{"open": serve(t, anybody(), to(conn))}, Pictures: pictures})
	}
	for _, name := range []string{"explorer-light.png", "explorer-dark.png", "chain-light.png", "chain-dark.png"} {
		const most = 150_000
		if *update {
			shrink(t, filepath.Join(pictures, name))
		}
		if about, err := os.Stat(filepath.Join(pictures, name)); err != nil || about.Size() > most {
			t.Errorf("%s: %v, or larger than %d bytes", name, err, most)
		}
	}
}
