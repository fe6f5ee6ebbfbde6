package explorer_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"orbat/cmd/orbat/explorer"
	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy"
	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/queries"
)

func TestMain(m *testing.M) { os.Exit(deploytest.Main(m)) }

// serve starts a server with the page, as orbat serve does, and returns its address.
func serve(t *testing.T, gate *access.Gate, connect func(context.Context) (*deploy.Conn, error)) string {
	t.Helper()
	return serveOn(t, nil, gate, connect)
}

// serveOn is serve with tiles under the map.
func serveOn(t *testing.T, tiles *explorer.Tiles, gate *access.Gate, connect func(context.Context) (*deploy.Conn, error)) string {
	t.Helper()
	gate.Hosts = []string{"127.0.0.1"}
	server := httpapi.New(httpapi.Options{
		Gate: gate, Backend: httpapi.Backend{Connect: connect, Library: queries.Builtin}, Version: "test",
		Page: explorer.Built(),
	})
	if err := explorer.Publish(server, tiles); err != nil {
		t.Fatal(err)
	}
	return servetest.Start(t, server).URL
}

// to connects to a database that is there.
func to(conn *deploy.Conn) func(context.Context) (*deploy.Conn, error) {
	return func(ctx context.Context) (*deploy.Conn, error) { return deploy.Connect(ctx, conn.Target()) }
}

// anybody lets in whoever asks, with all rights.
func anybody() *access.Gate {
	return &access.Gate{Anonymous: &access.Caller{Name: "local", Role: access.Admin}}
}

// told is what the behaviours are told.
type told struct {
	Servers  map[string]string `json:"servers"`
	Chromium string            `json:"chromium"`
	Pictures string            `json:"pictures"`         // the folder that they are put in; -artifacts keeps it
	Tokens   map[string]string `json:"tokens,omitempty"` // of callers, by their names
	Control  string            `json:"control,omitempty"`
	Tiles    string            `json:"tiles,omitempty"` // the origin of a server of tiles
}

// needsBrowser skips where there is no browser to look at the page with. CI has one, or is broken.
func needsBrowser(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: needs a Dgraph and a browser")
	}
	if _, err := os.Stat("node_modules"); errors.Is(err, fs.ErrNotExist) {
		absent(t, "node_modules")
	}
	if _, err := exec.LookPath("node"); err != nil {
		absent(t, "node")
	}
	chromium(t)
}

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	absent(t, "chromium")
	return ""
}

// behave does the behaviours of a folder of tests, each as a test of its own. They are JavaScript: one process with one
// browser does those that are asked for, one after another. What they have measured is returned.
func behave(t *testing.T, folder string, say told) (list []measured) {
	t.Helper()
	say.Chromium, say.Pictures = chromium(t), cmp.Or(say.Pictures, t.ArtifactDir())
	settings, err := json.Marshal(say)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	defer cancel()
	var complaints bytes.Buffer
	cmd := exec.CommandContext(ctx, "node", "tests/run.mjs", folder)
	cmd.Env = append(os.Environ(), "ORBAT_EXPLORER="+string(settings))
	cmd.Stderr = &complaints
	cmd.WaitDelay = 10 * time.Second
	ask, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(out)
	read := func(t *testing.T, into any) {
		t.Helper()
		line, err := answers.ReadBytes('\n')
		if err == nil {
			err = json.Unmarshal(line, into)
		}
		if err != nil {
			cancel()
			_ = cmd.Wait() // what it said tells more
			t.Fatalf("the behaviours broke off: %v %s\n%s", err, line, complaints.String())
		}
	}
	var names []string
	read(t, &names)
	if len(names) == 0 {
		t.Errorf("tests/%s holds no behaviour", folder)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			if _, err := io.WriteString(ask, name+"\n"); err != nil {
				t.Fatal(err)
			}
			var answer struct {
				Name     string
				Faults   []string
				Measured []measured
			}
			read(t, &answer)
			if len(answer.Faults) > 0 {
				t.Error(strings.Join(answer.Faults, "\n"))
			}
			list = append(list, answer.Measured...)
		})
	}
	if err := ask.Close(); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, complaints.String())
	}
	return list
}

// callers are those who are known: ann sees all, ben what is marked TLP:GREEN at the most. Their tokens come by name.
func callers(t *testing.T) (*access.Gate, map[string]string) {
	t.Helper()
	tokens := map[string]string{}
	list := "callers:\n"
	for _, c := range []struct{ name, limits string }{{"ann", "role: admin"}, {"ben", "role: reader, max_marking: TLP:GREEN"}} {
		token, hash := access.NewToken()
		tokens[c.name] = token
		list += fmt.Sprintf("  - {name: %s, sha256: %s, %s}\n", c.name, hash, c.limits)
	}
	file := filepath.Join(t.TempDir(), "callers.yaml")
	if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	known, err := access.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return &access.Gate{Callers: func() *access.Callers { return known }}, tokens
}

// line leads to a database, and can be cut.
type line struct {
	net.Listener
	to string

	mu   sync.Mutex
	cut  bool
	open map[net.Conn]bool
}

// lineTo returns a line to a database.
func lineTo(t *testing.T, conn *deploy.Conn) *line {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{Listener: listener, to: conn.Target().Hosts[0], open: map[net.Conn]bool{}}
	var lines sync.WaitGroup
	lines.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			lines.Go(func() { l.join(near) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		l.set(true)
		lines.Wait()
	})
	return l
}

// join passes on what comes in to the database, and back.
func (l *line) join(near net.Conn) {
	defer near.Close()
	far, err := net.Dial("tcp", l.to) //nolint:noctx // the line ends it
	if err != nil {
		return
	}
	defer far.Close()
	l.mu.Lock()
	if l.cut {
		l.mu.Unlock()
		return
	}
	l.open[near], l.open[far] = true, true
	l.mu.Unlock()
	var ways sync.WaitGroup
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		ways.Go(func() {
			_, _ = io.Copy(way[0], way[1]) // it ends when either is closed
			_ = near.Close()
			_ = far.Close()
		})
	}
	ways.Wait()
	l.mu.Lock()
	delete(l.open, near)
	delete(l.open, far)
	l.mu.Unlock()
}

// set cuts the line, or mends it.
func (l *line) set(cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = cut
	if cut {
		for c := range l.open {
			_ = c.Close()
		}
	}
}

// connect connects over the line.
func (l *line) connect(ctx context.Context) (*deploy.Conn, error) {
	target, err := deploy.Parse("dgraph://" + l.Addr().String())
	if err != nil {
		return nil, err
	}
	return deploy.Connect(ctx, target)
}

// control does what no browser can: take the database away and bring it back, and load what is sent.
func control(t *testing.T, conn *deploy.Conn, l *line) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /away", func(http.ResponseWriter, *http.Request) { l.set(true) })
	mux.HandleFunc("POST /back", func(http.ResponseWriter, *http.Request) { l.set(false) })
	mux.HandleFunc("POST /load/{dataset}", func(_ http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		servetest.Load(t, conn, "case.yaml", string(text), r.PathValue("dataset"), func(o *loader.Options) {
			o.Replace = r.URL.Query().Get("replace") == "true"
		})
	})
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	return web.URL
}

// tileServer has a grey picture for every part of the world, and returns its address.
func tileServer(t *testing.T) string {
	t.Helper()
	var grey bytes.Buffer
	tile := image.NewGray(image.Rect(0, 0, 256, 256))
	draw.Draw(tile, tile.Bounds(), image.NewUniform(color.Gray{Y: 200}), image.Point{}, draw.Src)
	if err := png.Encode(&grey, tile); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Referer") != "" {
			t.Errorf("the server of tiles is told where they are shown: %s", r.Header.Get("Referer"))
		}
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(grey.Bytes()) // whoever asks has gone
	}))
	t.Cleanup(web.Close)
	return web.URL
}

// An empty database says what to do next, and what nobody loaded is found nowhere.
func TestEmptyGraph(t *testing.T) {
	needsBrowser(t)
	conn := deploytest.Shared(t)
	behave(t, "empty", told{Servers: map[string]string{"open": serve(t, anybody(), to(conn))}})
}

// The behaviours of the explorer on the built-in case, as an analyst meets them.
func TestBehaviours(t *testing.T) {
	needsBrowser(t)
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	gate, tokens := callers(t)
	l := lineTo(t, conn)
	pictures := tileServer(t)
	tiles, err := explorer.NewTiles(pictures+"/{z}/{x}/{y}.png", "The makers of the map")
	if err != nil {
		t.Fatal(err)
	}
	behave(t, "case", told{
		Servers: map[string]string{
			"open": serve(t, anybody(), to(conn)), "callers": serve(t, gate, to(conn)), "line": serve(t, anybody(), l.connect),
			"tiles": serveOn(t, tiles, anybody(), to(conn)),
		},
		Tokens: tokens, Control: control(t, conn, l), Tiles: pictures,
	})
}

// One file shows the graph and who says so, from disk and without a network, as the page of a server does.
func TestOneFile(t *testing.T) {
	needsBrowser(t)
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	at := serve(t, anybody(), to(conn))
	_, page := ask(t, http.MethodGet, at+"/api/v1/export?format=html")
	file := filepath.Join(t.TempDir(), "case.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	behave(t, "file", told{Servers: map[string]string{"open": "file://" + filepath.ToSlash(file)}})
}
