package world_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"aromart/internal/goods/catalog"
	"aromart/internal/market"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/order"
	"aromart/internal/world"
)

func desk(t testing.TB, d *db.DB) *checkout.Desk {
	t.Helper()
	m, _ := market.ByCode(market.Default)
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := catalog.SyncCategories(t.Context(), tx, time.Now())
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return checkout.NewDesk(d, m, order.NewLinks([]byte("a key of thirty-two bytes, at last")), func() (string, string) { return "1-draft", "hash" })
}

// content is everything of a load world that is not a random id.
func content(t *testing.T, d *db.DB) []string {
	t.Helper()
	list, err := db.All(t.Context(), d, db.String, `SELECT p.slug || '|' || p.title || '|' || p.body_html || '|' || v.sku || '|' || v.option1 || '|' || st.slug
			|| '|' || CAST(v.price AS TEXT) || '|' || CAST(s.on_hand AS TEXT) || '|' || CAST(COALESCE(p.category_id, 0) AS TEXT)
		FROM products p JOIN variants v ON v.product_id = p.id JOIN stock_levels s ON s.variant_id = v.id JOIN stores st ON st.id = p.store_id`)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

func TestLoadIsTheSameEveryTime(t *testing.T) {
	var first []string
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := world.Load(t.Context(), desk(t, d), world.Size{Products: 1000, Orders: 40}, nil); err != nil {
			t.Fatal(err)
		}
		got := content(t, d)
		if len(got) != 3000 {
			t.Fatalf("%d variants", len(got))
		}
		if n, _ := db.One(t.Context(), d, db.Int, `SELECT count(*) FROM orders`); n != 40 {
			t.Errorf("%d orders", n)
		}
		for word, want := range map[string]int64{world.FixedWord: world.FixedHits, world.ShareWord: 50, world.HalfWord: 500} {
			n, err := db.One(t.Context(), d, db.Int, `SELECT count(*) FROM products WHERE title LIKE $1`, "%"+word+"%")
			if err != nil || n != want {
				t.Errorf("%s stands in %d products, want %d (%v)", word, n, want, err)
			}
		}
		if first != nil && len(got) == len(first) { // the orders took different pieces, so stock is left out
			for i := range got {
				if a, b := strings.Split(got[i], "|"), strings.Split(first[i], "|"); a[0] != b[0] || a[1] != b[1] || a[2] != b[2] || a[6] != b[6] || a[8] != b[8] {
					t.Fatalf("two worlds differ: %s and %s", got[i], first[i])
				}
			}
		}
		first = got
	})
}

func TestTrustMarksEveryPerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		trusted, err := world.Trust(t.Context(), desk(t, d))
		if err != nil {
			t.Fatal(err)
		}
		if len(trusted.Logins) != 13 || len(trusted.Orders) != 6 || len(trusted.Stores) != 3 {
			t.Errorf("%d logins, %d orders, %d stores", len(trusted.Logins), len(trusted.Orders), len(trusted.Stores))
		}
		stored := personal(t, d)
		seen := map[string]bool{}
		for _, c := range trusted.Canaries {
			if seen[c.Value] {
				t.Errorf("%s marks two things", c.Value)
			}
			seen[c.Value] = true
			if !strings.Contains(stored, c.Value) {
				t.Errorf("%s of %s is stored nowhere", c.Value, c.Who)
			}
		}
		status := map[string]string{}
		for _, o := range trusted.Orders {
			status[o.Who] = o.Status
		}
		if status["customer-3"] != "canceled" || status["customer-4"] != "on_the_way" || status["guest-1"] != "being_prepared" {
			t.Errorf("statuses: %v", status)
		}
		if _, err := json.Marshal(trusted); err != nil {
			t.Fatal(err)
		}
	})
}

// personal is every text of the tables that hold persons.
func personal(t *testing.T, d *db.DB) string {
	t.Helper()
	var b strings.Builder
	for _, query := range []string{
		`SELECT email || ' ' || name FROM logins`, `SELECT email || ' ' || phone FROM sellers`,
		`SELECT name || ' ' || phone || ' ' || email || ' ' || recipient || ' ' || street || ' ' || area || ' ' || note FROM order_contacts`,
		`SELECT label || ' ' || name || ' ' || phone || ' ' || street || ' ' || area FROM addresses`,
	} {
		list, err := db.All(context.Background(), d, db.String, query)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(strings.Join(list, "\n") + "\n")
	}
	return b.String()
}
