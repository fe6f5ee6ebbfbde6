package httpapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics counts what is asked. Its labels are operations and statuses: no name, no caller.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	rows     *prometheus.CounterVec
	inFlight prometheus.Gauge
	database prometheus.Gauge
	refused  *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "orbat_http_requests_total", Help: "Requests answered, by operation and status.",
		}, []string{"operation", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "orbat_http_request_seconds", Help: "How long answers took, by operation.",
			Buckets: []float64{.002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 60},
		}, []string{"operation"}),
		rows: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "orbat_http_rows_total", Help: "Rows, entities and records in answers, by operation.",
		}, []string{"operation"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "orbat_http_requests_in_flight", Help: "Requests that are worked on.",
		}),
		database: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "orbat_database_up", Help: "1 where the database answered when readiness was last asked for.",
		}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "orbat_http_refused_total", Help: "Requests that were refused before they were worked on, by status.",
		}, []string{"status"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.rows, m.inFlight, m.database, m.refused,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) answered(operation string, status, rows int, took time.Duration) {
	m.requests.WithLabelValues(operation, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(operation).Observe(took.Seconds())
	if rows > 0 {
		m.rows.WithLabelValues(operation).Add(float64(rows))
	}
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{DisableCompression: true})
}
