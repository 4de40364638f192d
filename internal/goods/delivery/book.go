package delivery

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/people/seller"
	"aromart/internal/platform/db"
)

// Book is every store and how it delivers, as read at one moment. It is only read.
type Book struct {
	Stores  []seller.Store
	ByID    map[seller.StoreID]*seller.Store
	BySlug  map[string]*seller.Store
	Methods map[seller.ID][]Method

	market *market.Profile
	at     time.Time
	seq    int64    // of the change of the catalog before which it was not read
	boards sync.Map // zone -> *Board
}

// Books keeps the present book, because lists would otherwise read the same
// few stores again and again. It is read at most once a second, and anew after
// every change of the catalog, because the page cache keeps what is made after
// one until the next. A checkout does not use it.
type Books struct {
	DB     *db.DB
	Market *market.Profile
	Seq    func() int64 // number of the last change of the catalog that pages show

	now     atomic.Pointer[Book]
	reading sync.Mutex
}

const bookLife = time.Second

// Now returns the book. While one request reads it anew because of its age the
// others go on with what there is.
func (k *Books) Now(ctx context.Context) (*Book, error) {
	seq := k.Seq()
	b := k.now.Load()
	if b.serves(seq) {
		return b, nil
	}
	if b == nil || b.seq < seq {
		k.reading.Lock()
	} else if !k.reading.TryLock() {
		return b, nil
	}
	defer k.reading.Unlock()
	if b = k.now.Load(); b.serves(seq) {
		return b, nil
	}
	seq = k.Seq()
	b, err := k.read(ctx)
	if err != nil {
		return nil, err
	}
	b.seq = seq
	k.now.Store(b)
	return b, nil
}

// Last is the book that was read last, however old it is; nil before the first.
func (k *Books) Last() *Book { return k.now.Load() }

func (b *Book) serves(seq int64) bool {
	return b != nil && b.seq >= seq && time.Since(b.at) < bookLife
}

func (k *Books) read(ctx context.Context) (*Book, error) {
	stores, err := seller.All(ctx, k.DB)
	if err != nil {
		return nil, err
	}
	ids := make([]seller.ID, len(stores))
	for i := range stores {
		ids[i] = stores[i].Seller
	}
	methods, err := Methods(ctx, k.DB, ids)
	return NewBook(k.Market, stores, methods), err
}

// NewBook makes a book of what was read.
func NewBook(m *market.Profile, stores []seller.Store, methods map[seller.ID][]Method) *Book {
	b := &Book{Stores: stores, ByID: map[seller.StoreID]*seller.Store{}, BySlug: map[string]*seller.Store{}, Methods: methods, market: m, at: time.Now()}
	for i := range stores {
		b.ByID[stores[i].ID], b.BySlug[stores[i].Slug] = &stores[i], &stores[i]
	}
	return b
}

// Board is what every store asks for bringing one piece into a zone, and when
// it comes, as of one moment: the same offer that product page and checkout
// begin with. It is only read.
type Board struct {
	Zone  string
	Today int               // number of the day, see market.Profile.DayNumber
	Sum   [sha256.Size]byte // of all that it says: boards of the same sum are the same
	until time.Time
	ways  map[seller.StoreID]ways
}

// ways are the methods of a store with the days that each of them takes.
type ways struct {
	methods []Method
	days    [][2]int
}

// Terms are what one piece costs to bring, and the first and last day on which it comes.
type Terms struct {
	Cost        money.Amount
	First, Last int // numbers of days
}

// Board returns what the stores ask now. It is made once for every zone and cut-off.
func (b *Book) Board(place market.Place, now time.Time) *Board {
	if known, ok := b.boards.Load(place.Zone.ID); ok && now.Before(known.(*Board).until) {
		return known.(*Board)
	}
	board := &Board{Zone: place.Zone.ID, Today: b.market.DayNumber(now), until: b.market.NextTurn(now), ways: make(map[seller.StoreID]ways, len(b.Stores))}
	sum := sha256.New()
	said := json.NewEncoder(sum)
	_ = said.Encode([]any{board.Zone, board.Today}) // a hash takes whatever it is given
	for i := range b.Stores {
		st := &b.Stores[i]
		w := ways{methods: b.Methods[st.Seller]}
		for _, m := range w.methods {
			first, last := b.market.DeliveryWindow(now, st.PackDays+m.ExtraDays, place.ID)
			w.days = append(w.days, [2]int{b.market.DayNumber(first), b.market.DayNumber(last)})
		}
		board.ways[st.ID] = w
		_ = said.Encode([]any{st.ID, w.methods, w.days})
	}
	sum.Sum(board.Sum[:0])
	b.boards.Store(board.Zone, board)
	return board
}

// Terms are those of one piece of a store's goods, or false when it cannot be brought.
func (b *Board) Terms(store seller.StoreID, weightG int64, price money.Amount) (Terms, bool) {
	w := b.ways[store]
	at, cost := Cheapest(w.methods, b.Zone, weightG, price)
	if at < 0 {
		return Terms{}, false
	}
	return Terms{cost, w.days[at][0], w.days[at][1]}, true
}
