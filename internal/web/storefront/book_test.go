package storefront

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aromart/internal/goods/catalog"
	"aromart/internal/goods/search"
	"aromart/internal/kit/clock"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

// TestASuspendedStoreIsGoneWithItsProducts asks for pages right before and
// after a store is suspended: none of what was read before may be kept for later.
func TestASuspendedStoreIsGoneWithItsProducts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newShelf(t, d, 8)
		ctx := t.Context()
		paths := []string{"/s/store-1", "/p/" + s.products[len(s.products)-1].Slug}
		finds := []string{"/suggest?q=store+1", "/search?q=store+1"}
		for _, path := range paths {
			if code, _ := s.status(path); code != http.StatusOK {
				t.Fatalf("%s answers %d", path, code)
			}
		}
		for _, path := range finds {
			if _, body := s.status(path); !strings.Contains(body, "/s/store-1") {
				t.Fatalf("%s does not lead to the store: %s", path, body)
			}
		}
		if err := d.Write(ctx, func(tx *db.Tx) error {
			st, err := seller.BySlug(ctx, tx, "store-1")
			if err != nil {
				return err
			}
			if _, err := db.Exec(ctx, tx, `UPDATE sellers SET status = 'suspended' WHERE id = $1`, int64(st.Seller)); err != nil {
				return err
			}
			return catalog.Changed(ctx, tx, "store", int64(st.ID), clock.System())
		}); err != nil {
			t.Fatal(err)
		}
		for more := true; more; {
			var err error
			if more, err = search.CatchUp(ctx, d, s.shop.Index); err != nil {
				t.Fatal(err)
			}
		}
		for _, path := range paths {
			if code, _ := s.status(path); code != http.StatusNotFound {
				t.Errorf("%s of a suspended store answers %d", path, code)
			}
		}
		for _, path := range finds {
			if _, body := s.status(path); strings.Contains(body, "/s/store-1") {
				t.Errorf("%s leads to a suspended store", path)
			}
		}
	})
}

func (s *shelf) status(path string) (int, string) {
	r := httptest.NewRequest("GET", "https://"+host+path, nil)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}
