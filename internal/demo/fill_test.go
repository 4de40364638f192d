package demo_test

import (
	"context"
	"testing"
	"time"

	"aromart/internal/demo"
	"aromart/internal/goods/catalog"
	"aromart/internal/market"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/fsck"
	"aromart/internal/trade/order"
)

var now = time.Date(2026, 11, 23, 5, 0, 0, 0, time.UTC)

func fill(t testing.TB, d *db.DB) *demo.World {
	t.Helper()
	ctx := context.Background()
	m, _ := market.ByCode("lk")
	desk := checkout.NewDesk(d, m, order.NewLinks([]byte("a key of thirty-two bytes, at last")), func() (string, string) { return "1-draft", "hash" })
	err := d.Write(ctx, func(tx *db.Tx) error {
		_, err := catalog.SyncCategories(ctx, tx, now)
		return err
	})
	if err == nil {
		err = demo.Fill(ctx, d, desk, now)
	}
	if err != nil {
		t.Fatal(err)
	}
	w, err := demo.Content()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestFill(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := fill(t, d)
		variants, parts := 0, 0
		for _, p := range w.Products {
			variants += len(p.Variants)
		}
		for _, o := range w.Orders {
			parts += len(o.Parts)
		}
		for table, want := range map[string]int{"stores": len(w.Sellers), "products": len(w.Products), "variants": variants, "orders": len(w.Orders), "seller_orders": parts} {
			if got, err := db.One(t.Context(), d, db.Int, `SELECT count(*) FROM `+table); err != nil || int(got) != want {
				t.Errorf("%d rows in %s, want %d (%v)", got, table, want, err)
			}
		}
		res, err := fsck.Run(t.Context(), d, func(context.Context) error { return nil })
		if err != nil || !res.Sound() {
			t.Errorf("the world breaks invariants: %v, %v", res, err)
		}
		checkEnds(t, d, w)
		checkShelf(t, d, w)
	})
}

// checkEnds compares the statuses of the seller orders with the script.
func checkEnds(t *testing.T, d *db.DB, w *demo.World) {
	t.Helper()
	want, returnDays := map[string]int64{}, map[string]int{}
	for _, s := range w.Sellers {
		returnDays[s.Slug] = s.ReturnDays
	}
	for _, o := range w.Orders {
		for _, p := range o.Parts {
			kept := time.Duration(o.HoursAgo-68) * time.Hour // since it was delivered
			switch p.End {
			case demo.Delivered:
				if kept >= time.Duration(max(14, returnDays[p.Store]))*24*time.Hour {
					want[order.Completed]++
				} else {
					want[order.Accepted]++
				}
			case demo.HandedOver, demo.Late:
				want[order.Accepted]++
			case demo.Refused:
				want[order.Undelivered]++
			default:
				want[string(p.End)]++
			}
		}
	}
	for _, s := range []string{order.Completed, order.Expired, order.Undelivered, order.Canceled, order.AwaitingConfirmation, order.Confirmed, order.Accepted} {
		if want[s] == 0 {
			t.Errorf("no order of the demo is %s", s)
		}
	}
	for status, n := range want {
		got, err := db.One(t.Context(), d, db.Int, `SELECT count(*) FROM seller_orders WHERE status = $1`, status)
		if err != nil || got != n {
			t.Errorf("%d seller orders are %s, want %d (%v)", got, status, n, err)
		}
	}
	late, err := db.One(t.Context(), d, db.Int, `SELECT count(*) FROM seller_orders s WHERE s.status = 'accepted' AND s.hand_over_by < $1
		AND NOT EXISTS (SELECT 1 FROM fulfillments f WHERE f.seller_order_id = s.id)`, now.UnixMicro())
	if err != nil || late < 3 {
		t.Errorf("%d late parts (%v)", late, err)
	}
}

// checkShelf reads one product back as pages do, and finds its pictures.
func checkShelf(t *testing.T, d *db.DB, w *demo.World) {
	t.Helper()
	want := w.Products[0]
	p, err := catalog.LiveBySlug(t.Context(), d, want.Slug)
	if err != nil {
		t.Fatal(err)
	}
	if p.Title != want.Title || len(p.Variants) != len(want.Variants) || len(p.Pictures) != len(want.Pictures) {
		t.Errorf("read back %q with %d variants and %d pictures", p.Title, len(p.Variants), len(p.Pictures))
	}
	for _, pic := range p.Pictures {
		if _, kind, ok := demo.Media(pic.Blob + "-320.jpg"); !ok || kind != "image/webp" {
			t.Errorf("no picture %s", pic.Blob)
		}
	}
	s, err := seller.BySlug(t.Context(), d, want.Store)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, ok := demo.Media(s.PictureBlob + "-160.jpg"); !ok {
		t.Errorf("store %s has no mark", s.Slug)
	}
	if facets, err := db.One(t.Context(), d, db.Int, `SELECT count(DISTINCT attribute) FROM product_attributes WHERE attribute IN ('material', 'net_weight', 'power', 'voltage', 'pieces', 'age_from')`); err != nil || facets < 5 {
		t.Errorf("%d of the attributes that filters know are in use (%v)", facets, err)
	}
}

func TestMediaRefusesOtherNames(t *testing.T) {
	for _, name := range []string{"", "demo-320.jpg", "demo0000000000000000000000-320.jpg", demo.Key("tile-1") + "-1280.jpg", demo.Key("tile-1") + "-x.jpg", "../colors.txt"} {
		if _, _, ok := demo.Media(name); ok {
			t.Errorf("Media(%q) answers", name)
		}
	}
}

func BenchmarkFill(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		d := dbtest.SQLite(b)
		b.StartTimer()
		fill(b, d)
	}
}
