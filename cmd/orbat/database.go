package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"orbat/deploy"
	"orbat/loader"
	"orbat/queries"
	"orbat/schema"
)

// target returns the database that was asked for; false: the local one.
func (a *app) target() (deploy.Target, bool, error) {
	url, typed := a.dgraph, a.dgraph != ""
	if !typed {
		url = os.Getenv("ORBAT_DGRAPH")
	}
	if url == "" {
		return deploy.Target{}, false, nil
	}
	t, err := deploy.Parse(url)
	if err != nil {
		err = &usageError{err, hintOf(err)}
	}
	if err == nil && typed && t.HasInlineSecret() {
		err = &usageError{
			errors.New("--dgraph holds a secret, which the shell keeps in its history"),
			"put the URL into ORBAT_DGRAPH, or use passwordfile= and tokenfile=",
		}
	}
	return t, true, err
}

// connect opens the database, starting the local Dgraph where none is named and saying so once.
func (a *app) connect(ctx context.Context) (*deploy.Conn, error) {
	t, named, err := a.target()
	if err != nil {
		return nil, err
	}
	if !named {
		local, err := a.local()
		if err != nil {
			return nil, err
		}
		status, err := local.Up(ctx)
		if err != nil && !status.Healthy {
			return nil, err
		} else if err != nil {
			a.note("warning: the cluster goes on without some of its processes: %v", err)
		}
		if status.Started {
			a.note("started the local Dgraph in %s; orbat down stops it", status.Folder)
		}
		t = status.Target
	}
	conn, err := deploy.ConnectWith(ctx, t, a.dial...)
	if err == nil && conn.Warning() != "" {
		a.note("warning: %s", conn.Warning())
	}
	return conn, err
}

// loader opens the database for writing under the ontology of the files, bringing its schema up to it first. The plan
// of a load writes nothing, not even the schema.
func (a *app) loader(ctx context.Context, files []string, write bool) (*loader.Loader, func(), error) {
	wanted, err := ontologyOf(files)
	if err != nil {
		return nil, nil, err
	}
	conn, err := a.connect(ctx)
	if err != nil {
		return nil, nil, err
	}
	done := func() { _ = conn.Close() }
	l := a.loaderOf(conn, nil)
	if write {
		l.Ontology, err = l.Migrate(ctx, wanted)
	} else {
		var m *loader.Migration
		if m, err = loader.PlanMigration(ctx, conn, wanted); err == nil {
			l.Ontology, l.Empty = m.Ontology, m.Empty
		}
	}
	if err != nil {
		done()
		return nil, nil, conn.Explain("prepare the database", err)
	}
	return l, done, nil
}

// loaderOf returns a loader that says on standard error what it waits for.
func (a *app) loaderOf(conn *deploy.Conn, ontology *schema.Ontology) *loader.Loader {
	return &loader.Loader{
		DB: conn, Ontology: ontology, By: userName(),
		OnLeaseWait: func(holders []string) {
			a.note("waiting for another orbat to finish: %s", strings.Join(processes(holders), ", "))
		},
		OnRetry:  func(r loader.Retry) { a.note("waiting to %s: %s", r.What, r.Reason) },
		OnRepair: func(step string) { a.note("bringing the database to format %d: %s", loader.Format, step) },
	}
}

// processes names the holders of leases by what people know a process by.
func processes(holders []string) []string {
	names := slices.Clone(holders)
	for i, holder := range holders {
		if parts := strings.Fields(holder); len(parts) > 1 {
			names[i] = "process " + parts[1] + " on " + parts[0]
		}
	}
	return names
}

// ontologyOf returns the built-in ontology extended by a user's files.
func ontologyOf(files []string) (*schema.Ontology, error) {
	ontology, err := schema.Default()
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, &usageError{err, "--ontology takes a YAML file; orbat schema show prints the built-in one"}
		}
		if ontology, err = ontology.Extend(file, data); err != nil {
			return nil, &usageError{err, "orbat schema show prints the built-in ontology as an example"}
		}
	}
	return ontology, nil
}

// runner opens the database for questions, under the ontology it was written with.
func (a *app) runner(ctx context.Context, folder string) (*queries.Runner, *deploy.Conn, error) {
	conn, err := a.connect(ctx)
	if err != nil {
		return nil, nil, err
	}
	ontology, err := loader.Applied(ctx, conn)
	if err != nil {
		_ = conn.Close()
		return nil, nil, conn.Explain("read the database", err)
	}
	library, err := a.warnedLibrary(ontology, folder)
	if err != nil {
		_ = conn.Close()
		return nil, nil, err
	}
	note := func(text string) { a.note("%s", text) }
	return &queries.Runner{DB: conn, Ontology: ontology, Library: library, Note: note}, conn, nil
}

// warnedLibrary is library, with a warning of each broken file: it is left out, and stops no other question.
func (a *app) warnedLibrary(ontology *schema.Ontology, folder string) (*queries.Library, error) {
	library, broken, err := a.library(ontology, folder)
	for _, err := range broken {
		a.note("warning: left out: %s", clean(err.Error()))
	}
	return library, err
}

// library returns the built-in queries and the user's own: those of --queries, else of ORBAT_HOME/queries where it
// exists; and what is wrong with those that are left out.
func (a *app) library(ontology *schema.Ontology, folder string) (library *queries.Library, broken []error, err error) {
	if library, err = queries.Builtin(ontology); err != nil {
		return nil, nil, err
	}
	if folder == "" {
		home, err := a.homeDir()
		if err != nil {
			return nil, nil, err
		}
		folder = filepath.Join(home, "queries")
		if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
			return library, nil, nil
		}
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return nil, nil, &usageError{errors.New("no folder of queries at " + folder), "orbat queries list"}
	}
	broken = library.Add(os.DirFS(folder), folder)
	return library, broken, nil
}
