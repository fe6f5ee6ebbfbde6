package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"orbat/cmd/orbat/explorer"
	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/mcp"
	"orbat/cmd/orbat/reconcile"
	"orbat/cmd/orbat/telemetry"
	"orbat/deploy"
	"orbat/queries"
	"orbat/schema"
)

// serving is what orbat serve is told, by its flags or by the file of --config, whose keys are the flags' names.
type serving struct {
	*app
	config     string
	listen     string
	cert       string
	key        string
	proxy      bool
	proxies    []string
	userHeader string
	proxyRole  string
	callers    string
	keys       string
	role       string
	hosts      []string
	origins    []string
	audit      string
	logLevel   string
	queries    string
	timeout    time.Duration
	maxRows    int
	maxBody    int64
	unpacked   int64
	perClient  int
	atOnce     int
	tools      string
	open       bool
	tilesURL   string
	credit     string
}

func (a *app) serveCommand() *cobra.Command {
	var s *serving
	cmd := &cobra.Command{
		Use: "serve", Short: "Show the graph in a browser, and answer over HTTP", Args: args(cobra.NoArgs),
		Long: `Serve the graph over HTTP. At / stands the explorer, a page for the browser: search, links, paths, and who says so. For
programs there are every canned question with its typed parameters, search, the card of an entity, its links, evidence, exports;
GET /api/v1/openapi.json describes it all. Assistants that speak the Model Context Protocol ask at /mcp,
OpenRefine matches its sheets at /reconcile.

It listens on this machine alone unless told otherwise, and elsewhere only with TLS (or behind a proxy that speaks it) and where
callers are known: by tokens, whose hashes stand in the file of --callers, or by a proxy's header. A caller's role, highest
marking, data sets and end stand there too; the file is read again when it changes. orbat access token makes one.

--config names a YAML file whose keys are the flags' names; a flag that is given counts more.`,
		Example: `  orbat serve --open
  curl '127.0.0.1:8420/api/v1/ask/career?person=Michael%20Kurilla&evidence=true'
  orbat serve --listen 0.0.0.0:8420 --tls-cert cert.pem --tls-key key.pem --callers callers.yaml --host graph.example`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.readConfig(cmd.Flags()); err != nil {
				return err
			}
			return s.run(cmd.Context())
		},
	}
	s = a.newServing(cmd)
	return cmd
}

// newServing returns what orbat serve is told by no flag, and binds the flags of a command to it.
func (a *app) newServing(cmd *cobra.Command) *serving {
	s := &serving{app: a}
	f := cmd.Flags()
	f.StringVar(&s.config, "config", "", "YAML file of these settings")
	f.StringVar(&s.listen, "listen", "127.0.0.1:8420", "address to listen at")
	f.StringVar(&s.cert, "tls-cert", "", "certificate, as PEM; with --tls-key: speak TLS")
	f.StringVar(&s.key, "tls-key", "", "its key, as PEM")
	f.BoolVar(&s.proxy, "behind-proxy", false, "a proxy in front speaks TLS")
	f.StringSliceVar(&s.proxies, "proxy", nil, "address or network of the proxy whose --user-header is believed (default this machine)")
	f.StringVar(&s.userHeader, "user-header", "", "header in which the proxy names the caller, such as X-Forwarded-User")
	f.StringVar(&s.proxyRole, "proxy-role", "", "role of callers that the proxy names and --callers does not (default: they are refused)")
	f.StringVar(&s.callers, "callers", "", "YAML file of callers: tokens' hashes, roles, limits")
	f.StringVar(&s.keys, "signing-keys", "", "file of the keys that sign URLs (default: one that ends with this process)")
	f.StringVar(&s.role, "role", string(access.Reader),
		"on this machine, without --callers: what whoever asks may do; reader, loader, reviewer, admin")
	f.StringSliceVar(&s.hosts, "host", nil, "name by which this server is called, beside the address it listens at; may be repeated")
	f.StringSliceVar(&s.origins, "origin", nil, "page that may ask from a browser, https://host[:port]; may be repeated")
	f.StringVar(&s.audit, "audit", "", "append who asked what to this file, as NDJSON")
	f.StringVar(&s.logLevel, "log-level", "info", "debug, info, warn or error; debug holds names from the graph")
	f.StringVar(&s.queries, "queries", "", "folder of your own .dql files (default ORBAT_HOME/queries)")
	f.DurationVar(&s.timeout, "timeout", time.Minute, "how long one answer may take")
	f.IntVar(&s.maxRows, "max-rows", 100_000, "how many rows may be asked for at once")
	f.Int64Var(&s.maxBody, "max-body", 1<<30, "bytes of a file that is sent to be loaded")
	f.Int64Var(&s.unpacked, "max-unpacked", 8<<30, "bytes of such a file once it is unpacked")
	f.IntVar(&s.perClient, "requests-per-caller", 64, "requests of one caller that are worked on at once")
	f.IntVar(&s.atOnce, "requests", 128, "requests that are worked on at once")
	f.StringVar(&s.tilesURL, "tiles-url", "",
		"draw the explorer's map on tiles of this server, https://host/{z}/{x}/{y}.png: it learns where one looks (default: none is asked)")
	f.StringVar(&s.credit, "tiles-credit", "", "whom the map names for its tiles (default their host)")
	f.BoolVar(&s.open, "open", false, "show the explorer in this machine's browser")
	toolsFlag(cmd, &s.tools)
	return s
}

func (a *app) tokenCommand() *cobra.Command {
	var role, marking, expires string
	var datasets []string
	cmd := &cobra.Command{
		Use: "token NAME", Short: "Make a token for a caller of orbat serve", Args: args(cobra.ExactArgs(1)),
		Long: `Make a token and print the entry for the file of --callers, which holds the token's hash. The token itself is printed on
standard error, once: it is kept nowhere.`,
		Example: `  orbat access token ann --role reader --max-marking TLP:GREEN >> callers.yaml`,
		RunE: func(_ *cobra.Command, names []string) error {
			if _, err := access.ParseRole(role); err != nil {
				return &usageError{err, "--role reader"}
			}
			if marking != "" {
				if _, err := queries.ParseMaxMarking(marking); err != nil {
					return &usageError{fmt.Errorf("--max-marking: %w", err), "--max-marking TLP:GREEN"}
				}
			}
			token, hash := access.NewToken()
			entry := map[string]any{"name": names[0], "sha256": hash, "role": role}
			for key, value := range map[string]string{"max_marking": marking, "expires": expires} {
				if value != "" {
					entry[key] = value
				}
			}
			if len(datasets) > 0 {
				entry["datasets"] = datasets
			}
			text, err := yaml.Marshal([]any{entry})
			if err != nil {
				return err
			}
			a.note("token of %s, shown this once: %s", clean(names[0]), token)
			a.note("the file begins with a line callers: and has this below it")
			a.printf("%s", text)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&role, "role", string(access.Reader), "reader, loader, reviewer or admin")
	f.StringVar(&marking, "max-marking", "", "nothing marked above this is shown: TLP:GREEN, SECRET …")
	f.StringVar(&expires, "expires", "", "the last day, 2027-01-31")
	f.StringSliceVar(&datasets, "dataset", nil, "only this data set; may be repeated")
	return cmd
}

func (a *app) keyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "key", Short: "Make a key by which orbat serve signs URLs", Args: args(cobra.NoArgs),
		Long: `Make a key and print it, for the file of --signing-keys. Instances behind one address have the same file; with none, each signs
by a key of its own that ends with it. The first key signs, and what any of them has signed holds. To change it, add the new one below,
move it to the top once all instances have read it (a second), and take the old one out a day later.`,
		Example: `  (umask 077; orbat access key > signing.keys)
  orbat serve --signing-keys signing.keys`,
		RunE: func(*cobra.Command, []string) error {
			a.printf("%s\n", access.NewKey())
			return nil
		},
	}
}

// readConfig takes from the file of --config what no flag says.
func (s *serving) readConfig(flags *pflag.FlagSet) error {
	if s.config == "" {
		return nil
	}
	const hint = "the keys are the names of orbat serve's flags"
	text, err := os.ReadFile(s.config)
	if err != nil {
		return &usageError{err, hint}
	}
	var settings map[string]any
	if err := yaml.Unmarshal(text, &settings); err != nil {
		return &usageError{fmt.Errorf("%s: %w", s.config, err), hint}
	}
	for name, value := range settings {
		flag := flags.Lookup(name)
		if flag == nil || name == "config" || name == "help" {
			return &usageError{fmt.Errorf("%s: unknown key %q", s.config, name), hint}
		}
		if flag.Changed {
			continue
		}
		texts := []string{fmt.Sprint(value)}
		if list, is := value.([]any); is {
			texts = nil
			for _, one := range list {
				texts = append(texts, fmt.Sprint(one))
			}
		}
		for _, one := range texts {
			if err := flags.Set(name, one); err != nil {
				return &usageError{fmt.Errorf("%s: %w", s.config, err), hint}
			}
		}
	}
	return nil
}

func (s *serving) run(ctx context.Context) (err error) {
	listening := httpapi.Listening{
		Address: s.listen, Certificate: s.cert, Key: s.key, BehindProxy: s.proxy, Known: s.callers != "" || s.userHeader != "",
	}
	if err := listening.Check(); err != nil {
		return &usageError{err, exposedHint(err)}
	}
	if err := checkTools(s.tools); err != nil {
		return err
	}
	var tiles *explorer.Tiles
	if s.tilesURL != "" {
		var err error
		if tiles, err = explorer.NewTiles(s.tilesURL, s.credit); err != nil {
			return &usageError{fmt.Errorf("--tiles-url %s: %w", s.tilesURL, err), "--tiles-url https://tiles.example/{z}/{x}/{y}.png"}
		}
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.logLevel)); err != nil {
		return &usageError{err, "--log-level info"}
	}
	log := slog.New(slog.NewJSONHandler(s.err, &slog.HandlerOptions{Level: level}))
	gate, err := s.gate(log)
	if err != nil {
		return err
	}
	var audit io.Writer
	if s.audit != "" {
		file, err := os.OpenFile(s.audit, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return &usageError{err, "--audit names a file that can be written"}
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		audit = file
	}
	if _, named, err := s.target(); err != nil {
		return err
	} else if !named { // the local one is started here, where it can be said
		conn, err := s.connect(ctx)
		if err != nil {
			return err
		}
		if err := conn.Close(); err != nil {
			return err
		}
	}
	traces, err := telemetry.Start(ctx, version, os.Getenv, func(err error) {
		log.Warn("traces cannot be sent")
		log.Debug("why", "error", err.Error()) // the text may hold what the endpoint is logged in to by
	})
	if err != nil {
		return &usageError{err, "the environment of this process says where traces go"}
	}
	defer func() { // after the server, whose last requests are in it
		ending, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer done()
		if traces.Stop(ending) != nil {
			log.Warn("the last traces cannot be sent")
		}
	}()
	s.dial = traces.DialOptions()
	server := httpapi.New(httpapi.Options{ //nolint:contextcheck // each request brings its own
		Backend: s.backend(), Gate: gate, Log: log, Audit: audit, Version: version, Page: explorer.Built(), Tracer: traces.Provider(),
		Limits: httpapi.Limits{
			Time: s.timeout, Rows: s.maxRows, Body: s.maxBody, Unpacked: s.unpacked, Client: s.perClient, All: s.atOnce,
		},
	})
	defer func() { err = errors.Join(err, server.Close()) }()
	mountMCP(server, mcp.New(mcp.Options{
		Version: version, All: s.tools == allTools, Time: s.timeout, Rows: s.maxRows, Log: log, Origins: s.origins,
	}))
	reconcile.New(reconcile.Options{Version: version, Origins: s.origins}).Mount(server)
	if err := explorer.Publish(server, tiles); err != nil {
		return err
	}
	return server.Serve(ctx, listening, func(address string) {
		scheme := "http"
		if s.cert != "" {
			scheme = "https"
		}
		page := fmt.Sprintf("%s://%s/", scheme, address)
		s.note("serving at %sapi/v1, with the explorer at %s; Ctrl-C ends it", page, page)
		if s.open {
			s.browse(ctx, page)
		}
	})
}

// backend connects as every command does, each time anew: the database may be away, and come back.
func (s *serving) backend() httpapi.Backend {
	return httpapi.Backend{
		Connect: func(ctx context.Context) (*deploy.Conn, error) { return s.connect(ctx) },
		Library: func(ontology *schema.Ontology) (*queries.Library, error) {
			library, _, err := s.library(ontology, s.queries) // a broken one says so when it is asked
			return library, err
		},
	}
}

// gate says who is let in.
func (s *serving) gate(log *slog.Logger) (*access.Gate, error) {
	g := &access.Gate{UserHeader: s.userHeader, Origins: s.origins, Secure: s.proxy}
	for _, name := range append([]string{s.listen, "localhost", "127.0.0.1", "::1"}, s.hosts...) {
		if host, _, err := net.SplitHostPort(name); err == nil {
			name = host
		}
		if name = strings.ToLower(strings.Trim(name, "[]")); name != "" && name != "0.0.0.0" && name != "::" {
			g.Hosts = append(g.Hosts, name)
		}
	}
	proxies := s.proxies
	if len(proxies) == 0 { // where one is named, others on this machine are not believed
		proxies = []string{"127.0.0.0/8", "::1/128"}
	}
	for _, name := range proxies {
		network, err := netip.ParsePrefix(name)
		if err != nil {
			address, bad := netip.ParseAddr(name)
			if bad != nil {
				return nil, &usageError{fmt.Errorf("--proxy %q is no address or network", name), "--proxy 10.0.0.7, or 10.0.0.0/8"}
			}
			network = netip.PrefixFrom(address, address.BitLen())
		}
		g.Proxies = append(g.Proxies, network)
	}
	if s.userHeader != "" && !s.proxy {
		return nil, &usageError{errors.New("--user-header is a proxy's to set"), "add --behind-proxy"}
	}
	if s.proxyRole != "" {
		role, err := access.ParseRole(s.proxyRole)
		if err != nil {
			return nil, &usageError{err, "--proxy-role reader"}
		}
		g.ProxyRole = role
	}
	if s.callers != "" {
		file, err := access.Watch(s.callers, func(err error) {
			log.Error("the file of callers cannot be read; those known before are let in", "file", filepath.Base(s.callers), "error",
				err.Error())
		})
		if err != nil {
			return nil, &usageError{err, "orbat access token NAME makes an entry"}
		}
		g.Callers = file.Callers
	}
	if s.keys == "" {
		keys := access.NewKeys()
		g.Keys = func() *access.Keys { return keys }
	} else {
		file, err := access.WatchKeys(s.keys, func(err error) {
			log.Error("the file of keys cannot be read; those known before hold", "file", filepath.Base(s.keys), "error", err.Error())
		})
		if err != nil {
			return nil, &usageError{err, "orbat access key makes a key"}
		}
		g.Keys = file.Keys
	}
	if s.callers == "" && s.userHeader == "" {
		role, err := access.ParseRole(s.role)
		if err != nil {
			return nil, &usageError{err, "--role reader"}
		}
		g.Anonymous = &access.Caller{Name: "local", Role: role}
	}
	return g, nil
}

// exposedHint words what would mend an address that must not be listened at.
func exposedHint(err error) string {
	var exposed *httpapi.ExposedError
	if !errors.As(err, &exposed) {
		return ""
	}
	return exposed.Fix + ": --tls-cert and --tls-key, --behind-proxy; --callers FILE, --user-header NAME"
}
