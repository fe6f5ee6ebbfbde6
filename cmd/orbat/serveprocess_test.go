package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy/deploytest"
)

// The program itself, as it serves: it listens where it was told and nowhere else, talks to the database and to nobody
// else, and no token stands in its log, its answers, its metrics, its audit or the process list, whatever is asked.
func TestServedProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("looks into /proc")
	}
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	folder := t.TempDir()
	token, hash := access.NewToken()
	callers, audit := filepath.Join(folder, "callers.yaml"), filepath.Join(folder, "audit.ndjson")
	if err := os.WriteFile(callers, fmt.Appendf(nil, "callers:\n- {name: ann, role: admin, sha256: %s}\n", hash), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "orbat", "serve", "--listen", "127.0.0.1:0", "--callers", callers, "--audit", audit,
		"--log-level", "debug", "--home", folder)
	cmd.Env = append(os.Environ(), "ORBAT_DGRAPH="+conn.Target().String())
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	told, log := make(chan string, 1), make(chan string, 1)
	go func() {
		var all bytes.Buffer
		for lines := bufio.NewScanner(said); lines.Scan(); {
			all.WriteString(lines.Text() + "\n")
			if _, rest, is := strings.Cut(lines.Text(), "http://"); is && len(told) == 0 && strings.Contains(lines.Text(), "serving") {
				address, _, _ := strings.Cut(rest, "/")
				told <- address
			}
		}
		log <- all.String()
		close(told)
	}()
	address, serves := <-told
	if !serves {
		t.Fatalf("it does not serve: %s", <-log)
	}
	var shown bytes.Buffer
	ask := func(path, token string, headers ...string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		for i := 0; i+1 < len(headers); i += 2 {
			if r.Header.Set(headers[i], headers[i+1]); headers[i] == "Host" {
				r.Host = headers[i+1]
			}
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if err := response.Header.Write(&shown); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&shown, response.Body); err != nil {
			t.Fatal(err)
		}
		return response.StatusCode
	}
	for _, c := range []struct {
		path, token string
		headers     []string
		status      int
	}{
		{"/api/v1/whoami", token, nil, 200},
		{"/api/v1/ask/career?person=Michael+Kurilla", token, nil, 200},
		{"/api/v1/ask/career?person=Kurila", token, nil, 404},
		{"/api/v1/ask/career?persn=x", token, nil, 422},
		{"/api/v1/whoami", "x" + token, nil, 401},
		{"/api/v1/whoami", hash, nil, 401},
		{"/api/v1/whoami", token, []string{"Host", "evil.example"}, 421},
		{"/api/v1/whoami", token, []string{"Origin", "https://evil.example"}, 403},
		{"/api/v1/nothing", token, nil, 404},
		{"/metrics", token, nil, 200},
	} {
		if status := ask(c.path, c.token, c.headers...); status != c.status {
			t.Errorf("%s %v: %d, want %d", c.path, c.headers, status, c.status)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	pid := strconv.Itoa(cmd.Process.Pid)
	for _, s := range socketsOf(t, pid) {
		ours := s.local == address
		switch {
		case s.kind == "tcp" && s.listens && ours,
			s.kind == "tcp" && !s.listens && (ours || slices.Contains(conn.Target().Hosts, s.remote)):
		case s.listens:
			t.Errorf("it listens at %s (%s)", s.local, s.kind)
		default:
			t.Errorf("it talks to %s (%s)", s.remote, s.kind)
		}
	}
	for _, file := range []string{"cmdline", "environ"} {
		text, err := os.ReadFile("/proc/" + pid + "/" + file)
		if err != nil {
			t.Fatal(err)
		}
		shown.Write(text)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	written := <-log
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ends with %v\n%s", err, written)
	}
	kept, err := os.ReadFile(audit)
	if err != nil || !bytes.Contains(kept, []byte(`"caller":"ann"`)) {
		t.Errorf("the audit: %v, %s", err, kept)
	}
	for what, text := range map[string]string{"what is shown": shown.String(), "the log": written, "the audit": string(kept)} {
		for _, secret := range []string{token, hash} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %.6s…: %s", what, secret, text)
			}
		}
	}
}

// socket is one end of a connection of a process's, or where it listens.
type socket struct {
	kind, local, remote string
	listens             bool
}

// socketsOf returns those that a process has open on the network.
func socketsOf(t *testing.T, pid string) (list []socket) {
	t.Helper()
	open := map[string]bool{}
	files, err := filepath.Glob("/proc/" + pid + "/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if to, err := os.Readlink(file); err == nil { // one that was closed meanwhile is none
			open[strings.TrimSuffix(strings.TrimPrefix(to, "socket:["), "]")] = true
		}
	}
	for _, kind := range []string{"tcp", "tcp6", "udp", "udp6"} {
		table, err := os.ReadFile("/proc/" + pid + "/net/" + kind)
		if err != nil {
			continue // a system without IPv6
		}
		for line := range strings.Lines(string(table)) {
			const inode = 9
			fields := strings.Fields(line)
			if len(fields) <= inode || !open[fields[inode]] {
				continue
			}
			const listening, closing = "0A", "06"
			if fields[3] != closing {
				list = append(list, socket{kind, addressIn(t, fields[1]), addressIn(t, fields[2]), fields[3] == listening})
			}
		}
	}
	if len(list) < 2 {
		t.Errorf("a server without sockets: %v", list)
	}
	return list
}

// addressIn reads an address as the kernel writes it: groups of four bytes, each turned round.
func addressIn(t *testing.T, text string) string {
	t.Helper()
	host, port, _ := strings.Cut(text, ":")
	ip, err := hex.DecodeString(host)
	if err != nil {
		t.Fatal(err)
	}
	for group := range slices.Chunk(ip, 4) {
		slices.Reverse(group)
	}
	n, err := strconv.ParseUint(port, 16, 16)
	if err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort(net.IP(ip).String(), strconv.FormatUint(n, 10))
}
