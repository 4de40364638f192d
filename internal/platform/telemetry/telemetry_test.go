package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aromart/internal/kit/contact"
)

func TestLogsHoldNoPerson(t *testing.T) {
	type order struct{ Phone, Note string }
	for what, write := range map[string]func(*slog.Logger){
		"a telling key": func(l *slog.Logger) { l.Info("x", "phone", "CANARY", "customer_email", "CANARY", "street", "CANARY") },
		"a secret": func(l *slog.Logger) {
			l.Info("x", "token", "CANARY", "smtp.password", "CANARY", "Authorization", "CANARY")
		},
		"a group": func(l *slog.Logger) {
			l.Info("x", slog.Group("order", "name", "CANARY", slog.Group("to", "city", "CANARY")))
		},
		"an outer group": func(l *slog.Logger) { l.WithGroup("g").With("address", "CANARY").Info("x") },
		"a struct":       func(l *slog.Logger) { l.Info("x", "order", order{"CANARY", "CANARY"}, "p", &order{Note: "CANARY"}) },
		"a list of structs": func(l *slog.Logger) {
			l.Info("x", "orders", []order{{"CANARY", ""}}, "p", []*order{{Note: "CANARY"}}, "a", [1][]order{{{"", "CANARY"}}})
		},
		"a map":              func(l *slog.Logger) { l.Info("x", "values", map[string]string{"a": "CANARY"}) },
		"a personal value":   func(l *slog.Logger) { l.Info("x", "buyer", contact.NewName("CANARY"), "a", contact.NewText("CANARY")) },
		"mail in an error":   func(l *slog.Logger) { l.Error("x", "cause", fmt.Errorf("smtp: <CANARY@example.com> refused")) },
		"mail in a message":  func(l *slog.Logger) { l.Info("sent to CANARY@example.com") },
		"password of an URL": func(l *slog.Logger) { l.Info("x", "cause", errors.New("dial postgres://app:CANARY@db/x")) },
		"a mail of Sinhala":  func(l *slog.Logger) { l.Info("x", "cause", "CANARY@ලංකා.lk") },
	} {
		var out bytes.Buffer
		write(Logger(&out, "debug"))
		if strings.Contains(out.String(), "CANARY") || !json.Valid(out.Bytes()) {
			t.Errorf("%s: %s", what, out.String())
		}
	}
	for _, phone := range []string{"+94771234567", "+94 77 123 4567", "077 123 4567", "0771234567", "077-1234567"} {
		var out bytes.Buffer
		Logger(&out, "info").Info("x", "cause", "call "+phone+" now")
		if strings.Contains(out.String(), "4567") {
			t.Errorf("%s: %s", phone, out.String())
		}
	}
}

func TestLogsKeepWhatOperatorsNeed(t *testing.T) {
	var out bytes.Buffer
	Logger(&out, "info").With("request", "0v3k").Info("request", "route", "/p/{slug}", "status", 200, "took", 1500*time.Microsecond,
		"cause", errors.New("db: order 4711 at 2026-11-27T09:00:00Z: row 12345678"), "bytes", int64(1000000001))
	for _, want := range []string{"0v3k", "/p/{slug}", `"status":200`, "4711", "2026-11-27T09:00:00Z", "12345678", "1000000001"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing: %s", want, out.String())
		}
	}
	out.Reset()
	Logger(&out, "nonsense").Debug("hidden")
	if out.Len() != 0 {
		t.Error("an unknown level logs everything")
	}
}

func TestOps(t *testing.T) {
	m := New()
	m.Gauge("jobs_waiting", "Jobs that wait.", func() float64 { return 3 })
	seen := m.Observe("GET", "/p/{slug}")
	seen(200, time.Millisecond)
	seen(404, time.Millisecond)
	seen(0, time.Millisecond)
	var down error
	h := m.Handler(Health{Ready: func(context.Context) error { return down }})
	get := func(path string) (int, string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		text, _ := io.ReadAll(w.Body)
		return w.Code, string(text)
	}
	_, metrics := get("/metrics")
	for _, want := range []string{`aromart_http_requests_total{method="GET",route="/p/{slug}",status="2xx"} 1`, `status="4xx"} 1`,
		`aromart_http_request_duration_seconds_count{method="GET",route="/p/{slug}"} 3`, "aromart_jobs_waiting 3", "go_goroutines"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	if code, _ := get("/readyz"); code != 200 {
		t.Errorf("ready: %d", code)
	}
	down = errors.New("database at 10.1.2.3 is gone")
	if code, text := get("/readyz"); code != 503 || strings.Contains(text, "10.1.2.3") {
		t.Errorf("not ready: %d %s", code, text)
	}
	if code, _ := get("/healthz"); code != 200 {
		t.Errorf("alive: %d", code)
	}
}

func BenchmarkLog(b *testing.B) {
	l := Logger(io.Discard, "info")
	for b.Loop() {
		l.LogAttrs(b.Context(), slog.LevelInfo, "request", slog.String("request", "0v3k"), slog.String("method", "GET"),
			slog.String("route", "/p/{slug}"), slog.Int("status", 200), slog.Duration("took", time.Millisecond), slog.String("actor", "anonymous"))
	}
}
