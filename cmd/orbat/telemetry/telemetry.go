// Package telemetry sends what orbat serve does as traces of OpenTelemetry, where the environment names an endpoint:
//
//	traces, err := telemetry.Start(ctx, version, os.Getenv, onFail)
//	defer func() { err = errors.Join(err, traces.Stop(ctx)) }()
//	server := httpapi.New(httpapi.Options{Tracer: traces.Provider()})
//	conn, err := deploy.ConnectWith(ctx, target, traces.DialOptions()...)
//
// The variables are OpenTelemetry's own: OTEL_EXPORTER_OTLP_ENDPOINT (or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) turns it
// on, OTEL_EXPORTER_OTLP_PROTOCOL is http/protobuf or grpc, and OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES,
// OTEL_TRACES_SAMPLER and the others do what its specification says. A trace tells operations, questions by name,
// statuses and times. It holds no value that was asked for, no name from the graph, no token, and no text of an error,
// which may quote any of these.
package telemetry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"google.golang.org/grpc"
)

// Traces are sent until they are stopped. The zero value sends none.
type Traces struct{ provider *sdk.TracerProvider }

// ProtocolError tells of a protocol that is not spoken.
type ProtocolError struct{ Protocol string }

// Error names the protocol.
func (e *ProtocolError) Error() string {
	return fmt.Sprintf("OTEL_EXPORTER_OTLP_PROTOCOL is %q: traces are sent by http/protobuf or grpc", e.Protocol)
}

// Start begins to send where the environment names an endpoint. It connects to nothing yet: what cannot be sent is
// lost, onFail is told so, and no request ends of it.
func Start(ctx context.Context, version string, getenv func(string) string, onFail func(error)) (*Traces, error) {
	endpoint := cmp.Or(getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"), getenv("OTEL_EXPORTER_OTLP_ENDPOINT"))
	if endpoint == "" || strings.EqualFold(getenv("OTEL_SDK_DISABLED"), "true") || getenv("OTEL_TRACES_EXPORTER") == "none" {
		return &Traces{}, nil
	}
	var client otlptrace.Client
	switch protocol := cmp.Or(getenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"), getenv("OTEL_EXPORTER_OTLP_PROTOCOL")); protocol {
	case "", "http/protobuf":
		client = otlptracehttp.NewClient()
	case "grpc":
		client = otlptracegrpc.NewClient()
	default:
		return nil, &ProtocolError{protocol}
	}
	exporter, err := otlptrace.New(ctx, client)
	if err != nil {
		return nil, fmt.Errorf("send traces: %w", err)
	}
	described, err := resource.New(ctx, resource.WithAttributes(
		attribute.String("service.name", "orbat"), attribute.String("service.version", version)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("send traces: %w", err), exporter.Shutdown(ctx))
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(onFail)) // it has no other place
	return &Traces{sdk.NewTracerProvider(sdk.WithBatcher(wordless{exporter}), sdk.WithResource(described))}, nil
}

// Provider returns what makes spans.
func (t *Traces) Provider() trace.TracerProvider {
	if t.provider == nil {
		return noop.NewTracerProvider()
	}
	return t.provider
}

// DialOptions make a span of each call to the database.
func (t *Traces) DialOptions() []grpc.DialOption {
	if t.provider == nil {
		return nil
	}
	return []grpc.DialOption{grpc.WithStatsHandler(otelgrpc.NewClientHandler(
		otelgrpc.WithTracerProvider(t.provider), otelgrpc.WithPropagators(propagation.TraceContext{}),
	))}
}

// Stop sends what was not sent yet.
func (t *Traces) Stop(ctx context.Context) error {
	if t.provider == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// wordless leaves out of spans what the database says of an error, which quotes the query: its status tells which error
// it is.
type wordless struct{ sdk.SpanExporter }

// ExportSpans sends spans.
func (w wordless) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	bare := make([]sdk.ReadOnlySpan, len(spans))
	for i, s := range spans {
		bare[i] = wordlessSpan{s}
	}
	return w.SpanExporter.ExportSpans(ctx, bare)
}

type wordlessSpan struct{ sdk.ReadOnlySpan }

// Status returns whether it went well.
func (s wordlessSpan) Status() sdk.Status { return sdk.Status{Code: s.ReadOnlySpan.Status().Code} }

// Events returns none: they hold the texts of errors.
func (s wordlessSpan) Events() []sdk.Event { return nil }
