package telemetry

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Meters are the metrics of one process.
type Meters struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

// New makes the metrics of requests, of the Go runtime and of the process.
func New() *Meters {
	m := &Meters{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "aromart_http_requests_total",
			Help: "Answers by route pattern, method and class of status."}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "aromart_http_request_duration_seconds",
			Help:    "Time to answer by route pattern and method.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"method", "route"}),
	}
	m.registry.MustRegister(m.requests, m.duration, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Registry takes up further metrics.
func (m *Meters) Registry() prometheus.Registerer { return m.registry }

// Gauge adds a figure that is read when the metrics are: a queue's length, a cache's size.
func (m *Meters) Gauge(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "aromart_" + name, Help: help}, read))
}

// Observe returns the observer of one route. Its counters are looked up once,
// because a cached page is answered in less time than a lookup takes.
func (m *Meters) Observe(method, pattern string) func(status int, took time.Duration) {
	duration := m.duration.WithLabelValues(method, pattern)
	var byClass [6]prometheus.Counter
	for class := 1; class <= 5; class++ {
		byClass[class] = m.requests.WithLabelValues(method, pattern, strconv.Itoa(class)+"xx")
	}
	return func(status int, took time.Duration) {
		if class := status / 100; class >= 1 && class <= 5 {
			byClass[class].Inc()
		}
		duration.Observe(took.Seconds())
	}
}

// Handler serves /metrics, /healthz and /readyz on the operator's address.
func (m *Meters) Handler(h Health) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { h.Healthz(w, r) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { h.Readyz(w, r) })
	return mux
}

// Health says whether the process lives and whether it can serve.
type Health struct {
	Ready    func(context.Context) error // nil error when requests may come
	Degraded func() []string             // what needs the operator's eyes though requests may come; may be nil
}

// Healthz answers as long as the process can answer at all.
func (h Health) Healthz(w http.ResponseWriter, _ *http.Request) error {
	return status(w, http.StatusOK, "ok")
}

// Readyz answers 503 until the program can serve and from the moment it stops.
// Why it cannot is for the log, not for whoever asks.
func (h Health) Readyz(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if h.Ready != nil && h.Ready(ctx) != nil {
		w.Header().Set("Retry-After", "1")
		return status(w, http.StatusServiceUnavailable, "not ready")
	}
	var degraded []string
	if h.Degraded != nil {
		degraded = h.Degraded()
	}
	return status(w, http.StatusOK, "ready", degraded...)
}

func status(w http.ResponseWriter, code int, word string, degraded ...string) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	return json.NewEncoder(w).Encode(struct {
		Status   string   `json:"status"`
		Degraded []string `json:"degraded,omitempty"`
	}{word, degraded})
}
