package audit_test

import (
	"strings"
	"testing"
	"time"

	"aromart/internal/kit/errs"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

func act(n int64) audit.Entry {
	return audit.Entry{ActorKind: "admin", ActorID: 3, Action: "order.cancel", ObjectKind: "order", ObjectID: n,
		Fields: []string{"status", "cancel_reason"}, Reason: "ticket 12", At: time.Unix(1_800_000_000, 0)}
}

func record(t testing.TB, d *db.DB, entries ...audit.Entry) error {
	t.Helper()
	return d.Write(t.Context(), func(tx *db.Tx) error {
		for _, e := range entries {
			if err := audit.Record(t.Context(), tx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestAnEntryLivesAndDiesWithItsAct(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := record(t, d, act(1), audit.Entry{}); err == nil {
			t.Fatal("an entry without an action was recorded")
		}
		if err := record(t, d, act(2)); err != nil {
			t.Fatal(err)
		}
		got, err := db.All(t.Context(), d, db.String, `SELECT actor_kind || actor_id || action || object_kind || object_id || fields || reason || at FROM audit_entries WHERE seq IS NULL`)
		if err != nil || len(got) != 1 || got[0] != "admin3order.cancelorder2status,cancel_reasonticket 121800000000000000" {
			t.Errorf("rows %q, %v", got, err)
		}
	})
}

func TestNoValueGetsIn(t *testing.T) {
	d := dbtest.SQLite(t)
	for _, tt := range []struct {
		change func(*audit.Entry)
		id     string // empty: a fault of the program
	}{
		{func(e *audit.Entry) { e.Fields = []string{"nimal@example.com"} }, ""},
		{func(e *audit.Entry) { e.Fields = []string{"Nimal"} }, ""},
		{func(e *audit.Entry) { e.Fields = []string{"a,b"} }, ""},
		{func(e *audit.Entry) { e.Action = "order cancel" }, ""},
		{func(e *audit.Entry) { e.ActorKind = "" }, ""},
		{func(e *audit.Entry) { e.Reason = "asked by nimal@example.com" }, "audit.reason_names_somebody"},
		{func(e *audit.Entry) { e.Reason = "called 077 123 4567" }, "audit.reason_names_somebody"},
		{func(e *audit.Entry) { e.Reason = strings.Repeat("ක", audit.MaxReason+1) }, "error.too_long"},
		{func(e *audit.Entry) { e.Reason = "a\nb" }, "error.bad_text"},
	} {
		e := act(1)
		tt.change(&e)
		err := record(t, d, e)
		if err == nil || (tt.id == "") != (errs.KindOf(err) == errs.Internal) || tt.id != "" && !errs.Is(err, tt.id) {
			t.Errorf("%+v: %v, want %q", e, err, tt.id)
		}
	}
	e := act(1)
	e.Reason = strings.Repeat("ක", audit.MaxReason)
	if err := record(t, d, e); err != nil {
		t.Errorf("the longest reason: %v", err)
	}
}
