package access

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Gate decides who is let in.
type Gate struct {
	Callers    func() *Callers // those who are known; nil: nobody is asked who they are
	Anonymous  *Caller         // who comes without a token, where that is allowed; nil: nobody may
	Hosts      []string        // the names by which we are called, in lower case, without ports
	Origins    []string        // pages of others that may call: scheme://host[:port]
	Proxies    []netip.Prefix  // whose headers are believed
	UserHeader string          // the header in which a proxy names the caller; empty: none does
	ProxyRole  Role            // of callers whom a proxy names and Callers does not know; empty: they are refused
	Secure     bool            // a proxy in front speaks TLS, unless it says otherwise (X-Forwarded-Proto)
	Keys       func() *Keys    // that sign URLs; nil: none are signed
	Now        func() time.Time
}

// now returns the time.
func (g *Gate) now() time.Time {
	if g.Now == nil {
		return time.Now()
	}
	return g.Now()
}

// Scheme returns how a request reached us, or the proxy in front: https or http.
func (g *Gate) Scheme(r *http.Request) string {
	switch {
	case r.TLS != nil:
		return "https"
	case !g.Secure:
		return "http"
	}
	if said := r.Header.Values("X-Forwarded-Proto"); len(said) == 1 && strings.EqualFold(said[0], "http") && g.believed(r) {
		return "http"
	}
	return "https"
}

// ours reports whether an origin is that of our own pages, which a request's own name and scheme tell.
func (g *Gate) ours(r *http.Request, origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Scheme != g.Scheme(r) {
		return false
	}
	port := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]
	return strings.EqualFold(strings.TrimSuffix(u.Host, port), strings.TrimSuffix(r.Host, port))
}

// Refusal says why a request is not let in.
type Refusal struct {
	Status int
	Reason string
	Hint   string
}

// Error returns the reason.
func (r *Refusal) Error() string { return r.Reason }

// ForeignHost refuses a request by a name that is not ours: a page has its own name point to us (DNS rebinding), so
// that the browser takes us for it.
func (g *Gate) ForeignHost(r *http.Request) error {
	host := hostOf(r.Host)
	if slices.Contains(g.Hosts, host) {
		return nil
	}
	return &Refusal{
		Status: http.StatusMisdirectedRequest, Reason: "this server is not called by that name",
		Hint: "whoever runs it can add the name to those it answers to",
	}
}

// hostOf returns the name of a host, without its port.
func hostOf(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

// ForeignOrigin refuses a request that a page of somebody else's makes a browser send. It reports whether the page is
// one of those that may.
func (g *Gate) ForeignOrigin(r *http.Request) (listed bool, err error) {
	refusal := &Refusal{
		Status: http.StatusForbidden, Reason: "a page from elsewhere may not ask here",
		Hint: "whoever runs this server can list the page's origin",
	}
	origins := r.Header.Values("Origin")
	switch {
	case len(origins) > 1:
		return false, refusal
	case len(origins) == 1:
		origin := origins[0]
		if slices.Contains(g.Origins, origin) {
			return true, nil
		}
		if !g.ours(r, origin) {
			return false, refusal
		}
		return false, nil
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return false, nil
	}
	// A link that somebody follows is no harm: the page it stands on does not see the answer.
	if r.Header.Get("Sec-Fetch-Mode") == "navigate" && (r.Method == http.MethodGet || r.Method == http.MethodHead) &&
		r.Header.Get("Sec-Fetch-Dest") == "document" {
		return false, nil
	}
	return false, refusal
}

// InFrame reports whether a browser asks for a page to show it in a frame of another, where some origins are listed: of
// whom the page may be shown by, the browser learns from the answer alone (frame-ancestors), and a page that frames it
// does not read it.
func (g *Gate) InFrame(r *http.Request) bool {
	return len(g.Origins) > 0 && len(r.Header.Values("Origin")) == 0 && r.Method == http.MethodGet &&
		r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "iframe"
}

// Admit returns who asks, or a *Refusal.
func (g *Gate) Admit(r *http.Request) (*Caller, error) {
	token, given := bearer(r)
	switch {
	case given:
		return g.byToken(token)
	case g.UserHeader != "":
		return g.byProxy(r)
	case g.Anonymous != nil:
		return g.Anonymous, nil
	}
	return nil, &Refusal{
		Status: http.StatusUnauthorized, Reason: "who asks must say so",
		Hint: "send the header Authorization: Bearer with a token",
	}
}

func bearer(r *http.Request) (token string, given bool) {
	header := r.Header.Values("Authorization")
	if len(header) == 0 {
		return "", false
	}
	scheme, token, _ := strings.Cut(header[0], " ")
	if len(header) > 1 || !strings.EqualFold(scheme, "Bearer") {
		return "", true // no token of ours
	}
	return strings.TrimSpace(token), true
}

func (g *Gate) byToken(token string) (*Caller, error) {
	if g.Callers != nil {
		if caller := g.Callers().ByToken(token); caller != nil && token != "" {
			return g.current(caller)
		}
	}
	return nil, &Refusal{Status: http.StatusUnauthorized, Reason: "the token is not known", Hint: "ask for a new one"}
}

func (g *Gate) byProxy(r *http.Request) (*Caller, error) {
	if err := g.throughProxy(r); err != nil {
		return nil, err
	}
	names := r.Header.Values(g.UserHeader)
	if len(names) != 1 || strings.TrimSpace(names[0]) == "" {
		return nil, &Refusal{Status: http.StatusUnauthorized, Reason: "the proxy does not say who asks", Hint: "log in there"}
	}
	name := strings.TrimSpace(names[0])
	if g.Callers != nil {
		if caller := g.Callers().ByName(name); caller != nil {
			return g.current(caller)
		}
	}
	if g.ProxyRole == "" {
		return nil, &Refusal{Status: http.StatusForbidden, Reason: fmt.Sprintf("%q may not ask here", name), Hint: "ask to be added"}
	}
	return &Caller{Name: name, Role: g.ProxyRole}, nil
}

// throughProxy refuses what does not come from a proxy that is believed.
func (g *Gate) throughProxy(r *http.Request) error {
	if g.believed(r) {
		return nil
	}
	return &Refusal{
		Status: http.StatusForbidden, Reason: "this server is asked through its proxy alone",
		Hint: "whoever runs it can name the proxy's address",
	}
}

// believed reports whether a request comes from a proxy whose headers count.
func (g *Gate) believed(r *http.Request) bool {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && slices.ContainsFunc(g.Proxies, func(p netip.Prefix) bool { return p.Contains(at.Addr().Unmap()) })
}

// current refuses a caller whose time is over.
func (g *Gate) current(c *Caller) (*Caller, error) {
	if c.expired(g.now()) {
		return nil, &Refusal{Status: http.StatusUnauthorized, Reason: "the token has expired", Hint: "ask for a new one"}
	}
	return c, nil
}
