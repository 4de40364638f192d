package checkout_test

import (
	"testing"

	"aromart/internal/care/disclosure"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
)

// TestWhatSellersAreToldIsRecordedWithTheOrder: each seller whom a letter
// reaches, for his own part; nobody for an order that was refused.
func TestWhatSellersAreToldIsRecordedWithTheOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, 1)
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `UPDATE sellers SET email = 'seller@example.com' WHERE id = $1`, int64(s.products[0].Seller))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		late := s.request(t, 2, 0, 2)
		mine, err := s.Place(t.Context(), s.request(t, 1, 0, 2), now) // of both sellers
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Place(t.Context(), late, now); err == nil {
			t.Fatal("the last piece was sold twice")
		}
		other, err := s.Place(t.Context(), s.request(t, 3, 1), now)
		if err != nil {
			t.Fatal(err)
		}
		if n := s.count(t, "disclosures"); n != 2 {
			t.Errorf("%d disclosures of two orders", n)
		}
		list, err := disclosure.Of(t.Context(), d, 0, []int64{int64(mine.Order.ID)}, 10)
		if err != nil || len(list) != 1 {
			t.Fatalf("of the first order: %+v, %v", list, err)
		}
		if is := list[0]; is.SellerOrder != int64(mine.Order.Parts[0].ID) || is.RecipientID != int64(s.products[0].Seller) || is.Recipient != disclosure.Seller || !is.At.Equal(now) {
			t.Errorf("%+v", is)
		}
		parts, err := disclosure.SellersOf(t.Context(), d, []int64{int64(other.Order.ID)})
		if err != nil || len(parts) != 1 || parts[0] != int64(other.Order.Parts[0].ID) {
			t.Errorf("of the other order: %v, %v", parts, err)
		}
	})
}
