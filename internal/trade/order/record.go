package order

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"aromart/internal/kit/clock"
	"aromart/internal/kit/contact"
	"aromart/internal/kit/money"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
)

// Insert records a placed order with its parts, lines, contact and first
// events, and fills in ids. Amounts have been computed by checkout; the
// database's CHECKs refuse sums that do not add up.
func Insert(ctx context.Context, tx *db.Tx, o *Order, c Contact, by access.Actor, now time.Time) error {
	var cartToken any
	if o.CartToken != "" {
		cartToken = o.CartToken
	}
	var customer any
	if o.Customer != 0 {
		customer = o.Customer
	}
	o.PublicID, o.LinkVersion, o.PlacedAt = clock.PublicID(), 1, now
	id, err := db.One(ctx, tx, db.Int, `INSERT INTO orders (public_id, number, customer_id, cart_token_hash, link_version, market, currency, language, channel,
		payment_method, items_total, delivery_total, fee_total, discount_total, tax_total, total, zone, policy_version, policy_hash, confirm_rule, placed_at)
		VALUES `+db.Values(1, 21)+` RETURNING id`,
		o.PublicID, o.Number, customer, cartToken, o.LinkVersion, o.Market, o.Currency, o.Language, o.Channel, o.PaymentMethod,
		int64(o.Items), int64(o.Delivery), int64(o.Fee), int64(o.Discount), int64(o.Tax), int64(o.Total),
		o.Zone, o.PolicyVersion, o.PolicyHash, o.ConfirmRule, clock.Micros(now))
	if err != nil {
		return err
	}
	o.ID = ID(id)
	if err := insertContact(ctx, tx, o.ID, c); err != nil {
		return err
	}
	var lines [][]any
	var events []Event
	for i := range o.Parts {
		p := &o.Parts[i]
		p.Order, p.Position = o.ID, i+1
		if err := insertPart(ctx, tx, p, now); err != nil {
			return err
		}
		events = append(events, placed(p, by, now)...)
		for j := range p.Lines {
			row, err := lineRow(p, &p.Lines[j], j+1)
			if err != nil {
				return err
			}
			lines = append(lines, row)
		}
	}
	if err := db.Insert(ctx, tx, "order_lines", lineColumns, lines); err != nil {
		return err
	}
	if err := fillLineIDs(ctx, tx, o); err != nil {
		return err
	}
	return Note(ctx, tx, events...)
}

// placed is the beginning of a part's timeline; a part that a rule confirms at once has two events.
func placed(p *SellerOrder, by access.Actor, now time.Time) []Event {
	e := Event{Order: p.Order, SellerOrder: p.ID, Object: "seller_order", ObjectID: int64(p.ID), Name: "place", To: AwaitingConfirmation, By: by, At: now}
	if p.Status == AwaitingConfirmation {
		return []Event{e}
	}
	confirm := e
	confirm.Name, confirm.From, confirm.To, confirm.By = "confirm", AwaitingConfirmation, Confirmed, access.Actor{Kind: access.System}
	return []Event{e, confirm}
}

func insertContact(ctx context.Context, tx *db.Tx, id ID, c Contact) error {
	return db.Insert(ctx, tx, "order_contacts", "order_id, name, phone, email, recipient, street, area, city, region, postal_code, country, note", [][]any{{
		int64(id), c.Name.Reveal(), c.Phone.Reveal(), c.Email.Reveal(), c.Recipient.Reveal(), c.Street.Reveal(), c.Area.Reveal(),
		c.City, c.Region, c.PostalCode.Reveal(), c.Country, c.Note.Reveal()}})
}

func insertPart(ctx context.Context, tx *db.Tx, p *SellerOrder, now time.Time) error {
	p.PublicID = clock.PublicID()
	store, err := json.Marshal(p.Store)
	if err != nil {
		return err
	}
	method, err := json.Marshal(p.Delivery)
	if err != nil {
		return err
	}
	var confirmBy any
	if !p.ConfirmBy.IsZero() {
		confirmBy = clock.Micros(p.ConfirmBy)
	}
	id, err := db.One(ctx, tx, db.Int, `INSERT INTO seller_orders (public_id, order_id, seller_id, position, status, store, delivery,
		items_total, delivery_total, fee_total, discount_total, tax_total, total, arrives_from, arrives_to, confirm_by, hand_over_by, cancel_reason, updated_at)
		VALUES `+db.Values(1, 19)+` RETURNING id`,
		p.PublicID, int64(p.Order), int64(p.Seller), p.Position, p.Status, string(store), string(method),
		int64(p.Items), int64(p.Sums.Delivery), int64(p.Fee), int64(p.Discount), int64(p.Tax), int64(p.Total),
		clock.Micros(p.ArrivesFrom), clock.Micros(p.ArrivesTo), confirmBy, clock.Micros(p.HandOverBy), "", clock.Micros(now))
	p.ID = SellerOrderID(id)
	return err
}

const lineColumns = `public_id, order_id, seller_order_id, seller_id, product_id, variant_id, position, quantity, unit_price, line_total,
	tax_bp, tax, commission_bp, commission, title, snapshot`

func lineRow(p *SellerOrder, l *Line, position int) ([]any, error) {
	l.PublicID, l.Position = clock.PublicID(), position
	snap, err := json.Marshal(l.Snapshot)
	return []any{l.PublicID, int64(p.Order), int64(p.ID), int64(p.Seller), int64(l.Product), int64(l.Variant), position, l.Quantity,
		int64(l.UnitPrice), int64(l.Total), int64(l.TaxBP), int64(l.Tax), int64(l.CommissionBP), int64(l.Commission), l.Title, string(snap)}, err
}

func fillLineIDs(ctx context.Context, tx *db.Tx, o *Order) error {
	ids := map[string]LineID{}
	type row struct {
		id  LineID
		key string
	}
	err := db.Each(ctx, tx, func(rows *db.Rows, r *row) error { return rows.Scan(&r.id, &r.key) },
		func(r *row) error { ids[r.key] = r.id; return nil }, `SELECT id, public_id FROM order_lines WHERE order_id = $1`, int64(o.ID))
	for i := range o.Parts {
		for j := range o.Parts[i].Lines {
			l := &o.Parts[i].Lines[j]
			l.ID = ids[l.PublicID]
		}
	}
	return err
}

// ByID, ByNumber and ByPublicID return an order with parts, lines and events.
// Whoever calls them has proved who asks: by the link token, or as staff.
func ByID(ctx context.Context, r db.Reader, id ID) (*Order, error) {
	return read(ctx, r, ` WHERE id = $1`, int64(id))
}

// ByNumber finds an order by its number; see ByID.
func ByNumber(ctx context.Context, r db.Reader, number string) (*Order, error) {
	return read(ctx, r, ` WHERE number = $1`, number)
}

// ByPublicID finds an order by its public id; see ByID.
func ByPublicID(ctx context.Context, r db.Reader, id string) (*Order, error) {
	return read(ctx, r, ` WHERE public_id = $1`, id)
}

func read(ctx context.Context, r db.Reader, where string, args ...any) (*Order, error) {
	list, err := readAll(ctx, r, where, args...)
	if err == nil && len(list) == 0 {
		err = db.NotFound(db.ErrNoRows)
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// readAll reads the orders with everything below them, in as many statements as for one.
func readAll(ctx context.Context, r db.Reader, where string, args ...any) ([]*Order, error) {
	list, err := db.All(ctx, r, scanOrder, `SELECT id, public_id, number, COALESCE(customer_id, 0), link_version, market, currency, language, channel, payment_method,
		items_total, delivery_total, fee_total, discount_total, tax_total, total, zone, policy_version, policy_hash, confirm_rule, placed_at FROM orders`+where, args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	out, byID, ids := make([]*Order, len(list)), make(map[ID]*Order, len(list)), make([]ID, len(list))
	for i := range list {
		out[i], ids[i], byID[list[i].ID] = &list[i], list[i].ID, &list[i]
	}
	these := ` order_id IN (` + db.In(r, 1) + `)`
	parts, err := db.All(ctx, r, scanPart, selectParts+` WHERE p.`+these[1:]+` ORDER BY p.order_id, p.position`, db.IDs(ids))
	if err != nil {
		return nil, err
	}
	lines, err := db.All(ctx, r, scanLine, selectLines+` WHERE`+these+` ORDER BY seller_order_id, position`, db.IDs(ids))
	if err != nil {
		return nil, err
	}
	of := map[SellerOrderID][]Line{}
	for _, l := range lines {
		of[l.part] = append(of[l.part], l.Line)
	}
	for _, p := range parts {
		p.Lines = of[p.ID]
		byID[p.Order].Parts = append(byID[p.Order].Parts, p)
	}
	events, err := db.All(ctx, r, scanEvent, `SELECT id, order_id, COALESCE(seller_order_id, 0), object, object_id, name, from_status, to_status,
		actor_kind, actor_id, reason, at FROM order_events WHERE`+these+` ORDER BY id`, db.IDs(ids))
	for _, e := range events {
		byID[e.Order].Events = append(byID[e.Order].Events, e)
	}
	return out, err
}

func scanOrder(rows *db.Rows, o *Order) error {
	var at int64
	err := rows.Scan(&o.ID, &o.PublicID, &o.Number, &o.Customer, &o.LinkVersion, &o.Market, &o.Currency, &o.Language, &o.Channel, &o.PaymentMethod,
		&o.Items, &o.Delivery, &o.Fee, &o.Discount, &o.Tax, &o.Total, &o.Zone, &o.PolicyVersion, &o.PolicyHash, &o.ConfirmRule, &at)
	o.PlacedAt = clock.FromMicros(at)
	return err
}

const selectParts = `
	SELECT p.id, p.public_id, p.order_id, p.seller_id, p.position, p.status, p.store, p.delivery,
		p.items_total, p.delivery_total, p.fee_total, p.discount_total, p.tax_total, p.total,
		p.arrives_from, p.arrives_to, COALESCE(p.confirm_by, 0), p.hand_over_by, p.cancel_reason,
		COALESCE(pay.kind, ''), COALESCE(pay.status, ''), COALESCE(pay.amount, 0), COALESCE(pay.collected_amount, 0),
		COALESCE(f.status, ''), COALESCE(f.carrier, ''), COALESCE(f.tracking_number, '')
	FROM seller_orders p
	LEFT JOIN payments pay ON pay.seller_order_id = p.id
	LEFT JOIN fulfillments f ON f.id = (SELECT max(id) FROM fulfillments WHERE seller_order_id = p.id)`

func scanPart(rows *db.Rows, p *SellerOrder) error {
	var store, method string
	var from, to, confirm, handOver int64
	err := rows.Scan(&p.ID, &p.PublicID, &p.Order, &p.Seller, &p.Position, &p.Status, &store, &method,
		&p.Items, &p.Sums.Delivery, &p.Fee, &p.Discount, &p.Tax, &p.Total, &from, &to, &confirm, &handOver, &p.CancelReason,
		&p.Payment.Kind, &p.Payment.Status, &p.Payment.Amount, &p.Payment.Collected, &p.Fulfillment.Status, &p.Fulfillment.Carrier, &p.Fulfillment.TrackingNumber)
	if err != nil {
		return err
	}
	p.ArrivesFrom, p.ArrivesTo, p.HandOverBy = clock.FromMicros(from), clock.FromMicros(to), clock.FromMicros(handOver)
	if confirm != 0 {
		p.ConfirmBy = clock.FromMicros(confirm)
	}
	if err := json.Unmarshal([]byte(store), &p.Store); err != nil {
		return err
	}
	return json.Unmarshal([]byte(method), &p.Delivery)
}

type partLine struct {
	part SellerOrderID
	Line
}

const selectLines = `
	SELECT seller_order_id, id, public_id, product_id, variant_id, position, quantity, unit_price, line_total, tax_bp, tax, commission_bp, commission, title, snapshot
	FROM order_lines`

func scanLine(rows *db.Rows, l *partLine) error {
	var snap string
	if err := rows.Scan(&l.part, &l.ID, &l.PublicID, &l.Product, &l.Variant, &l.Position, &l.Quantity, &l.UnitPrice, &l.Total,
		&l.TaxBP, &l.Tax, &l.CommissionBP, &l.Commission, &l.Title, &snap); err != nil {
		return err
	}
	return json.Unmarshal([]byte(snap), &l.Snapshot)
}

func scanEvent(rows *db.Rows, e *Event) error {
	var kind string
	var at int64
	err := rows.Scan(&e.ID, &e.Order, &e.SellerOrder, &e.Object, &e.ObjectID, &e.Name, &e.From, &e.To, &kind, &e.By.ID, &e.Reason, &at)
	e.By.Kind, e.At = access.KindOf(kind), clock.FromMicros(at)
	return err
}

// ContactOf returns the person and the place of an order as they are known now:
// corrections lie over what was given first.
func ContactOf(ctx context.Context, r db.Reader, id ID) (Contact, error) {
	c, err := db.One(ctx, r, func(rows *db.Rows, c *Contact) error {
		return rows.Scan(&c.Name, &c.Phone, &c.Email, &c.Recipient, &c.Street, &c.Area, &c.City, &c.Region, &c.PostalCode, &c.Country, &c.Note)
	}, `SELECT name, phone, email, recipient, street, area, city, region, postal_code, country, note FROM order_contacts WHERE order_id = $1`, int64(id))
	if err != nil {
		return c, db.NotFound(err)
	}
	return corrected(ctx, r, id, c)
}

// ContactByNumber returns the order of a number with its person, in one
// statement whether or not there is one.
func ContactByNumber(ctx context.Context, r db.Reader, number string) (ID, Contact, error) {
	type found struct {
		id ID
		Contact
	}
	f, err := db.One(ctx, r, func(rows *db.Rows, f *found) error {
		return rows.Scan(&f.id, &f.Name, &f.Phone, &f.Email)
	}, `SELECT o.id, c.name, c.phone, c.email FROM orders o JOIN order_contacts c ON c.order_id = o.id WHERE o.number = $1`, number)
	return f.id, f.Contact, db.NotFound(err)
}

// turns is how many rows cash_turns has.
const turns = 256

// TakeTurn lets the orders of a phone number be placed one after another: who
// takes the number's turn holds it until the commit, so that what OpenCash
// counts afterwards is still so when the order is in. Few other numbers share it.
func TakeTurn(ctx context.Context, tx *db.Tx, phone contact.Phone) error {
	sum := sha256.Sum256([]byte(phone.Reveal()))
	return db.MustChange(ctx, tx, errors.New("order: a row of cash_turns is gone"),
		`UPDATE cash_turns SET taken = taken + 1 WHERE turn = $1`, int64(sum[0])%turns)
}

// OpenCash counts the cash orders of a phone number that are neither finished nor canceled.
func OpenCash(ctx context.Context, r db.Reader, phone contact.Phone) (int64, error) {
	return db.One(ctx, r, db.Int, `SELECT count(DISTINCT p.order_id) FROM order_contacts c JOIN seller_orders p ON p.order_id = c.order_id
		WHERE c.phone = $1 AND c.phone <> '' AND p.status IN ('awaiting_confirmation', 'confirmed', 'accepted')
		AND NOT EXISTS (SELECT 1 FROM fulfillments f WHERE f.seller_order_id = p.id AND f.status IN ('delivered', 'closed'))`, phone.Reveal())
}

// Part returns a part with its lines and the order's number, for the letters
// about it: what its seller may know of an order, and no person.
func Part(ctx context.Context, r db.Reader, id SellerOrderID) (*SellerOrder, string, error) {
	return readPart(ctx, r, id, ` WHERE p.id = $1`, int64(id))
}

// PartOf is Part for a seller who asks for it himself. Another's is NotFound.
func PartOf(ctx context.Context, r db.Reader, id SellerOrderID, owner int64) (*SellerOrder, string, error) {
	return readPart(ctx, r, id, ` WHERE p.id = $1 AND p.seller_id = $2`, int64(id), owner)
}

func readPart(ctx context.Context, r db.Reader, id SellerOrderID, where string, args ...any) (*SellerOrder, string, error) {
	p, err := db.One(ctx, r, scanPart, selectParts+where, args...)
	if err != nil {
		return nil, "", db.NotFound(err)
	}
	lines, err := db.All(ctx, r, scanLine, selectLines+` WHERE seller_order_id = $1 ORDER BY position`, int64(id))
	if err != nil {
		return nil, "", err
	}
	for _, l := range lines {
		p.Lines = append(p.Lines, l.Line)
	}
	number, err := db.One(ctx, r, db.String, `SELECT number FROM orders WHERE id = $1`, int64(p.Order))
	return &p, number, err
}

// Summary is an order in a list: nothing of the person.
type Summary struct {
	ID       ID
	Number   string
	PlacedAt time.Time
	Total    money.Amount
	Parts    int64
	Statuses []string // of its parts, each once, in alphabetical order
}

// List returns the newest orders before an id (0: from the newest on), those
// with a part in the status when it is not empty.
func List(ctx context.Context, r db.Reader, status string, before ID, limit int) ([]Summary, error) {
	w := db.NewWhere()
	if status != "" {
		w.And("EXISTS (SELECT 1 FROM seller_orders s WHERE s.order_id = o.id AND s.status = ?)", status)
	}
	if before != 0 {
		w.And("o.id < ?", int64(before))
	}
	where := w.SQL()
	return db.All(ctx, r, scanSummary, `SELECT o.id, o.number, o.placed_at, o.total,
			(SELECT count(*) FROM seller_orders s WHERE s.order_id = o.id),
			(SELECT string_agg(s.status, ' ') FROM seller_orders s WHERE s.order_id = o.id)
		FROM orders o`+where+` ORDER BY o.id DESC LIMIT `+w.Next(limit), w.Args()...)
}

func scanSummary(rows *db.Rows, s *Summary) error {
	var at int64
	var statuses string
	err := rows.Scan(&s.ID, &s.Number, &at, &s.Total, &s.Parts, &statuses)
	s.PlacedAt, s.Statuses = clock.FromMicros(at), each(strings.Fields(statuses))
	return err
}

// Statuses are those of parts, each once, in alphabetical order.
func Statuses(parts []SellerOrder) []string {
	var list []string
	for i := range parts {
		list = append(list, parts[i].Status)
	}
	return each(list)
}

func each(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
