package telemetry

import (
	"errors"
	"testing"

	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// What the database says of an error quotes the query: that it failed is told, and its words are not.
func TestErrorsAreWordless(t *testing.T) {
	kept := tracetest.NewInMemoryExporter()
	provider := sdk.NewTracerProvider(sdk.WithSyncer(wordless{kept}))
	_, span := provider.Tracer("test").Start(t.Context(), "call")
	span.SetStatus(codes.Error, `no match for "Kurilla"`)
	span.RecordError(errors.New("Kurilla"))
	span.End()
	spans := kept.GetSpans()
	if len(spans) != 1 || spans[0].Status.Code != codes.Error || spans[0].Status.Description != "" || len(spans[0].Events) != 0 {
		t.Errorf("%+v", spans)
	}
}
