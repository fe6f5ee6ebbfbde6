package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"orbat/deploy/deploytest"
)

// TestStrikeArticle reads an article as it was printed, lets what it names be what the background knows by those names,
// and asks how a general is linked to the man whom the strike killed: through the strike, with the sentences that say
// so.
func TestStrikeArticle(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts Dgraph")
	}
	article := realData(t, "strike-article.txt")
	t.Setenv("ORBAT_DGRAPH", deploytest.Shared(t).Target().String())
	var out, errs bytes.Buffer
	if code := run([]string{"load", "--background", article, "--published", "2023-07-09", "--link", "0.99"}, nil, &out,
		&errs); code != exitOK {
		t.Fatalf("load exits %d: %s", code, errs.String())
	}
	out.Reset()
	ask := []string{"query", "shortest-path", "Kurilla", "Usamah al-Muhajir", "--evidence"}
	if code := run(ask, nil, &out, &errs); code != exitOK {
		t.Fatalf("query exits %d: %s", code, errs.String())
	}
	first, _, _ := strings.Cut(out.String(), "\n2. ")
	at := 0
	for _, part := range []string{
		"Michael Kurilla", "commands", "Central Command", "carried_out", "affected_by", "Usamah al-Muhajir",
	} {
		i := strings.Index(first[at:], part)
		if i < 0 {
			t.Fatalf("the path lacks %q after %q", part, first[:at])
		}
		at += i
	}
	content, err := os.ReadFile(article)
	if err != nil {
		t.Fatal(err)
	}
	for _, relation := range []string{"commands", "carried_out", "affected_by"} {
		_, evidence, _ := strings.Cut(first, "\n\n")
		_, evidence, _ = strings.Cut(evidence, "──"+relation)
		if relation == "affected_by" {
			_, evidence, _ = strings.Cut(first[strings.LastIndex(first, "←affected_by"):], "\n")
		}
		_, quote, _ := strings.Cut(evidence, "“")
		quote, _, _ = strings.Cut(quote, "”")
		if quote == "" || !strings.Contains(string(content), quote) {
			t.Errorf("%s is not shown by a sentence of the article: %q", relation, quote)
		}
	}
	if code := run([]string{"check"}, nil, &out, &errs); code != exitOK {
		t.Errorf("check exits %d: %s", code, errs.String())
	}
}
