package main

import (
	"fmt"
	"strings"
	"testing"

	"orbat/loader"
	"orbat/schema"
)

// TestEndsThatShareAName: a name that two of the input have means neither of them until an id says which.
func TestEndsThatShareAName(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	j := &judging{
		loader: &loader.Loader{Ontology: ontology},
		names:  map[string]string{}, xids: map[string][]string{}, texts: map[string]string{},
	}
	for xid, name := range map[string]string{"a:1": "Ann Roe", "a:2": "ANN ROE", "a:3": "Bo Roe"} {
		j.describe(&schema.Record{
			Kind: schema.EntityRecord, Subject: schema.Ref{XID: xid},
			Values: map[string][]schema.Value{"name": {{Text: name}}},
		})
	}
	_, err = j.end(t.Context(), "Ann Roe")
	if said := fmt.Sprint(err); err == nil || !strings.Contains(said, "a:1") || !strings.Contains(said, "a:2") {
		t.Errorf("Ann Roe: %v", err)
	}
	for text, want := range map[string]string{"a:2": "a:2", "bo roe": "a:3"} {
		if ref, err := j.end(t.Context(), text); err != nil || ref.XID != want {
			t.Errorf("%s: %v, %v; want %s", text, ref, err, want)
		}
	}
}
