package web

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/time/rate"

	"aromart/internal/kit/errs"
	"aromart/internal/people/access"
)

// Class holds the limits of a rate class. All are settings.
type Class struct {
	Address Limit  // requests per client address; an IPv6 /64 counts as one
	MaxBody int64  // bytes of a request body
	Group   string // the in-flight group: read, search, write, login, upload
}

// Limit is a bucket of Times that fills again over Per. The zero value is no limit.
type Limit struct {
	Times int
	Per   time.Duration
}

// DefaultClasses are the limits per address. Whole neighborhoods share one
// address, so they stop machines that guess or flood and not people. Public
// pages have none: there the in-flight group is the limit.
func DefaultClasses() map[access.RateClass]Class {
	const form = 64 << 10
	none := Limit{}
	return map[access.RateClass]Class{
		access.RateBrowse:  {none, form, "read"},
		access.RateSearch:  {none, form, "search"},
		access.RateAsset:   {none, 0, "read"},
		access.RateCart:    {Limit{1200, 12 * time.Second}, form, "write"},
		access.RateQuote:   {Limit{1200, 12 * time.Second}, form, "write"},
		access.RatePlace:   {Limit{600, time.Minute}, form, "write"},
		access.RateOrder:   {Limit{600, 30 * time.Second}, form, "read"},
		access.RateLookup:  {Limit{10, time.Hour}, form, "login"},
		access.RateLogin:   {Limit{30, time.Minute}, form, "login"},
		access.RateMessage: {Limit{60, time.Minute}, form, "write"},
		access.RateUpload:  {Limit{20, 20 * time.Second}, 32 << 20, "upload"},
		access.RateStaff:   {Limit{300, 15 * time.Second}, 1 << 20, "read"},
		access.RateExport:  {Limit{10, time.Minute}, form, "upload"},
		access.RateHealth:  {none, 0, "read"},
	}
}

// DefaultLimits are the limits by a key that the handler knows: a cart token,
// a phone, an order.
func DefaultLimits() map[string]Limit {
	return map[string]Limit{
		"place":        {10, time.Minute},
		"lookup.order": {5, time.Hour},
		"code":         {5, time.Hour},
		"login":        {5, 15 * time.Minute},
		"coupon":       {10, 10 * time.Minute},
		"message":      {20, time.Hour},
		"reset":        {3, time.Hour},
		"export":       {2, 24 * time.Hour},
	}
}

// The in-flight groups: how many requests work at once and how many may wait.
// Searches only compute, so more of them than cores would slow all other pages
// and finish no sooner.
var groupSizes = map[string][2]int{
	"read":   {512, 2048},
	"search": {max(2, runtime.GOMAXPROCS(0)), 2048},
	"write":  {128, 2048},
	"login":  {16, 64},
	"upload": {4, 16},
}

// longestWait is how long a request queues before it is told to come back.
const longestWait = 5 * time.Second

type class struct {
	Class
	group *group
}

// limiter counts by class and by key. It forgets the least used of its keys
// when there are more than it can hold, and everything at a restart.
type limiter struct {
	classes map[access.RateClass]*class
	limits  map[string]Limit
	buckets *otter.Cache[bucketKey, *rate.Limiter]
}

type bucketKey struct{ kind, key string }

const maxBuckets = 100_000

func newLimiter(classes map[access.RateClass]Class, limits map[string]Limit) (*limiter, error) {
	buckets, err := otter.New(&otter.Options[bucketKey, *rate.Limiter]{MaximumSize: maxBuckets})
	if err != nil {
		return nil, fmt.Errorf("web: rate limits: %w", err)
	}
	l := &limiter{classes: map[access.RateClass]*class{}, limits: DefaultLimits(), buckets: buckets}
	groups := map[string]*group{}
	for name, size := range groupSizes {
		groups[name] = &group{slots: make(chan struct{}, size[0]), maxWaiting: int64(size[1])}
	}
	all := DefaultClasses()
	for name, c := range classes {
		all[name] = c
	}
	for _, name := range access.RateClasses() {
		c, ok := all[name]
		if !ok || (c.Address != Limit{} && !c.Address.usable()) || groups[c.Group] == nil {
			return nil, fmt.Errorf("web: rate class %s has no usable limits", name)
		}
		l.classes[name] = &class{Class: c, group: groups[c.Group]}
	}
	for name, limit := range limits {
		l.limits[name] = limit
	}
	return l, nil
}

func (l Limit) usable() bool { return l.Times > 0 && l.Per > 0 }

// address counts a request of a client address.
func (l *limiter) address(name access.RateClass, c *class, q *Request, now time.Time) error {
	if c.Address == (Limit{}) {
		return nil
	}
	return l.take(bucketKey{string(name), q.limitKey()}, c.Address, now)
}

// Limit counts one act under the named limit, for example
// Limit("place", cartToken). Over the limit it returns the error to answer with.
func (q *Request) Limit(name, key string) error {
	if q.server == nil {
		return nil
	}
	limit, ok := q.server.limiter.limits[name]
	if !ok || !limit.usable() {
		return fmt.Errorf("web: no limit is named %q", name)
	}
	return q.server.limiter.take(bucketKey{"key " + name, key}, limit, time.Now())
}

func (l *limiter) take(key bucketKey, limit Limit, now time.Time) error {
	bucket, ok := l.buckets.GetIfPresent(key)
	if !ok {
		bucket, _ = l.buckets.SetIfAbsent(key, rate.NewLimiter(rate.Limit(float64(limit.Times)/limit.Per.Seconds()), limit.Times))
	}
	if bucket.AllowN(now, 1) {
		return nil
	}
	reservation := bucket.ReserveN(now, 1)
	after := reservation.DelayFrom(now)
	reservation.CancelAt(now)
	return RetryAfter(errs.New(errs.TooMany, "error.too_many"), after)
}

// group bounds how many requests of one kind work at the same time, so that
// the slow ones cannot take the whole program.
type group struct {
	slots      chan struct{}
	waiting    atomic.Int64
	maxWaiting int64
}

// enter waits for a place, shortly. The caller calls leave when it is done.
func (g *group) enter(ctx context.Context) (leave func(), err error) {
	select {
	case g.slots <- struct{}{}:
		return g.leave, nil
	default:
	}
	full := RetryAfter(errs.New(errs.Unavailable, "error.unavailable"), 2*time.Second)
	if g.waiting.Add(1) > g.maxWaiting {
		g.waiting.Add(-1)
		return nil, full
	}
	defer g.waiting.Add(-1)
	timer := time.NewTimer(longestWait)
	defer timer.Stop()
	select {
	case g.slots <- struct{}{}:
		return g.leave, nil
	case <-timer.C:
		return nil, full
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (g *group) leave() { <-g.slots }

// steadyTime is longer than the work takes whose result an answer must not tell.
const steadyTime = 50 * time.Millisecond

// Steady begins an answer that takes the same time whatever is found, so that
// nobody learns from its time whether a letter was written. The caller defers
// what it returns.
func Steady(r *http.Request) (wait func()) {
	begin := time.Now()
	return func() {
		timer := time.NewTimer(steadyTime - time.Since(begin))
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
		}
	}
}
