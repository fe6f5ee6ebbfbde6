package mcp

import (
	"context"
	"errors"
	"net/url"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"orbat/queries"
)

// reader reads the card of an entity by its link.
func (f *Face) reader(source Source) sdk.ResourceHandler {
	return f.linked(source, entityURI, "entity", func(ctx context.Context, graph *Graph, c *call, values url.Values) ([]byte, error) {
		c.question, c.own, c.asOf = "entity-card", true, values.Get("as_of")
		c.params = map[string]string{"entity": c.args["entity"]}
		c.args["as_of"] = c.asOf
		return f.page(ctx, graph, c, once)
	})
}

// linked reads what a link names that begins with a prefix, as a tool of its kind would. Where that is longer than a
// page, next is the cursor of the next one.
func (f *Face) linked(source Source, prefix, kind string,
	read func(context.Context, *Graph, *call, url.Values) ([]byte, error),
) sdk.ResourceHandler {
	return func(ctx context.Context, request *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
		ctx, cancel := context.WithTimeout(ctx, f.options.Time)
		defer cancel()
		uri := request.Params.URI
		path, query, _ := strings.Cut(strings.TrimPrefix(uri, prefix), "?")
		xid, bad := url.PathUnescape(path)
		values, worse := url.ParseQuery(query)
		if bad != nil || worse != nil || xid == "" {
			return nil, sdk.ResourceNotFoundError(uri)
		}
		graph, err := source(ctx)
		if err != nil {
			return nil, err
		}
		c := &call{tool: kind, budget: defaultBudget, args: map[string]string{kind: xid}}
		if c.cursor, err = readCursor(kind, values.Get("cursor")); err != nil {
			return nil, err
		}
		body, err := read(ctx, graph, c, values)
		switch {
		case errors.As(err, new(*queries.UnknownEntityError)), errors.As(err, new(*queries.AmbiguousError)):
			return nil, sdk.ResourceNotFoundError(uri)
		case errors.As(err, new(*queries.ParamError)):
			return nil, err
		case err != nil && graph.Explain != nil:
			return nil, graph.Explain(err)
		case err != nil:
			return nil, err
		}
		return &sdk.ReadResourceResult{Contents: []*sdk.ResourceContents{{URI: uri, MIMEType: "application/json", Text: string(body)}}}, nil
	}
}
