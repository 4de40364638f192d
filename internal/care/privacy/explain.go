package privacy

import (
	"context"
	"slices"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/people/auth"
	"aromart/internal/platform/db"
	"aromart/internal/trade/order"
)

// Kind is one kind of data that is kept about a subject: why, for whom, how
// long. All of it comes from the column map.
type Kind struct {
	Category policy.Category
	Keep     policy.Retention
	Days     int // of the rule, where it counts days
	Uses     []policy.Use
	To       []policy.Recipient
	Goes     bool // an erasure takes it
}

// Explain lists the kinds of data that are kept about the subject now.
func (k *Keeper) Explain(ctx context.Context, r db.Reader, s Subject) ([]Kind, error) {
	var out []Kind
	for _, p := range paths {
		columns := columnsOf(p.table, func(c policy.Column) bool { return c.Personal() && c.InExport })
		if len(columns) == 0 || p.typed {
			continue
		}
		where, args := s.bind(r, p.where, 1)
		n, err := db.One(ctx, r, db.Int, `SELECT count(*) FROM `+p.table+` WHERE `+where, args...)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			continue
		}
		for _, c := range columns {
			out = add(out, c, k.days(c.Retention))
		}
	}
	return out, nil
}

func add(list []Kind, c policy.Column, days int) []Kind {
	goes := c.OnErase != policy.Keep
	i := slices.IndexFunc(list, func(k Kind) bool { return k.Category == c.Category && k.Keep == c.Retention && k.Goes == goes })
	if i < 0 {
		list = append(list, Kind{Category: c.Category, Keep: c.Retention, Days: days, Goes: goes})
		i = len(list) - 1
	}
	k := &list[i]
	for _, u := range c.Uses {
		if !slices.Contains(k.Uses, u) {
			k.Uses = append(k.Uses, u)
		}
	}
	for _, to := range c.Recipients {
		if to != policy.ToPerson && !slices.Contains(k.To, to) {
			k.To = append(k.To, to)
		}
	}
	return list
}

// days are those of a rule in this market, 0 where the rule counts none.
func (k *Keeper) days(r policy.Retention) int {
	keep := k.Market.Retention
	return map[policy.Retention]int{policy.OrderContactDays: keep.OrderContact, policy.OrderBookDays: keep.OrderBooks,
		policy.PrivacyProofDays: keep.PrivacyProof, policy.SentMailDays: keep.SentMail, policy.DayAfterUse: keepKeys,
		policy.SessionDays: auth.KeepEnded, policy.ProofDays: auth.KeepEnded}[r]
}

// Outlook says what an erasure would do: what goes and when, what has to stay
// and until when.
type Outlook struct {
	At   time.Time // when the time to change one's mind is over
	Goes []policy.Category
	Kept []Kept
	Wait []order.Closing // orders that are open: their part goes later
}

// Outlook looks ahead; it changes nothing.
func (k *Keeper) Outlook(ctx context.Context, r db.Reader, s Subject) (*Outlook, error) {
	now := k.now()
	kinds, err := k.Explain(ctx, r, s)
	if err != nil {
		return nil, err
	}
	o := &Outlook{At: now.Add(CoolOff)}
	for _, kind := range kinds {
		if kind.Goes && !slices.Contains(o.Goes, kind.Category) {
			o.Goes = append(o.Goes, kind.Category)
		}
	}
	if o.Kept, err = s.kept(ctx, r, k.Market, now); err != nil {
		return nil, err
	}
	closings, err := order.Closings(ctx, r, s.Orders, k.window(), now)
	for _, c := range closings {
		if c.Open {
			o.Wait = append(o.Wait, c)
		}
	}
	return o, err
}
