package httpapi_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// reading is an operation that changes nothing, as the document has it.
type reading struct {
	path string
	op   *openapi3.Operation
}

// readings returns all of them but those that only machines ask for.
func readings(d *openapi3.T) (list []reading) {
	for _, path := range slices.Sorted(maps.Keys(d.Paths.Map())) {
		if op := d.Paths.Value(path).Get; op != nil && op.OperationID != "metrics" {
			list = append(list, reading{path, op})
		}
	}
	return list
}

// texts are what is sent for a parameter that takes text: names of the graph, and what somebody could think of.
type texts struct {
	*rand.Rand
	known, hostile []string
}

func hostileTexts() []string {
	return []string{
		"", " ", "x", "*", "%", "'", `"`, `\`, "`", "$uid", "{ q(func: has(xid)) { xid } }", `") { uid } evil(func: has(xid)) { xid`,
		"0x1", "uid(0x1)", "_:new", "<xid>", "../../etc/passwd", "http://127.0.0.1:1/", "\x00", "\xff\xfe", "\u202e", "\ufeff", "😀",
		"e\u0301", "Ａ", strings.Repeat("a", 5000), strings.Repeat("é", 3000), strings.Repeat("(", 500), "a;b;c", ";", ",", "commands,",
		"null", "true", "-1", "0", "1e9", "NaN", "9223372036854775808", "2023-02-30", "9999", "0000", "2023/..", "~2023", "TLP:RED",
		"TLP:GREEN; SECRET", "VS-NfD", "91,181", "34.5, 40.4", "<script>alert(1)</script>", "\r\nX-Evil: 1", "orbat:x/#y", "decisions",
		"/", "//", ".", "..", "%2e%2e", "select * from x", "{{7*7}}", "\u0000a",
	}
}

func (t texts) any() string {
	if t.IntN(2) == 0 && len(t.known) > 0 {
		return t.known[t.IntN(len(t.known))]
	}
	return t.hostile[t.IntN(len(t.hostile))]
}

// value draws one for a parameter: right, at a bound, or hostile.
func (t texts) value(p *openapi3.Parameter) string {
	s := p.Schema.Value
	switch {
	case t.IntN(8) == 0:
		return t.any()
	case len(s.Enum) > 0:
		return fmt.Sprint(s.Enum[t.IntN(len(s.Enum))])
	case s.Type.Is("boolean"):
		return []string{"true", "false"}[t.IntN(2)]
	case s.Type.Is("integer"):
		most := 5.0
		if s.Max != nil {
			most = min(*s.Max, 2000) // more is a matter of time alone
		}
		least := 0.0
		if s.Min != nil {
			least = *s.Min
		}
		return fmt.Sprint([]int{int(least), int(most), int(least) + t.IntN(10), int(least) - 1, int(most) + 1}[t.IntN(5)])
	case len(s.Examples) > 0 && t.IntN(3) > 0:
		return fmt.Sprint(s.Examples[t.IntN(len(s.Examples))])
	}
	return t.any()
}

// body draws a value for a schema of what is sent: right, of another type, too much.
func (t texts) body(s *openapi3.Schema) any {
	switch {
	case t.IntN(30) == 0:
		return []any{nil, 1e9, -1, true, t.any(), []any{t.any()}, map[string]any{t.any(): t.any()}}[t.IntN(7)]
	case s.Type.Is("integer"):
		return []int{0, 1, 10, -1, 1 << 40}[t.IntN(5)]
	case s.Type.Is("array"):
		list := []any{}
		for range []int{0, 1, 2, 3, 50}[t.IntN(5)] {
			list = append(list, t.body(s.Items.Value))
		}
		return list
	case s.Type.Is("object"):
		value := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			if t.IntN(2) == 0 || slices.Contains(s.Required, name) {
				value[name] = t.body(s.Properties[name].Value)
			}
		}
		if more := s.AdditionalProperties.Schema; more != nil {
			for range t.IntN(3) {
				value[[]string{"name", "country", "birth_date", t.any()}[t.IntN(4)]] = t.body(more.Value)
			}
		}
		return value
	}
	return t.any()
}

// request returns a path with values for some of the operation's parameters.
func (t texts) request(r reading, more int) string {
	query, path := url.Values{}, r.path
	for _, ref := range r.op.Parameters {
		p := ref.Value
		switch {
		case p.In == openapi3.ParameterInPath:
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(t.any()))
		case p.Required && t.IntN(20) > 0, t.IntN(more) == 0:
			query.Set(p.Name, t.value(p))
		}
	}
	if t.IntN(40) == 0 {
		query.Add(t.any(), t.any())
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// checked holds an answer against the document: its status and type are declared, and its body is of the schema.
func checked(t *testing.T, r reading, a answer) {
	t.Helper()
	declared := r.op.Responses.Status(a.StatusCode)
	if declared == nil {
		declared = r.op.Responses.Value(fmt.Sprintf("%dXX", a.StatusCode/100))
	}
	if a.StatusCode == http.StatusMovedPermanently || a.StatusCode == http.StatusTemporaryRedirect {
		return // a path that is not clean
	}
	if declared == nil {
		t.Errorf("%s: status %d is not declared", a.Request.URL, a.StatusCode)
		return
	}
	kind, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	content := declared.Value.Content.Get(a.Header.Get("Content-Type"))
	if content == nil {
		content = declared.Value.Content.Get(kind)
	}
	if content == nil {
		t.Errorf("%s: %d of type %q is not declared", a.Request.URL, a.StatusCode, a.Header.Get("Content-Type"))
		return
	}
	if a.Header.Get("Content-Disposition") != "" || (kind != "application/json" && kind != "application/problem+json") {
		return
	}
	var body any
	if err := jsonInto(a.body, &body); err != nil {
		t.Errorf("%s: %v in %.300s", a.Request.URL, err, a.body)
		return
	}
	if content.Schema != nil {
		if err := content.Schema.Value.VisitJSON(body, openapi3.EnableJSONSchema2020()); err != nil {
			t.Errorf("%s: not as the document says: %v\n%.2000s", a.Request.URL, err, a.body)
		}
	}
}
