package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"orbat/deploy"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/schema"
)

// loadOnceCommand is the hidden first argument that makes this program one load: `load-once URL FILE`.
const loadOnceCommand = "load-once"

// loadOnce does what `orbat load FILE --dataset bench --json` does.
func loadOnce(ctx context.Context, args []string, stdout io.Writer) (err error) {
	if len(args) != 2 {
		return fmt.Errorf("%s takes a URL and a file", loadOnceCommand)
	}
	target, err := deploy.Parse(args[0])
	if err != nil {
		return err
	}
	conn, err := deploy.Connect(ctx, target)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	ontology, err := schema.Default()
	if err != nil {
		return err
	}
	if ontology, err = loader.Migrate(ctx, conn, ontology); err != nil {
		return err
	}
	records, err := readStatements(ctx, args[1])
	if err != nil {
		return err
	}
	l := loader.Loader{DB: conn, Ontology: ontology}
	report, err := l.Load(ctx, records, loader.Options{
		Dataset:  dataset,
		Rejected: func(bad *schema.BadRecord) error { return bad }, // a statement that is rejected is a mistake of ours
	})
	if err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(report)
}

func readStatements(ctx context.Context, file string) (iter.Seq2[*schema.Record, error], error) {
	files, err := format.Files([]string{file}, nil)
	if err != nil {
		return nil, err
	}
	return format.Read(ctx, files[0], format.Options{}), nil
}
