package privacy_test

import (
	"testing"
	"time"

	"aromart/internal/care/privacy"
	"aromart/internal/market"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/order/ordertest"
)

// BenchmarkArchive is the copy of a person with a thousand orders; the bar is five seconds.
func BenchmarkArchive(b *testing.B) {
	m, _ := market.ByCode("lk")
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			w := ordertest.New(b, open(b), 100_000)
			if err := w.Fill(1000); err != nil {
				b.Fatal(err)
			}
			s, err := privacy.Find(b.Context(), w.DB, m, "nimal@example.com")
			if err != nil || len(s.Orders) != 1000 {
				b.Fatal(len(s.Orders), err)
			}
			for b.Loop() {
				data, err := privacy.Archive(b.Context(), w.DB, m, s, "en", time.Now())
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(data)), "bytes")
			}
		})
	}
}
