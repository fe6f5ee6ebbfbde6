package schema

import (
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// Two spellings of one JSON value are one (law 3).
func TestCanonicalJSON(t *testing.T) {
	for want, spellings := range map[string][]string{
		`"A & B <x>"`:                       {`"A \u0026 B \u003cx\u003e"`, ` "A & B <x>" `, `"A \u0026 B <x\u003E"`},
		`"é"`:                               {"\"e\u0301\"", `"\u00e9"`, `"\u00E9"`, `"e\u0301"`},
		`"a/b"`:                             {`"a\/b"`},
		`"\b\f\n\r\t\u0001\"\\"`:            {`"\u0008\u000c\u000A\u000d\u0009\u0001\u0022\u005c"`},
		`"\u2028"`:                          {"\"\u2028\""},
		"\"\U0001F600\"":                    {`"\ud83d\ude00"`, `"\uD83D\uDE00"`},
		`{"a":1,"b":[true,null]}`:           {`{"b":[true , null],"a":1.0}`, "{ \"a\" : 1e0,\n\"b\":[true,null] }"},
		`{"a":{"x":1,"y":2},"b":{},"é":[]}`: {"{\"e\u0301\":[],\"b\":{ },\"a\":{\"y\":2,\"x\":1}}"},
		`0`:                                 {`-0`, `0.0`, `-0e5`, `0e-99999999999999999999`},
		`1`:                                 {`1.0`, `1e0`, `10e-1`, `0.1E+1`, `1.000`},
		`-1.5`:                              {`-1.50`, `-15e-1`, `-0.15e1`},
		`100`:                               {`1e2`, `100.0`},
		`0.000001`:                          {`1e-6`},
		`1e-7`:                              {`0.0000001`, `0.1E-6`, `10e-8`},
		`100000000000000000000`:             {`1e20`},
		`1e+21`:                             {`1000000000000000000000`, `1e21`},
		`1.2e+30`:                           {`12e29`, `1.20e30`},
		`12345678901234567891`:              {`12345678901234567891.0`},
		`0.10000000000000000001`:            {`0.100000000000000000010`},
		`1e99999999999999999999`:            nil,
		`1e+999999999999999`:                {`1e999999999999999`},
	} {
		for _, text := range append(spellings, want) {
			if have, err := CanonicalJSON(text); err != nil || have != want {
				t.Errorf("%s is %s, want %s (%v)", text, have, want, err)
			}
		}
	}
	for _, text := range []string{
		``, ` `, `x`, `"a`, `"\x"`, `"\u12"`, `"\ud83d"`, `"\ud83dx"`, `"\ude00"`, "\"\xff\"", "\"a\nb\"", `[1`, `[1,]`, `[1 2]`, `{`, `{"a"}`, `{"a":}`,
		`{"a":1,}`, `{a:1}`, `{"a":1,"a":2}`, "{\"é\":1,\"e\u0301\":2}", `01`, `1.`, `.5`, `+1`, `1e`, `-`, `1 2`, `nul`, `tru`, `NaN`,
		strings.Repeat("[", 2000) + strings.Repeat("]", 2000),
	} {
		if have, err := CanonicalJSON(text); err == nil {
			t.Errorf("%q is %s", Shorten(text), have)
		}
	}
}

// A number that 64 bits hold is spelled as encoding/json spells it, and a text as it does but for <, > and &.
func TestCanonicalJSONSpellsAsGo(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		f := (r.Float64() - 0.5) * []float64{1, 1e3, 1e19, 1e23, 1e300, 1e-5, 1e-9, 1e-300}[r.IntN(8)]
		if r.IntN(3) == 0 {
			f = float64(int64(f * 100))
		}
		want, _ := json.Marshal(f + 0)
		for _, format := range []byte{'e', 'f', 'g'} {
			text := strconv.FormatFloat(f, format, -1, 64)
			if have, err := CanonicalJSON(text); err != nil || have != string(want) {
				t.Fatalf("%s is %s, want %s (%v)", text, have, want, err)
			}
		}
	}
	for range 5_000 {
		text := make([]rune, r.IntN(6))
		for i := range text {
			odd := []rune{'\u2028', '\u2029', '\ufffd', 0x10000 + rune(r.IntN(0x1000)), rune(r.IntN(0x80)), rune(r.IntN(0x3000))}
			text[i] = odd[r.IntN(len(odd))]
		}
		var want strings.Builder
		encoder := json.NewEncoder(&want)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(string(text)); err != nil {
			t.Fatal(err)
		}
		if have := string(AppendJSONString(nil, string(text))) + "\n"; have != want.String() {
			t.Fatalf("%q is %s, want %s", string(text), have, want.String())
		}
	}
	if have := string(AppendJSONString(nil, "a\xffb")); have != `"a\ufffdb"` {
		t.Errorf("invalid UTF-8 is %s", have)
	}
}

func FuzzCanonicalJSON(f *testing.F) {
	for _, seed := range []string{`{"b":[1.0,"\u0026"],"a":null}`, `"\ud83d\ude00"`, `-0.00e-7`, `1e21`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once, err := CanonicalJSON(text)
		if err != nil {
			return
		}
		if !json.Valid([]byte(text)) || !json.Valid([]byte(once)) {
			t.Fatalf("%q became %q; one is no JSON", text, once)
		}
		if twice, err := CanonicalJSON(once); err != nil || twice != once {
			t.Fatalf("%q became %q and then %q (%v)", text, once, twice, err)
		}
	})
}
