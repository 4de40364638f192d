package privacy

import (
	"context"
	"time"

	"aromart/internal/care/disclosure"
	"aromart/internal/care/policy"
	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/platform/audit"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
	"aromart/internal/trade/order"
)

// Correct takes a correction of an order's contact. The sellers of an open
// order are told which kinds changed and that the label has the new ones; of a
// closed order the correction is kept beside what was delivered.
func (k *Keeper) Correct(ctx context.Context, tx *db.Tx, id order.ID, c order.Correction, by access.Actor, now time.Time) error {
	present, err := order.ContactOf(ctx, tx, id)
	if err != nil {
		return err
	}
	c = c.Changes(present)
	if c.IsZero() {
		return errs.New(errs.Conflict, "privacy.nothing_corrected")
	}
	if err := order.Correct(ctx, tx, id, c, by, now); err != nil {
		return err
	}
	fields, kinds := changed(c)
	if err := audit.Record(ctx, tx, audit.Entry{ActorKind: by.Kind.String(), ActorID: by.ID, Action: "order.correct", ObjectKind: "order", ObjectID: int64(id),
		Fields: fields, At: now}); err != nil {
		return err
	}
	closings, err := order.Closings(ctx, tx, []int64{int64(id)}, k.window(), now)
	if err != nil || len(closings) == 0 || !closings[0].Open {
		return err
	}
	o, err := order.ByID(ctx, tx, id)
	if err != nil {
		return err
	}
	for i := range o.Parts {
		p := &o.Parts[i]
		if p.Status == order.Canceled || p.Status == order.Expired || p.Status == order.Undelivered || p.Status == order.Completed {
			continue
		}
		if err := disclosure.Record(ctx, tx, disclosure.Disclosure{Order: int64(id), SellerOrder: int64(p.ID), Recipient: disclosure.Seller, RecipientID: int64(p.Seller),
			Act: "order.corrected", Kinds: disclosure.Goods, Purpose: policy.UseSharing, At: now}); err != nil {
			return err
		}
		if err := job.Enqueue(ctx, tx, JobSellerCorrected, PartJob{SellerOrder: int64(p.ID), Kinds: kinds}, now); err != nil {
			return err
		}
	}
	return nil
}

// changed names the fields of a correction and their kinds.
func changed(c order.Correction) (fields []string, kinds []policy.Category) {
	for _, f := range []struct {
		name string
		set  bool
		kind policy.Category
	}{
		{"name", !c.Name.IsZero(), policy.Name}, {"recipient", !c.Recipient.IsZero(), policy.Name}, {"phone", !c.Phone.IsZero(), policy.Phone},
		{"street", !c.Street.IsZero(), policy.Street}, {"area", !c.Area.IsZero(), policy.Street}, {"postal_code", !c.PostalCode.IsZero(), policy.PostalCode},
		{"note", !c.Note.IsZero(), policy.PrivateText},
	} {
		if f.set {
			fields = append(fields, f.name)
			if len(kinds) == 0 || kinds[len(kinds)-1] != f.kind {
				kinds = append(kinds, f.kind)
			}
		}
	}
	return fields, kinds
}
