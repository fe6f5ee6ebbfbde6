package deploy

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	secret := NewSecret
	for _, test := range []struct {
		url  string
		want Target
	}{
		{"dgraph://localhost", Target{Hosts: []string{"localhost:9080"}, SSLMode: SSLDisable}},
		{"dgraph://localhost/", Target{Hosts: []string{"localhost:9080"}, SSLMode: SSLDisable}},
		{"dgraph://a:1,b,[::1]:3,[fe80::1]", Target{Hosts: []string{"a:1", "b:9080", "[::1]:3", "[fe80::1]:9080"}, SSLMode: SSLDisable}},
		{"dgraph://groot:p%40ss%2F%3Fword@127.0.0.1:9080", Target{
			Hosts: []string{"127.0.0.1:9080"}, User: "groot",
			Password: secret("p@ss/?word"), SSLMode: SSLDisable,
		}},
		{"dgraph://groot:a@b@localhost", Target{
			Hosts: []string{"localhost:9080"}, User: "groot", Password: secret("a@b"),
			SSLMode: SSLDisable,
		}},
		{"dgraph://u:p@h?sslmode=verify-ca&namespace=7", Target{
			Hosts: []string{"h:9080"}, User: "u", Password: secret("p"), Namespace: 7,
			SSLMode: SSLVerifyCA,
		}},
		{"dgraph://h?sslmode=require&bearertoken=t%26t", Target{Hosts: []string{"h:9080"}, Token: secret("t&t"), SSLMode: SSLRequire}},
		{"dgraph://h?sslmode=require&apikey=k", Target{Hosts: []string{"h:9080"}, APIKey: secret("k"), SSLMode: SSLRequire}},
		{
			"dgraph://h?ca=/c/ca.pem&cert=c.pem&key=k.pem&servername=db",
			Target{Hosts: []string{"h:9080"}, CA: "/c/ca.pem", Cert: "c.pem", Key: "k.pem", ServerName: "db", SSLMode: SSLVerifyCA},
		},
		{
			"dgraph://u@h?passwordfile=/run/p&tokenfile=/run/t&insecure=true",
			Target{Hosts: []string{"h:9080"}, User: "u", PasswordFile: "/run/p", TokenFile: "/run/t", Insecure: true, SSLMode: SSLDisable},
		},
		{"dgraph://a,b?httpport=18080", Target{Hosts: []string{"a:9080", "b:9080"}, HTTPPorts: []string{"18080"}, SSLMode: SSLDisable}},
		{"dgraph://a,b?httpport=1,2", Target{Hosts: []string{"a:9080", "b:9080"}, HTTPPorts: []string{"1", "2"}, SSLMode: SSLDisable}},
	} {
		got, err := Parse(test.url)
		if err != nil {
			t.Errorf("Parse(%q): %v", test.url, err)
			continue
		}
		if show(got) != show(test.want) {
			t.Errorf("Parse(%q)\n got %s\nwant %s", test.url, show(got), show(test.want))
		}
		if !got.HasInlineSecret() {
			again, err := Parse(got.String())
			if err != nil || show(again) != show(got) {
				t.Errorf("Parse(%q) printed as %s reads back as %s, %v", test.url, got, show(again), err)
			}
		}
	}
}

// show returns a target with its secrets, for comparison.
func show(t Target) string {
	return fmt.Sprintf("%q", []any{
		t.Hosts, t.User, t.Password.Reveal(), t.Namespace, string(t.SSLMode), t.Token.Reveal(), t.APIKey.Reveal(),
		t.CA, t.Cert, t.Key, t.ServerName, t.PasswordFile, t.TokenFile, t.Insecure, t.HTTPPorts,
	})
}

func TestParseErrors(t *testing.T) {
	for _, test := range []struct{ url, want string }{
		{"", "dgraph://"},
		{"localhost:9080", "dgraph://"},
		{"http://localhost", "dgraph://"},
		{"dgraph://", "host 1: it is empty"},
		{"dgraph://a,,b", "host 2: it is empty"},
		{"dgraph://a:0", "port"},
		{"dgraph://a:99999", "port"},
		{"dgraph://a:hunter2", "port"},
		{"dgraph://a:1:2", "host:port"},
		{"dgraph://a b", "host name"},
		{"dgraph://@a", "no user"},
		{"dgraph://u:%zz@a", "escaped"},
		{"dgraph://u:pa/ss@a", "path"},
		{"dgraph://u:p#ss@a", "fragment"},
		{"dgraph://a/db", "path"},
		{"dgraph://a?sslmode=on", "disable, require, verify-ca"},
		{"dgraph://a?namespace=x", "namespace"},
		{"dgraph://a?httpport=0", "httpport"},
		{"dgraph://a,b,c?httpport=1,2", "httpport"},
		{"dgraph://a?namespace=3", "user"},
		{"dgraph://a?hunter2", "option 1"},
		{"dgraph://a?sslmode=require&sslmode=disable", "twice"},
		{"dgraph://a?cert=c", "key"},
		{"dgraph://a?ca=c&sslmode=require", "verify-ca"},
		{"dgraph://a?cert=c&key=k&sslmode=disable", "sslmode"},
		{"dgraph://a?bearertoken=hunter2&apikey=hunter2&sslmode=require", "both"},
		{"dgraph://u:hunter2@a?passwordfile=f&sslmode=require", "both"},
		{"dgraph://u:hunter2@db.example", "unencrypted"},
		{"dgraph://localhost,db.example?bearertoken=hunter2", "unencrypted"},
		{"dgraph://u@10.0.0.1", "unencrypted"},
	} {
		_, err := Parse(test.url)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("Parse(%q) = %v, want an error with %q", test.url, err, test.want)
			continue
		}
		var hinted *DatabaseError
		if !errors.As(err, &hinted) || hinted.Hint() == "" {
			t.Errorf("Parse(%q): %v has no hint", test.url, err)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Parse(%q) gives the secret away: %v", test.url, err)
		}
	}
}

// printed returns every way a value gets printed.
func printed(v any) string {
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
		fmt.Fprintf(&b, verb+"\n", v)
	}
	fmt.Fprintln(&b, v)
	text, err := json.Marshal(v)
	fmt.Fprintln(&b, string(text), err)
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v)
	return b.String()
}

func FuzzNoSecretPrinted(f *testing.F) {
	f.Add("pass", "tok", false)
	f.Add("p@s:/?#&=%", "%00\n", true)
	f.Fuzz(func(t *testing.T, password, token string, spoil bool) {
		// A marker no message of ours holds: a secret of one letter would be found in any text.
		const marker = "Zq7Secret"
		password, token = password+marker, token+marker
		raw := "dgraph://u:" + url.PathEscape(password) + "@localhost?bearertoken=" + url.QueryEscape(token)
		if spoil {
			raw = "dgraph://u:" + password + "@localhost?bearertoken=" + token + "&nonsense"
		}
		target, err := Parse(raw)
		if err != nil {
			if !spoil {
				t.Fatalf("Parse(%q): %v", raw, err)
			}
			if strings.Contains(printed(err), marker) {
				t.Fatalf("the error gives a secret away: %v", err)
			}
			return
		}
		if target.Password.Reveal() != password || target.Token.Reveal() != token {
			t.Fatalf("secrets read back as %q, %q", target.Password.Reveal(), target.Token.Reveal())
		}
		type wrapper struct {
			hidden Target
			Shown  *Target
			s      Secret
			S      Secret
		}
		for _, v := range []any{
			target, &target, target.Password, &target.Token,
			[]Target{target},
			map[string]Target{"a": target},
			wrapper{target, &target, target.Password, target.Token},
			fmt.Errorf("x %v", target),
		} {
			out := printed(v)
			for _, bad := range []string{marker, fmt.Sprintf("%x", marker), fmt.Sprintf("%X", marker)} {
				if strings.Contains(out, bad) {
					t.Fatalf("%T gives a secret away: %s", v, out)
				}
			}
		}
		e := target.explain("try", "localhost", fmt.Errorf("server said %s and %s", password, token))
		if strings.Contains(printed(e), marker) {
			t.Fatalf("a server's message gives a secret away: %v", e)
		}
	})
}

func TestSecretsFromElsewhere(t *testing.T) {
	dir := t.TempDir()
	file := dir + "/secret"
	writeFile(t, file, "from file\n")
	writeFile(t, dir+"/empty", "\n")
	env := func(name string) string {
		return map[string]string{EnvPassword: "from env", EnvToken: "token env"}[name]
	}
	none := func(string) string { return "" }
	for _, test := range []struct {
		url             string
		env             func(string) string
		password, token string
		fails           string
	}{
		{"dgraph://u@localhost", env, "from env", "token env", ""},
		{"dgraph://u:url@localhost?bearertoken=t", env, "url", "t", ""},
		{"dgraph://u@localhost?passwordfile=" + file + "&tokenfile=" + file, env, "from file", "from file", ""},
		{"dgraph://localhost", env, "", "token env", ""},
		{"dgraph://localhost", none, "", "", ""},
		{"dgraph://u@localhost", none, "", "", "no password"},
		{"dgraph://u@localhost?passwordfile=" + dir + "/none", env, "", "", "password file"},
		{"dgraph://u@localhost?passwordfile=" + dir + "/empty", env, "", "", "is empty"},
		{"dgraph://db.example", env, "", "", "unencrypted"},
		{"dgraph://db.example", none, "", "", ""},
	} {
		target, err := Parse(test.url)
		if err != nil {
			t.Fatal(err)
		}
		target, err = target.withSecrets(test.env)
		if test.fails != "" {
			if err == nil || !strings.Contains(err.Error(), test.fails) {
				t.Errorf("%s: got error %v, want %q", test.url, err, test.fails)
			}
			continue
		}
		if err != nil || target.Password.Reveal() != test.password || target.Token.Reveal() != test.token {
			t.Errorf("%s: got %q, %q, %v", test.url, target.Password.Reveal(), target.Token.Reveal(), err)
		}
	}
}
