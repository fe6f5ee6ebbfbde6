package main

import (
	"bufio"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/creack/pty"

	"orbat/queries"
)

// TestAskProgressOnATerminal: a question that takes longer than a moment says on a terminal what it does and how far it
// is, whether or not anything is answered meanwhile.
func TestAskProgressOnATerminal(t *testing.T) {
	shown, terminal, err := pty.Open()
	if err != nil {
		t.Skipf("no terminal: %v", err)
	}
	defer shown.Close()
	defer terminal.Close()
	a := &app{err: terminal}
	p := a.newAskProgress("conflicting-claims")
	p.report(queries.Progress{Doing: "look for conflicts", Of: "entities", Done: 1500, All: 8200})
	const want = "conflicting-claims: look for conflicts, 1500 of 8200 entities"
	if err := shown.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Logf("a terminal that is waited for without end: %v", err)
	}
	r := bufio.NewReader(shown)
	for text := ""; !strings.Contains(text, want); {
		part, err := r.ReadString('s')
		if err != nil {
			t.Fatalf("the terminal shows %q: %v", text, err)
		}
		text += part
	}
	p.end()
}

// TestAskProgressText: what is known of an answer that is on its way.
func TestAskProgressText(t *testing.T) {
	for _, c := range []struct {
		now  queries.Progress
		want string
	}{
		{queries.Progress{}, "0 requests answered"},
		{queries.Progress{Requests: 12}, "12 requests answered"},
		{queries.Progress{Doing: "read the sources", Of: "claims", Done: 2000}, "read the sources, 2000 claims"},
		{queries.Progress{Doing: "count", Of: "entities", Done: 7, All: 5}, "count, 5 of 5 entities"},
	} {
		p := &askProgress{}
		p.report(c.now)
		if got := p.text(); got != c.want {
			t.Errorf("%+v is %q, want %q", c.now, got, c.want)
		}
	}
}

// TestTimedOut: an answer that the user's limit ended says which limit that was, how far it came and how to raise it;
// what failed of itself stays as it is.
func TestTimedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := withTimeout(t.Context(), time.Minute)
		defer cancel()
		failed := errors.New("broken")
		got := timedOut(ctx, "career", time.Minute, "3 requests answered", failed)
		if !errors.Is(got, failed) || errors.As(got, new(*timeoutError)) {
			t.Errorf("within the limit: %v", got)
		}
		<-ctx.Done()
		got = timedOut(ctx, "career", time.Minute, "3 requests answered", ctx.Err())
		if want := "career: no answer within 1m, the limit of --timeout (3 requests answered)"; got.Error() != want {
			t.Errorf("%q, want %q", got, want)
		}
		if want := "--timeout 5m waits longer"; !strings.HasPrefix(hintOf(got), want) || !errors.Is(got, context.DeadlineExceeded) {
			t.Errorf("its hint is %q, want %q…", hintOf(got), want)
		}
		if timedOut(ctx, "career", time.Minute, "", nil) != nil {
			t.Error("an answer in time failed")
		}
	})
	for d, want := range map[time.Duration]string{
		time.Minute: "1m", time.Hour: "1h", 90 * time.Second: "1m30s", time.Second: "1s", 10 * time.Minute: "10m", 20 * time.Second: "20s",
	} {
		if got := shortDuration(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
