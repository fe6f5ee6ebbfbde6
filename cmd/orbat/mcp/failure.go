package mcp

import (
	"errors"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"orbat/queries"
	"orbat/schema"
)

// failure is what a call is answered with that could not be done: what is wrong, what would mend it, and what may have
// been meant.
func failure(err error, explain func(error) error) object {
	var ambiguous *queries.AmbiguousError
	var unknown *queries.UnknownEntityError
	var question *queries.UnknownQueryError
	switch {
	case errors.As(err, &ambiguous):
		return object{
			"error": "ambiguous name", "param": ambiguous.Param, "value": ambiguous.Text, "hint": "name it by xid",
			"candidates": candidates(ambiguous.Candidates), "more": ambiguous.More || len(ambiguous.Candidates) > maxCandidates,
		}
	case errors.As(err, &unknown):
		reason := "unknown name"
		if len(unknown.Of) > 0 {
			reason = "known, but no " + strings.Join(unknown.Of, " or ")
		}
		f := object{"error": reason, "param": unknown.Param, "value": unknown.Text, "candidates": candidates(unknown.Near)}
		if len(unknown.Near) == 0 {
			f["hint"] = "search looks wider"
		}
		return f
	case errors.As(err, &question):
		f := object{"error": question.Error(), "hint": "list_questions lists them"}
		if question.Near != "" {
			f["hint"] = schema.DidYouMean(question.Near, "list_questions lists all")
		}
		return f
	}
	if !errors.As(err, new(*queries.ParamError)) && explain != nil {
		err = explain(err)
	}
	fault := schema.FaultOf(err)
	f := object{"error": fault.Reason}
	for name, text := range map[string]string{"param": fault.Column, "value": fault.Value, "hint": fault.Hint} {
		if text != "" {
			f[name] = text
		}
	}
	if listing, of := fault.See.Cut(); listing == schema.SeeQuestion && of != "" && fault.Hint == "" {
		f["hint"] = "list_questions shows the params of " + of
	}
	return f
}

// maxCandidates are those of which what tells them apart is known.
const maxCandidates = 20

func candidates(list []queries.Candidate) []any {
	out := []any{}
	for _, c := range list[:min(maxCandidates, len(list))] {
		one := object{}
		remake(c, &one)
		one["uri"] = linkTo(c.XID)
		if c.About != "" {
			one["about"] = source(c.About)
		}
		out = append(out, one)
	}
	return out
}

// failed is the result of a call that could not be done: the assistant reads it and may try again.
func failed(err error, explain func(error) error, budget int) *sdk.CallToolResult {
	f := failure(err, explain)
	wrap := func(v any) *sdk.CallToolResult {
		text := encode(newFence(v).around(v))
		return &sdk.CallToolResult{IsError: true, Content: []sdk.Content{&sdk.TextContent{Text: string(text)}}}
	}
	return wrap(cut(f, func(v any) bool { return len(encode(v)) <= budget*3/4 }))
}
