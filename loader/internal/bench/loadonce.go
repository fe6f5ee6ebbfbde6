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

// loadOnceCommand is the hidden first argument that makes this program one load: `load-once URL FILE [replace]`.
const (
	loadOnceCommand = "load-once"
	replaceWord     = "replace"
)

// bulkOnceCommand makes it one bulk load: `bulk-once DGRAPH FILE OUT`.
const bulkOnceCommand = "bulk-once"

// bulkOnce does what `orbat bulk FILE --dataset bench --out OUT --json` does.
func bulkOnce(ctx context.Context, args []string, stdout io.Writer) error {
	if len(args) != 3 {
		return fmt.Errorf("%s takes a dgraph, a file and a folder", bulkOnceCommand)
	}
	ontology, err := schema.Default()
	if err != nil {
		return err
	}
	records, err := readStatements(ctx, args[1])
	if err != nil {
		return err
	}
	b := deploy.Bulk{Dir: args[2], Finder: deploy.Finder{Bin: args[0]}}
	var count loader.RDFCount
	err = b.Load(ctx, ontology.DgraphSchema(), func(w io.Writer, temp string) (err error) {
		count, err = (&loader.RDF{Ontology: ontology, Dataset: dataset, Ready: true, Temp: temp}).Write(ctx, w, records)
		return err
	})
	if err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(count)
}

// loadOnce does what `orbat load FILE --dataset bench --json` does.
func loadOnce(ctx context.Context, args []string, stdout io.Writer) (err error) {
	if len(args) != 2 && (len(args) != 3 || args[2] != replaceWord) {
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
		Replace:  len(args) == 3,
		OnReject: func(bad *schema.RecordError) error { return bad }, // a statement that is rejected is a mistake of ours
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
