package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"orbat/deploy"
	"orbat/loader"
	"orbat/queries"
	"orbat/schema"
)

// database is a Dgraph of the benchmark's own with a crowd in it.
type database struct {
	*deploy.Conn
	runner *queries.Runner
	loaded time.Duration // 0: it was there already
	stop   func() error
	home   string
	local  deploy.Local
	engine *deploy.Ephemeral
}

// kill ends the Dgraph as a power failure does.
func (db *database) kill() { db.engine.Stop() }

// restart starts the Dgraph that was killed again, where it was.
func (db *database) restart(ctx context.Context) error {
	at := db.engine.Target().String()
	engine, err := db.local.Start(ctx)
	if err != nil {
		return err
	}
	db.engine = engine
	if now := engine.Target().String(); now != at {
		return fmt.Errorf("the Dgraph was at %s and came back at %s: another program took its place", at, now)
	}
	return nil
}

// open starts the Dgraph under home and loads the crowd, unless a run before has; an empty home is a temporary one.
func open(ctx context.Context, home string, c crowd, progress io.Writer) (_ *database, err error) {
	db := &database{}
	remove := func() error { return nil }
	if home == "" {
		if home, err = os.MkdirTemp("", "orbat-bench-"); err != nil {
			return nil, err
		}
		remove = func() error { return os.RemoveAll(home) }
	}
	db.home = home
	db.local = deploy.Local{Home: home, Progress: progress}
	if db.engine, err = db.local.Start(ctx); err != nil {
		return nil, errors.Join(err, remove())
	}
	db.stop = func() error {
		db.engine.Stop()
		return remove()
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.stop())
		}
	}()
	if db.Conn, err = deploy.Connect(ctx, db.engine.Target()); err != nil {
		return nil, err
	}
	stop := db.stop
	db.stop = func() error { return errors.Join(db.Close(), stop()) }
	ontology, err := schema.Default()
	if err != nil {
		return nil, err
	}
	if ontology, err = loader.Migrate(ctx, db.Conn, ontology); err != nil {
		return nil, err
	}
	library, err := queries.Builtin(ontology)
	if err != nil {
		return nil, err
	}
	db.runner = &queries.Runner{DB: db.Conn, Ontology: ontology, Library: library}
	err = db.fill(ctx, filepath.Join(home, "crowd.json"), c, progress)
	return db, err
}

// fill loads the crowd and notes it in a file, by which a later run knows that it is there.
func (db *database) fill(ctx context.Context, note string, c crowd, progress io.Writer) error {
	want := fmt.Sprintf("%+v", c)
	var have string
	if text, err := os.ReadFile(note); err == nil {
		_ = json.Unmarshal(text, &have) // what is unreadable is not what is wanted
	}
	switch have {
	case want:
		return nil
	case "":
	default:
		return fmt.Errorf("the folder holds another graph (%s); give -home another one", have)
	}
	start, said := time.Now(), time.Now()
	l := loader.Loader{DB: db.Conn, Ontology: db.runner.Ontology}
	report, err := l.Load(ctx, c.records(), loader.Options{
		Dataset:  dataset,
		OnReject: func(bad *schema.RecordError) error { return bad }, // a statement that is rejected is a mistake of ours
		Progress: func(p loader.Progress) {
			if time.Since(said) > 10*time.Second {
				said = time.Now()
				_, _ = fmt.Fprintf(progress, "%4.0f s  loading: %+v\n", time.Since(start).Seconds(), p)
			}
		},
	})
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	if want := c.relations + c.entities() + c.of("Source"); report.Claims.Created != want {
		return fmt.Errorf("load made %d claims of %d", report.Claims.Created, want)
	}
	db.loaded = time.Since(start)
	text, err := json.Marshal(want)
	if err != nil {
		return err
	}
	return os.WriteFile(note, text, 0o600)
}

// request is one query as it travels.
type request struct {
	text string
	vars map[string]string
}
