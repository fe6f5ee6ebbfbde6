package schema

import (
	"errors"
	"fmt"
	"testing"
)

// Every error of the package that is about an input describes itself, however deep it is wrapped.
func TestFaultOf(t *testing.T) {
	_, dateErr := ParseDate("2014-13")
	_, valueErr := defaultOntology(t).Property("Person", "status").Parse("actve")
	_, ontologyErr := defaultOntology(t).Extend("u.yaml", []byte("types:\n  A: {shape: hexagn}\n"))
	for name, test := range map[string]struct {
		err  error
		want Fault
	}{
		"nothing": {nil, Fault{}},
		"a text":  {errors.New("broken"), Fault{Reason: "broken"}},
		"a date":  {dateErr, Fault{Value: "2014-13", Reason: "month 13", Hint: dayHint}},
		"a value": {valueErr, Fault{
			Column: "status", Value: "actve", Reason: "is not one of active, retired, killed, captured, unknown",
			Hint: `did you mean "active"?`,
		}},
		"a record": {&RecordError{Fault: Fault{Column: "to", Reason: "missing"}}, Fault{Column: "to", Reason: "missing"}},
		"an ontology": {ontologyErr, Fault{
			Pos: Position{File: "u.yaml", Line: 2, Column: 14}, Reason: `unknown shape "hexagn"`, Hint: `did you mean "hexagon"?`,
		}},
	} {
		if got := FaultOf(test.err); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
		if test.err != nil && name != "a text" {
			if got := FaultOf(fmt.Errorf("read: %w", test.err)); got != test.want {
				t.Errorf("%s, wrapped: %+v", name, got)
			}
		}
	}
}
