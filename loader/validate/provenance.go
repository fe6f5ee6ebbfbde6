package validate

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"orbat/schema"
)

// maxText bounds a quote, locator, method, record id or version in bytes.
const maxText = 64 << 10

// provenance checks what a record says about its own statement. prefix names the value it belongs to, in errors.
func (c *checker) provenance(stated *schema.Provenance, prefix string) (*schema.Claim, error) {
	claim, err := c.statement(stated, prefix)
	if err != nil {
		return nil, err
	}
	return claim, c.cite(claim, stated.Cites, prefix)
}

// statement checks all of a provenance but its sources.
func (c *checker) statement(stated *schema.Provenance, prefix string) (*schema.Claim, error) {
	claim := &schema.Claim{Dataset: c.dataset, Assertion: schema.Asserted, Confidence: schema.NoConfidence}
	var err error
	if claim.Period, err = schema.ParsePeriod(stated.Period); err != nil {
		return nil, &schema.Fault{
			Column: prefix + "period", Value: stated.Period, Reason: err.Error(),
			Hint: "FROM/TO, each YYYY, YYYY-MM or YYYY-MM-DD; .. for still going on",
		}
	}
	if stated.Assertion != "" {
		claim.Assertion = schema.Assertion(strings.ToLower(strings.TrimSpace(stated.Assertion)))
		if !claim.Assertion.Known() {
			return nil, &schema.Fault{
				Column: prefix + "assertion", Value: stated.Assertion, Reason: "unknown assertion",
				Hint: schema.AssertionsText(),
			}
		}
	}
	if err := c.grade(claim, stated, prefix); err != nil {
		return nil, err
	}
	if !stated.AttributedTo.IsZero() {
		if claim.AttributedTo, err = c.end(prefix+"attributed_to", stated.AttributedTo); err != nil {
			return nil, err
		}
	}
	for _, field := range []struct {
		name, text string
		into       *string
	}{{"method", stated.Method, &claim.Method}, {"marking", stated.Marking, &claim.Marking}, {"record", stated.ID, &claim.Record}} {
		if *field.into, err = checkText(prefix+field.name, field.text); err != nil {
			return nil, err
		}
	}
	if claim.Version, err = checkText(prefix+"version", strings.TrimSpace(stated.Version)); err != nil {
		return nil, err
	}
	return claim, nil
}

// admiralty maps a credibility of 1-5 to a confidence; 6 means not graded.
func admiralty(credibility int) int {
	return []int{schema.NoConfidence, 95, 75, 50, 30, 10, schema.NoConfidence}[credibility]
}

func (c *checker) grade(claim *schema.Claim, stated *schema.Provenance, prefix string) error {
	if text := strings.TrimSpace(stated.Credibility); text != "" {
		grade, err := strconv.Atoi(text)
		if err != nil || grade < 1 || grade > 6 {
			return &schema.Fault{
				Column: prefix + "credibility", Value: text, Reason: "not an Admiralty credibility",
				Hint: "a number from 1 (confirmed) to 6 (cannot be judged)",
			}
		}
		claim.Credibility, claim.Confidence = strconv.Itoa(grade), admiralty(grade)
	}
	if text := strings.TrimSpace(stated.Confidence); text != "" {
		confidence, err := strconv.Atoi(text)
		if err != nil || confidence < 0 || confidence > 100 {
			return &schema.Fault{
				Column: prefix + "confidence", Value: text, Reason: "not a confidence",
				Hint: "a whole number from 0 to 100",
			}
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
	for i := range cites {
		cite, source := &cites[i], schema.DatasetSource(c.dataset)
		if !cite.Source.IsZero() {
			var err error
			if source, err = c.refer(prefix+"source", cite.Source); err != nil {
				return err
			}
			if kind := c.types[source]; kind != "" && kind != "Source" {
				return &schema.Fault{
					Column: prefix + "source", Value: source, Reason: "a " + kind + " is no Source",
					Hint: "cite a document",
				}
			}
			if schema.IsDatasetSource(source) && cite.Source.Describes() {
				return &schema.Fault{
					Column: prefix + "source", Value: source, Reason: "the implicit source of a data set cannot be described",
					Hint: "describe a Source with an xid of its own",
				}
			}
			if schema.IsDatasetSource(source) && source != schema.DatasetSource(c.dataset) {
				return &schema.Fault{
					Column: prefix + "source", Value: source, Reason: "the implicit source of another data set",
					Hint: "leave source out",
				}
			}
		}
		citation, err := passage(cite, prefix)
		if err != nil {
			return err
		}
		citation.Source = source
		if earlier, again := seen[citation.Source]; again && earlier != citation {
			return &schema.Fault{
				Column: prefix + "sources", Value: citation.Source, Reason: "one record cites one source twice",
				Hint: "write a record for each passage",
			}
		}
		seen[citation.Source] = citation
		claim.Cites = append(claim.Cites, citation)
	}
	return nil
}

// passage returns where in its source a citation stands, without the source.
func passage(cite *schema.Cite, prefix string) (citation schema.Citation, err error) {
	if citation.Quote, err = checkText(prefix+"quote", cite.Quote); err != nil {
		return citation, err
	}
	if citation.Locator, err = checkText(prefix+"locator", cite.Locator); err != nil {
		return citation, err
	}
	if citation.Begin, err = offset(prefix+"begin", cite.Begin); err != nil {
		return citation, err
	}
	if citation.End, err = offset(prefix+"end", cite.End); err != nil {
		return citation, err
	}
	if citation.End != schema.NoSpan && citation.End < citation.Begin ||
		citation.End != schema.NoSpan && citation.Begin == schema.NoSpan {
		return citation, &schema.Fault{
			Column: prefix + "end", Value: cite.End, Reason: "the span ends before it begins",
			Hint: "begin and end count code points from 0",
		}
	}
	return citation, nil
}

func checkText(column, text string) (string, error) {
	given := text
	text = schema.CanonicalText(text)
	switch {
	case len(text) > maxText:
		return "", &schema.Fault{
			Column: column, Value: schema.Shorten(text), Reason: fmt.Sprintf("%d bytes; at most %d", len(text), maxText),
			Hint: "shorten it",
		}
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return "", &schema.Fault{Column: column, Value: text, Reason: "not valid UTF-8 text", Hint: "save the file as UTF-8"}
	}
	return trimmed(text, given), nil
}

func offset(column, text string) (int, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return schema.NoSpan, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, &schema.Fault{Column: column, Value: text, Reason: "not an offset", Hint: "a whole number of code points from 0"}
	}
	return n, nil
}
