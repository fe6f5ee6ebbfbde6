package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"orbat/deploy"
	"orbat/loader"
)

// bulkLoading is a first load through dgraph bulk: it reads as load does and writes a folder instead of a database.
type bulkLoading struct {
	loading
	out    string
	shards int
}

func (a *app) bulkCommand() *cobra.Command {
	l := &bulkLoading{loading: loading{app: a}}
	cmd := &cobra.Command{
		Use: "bulk FILE…", Short: "Make a new database of files, offline", Args: args(cobra.MinimumNArgs(1)),
		Long: `Read files as orbat load does and make the data of a new database by Dgraph's offline loader. No database runs
meanwhile; orbat up --from DIR serves the result, which holds the same graph as a load into an empty database. What does not fit into
memory is sorted on disk, beside DIR.

With --shards N the predicates are spread over N groups of a cluster's alphas: DIR/group1/p … are the data of each alpha of group 1 …,
DIR/zero of the first zero.

Exit status: 0 all in; 1 failed; 2 usage; 3 in, with rejects.`,
		Example: "  orbat bulk exports/ --dataset syria --out syria.db\n  orbat up --from syria.db",
		RunE:    func(cmd *cobra.Command, files []string) error { return l.run(cmd.Context(), files) },
	}
	l.inputFlags(cmd)
	f := cmd.Flags()
	f.StringVar(&l.out, "out", "", "folder of the result, a new one (required)")
	f.IntVar(&l.shards, "shards", 1, "how many groups of alphas are to serve it, in a cluster")
	f.IntVar(&l.maxRejects, "max-rejects", -1, "fail beyond so many rejects (default unlimited)")
	return cmd
}

// bulkReport is what became of a bulk load.
type bulkReport struct {
	Out      string  `json:"out"`
	Records  int     `json:"records"`
	Claims   int     `json:"claims"`
	Entities int     `json:"entities"`
	Edges    int     `json:"edges"`
	Quads    int     `json:"n_quads"`
	Rejected int     `json:"rejected"`
	Values   int     `json:"rejected_values"`
	Notices  int     `json:"notices"`
	Seconds  float64 `json:"seconds"`
}

func (l *bulkLoading) run(ctx context.Context, paths []string) error {
	started := time.Now()
	if l.out == "" {
		return &usageError{errors.New("--out is missing"), "orbat bulk … --out DIR names the folder of the result"}
	}
	if l.shards < 1 {
		return &usageError{fmt.Errorf("--shards %d", l.shards), "1 or more"}
	}
	ontology, err := ontologyOf(l.loading.ontology)
	if err != nil {
		return err
	}
	in, err := l.input(paths)
	if err != nil {
		return err
	}
	report := &bulkReport{Out: l.out}
	records, dataset, closing, err := l.records(ctx, in, ontology, nil)
	if err != nil {
		in.found.discard()
		return err
	}
	defer closing()
	rdf := &loader.RDF{
		By:       userName(),
		Ontology: ontology, Dataset: dataset, Ready: true, OnReject: in.found.reject, OnNotice: in.found.notice, Progress: in.show.report,
	}
	if l.maxRejects >= 0 {
		rdf.MaxRejects = &l.maxRejects
	}
	local, err := l.local()
	if err != nil {
		in.found.discard()
		return err
	}
	bulk := deploy.Bulk{Dir: l.out, Shards: l.shards, Finder: local.Finder, Progress: local.Progress}
	err = bulk.Load(ctx, ontology.DgraphSchema(), func(w io.Writer, temp string) error {
		rdf.Temp = temp
		count, err := rdf.Write(ctx, w, records)
		in.show.end()
		report.Rejected, report.Values, report.Notices = count.Rejected, count.Values, count.Notices
		report.Records, report.Claims, report.Quads = count.Records, count.Claims, count.Quads
		report.Entities, report.Edges = count.Nodes, count.Edges
		return err
	})
	report.Seconds = time.Since(started).Seconds()
	if err = errors.Join(err, in.found.close()); err != nil {
		return err
	}
	return l.finish(report)
}

func (l *bulkLoading) finish(r *bulkReport) error {
	if l.json {
		if err := l.printJSON(r); err != nil {
			return err
		}
	} else {
		l.printf("made %s in %s\n", r.Out, time.Duration(r.Seconds*float64(time.Second)).Round(time.Millisecond))
		l.printf("  records   %d read, %d rejected\n", r.Records+r.Rejected-r.Values, r.Rejected)
		l.printf("  claims    %d about %d entities, %d edges\n", r.Claims, r.Entities, r.Edges)
		l.printNotices(r.Notices)
		if l.shards > 1 {
			l.note("copy %s to the alphas of each group, and zero to the first zero", filepath.Join(r.Out, "group*"))
		} else {
			l.note("orbat up --from %s serves it", r.Out)
		}
	}
	if r.Rejected > 0 {
		return &exitError{exitRejects}
	}
	return nil
}
