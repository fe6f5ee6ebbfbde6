package loader

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"orbat/schema"
)

// maxText bounds a quote, locator, method or record id in bytes.
const maxText = 64 << 10

// says checks what a record says about its own statement. prefix names the value it belongs to, in errors.
func (c *checker) says(says *schema.Provenance, prefix string) (*schema.Claim, error) {
	claim := &schema.Claim{Dataset: c.dataset, Assertion: schema.Asserted, Confidence: schema.NoConfidence}
	var err error
	if claim.Period, err = schema.ParsePeriod(says.Period); err != nil {
		return nil, &fault{prefix + "period", says.Period, err.Error(), "FROM/TO, each YYYY, YYYY-MM or YYYY-MM-DD; .. for still going on"}
	}
	if says.Assertion != "" {
		claim.Assertion = schema.Assertion(strings.ToLower(strings.TrimSpace(says.Assertion)))
		if !slices.Contains(schema.Assertions(), claim.Assertion) {
			return nil, &fault{prefix + "assertion", says.Assertion, "unknown assertion", "one of asserted, negated, denied, hedged, reported"}
		}
	}
	if err := c.grade(claim, says, prefix); err != nil {
		return nil, err
	}
	if !says.AttributedTo.IsZero() {
		if claim.AttributedTo, err = c.end(prefix+"attributed_to", says.AttributedTo); err != nil {
			return nil, err
		}
	}
	for _, field := range []struct {
		name, text string
		into       *string
	}{{"method", says.Method, &claim.Method}, {"marking", says.Marking, &claim.Marking}, {"record", says.ID, &claim.Record}} {
		if *field.into, err = checkText(prefix+field.name, field.text); err != nil {
			return nil, err
		}
	}
	return claim, c.cite(claim, says.Cites, prefix)
}

// admiralty maps a credibility of 1-5 to a confidence; 6 means not graded.
func admiralty(credibility int) int {
	return []int{schema.NoConfidence, 95, 75, 50, 30, 10, schema.NoConfidence}[credibility]
}

func (c *checker) grade(claim *schema.Claim, says *schema.Provenance, prefix string) error {
	if text := strings.TrimSpace(says.Credibility); text != "" {
		grade, err := strconv.Atoi(text)
		if err != nil || grade < 1 || grade > 6 {
			return &fault{prefix + "credibility", text, "not an Admiralty credibility", "a number from 1 (confirmed) to 6 (cannot be judged)"}
		}
		claim.Credibility, claim.Confidence = strconv.Itoa(grade), admiralty(grade)
	}
	if text := strings.TrimSpace(says.Confidence); text != "" {
		confidence, err := strconv.Atoi(text)
		if err != nil || confidence < 0 || confidence > 100 {
			return &fault{prefix + "confidence", text, "not a confidence", "a whole number from 0 to 100"}
		}
		claim.Confidence = confidence
	}
	return nil
}

func (c *checker) cite(claim *schema.Claim, cites []schema.Cite, prefix string) error {
	if len(cites) == 0 {
		cites = []schema.Cite{{}}
	}
	seen := map[string]schema.Citation{}
	for _, cite := range cites {
		citation := schema.Citation{Source: schema.DatasetSource(c.dataset)}
		var err error
		if !cite.Source.IsZero() {
			if citation.Source, err = c.refer(prefix+"source", cite.Source); err != nil {
				return err
			}
			if kind := c.types[citation.Source]; kind != "" && kind != "Source" {
				return &fault{prefix + "source", citation.Source, "a " + kind + " is no Source", "cite a document"}
			}
			if schema.IsDatasetSource(citation.Source) && cite.Source.Describes() {
				return &fault{prefix + "source", citation.Source, "the implicit source of a data set cannot be described", "describe a Source with an xid of its own"}
			}
			if schema.IsDatasetSource(citation.Source) && citation.Source != schema.DatasetSource(c.dataset) {
				return &fault{prefix + "source", citation.Source, "the implicit source of another data set", "leave source out"}
			}
		}
		if citation.Quote, err = checkText(prefix+"quote", cite.Quote); err != nil {
			return err
		}
		if citation.Locator, err = checkText(prefix+"locator", cite.Locator); err != nil {
			return err
		}
		if citation.Begin, err = offset(prefix+"begin", cite.Begin); err != nil {
			return err
		}
		if citation.End, err = offset(prefix+"end", cite.End); err != nil {
			return err
		}
		if citation.End != schema.NoSpan && citation.End < citation.Begin || citation.End != schema.NoSpan && citation.Begin == schema.NoSpan {
			return &fault{prefix + "end", cite.End, "the span ends before it begins", "begin and end count code points from 0"}
		}
		if earlier, again := seen[citation.Source]; again && earlier != citation {
			return &fault{prefix + "sources", citation.Source, "one record cites one source twice", "write a record for each passage"}
		}
		seen[citation.Source] = citation
		claim.Cites = append(claim.Cites, citation)
	}
	return nil
}

func checkText(column, text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case len(text) > maxText:
		return "", &fault{column, schema.Shorten(text), fmt.Sprintf("%d bytes; at most %d", len(text), maxText), "shorten it"}
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return "", &fault{column, text, "not valid UTF-8 text", "save the file as UTF-8"}
	}
	return text, nil
}

func offset(column, text string) (int, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return schema.NoSpan, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, &fault{column, text, "not an offset", "a whole number of code points from 0"}
	}
	return n, nil
}
