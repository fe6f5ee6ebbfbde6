package schema

import "testing"

// TestWinner is law 11: of several values the one that the law names wins, in whatever order they come.
func TestWinner(t *testing.T) {
	value := func(text, period string, confidence int) candidate {
		p, err := ParsePeriod(period)
		if err != nil {
			t.Fatal(err)
		}
		return candidate{text, p, confidence}
	}
	for _, c := range []struct {
		name   string
		winner Winner
		want   string
		of     []candidate
	}{
		{"the later end", Latest, "b", []candidate{value("a", "2010/2012", 90), value("b", "2009/2013", 10)}},
		{"still going on beats any end", Latest, "b", []candidate{value("a", "2010/2030", 90), value("b", "2009/..", 10)}},
		{"an unknown end comes last", Latest, "a", []candidate{value("a", "1990/1991", 10), value("b", "2020/", 90)}},
		{"then the later start", Latest, "b", []candidate{value("a", "2010/..", 90), value("b", "2012/..", 10)}},
		{"then confidence", Latest, "b", []candidate{value("a", "2010/..", 10), value("b", "2010/..", 20)}},
		{"an ungraded claim is the least confident", Best, "b", []candidate{value("a", "", NoConfidence), value("b", "", 0)}},
		{"best takes no heed of time", Best, "a", []candidate{value("a", "1990", 90), value("b", "2020/..", 10)}},
		{"then byte order", Best, "a", []candidate{value("b", "", 50), value("a", "", 50)}},
	} {
		for range c.of {
			c.of = append(c.of[1:], c.of[0])
			if have := best(c.of, c.winner).value; have != c.want {
				t.Errorf("%s: %s won, want %s", c.name, have, c.want)
			}
		}
	}
}
