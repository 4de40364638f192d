package demo

import (
	"context"
	"time"

	"aromart/internal/care/privacy"
	"aromart/internal/market"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
)

// OpenRequest is a question that a customer asked some days ago and that nobody
// has answered yet, so that the register has a deadline to show.
func OpenRequest(ctx context.Context, tx *db.Tx, m *market.Profile, login int64, now time.Time) error {
	s, err := privacy.Account(ctx, tx, login)
	if err != nil {
		return err
	}
	_, err = privacy.Ask(ctx, tx, m, privacy.Asked{Kind: privacy.Question, Subject: s, Channel: "page", Proof: "session", Language: m.Languages[0],
		Question: "Did the courier keep my phone number after the parcel had come?", By: access.Actor{Kind: access.Customer, ID: login}}, now.AddDate(0, 0, -3))
	return err
}
