package httpapi_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy/deploytest"
)

func jsonInto(text []byte, v any) error { return json.Unmarshal(text, v) }

// numberFrom returns a number of the environment's.
func numberFrom(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Whatever is asked of the operations that read, right, at a bound or hostile: no error of ours, no hang, no change of
// the graph, and every answer is as the document says. 500 requests, or as many as ORBAT_REQUESTS says (make fuzz).
func TestHostileRequests(t *testing.T) {
	conn := deploytest.Shared(t)
	servetest.LoadExample(t, conn)
	servetest.Load(t, conn, "bama.eml", mailToBama, "press")
	w := serve(t, conn, httpapi.Options{Limits: httpapi.Limits{Time: 20 * time.Second}})
	before := w.get("/api/v1/export?format=canonical").body
	seed := uint64(numberFrom(t, "ORBAT_SEED", int(time.Now().UnixNano()%1_000_000)))
	t.Logf("ORBAT_SEED=%d", seed)
	draw := texts{rand.New(rand.NewPCG(seed, 20)), []string{ //nolint:gosec // the same again is wanted
		"Michael Kurilla", "CENTCOM", "Islamic State", "Usamah al-Muhajir", "Person", "Unit", "commands", "strike-2023", "career",
		"kurilla", "Brigade moves to Bama", "press",
		"2023", "2023-07", "2023-07-07", "TLP:GREEN",
	}, hostileTexts()}
	d := parsed(t)
	all := readings(d)
	asked := d.Paths.Value("/api/v1/match").Post // what is looked for is sent, and nothing is written
	all = append(all, reading{"/api/v1/match", asked}, reading{"/api/v1/match", asked}, reading{"/api/v1/match", asked})
	type sent struct {
		r          reading
		path, body string
	}
	var list []sent
	for i := range numberFrom(t, "ORBAT_REQUESTS", 500) {
		s := sent{r: all[i%len(all)]}
		s.path = draw.request(s.r, 4)
		if body := s.r.op.RequestBody; body != nil {
			text, err := json.Marshal(draw.body(body.Value.Content["application/json"].Schema.Value))
			if err != nil {
				t.Fatal(err)
			}
			s.body = string(text)
		}
		list = append(list, s)
	}
	var group errgroup.Group
	group.SetLimit(4)
	statuses := make(chan int, len(list))
	for _, s := range list {
		group.Go(func() error {
			a := w.sent(sending{method: http.MethodGet, path: s.path})
			if s.body != "" {
				a = w.sent(sending{method: http.MethodPost, path: s.path, body: s.body})
			}
			statuses <- a.StatusCode
			if a.StatusCode >= 500 && a.StatusCode != http.StatusServiceUnavailable && a.StatusCode != http.StatusGatewayTimeout {
				t.Errorf("%s %s: %d\n%s", s.path, s.body, a.StatusCode, a.body)
			}
			checked(t, s.r, a)
			return nil
		})
	}
	_ = group.Wait() // nothing is returned
	close(statuses)
	count := map[int]int{}
	for status := range statuses {
		count[status]++
	}
	t.Log(count)
	if count[200] < len(list)/10 {
		t.Errorf("too few are answered: %v", count)
	}
	if after := w.get("/api/v1/export?format=canonical").body; !bytes.Equal(after, before) {
		t.Error("the graph has changed")
	}
}
