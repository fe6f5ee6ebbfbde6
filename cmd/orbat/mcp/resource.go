package mcp

import (
	"context"
	"errors"
	"net/url"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"orbat/queries"
)

// reader reads the card of an entity by its link. Where it is longer than a page, next is the link of the next one.
func (f *Face) reader(source Source) sdk.ResourceHandler {
	return func(ctx context.Context, request *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
		ctx, cancel := context.WithTimeout(ctx, f.options.Time)
		defer cancel()
		uri := request.Params.URI
		path, query, _ := strings.Cut(strings.TrimPrefix(uri, entityURI), "?")
		xid, bad := url.PathUnescape(path)
		values, worse := url.ParseQuery(query)
		if bad != nil || worse != nil || xid == "" {
			return nil, sdk.ResourceNotFoundError(uri)
		}
		graph, err := source(ctx)
		if err != nil {
			return nil, err
		}
		c := &call{
			tool: "entity", question: "entity-card", own: true, budget: defaultBudget, asOf: values.Get("as_of"),
			args: map[string]string{"entity": xid, "as_of": values.Get("as_of")}, params: map[string]string{"entity": xid},
		}
		if c.cursor, err = readCursor("entity", values.Get("cursor")); err != nil {
			return nil, err
		}
		body, err := f.page(ctx, graph, c, once)
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
