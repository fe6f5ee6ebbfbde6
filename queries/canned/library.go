package canned

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"orbat/schema"
)

// Library is the canned queries, by name. The zero one is empty, and takes queries by [Library.Put] alone.
type Library struct {
	queries  []*Query
	broken   map[string]error // by the name that a file would give its query
	ontology *schema.Ontology
	steps    []Signature
}

// NewLibrary returns an empty library of queries in the words of an ontology and with some Go steps.
func NewLibrary(ontology *schema.Ontology, steps []Signature) *Library {
	return &Library{ontology: ontology, steps: steps}
}

// List returns all queries, by name.
func (l *Library) List() []*Query { return l.queries }

// Find returns a query by name; of one whose file is broken, what is wrong with that.
func (l *Library) Find(name string) (*Query, error) {
	if err := l.broken[name]; err != nil {
		return nil, err
	}
	for _, q := range l.queries {
		if q.Name == name {
			return q, nil
		}
	}
	return nil, &UnknownQueryError{Name: name, Near: schema.Nearest(name, l.names())}
}

func (l *Library) names() []string {
	names := make([]string, len(l.queries))
	for i, q := range l.queries {
		names[i] = q.Name
	}
	return names
}

// UnknownQueryError says that no query has a name; Near is one that is like it, or empty.
type UnknownQueryError struct{ Name, Near string }

func (e *UnknownQueryError) Error() string { return fmt.Sprintf("unknown query %q", e.Name) }

// Describe returns the error as a fault.
func (e *UnknownQueryError) Describe() schema.Fault {
	return schema.Fault{Value: e.Name, Reason: e.Error(), Hint: schema.DidYouMean(e.Near, ""), See: schema.SeeQuestions}
}

// Add takes the .dql files of a folder; one of a known name takes its place. A broken file is left out, its error among
// those returned, and stops no other; it takes its place all the same, so that nobody is answered by another question
// of that name.
func (l *Library) Add(folder fs.FS, shown string) []error {
	files, err := fs.Glob(folder, "*.dql")
	if err != nil {
		return []error{err}
	}
	var errs []error
	for _, file := range files {
		q, err := l.read(folder, file, shown)
		if err != nil {
			errs = append(errs, err)
			l.leaveOut(strings.TrimSuffix(file, ".dql"), err)
			continue
		}
		l.Put(q)
	}
	return errs
}

func (l *Library) read(folder fs.FS, file, shown string) (*Query, error) {
	text, err := fs.ReadFile(folder, file)
	if err != nil {
		return nil, err
	}
	q, err := Parse(path.Join(shown, file), string(text), l.ontology, l.steps)
	if err == nil && q.Name != strings.TrimSuffix(file, ".dql") {
		err = q.Misfiled(file)
	}
	return q, err
}

// leaveOut takes out the query of a name, and keeps why.
func (l *Library) leaveOut(name string, err error) {
	if l.broken == nil {
		l.broken = map[string]error{}
	}
	l.broken[name] = err
	l.queries = slices.DeleteFunc(l.queries, func(old *Query) bool { return old.Name == name })
}

// Misfiled returns the error of a query whose file has another name than it has itself.
func (q *Query) Misfiled(file string) *HeaderError {
	return &HeaderError{schema.Fault{
		Pos: schema.Position{File: q.File, Line: 1}, Reason: fmt.Sprintf("the query is named %q, its file %q", q.Name, file),
		Hint: "give both one name",
	}}
}

// Put takes one query; one of its name makes way.
func (l *Library) Put(q *Query) {
	delete(l.broken, q.Name)
	l.queries = slices.DeleteFunc(l.queries, func(old *Query) bool { return old.Name == q.Name })
	l.queries = append(l.queries, q)
	slices.SortFunc(l.queries, func(a, b *Query) int { return strings.Compare(a.Name, b.Name) })
}
