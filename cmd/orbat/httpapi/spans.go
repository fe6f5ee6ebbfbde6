package httpapi

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// spans makes a span of each request and of each question within it. They name operations and questions: no value, no
// name, no path as it was asked for.
type spans struct{ tracer trace.Tracer }

func newSpans(provider trace.TracerProvider) spans {
	if provider == nil {
		provider = noop.NewTracerProvider()
	}
	return spans{provider.Tracer("orbat/cmd/orbat/httpapi")}
}

// request begins the span of a request, in the trace of whoever sent it.
func (s spans) request(r *http.Request, op *Operation) (context.Context, trace.Span) {
	ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	name := op.ID
	attributes := []attribute.KeyValue{attribute.String("orbat.operation", op.ID)}
	if op.Method != "" {
		name = op.pattern()
		attributes = append(attributes, attribute.String("http.request.method", op.Method), attribute.String("http.route", op.fullPath()))
	}
	return s.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(attributes...))
}

// answered ends the span of a request.
func (x *Exchange) answered(code int) {
	x.span.SetAttributes(attribute.Int("http.response.status_code", code), attribute.Int("orbat.rows", x.Rows),
		attribute.String("orbat.request", x.number))
	if code >= http.StatusInternalServerError {
		x.span.SetStatus(codes.Error, "")
	}
	x.span.End()
}

// question begins the span of a question, and returns what ends it.
func (s spans) question(ctx context.Context, name string) (context.Context, func(error)) {
	ctx, span := s.tracer.Start(ctx, "question "+name, trace.WithAttributes(attribute.String("orbat.question", name)))
	return ctx, func(err error) {
		if err != nil && ProblemOf(err).Status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}
