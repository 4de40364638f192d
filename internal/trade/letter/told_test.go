package letter_test

import (
	"context"
	"testing"
	"time"

	"aromart/internal/care/disclosure"
	"aromart/internal/kit/clock"
	"aromart/internal/market"
	"aromart/internal/platform/db"
	"aromart/internal/platform/db/dbtest"
	"aromart/internal/platform/job"
	"aromart/internal/platform/mail"
	"aromart/internal/trade/checkout"
	"aromart/internal/trade/letter"
	"aromart/internal/trade/order"
	"aromart/internal/trade/order/ordertest"
)

// sender does something in place of sending.
type sender func(mail.Message) error

func (f sender) Send(_ context.Context, m mail.Message) error { return f(m) }

// TestASellersLetterIsRecordedBeforeItGoes also when the order did not record
// it, as one that an older version placed; and once, however often it is sent.
func TestASellersLetterIsRecordedBeforeItGoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ordertest.New(t, d, 10)
		mine := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
		other := w.Place(t, order.Confirmed, ordertest.Want{0, 0, 1})
		w.Write(t, func(ctx context.Context, tx *db.Tx) error {
			for range 2 {
				if err := job.Enqueue(ctx, tx, checkout.JobSellerLetter, checkout.SellerOrderJob{SellerOrder: mine.Parts[0].ID}, ordertest.Now); err != nil {
					return err
				}
			}
			return nil
		})
		m, _ := market.ByCode("lk")
		sent := 0
		o := &letter.Office{DB: d, Market: m, BaseURL: "https://shop.example", Name: "Aromart", Sender: sender(func(mail.Message) error {
			sent++
			if told, err := disclosure.SellersOf(t.Context(), d, []int64{int64(mine.ID)}); err != nil || len(told) != 1 {
				t.Errorf("letter %d goes and the record is %v, %v", sent, told, err)
			}
			return nil
		})}
		r := &job.Runner{DB: d, Clock: clock.Fixed(ordertest.Now.Add(time.Hour))}
		o.Register(r)
		if _, err := r.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, err := disclosure.Of(t.Context(), d, 0, []int64{int64(mine.ID), int64(other.ID)}, 10)
		if err != nil || len(list) != 1 || sent != 2 {
			t.Errorf("%d letters, recorded %+v, %v", sent, list, err)
		}
	})
}
