package client_test

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/httpapi/internal/client"
	"orbat/cmd/orbat/servetest"
	"orbat/deploy"
	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/queries"
)

func TestMain(m *testing.M) { os.Exit(deploytest.Main(m)) }

// The client that others' tools make of the document reaches what it names: it loads the built-in case, finds who is in
// it, asks, and keeps a view.
func TestGeneratedClient(t *testing.T) {
	conn := deploytest.Shared(t)
	server := httpapi.New(httpapi.Options{
		Backend: httpapi.Backend{
			Connect: func(ctx context.Context) (*deploy.Conn, error) { return deploy.Connect(ctx, conn.Target()) },
			Library: queries.Builtin,
		},
		Gate: &access.Gate{Anonymous: &access.Caller{Name: "eve", Role: access.Admin}, Hosts: []string{"127.0.0.1"}},
	})
	web := servetest.Start(t, server)
	api, err := client.NewClientWithResponses(web.URL)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	me, err := api.WhoamiWithResponse(ctx)
	if err != nil || me.JSON200 == nil || me.JSON200.Name != "eve" {
		t.Fatalf("%v %+v", err, me)
	}
	yes, name, dataset := true, "example.yaml", "strike-2023"
	job, err := api.LoadWithBodyWithResponse(ctx, &client.LoadParams{Apply: &yes, Name: &name, Dataset: &dataset},
		"application/octet-stream",
		strings.NewReader(string(loader.Example())))
	if err != nil || job.JSON202 == nil {
		t.Fatalf("%v %s", err, job.Body)
	}
	for state := ""; state != "done"; {
		now, err := api.ShowJobWithResponse(ctx, job.JSON202.Id)
		if err != nil || now.JSON200 == nil || now.JSON200.State == "failed" {
			t.Fatalf("%v %s", err, now.Body)
		}
		state = now.JSON200.State
	}
	found, err := api.SearchWithResponse(ctx, &client.SearchParams{Q: "kurilla"})
	if err != nil || found.JSON200 == nil || len(found.JSON200.Hits) != 1 {
		t.Fatalf("%v %s", err, found.Body)
	}
	career, err := api.AskCareerWithResponse(ctx, &client.AskCareerParams{Person: found.JSON200.Hits[0].Xid, Evidence: &yes})
	if err != nil || career.JSON200 == nil || career.JSON200.Rows == nil {
		t.Fatalf("%v %s", err, career.Body)
	}
	nobody, err := api.AskCareerWithResponse(ctx, &client.AskCareerParams{Person: "Kurila"})
	if err != nil || nobody.StatusCode() != http.StatusNotFound || nobody.ApplicationproblemJSON4XX == nil ||
		nobody.ApplicationproblemJSON4XX.Candidates == nil {
		t.Errorf("%v %s", err, nobody.Body)
	}
	view, err := api.KeepViewWithResponse(ctx, client.KeepViewJSONRequestBody{
		Title: "All", Xids: []string{found.JSON200.Hits[0].Xid},
	})
	if err != nil || view.JSON201 == nil {
		t.Fatalf("%v %s", err, view.Body)
	}
}
