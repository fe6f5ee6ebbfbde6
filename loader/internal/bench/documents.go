package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"

	"orbat/schema"
)

// documentSize is that of the documents' texts, in bytes.
const documentSize = 5_000

// writeDocuments writes documents as gzipped NDJSON, as their readers make records of them: the pieces of the text,
// then the source, which alone is a claim. Without texts, the same claims.
func writeDocuments(file string, documents int, seed uint64, texts bool) error {
	return writeGzip(file, func(w io.Writer) error {
		s := &statements{r: rand.New(rand.NewPCG(seed, 2)), out: json.NewEncoder(w)} //nolint:gosec // a seed is wanted
		for i := range documents {
			title := s.name(5)
			var b strings.Builder
			b.WriteString(title + "\n")
			for b.Len() < documentSize {
				b.WriteString("\n" + s.name(1) + " " + s.words(60) + ".\n")
			}
			text := schema.NewText(b.String())
			for _, piece := range text.Pieces() {
				if texts {
					err := s.out.Encode(object{"text": piece.SHA256, "piece": piece.Number, "of": piece.Of, "content": piece.Content})
					if err != nil {
						return err
					}
				}
			}
			err := s.out.Encode(object{
				"type": "Source", "xid": fmt.Sprintf("https://press.example/%d/%d", seed, i), "title": title, "published": s.date(),
				"author": s.name(2), "publisher": s.name(2),
				schema.TextHash: text.SHA256, schema.TextLength: strconv.Itoa(len(text.Content)),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *contest) prepareDocuments() error {
	for file, texts := range map[string]bool{c.documents(): true, c.sources(): false} {
		if err := writeDocuments(file, c.entities, c.seed, texts); err != nil {
			return fmt.Errorf("generate documents: %w", err)
		}
	}
	return nil
}

func (c *contest) documents() string { return filepath.Join(c.dir, "documents.ndjson.gz") }
func (c *contest) sources() string   { return filepath.Join(c.dir, "sources.ndjson.gz") }

// documentsTurn loads documents with their texts, and the same claims without them, each into an empty database.
func (c *contest) documentsTurn(ctx context.Context, _ bool) error {
	for _, load := range []struct {
		who   contestant
		file  string
		texts int
	}{{documentLoad, c.documents(), c.entities}, {sourceLoad, c.sources(), 0}} {
		db, err := c.start(ctx)
		if err != nil {
			return err
		}
		report, err := c.orbatLoad(ctx, db, load.who, load.file)
		db.stop()
		if err != nil {
			return err
		}
		if report.Claims.Created != c.entities || report.Texts.Created != load.texts {
			return fmt.Errorf("of %d documents orbat made %d claims and %d texts", c.entities, report.Claims.Created, report.Texts.Created)
		}
	}
	return nil
}

// documentsMarkdown says how much of the speed texts leave.
func (c *contest) documentsMarkdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n# Documents\n\n%s documents with texts of %s bytes, and the same claims, one each, without the texts: into an "+
		"empty database each.\n\n| | elapsed, s | CPU, s | documents/s |\n|---|---|---|---|\n",
		thousands(c.entities), thousands(documentSize))
	seconds := func(u usage) float64 { return u.elapsed.Seconds() }
	for _, who := range []contestant{documentLoad, sourceLoad} {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", who, spreadOf(c.usages[who], seconds).text(decimals),
			spreadOf(c.usages[who], func(u usage) float64 { return u.cpu.Seconds() }).text(decimals),
			spreadOf(c.usages[who], func(u usage) float64 { return float64(c.entities) / seconds(u) }).text(whole))
	}
	var speed []float64
	for i, u := range c.usages[documentLoad] {
		speed = append(speed, seconds(c.usages[sourceLoad][i])/seconds(u))
	}
	fmt.Fprintf(&b, "\nWith their texts documents load at %s times the speed of the claims alone; wanted: at least 0.50.\n",
		newSpread(speed).text(times))
	return b.String()
}
