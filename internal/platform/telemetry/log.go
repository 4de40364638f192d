// Package telemetry is what the program tells its operator: structured logs,
// metrics and health.
//
// What always holds: no log line holds a person's name, address, phone, e-mail
// or a secret, whatever the code that logs passes in: an attribute with a
// telling key is masked, personal values mask themselves, and addresses and
// numbers inside other texts are cut out. Metrics are labeled by the route's
// pattern, never by a path, and are served on the operator's address only.
//
// Personal data: none gets out.
//
// Tables: none.
package telemetry

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"regexp"
	"strings"
	"sync"
)

// Logger writes one JSON object a line to w, from the level "debug", "info",
// "warn" or "error" on.
func Logger(w io.Writer, level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	return slog.New(Mask(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: l})))
}

// Mask wraps a handler so that nothing personal reaches it.
func Mask(h slog.Handler) slog.Handler { return &masking{h} }

type masking struct{ next slog.Handler }

func (m *masking) Enabled(ctx context.Context, l slog.Level) bool { return m.next.Enabled(ctx, l) }

func (m *masking) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, cut(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(mask(a))
		return true
	})
	return m.next.Handle(ctx, clean)
}

func (m *masking) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = mask(a)
	}
	return &masking{m.next.WithAttrs(clean)}
}

func (m *masking) WithGroup(name string) slog.Handler { return &masking{m.next.WithGroup(name)} }

const stars = "***"

// telling are the words that make a key personal or secret, wherever they stand in it.
var telling = regexp.MustCompile(`(?i)(^|[_.-])(name|first_?name|last_?name|recipient|e?-?mail|phone|mobile|address|addr|street|landmark|city|postal_?code|note|ip|token|password|passwd|pwd|secret|key|authorization|cookie|dsn|query|form|body)($|[_.-])`)

// told remembers the verdict on a key; keys are written in the code, so they are few.
var told sync.Map

func tells(key string) bool {
	if v, ok := told.Load(key); ok {
		return v.(bool)
	}
	v := telling.MatchString(key)
	told.Store(key, v)
	return v
}

func mask(a slog.Attr) slog.Attr {
	if tells(a.Key) {
		return slog.String(a.Key, stars)
	}
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindGroup:
		inner := make([]any, 0, len(v.Group()))
		for _, g := range v.Group() {
			inner = append(inner, mask(g))
		}
		return slog.Group(a.Key, inner...)
	case slog.KindString:
		return slog.String(a.Key, cut(v.String()))
	case slog.KindAny:
		return slog.String(a.Key, cut(text(v.Any())))
	}
	return slog.Attr{Key: a.Key, Value: v}
}

// text prints a value of any type. A struct prints its type only, because
// nobody can tell what its fields hold; and so does a list of them.
func text(v any) string {
	switch x := v.(type) {
	case nil:
		return "<nil>"
	case error:
		return x.Error()
	case fmt.Stringer:
		return x.String()
	}
	t := reflect.TypeOf(v)
	inner := t
	for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice || inner.Kind() == reflect.Array {
		inner = inner.Elem()
	}
	switch inner.Kind() {
	case reflect.Struct, reflect.Map, reflect.Interface:
		return "(" + t.String() + ")"
	}
	return fmt.Sprint(v)
}

var (
	inURL   = regexp.MustCompile(`://[^/\s:@]*:[^/\s@]*@`)
	mailish = regexp.MustCompile(`[^\s"'<>(),;:=]+@[^\s"'<>(),;:=]+`)
	dialish = regexp.MustCompile(`\+\d[\d ()-]{7,}\d|\b0\d{1,2}[ -]?\d{3}[ -]?\d{3,4}\b`)
)

// cut takes addresses, numbers to call and passwords of URLs out of a text.
func cut(s string) string {
	if strings.Contains(s, "@") {
		s = inURL.ReplaceAllString(s, "://"+stars+":")
		s = mailish.ReplaceAllString(s, stars)
	}
	if digits(s) >= 9 {
		s = dialish.ReplaceAllString(s, stars)
	}
	return s
}

func digits(s string) (n int) {
	for _, c := range []byte(s) {
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n
}
