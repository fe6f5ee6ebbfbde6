package httpapi

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// signatureParam is the parameter of a URL that carries who has signed it. No question can have one of that name.
const signatureParam = "orbat-signature"

// How long a signed URL may hold, in seconds.
const (
	usualLife = 15 * 60
	mostLife  = 24 * 60 * 60
)

// signable reports whether a URL that asks for the operation may be signed: it only reads, and any reader may ask.
func (o *Operation) signable() bool {
	return o.Method == http.MethodGet && !o.Writes && !o.Open && !o.Probe && o.Role == ""
}

// takeSignature removes the signature from a request's URL and returns it: nothing that works with the request sees it.
func takeSignature(r *http.Request) (_ *http.Request, signature string, given bool) {
	if !strings.Contains(r.URL.RawQuery, signatureParam) {
		return r, "", false
	}
	parts := strings.Split(r.URL.RawQuery, "&")
	kept := slices.DeleteFunc(slices.Clone(parts), func(part string) bool {
		name, value, _ := strings.Cut(part, "=")
		if name != signatureParam {
			return false
		}
		signature, given = value, true
		return true
	})
	if len(parts)-len(kept) > 1 {
		signature = "" // which one is meant?
	}
	bare := r.Clone(r.Context())
	bare.URL.RawQuery = strings.Join(kept, "&")
	bare.RequestURI = bare.URL.RequestURI()
	return bare, signature, given
}

// toSign is what is sent to have a URL signed.
type toSign struct {
	URL     string `json:"url"`               // what is to be asked: a path of this server's with its query
	Seconds int    `json:"seconds,omitempty"` // how long it may be asked; 0: 900
}

// signedURL is a URL that needs no token beside it.
type signedURL struct {
	URL     string    `json:"url"`
	Path    string    `json:"path"` // the same without the server's name
	Expires time.Time `json:"expires"`
}

// signOperations are those that let others ask in one's own name.
func signOperations() []*Operation {
	return []*Operation{{
		ID: "signURL", Method: http.MethodPost, Path: "/signed-urls", Tag: "server", Writes: true,
		Summary: "Sign a URL, for programs that are given nothing but a URL",
		Doc: "Whoever has the URL may ask exactly that for a while (900 seconds unless told otherwise, 86400 at most), up to what you " +
			"may see; the URL tells neither who signed it nor until when. It holds no longer than your token, and falls with it and with " +
			"any change of your limits. What writes, and what needs more than a reader, is not signed; a signed URL signs no other.",
		Body:   &Body{MIME: jsonMIME, Schema: toSign{}, Doc: "what is to be asked, and how long it may be"},
		Answer: Answer{Status: http.StatusCreated, Schema: signedURL{}, Doc: "the URL"},
		Handle: sign,
	}}
}

func sign(x *Exchange) error {
	var wanted toSign
	if err := x.ReadJSON(&wanted); err != nil {
		return err
	}
	switch {
	case wanted.Seconds == 0:
		wanted.Seconds = usualLife
	case wanted.Seconds < 0 || wanted.Seconds > mostLife:
		return badField("seconds", "a signed URL holds from one second to a day", "at most 86400")
	}
	asked, op, err := x.askedBy(wanted.URL)
	if err != nil {
		return err
	}
	x.About = op.ID + " " + asked.URL.RequestURI()
	gate := x.server.options.Gate
	signature, expires, err := gate.Sign(x.Caller, op.pattern(), asked, time.Duration(wanted.Seconds)*time.Second)
	if err != nil {
		return err
	}
	at := *asked.URL
	at.RawQuery = strings.TrimPrefix(at.RawQuery+"&"+signatureParam+"="+signature, "&")
	out := signedURL{Path: at.RequestURI(), Expires: expires.UTC()}
	out.URL = x.Address() + out.Path
	x.w.Header().Set("Cache-Control", "no-store")
	return x.JSON(http.StatusCreated, out)
}

// askedBy returns the request that a URL makes, which must be one that may be signed, by who wants that.
func (x *Exchange) askedBy(text string) (*http.Request, *Operation, error) {
	const hint = "a path as you would ask it yourself: /api/v1/ask/ego-network?entity=CENTCOM&format=gexf"
	at, err := url.Parse(text)
	if err != nil || at.Path == "" || at.Path != path.Clean(at.Path) || at.Opaque != "" || at.Fragment != "" ||
		at.Host != "" && !strings.EqualFold(at.Host, x.Host) {
		return nil, nil, badField("url", "it is no path of this server", hint)
	}
	r := (&http.Request{
		Method: http.MethodGet, Host: x.Host, URL: &url.URL{Path: at.Path, RawPath: at.RawPath, RawQuery: at.RawQuery},
	}).WithContext(x.Context())
	_, pattern := x.server.mux.Handler(r)
	i := slices.IndexFunc(x.server.operations, func(o *Operation) bool { return o.pattern() == pattern })
	if i < 0 {
		return nil, nil, badField("url", "nothing is asked by this path", hint)
	}
	op := x.server.operations[i]
	if !op.signable() {
		return nil, nil, badField("url", "this is not signed: it writes, needs more than a reader, or anybody may ask it", hint)
	}
	if _, _, given := takeSignature(r); given {
		return nil, nil, badField("url", "it is signed already", "give it without its signature")
	}
	as := &Exchange{Request: r, Caller: x.Caller, op: op}
	if err := as.permitted(); err != nil {
		return nil, nil, err
	}
	if op.ID != askID {
		_, err := op.read(r)
		return r, op, err
	}
	g, err := x.Graph()
	if err != nil {
		return nil, nil, err
	}
	q, err := g.Library.Find(strings.TrimPrefix(at.Path, base+"/ask/"))
	if err != nil {
		return nil, nil, err
	}
	_, err = readQuestion(q, at.RawQuery)
	return r, op, err
}
