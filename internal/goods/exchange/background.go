package exchange

import (
	"context"
	"errors"
	"time"

	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
	"aromart/internal/people/seller"
	"aromart/internal/platform/blob"
	"aromart/internal/platform/db"
	"aromart/internal/platform/job"
)

// JobKind is the job that carries an import.
const JobKind = "exchange.import"

// ticket is the payload of the job: ids and what the request said beside the file.
type ticket struct {
	Import, Store, Seller int64
	ActorKind             string
	ActorID               int64
	Language              string
	Stock                 int64
	Currency              string
	Exponent              int
}

// Start keeps a file and leaves its import to a job; Outcome tells how far it
// is. Pictures cannot come along: a job has only the database and the blobs.
func Start(ctx context.Context, d *db.DB, blobs *blob.Store, req Request) (id int64, err error) {
	data, err := load(req.File)
	if err != nil {
		return 0, err
	}
	r, err := begin(ctx, d, blobs, req, data)
	if err != nil {
		return 0, err
	}
	t := ticket{Import: r.id, Store: int64(req.Store.ID), Seller: int64(req.Store.Seller), ActorKind: req.By.Kind.String(), ActorID: req.By.ID,
		Language: req.Language, Stock: req.Stock, Currency: req.Options.Currency, Exponent: req.Options.Exponent}
	return r.id, d.Write(ctx, func(tx *db.Tx) error { return job.Enqueue(ctx, tx, JobKind, t, time.Time{}) })
}

// Handle lets a runner carry imports. One that is cut off is leased again and
// goes on at its checkpoint; one that cannot be read ends as failed.
func Handle(runner *job.Runner, d *db.DB, blobs *blob.Store) {
	runner.Handle(JobKind, func(ctx context.Context, j job.Job) error {
		var t ticket
		if err := j.Decode(&t); err != nil {
			return err
		}
		req := Request{Store: seller.Store{ID: seller.StoreID(t.Store), Seller: seller.ID(t.Seller)}, By: access.Actor{Kind: access.KindOf(t.ActorKind), ID: t.ActorID},
			Language: t.Language, Stock: t.Stock, Options: Options{Currency: t.Currency, Exponent: t.Exponent}}
		_, err := Resume(ctx, d, blobs, t.Import, req)
		if e, shown := errors.AsType[*errs.Error](err); shown && e.Kind != errs.Unavailable && e.Kind != errs.Internal {
			return nil // the row of the import says so; trying again would not help
		}
		return err
	}, job.Limits{Tries: 6, Timeout: 10 * time.Minute})
}
