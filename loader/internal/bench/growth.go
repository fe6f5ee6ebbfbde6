package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"image/color"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"orbat/loader"
)

// quadsPerEntity is about what the statements of one entity leave in the graph.
const quadsPerEntity = 38.3

// growth is how loads of several sizes compare with each other.
type growth struct {
	*contest
	points     []point
	predicates map[string]int // bytes of N-Quads, of the first size
}

// point is one size.
type point struct {
	quads  int   // in the graph
	disk   int64 // bytes of what the bulk load made
	bulk   usage
	online bool  // those below were measured
	peer   usage // dgraph bulk
	load   usage
	reload usage
	export usage
}

// measureGrowth loads inputs of so many million N-Quads, each into databases of its own; those beyond a size only by
// orbat bulk.
func measureGrowth(ctx context.Context, c *contest, sizes []float64, online float64) (*growth, error) {
	g := &growth{contest: c}
	for _, size := range sizes {
		p, err := g.size(ctx, size, size <= online)
		if err != nil {
			return nil, fmt.Errorf("%g million N-Quads: %w", size, err)
		}
		g.points = append(g.points, p)
	}
	return g, nil
}

func (g *growth) size(ctx context.Context, size float64, online bool) (p point, err error) {
	if _, err := writeStatements(g.statements(), int(size*1e6/quadsPerEntity), g.seed, 0); err != nil {
		return p, fmt.Errorf("generate statements: %w", err)
	}
	made := filepath.Join(g.dir, "made")
	defer func() { _ = os.RemoveAll(made) }() // else close tries again
	out, err := g.measureAll(ctx, servers{}, bulk, []string{g.self, bulkOnceCommand, g.engine.Path, g.statements(), made})
	if err != nil {
		return p, err
	}
	var count loader.RDFCount
	if err := json.Unmarshal(out, &count); err != nil {
		return p, fmt.Errorf("read orbat's count: %w", err)
	}
	p.quads, p.bulk = count.Quads, g.last(bulk)
	if p.disk, err = folderSize(made); err != nil || !online {
		return p, err
	}
	_ = os.RemoveAll(made) // else the end tries again
	if err := writeGzip(g.blanks(), func(w io.Writer) error {
		_, err := g.render(ctx, w, false)
		return err
	}); err != nil {
		return p, err
	}
	if g.predicates == nil {
		if g.predicates, err = bytesByPredicate(g.blanks()); err != nil {
			return p, err
		}
	}
	if err := g.plainBulkTurn(ctx, false); err != nil {
		return p, err
	}
	p.peer = g.last(plainBulk)
	if err := os.Remove(g.blanks()); err != nil {
		return p, err
	}
	db, err := g.start(ctx)
	if err != nil {
		return p, err
	}
	defer db.stop()
	if _, err := g.orbatLoad(ctx, db, firstLoad); err != nil {
		return p, err
	}
	p.load = g.last(firstLoad)
	if err := db.settle(ctx); err != nil {
		return p, err
	}
	if _, err := g.orbatLoad(ctx, db, reload); err != nil {
		return p, err
	}
	graph := filepath.Join(g.dir, "graph.ndjson.gz")
	if _, err := g.measure(ctx, db, exporting, g.options.orbat, "export", "--canonical", "--dgraph", db.Target().String(), "--file",
		graph); err != nil {
		return p, err
	}
	if err := os.Remove(graph); err != nil { // there must be one
		return p, err
	}
	p.reload, p.export, p.online = g.last(reload), g.last(exporting), true
	return p, nil
}

func (g *growth) last(who contestant) usage { return g.usages[who][len(g.usages[who])-1] }

// bytesByPredicate tells how many bytes of gzipped N-Quads are of which predicate. Dgraph keeps a predicate whole in
// one group: what groups can share is told by it.
func bytesByPredicate(file string) (map[string]int, error) {
	bytes := map[string]int{}
	err := eachLine(file, func(_ int, line string) {
		_, rest, _ := strings.Cut(line, " ")
		predicate, _, _ := strings.Cut(rest, " ")
		bytes[strings.Trim(predicate, "<>")] += len(line)
	})
	return bytes, err
}

// shares lists predicates with their percents, those of less than three together at the end.
func shares(bytes map[string]int) string {
	all := 0
	for _, n := range bytes {
		all += n
	}
	names := slices.SortedFunc(maps.Keys(bytes),
		func(a, b string) int { return cmp.Or(cmp.Compare(bytes[b], bytes[a]), strings.Compare(a, b)) })
	var list []string
	rest := 100
	for _, name := range names {
		percent := (100*bytes[name] + all/2) / all
		if percent < 3 {
			break
		}
		rest -= percent
		list = append(list, "`"+name+"` "+strconv.Itoa(percent))
	}
	return fmt.Sprintf("%s, %d others %d", strings.Join(list, ", "), len(names)-len(list), rest)
}

func folderSize(dir string) (size int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}

// markdown is a table with a column for each size.
func (g *growth) markdown(m machine) string {
	seconds := func(u usage) string { return strconv.FormatFloat(u.elapsed.Seconds(), 'f', 1, 64) }
	mib := func(bytes int64) string { return thousands(int(bytes >> 20)) }
	rate := func(p point, u usage) string { return thousands(int(float64(p.quads) / u.elapsed.Seconds())) }
	times := func(a, b usage) string {
		return strconv.FormatFloat(a.elapsed.Seconds()/b.elapsed.Seconds(), 'f', 2, 64)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Growth\n\n%s\n\n", g.header(m))
	line := func(what string, cell func(point) string) {
		b.WriteString("| " + what + " |")
		for _, p := range g.points {
			b.WriteString(" " + cell(p) + " |")
		}
		b.WriteByte('\n')
	}
	line("N-Quads in the graph", func(p point) string { return thousands(p.quads) })
	b.WriteString("|" + strings.Repeat("---|", 1+len(g.points)) + "\n")
	line("`orbat bulk`, s", func(p point) string { return seconds(p.bulk) })
	line("N-Quads/s", func(p point) string { return rate(p, p.bulk) })
	line("orbat's peak, MiB", func(p point) string { return mib(p.bulk.client) })
	line("the result on disk, MiB", func(p point) string { return mib(p.disk) })
	for _, row := range []struct {
		what string
		cell func(point) string
	}{
		{"`dgraph bulk` on the same N-Quads, s", func(p point) string { return seconds(p.peer) }},
		{"its peak, MiB", func(p point) string { return mib(p.peer.client) }},
		{"`orbat bulk` takes, of `dgraph bulk`", func(p point) string { return times(p.bulk, p.peer) }},
		{"`orbat load`, s", func(p point) string { return seconds(p.load) }},
		{"N-Quads/s", func(p point) string { return rate(p, p.load) }},
		{"orbat's peak, MiB", func(p point) string { return mib(p.load.client) }},
		{"alpha's peak, MiB", func(p point) string { return mib(p.load.alpha) }},
		{"unchanged re-load, s", func(p point) string { return seconds(p.reload) }},
		{"orbat's peak, MiB", func(p point) string { return mib(p.reload.client) }},
		{"`orbat load` takes, of its unchanged re-load", func(p point) string { return times(p.load, p.reload) }},
		{"`orbat export --canonical`, s", func(p point) string { return seconds(p.export) }},
		{"orbat's peak, MiB", func(p point) string { return mib(p.export.client) }},
	} {
		line(row.what, func(p point) string {
			if !p.online {
				return ""
			}
			return row.cell(p)
		})
	}
	if g.predicates != nil {
		fmt.Fprintf(&b, "\nOf the N-Quads' bytes, in percent: %s.\n", shares(g.predicates))
	}
	return b.String()
}

// curve is one line of the picture.
type curve struct {
	name         string
	time, memory func(point) float64 // nil: no such line
	bulk         bool                // measured at every size
}

func (g *growth) curves() []curve {
	of := func(name string, bulk bool, of func(point) usage) curve {
		return curve{
			name, func(p point) float64 { return of(p).elapsed.Seconds() },
			func(p point) float64 { return mebibytes(of(p).client) }, bulk,
		}
	}
	return []curve{
		of("orbat load", false, func(p point) usage { return p.load }),
		of("orbat bulk", true, func(p point) usage { return p.bulk }),
		of("orbat load, unchanged", false, func(p point) usage { return p.reload }),
		of("orbat export", false, func(p point) usage { return p.export }),
		of("dgraph bulk", false, func(p point) usage { return p.peer }),
		{name: "alpha, under orbat load", memory: func(p point) float64 { return mebibytes(p.load.alpha) }},
	}
}

func mebibytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// draw draws elapsed times and peak memory by size as SVG, on logarithmic axes, with one legend beside both.
func (g *growth) draw(file string) error {
	const width, height, aside = 30 * vg.Centimeter, 10 * vg.Centimeter, 7 * vg.Centimeter
	canvas := vgsvg.New(width, height)
	all := draw.New(canvas)
	all.SetColor(color.White)
	all.Fill(all.Path())
	times, memory, legend := g.axes("Elapsed time", "seconds"), g.axes("Peak memory", "MiB"), plot.NewLegend()
	legend.Top, legend.Left, legend.Padding = true, true, vg.Millimeter
	for i, c := range g.curves() {
		for _, panel := range []struct {
			plot *plot.Plot
			of   func(point) float64
		}{{times, c.time}, {memory, c.memory}} {
			if panel.of == nil {
				continue
			}
			line, points, err := plotter.NewLinePoints(g.xys(panel.of, c.bulk))
			if err != nil {
				return err
			}
			line.Color, points.Color = plotutil.Color(i), plotutil.Color(i)
			line.Dashes, points.Shape = plotutil.Dashes(i), plotutil.Shape(i)
			panel.plot.Add(line, points)
			if panel.plot == memory { // which has them all
				legend.Add(c.name, line, points)
			}
		}
	}
	panels := [][]*plot.Plot{{times, memory}}
	tiles := draw.Tiles{
		Rows: 1, Cols: 2, PadX: vg.Centimeter, PadTop: 3 * vg.Millimeter, PadBottom: 3 * vg.Millimeter,
		PadLeft: 3 * vg.Millimeter, PadRight: 5 * vg.Millimeter,
	}
	for i, c := range plot.Align(panels, tiles, draw.Crop(all, 0, -aside, 0, 0))[0] {
		panels[0][i].Draw(c)
	}
	legend.Draw(draw.Crop(all, width-aside, 0, 0, -vg.Centimeter))
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if _, err := canvas.WriteTo(f); err != nil {
		_ = f.Close() // the error before counts
		return err
	}
	return f.Close()
}

func (g *growth) xys(of func(point) float64, bulk bool) plotter.XYs {
	var xys plotter.XYs
	for _, p := range g.points {
		if bulk || p.online {
			xys = append(xys, plotter.XY{X: float64(p.quads), Y: of(p)})
		}
	}
	return xys
}

func (g *growth) axes(title, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, "million N-Quads in the graph", y
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	var sizes plot.ConstantTicks
	for _, point := range g.points {
		sizes = append(sizes, plot.Tick{Value: float64(point.quads), Label: strconv.FormatFloat(float64(point.quads)/1e6, 'g', 2, 64)})
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = sizes, plot.TickerFunc(logTicks)
	p.Add(plotter.NewGrid())
	return p
}

// logTicks marks every step of a decade and names its first, second and fifth.
func logTicks(least, most float64) []plot.Tick {
	var ticks []plot.Tick
	for decade := math.Pow10(int(math.Floor(math.Log10(least)))); decade <= most; decade *= 10 {
		for step := 1.0; step < 10; step++ {
			tick := plot.Tick{Value: step * decade}
			if step == 1 || step == 2 || step == 5 {
				tick.Label = strconv.FormatFloat(tick.Value, 'g', 6, 64)
			}
			if least <= tick.Value && tick.Value <= most {
				ticks = append(ticks, tick)
			}
		}
	}
	return ticks
}

// numbers reads a list such as 1,3,10.
func numbers(text string) ([]float64, error) {
	var list []float64
	for field := range strings.SplitSeq(text, ",") {
		n, err := strconv.ParseFloat(field, 64)
		if err != nil || n <= 0 {
			return nil, fmt.Errorf("%q is no size in millions", field)
		}
		list = append(list, n)
	}
	return list, nil
}
