package storefront

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/kit/money"
	"aromart/internal/people/access"
	"aromart/internal/platform/db"
	"aromart/internal/trade/fulfillment"
	"aromart/internal/trade/letter"
	"aromart/internal/trade/order"
	"aromart/internal/trade/payment"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// openOrder turns the secret link into a short-lived cookie and an address without the secret.
func (s *Shop) openOrder(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	o, err := s.Links.Open(r.Context(), s.DB, token)
	if err != nil {
		return err
	}
	if err := web.SetCookie(w, r, policy.GuestCookie, token); err != nil {
		return err
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	return web.SeeOther(w, r, "/orders/"+o.Number)
}

func (s *Shop) order(w http.ResponseWriter, r *http.Request) error {
	o, err := s.Order(r)
	if err != nil {
		return err
	}
	return s.showOrder(w, r, o, "", http.StatusOK)
}

func (s *Shop) showOrder(w http.ResponseWriter, r *http.Request, o *order.Order, notice string, status int) error {
	v := s.Visit(r)
	c, err := order.ContactOf(r.Context(), s.DB, o.ID)
	if err != nil {
		return err
	}
	said := web.Query[struct {
		Placed bool   `form:"placed"`
		Done   string `form:"done"`
		Masked bool   `form:"masked"`
	}](r)
	view := &ui.OrderView{Number: o.Number, Placed: said.Placed && r.Method == http.MethodGet, Name: visit.FirstName(c.Name), Status: v.T.T("buy.status." + o.Status()), Tone: visit.Tone(o.Status()),
		Date: v.T.Date(s.Local(o.PlacedAt), i18n.DayMonthYear), Sums: s.liveSums(v, o), Total: s.Price(v, live(o).Total),
		Contact: s.masked(v, c), Receipt: v.Link("/orders/" + o.Number + "/receipt"), Data: v.Link("/orders/" + o.Number + "/data"), Notice: notice}
	switch said.Done {
	case "canceled", "confirmed":
		view.Notice = v.T.T("buy.done." + said.Done)
	}
	if view.Placed || c.Email.IsZero() { // without an e-mail nobody can send it again
		view.Secret = v.Absolute("/o/" + s.Links.Token(o))
	}
	if said.Masked && view.Placed {
		view.Notice = v.T.T("privacy.done.masked")
	}
	if due := cashDue(o); due > 0 {
		view.Cash = s.Price(v, due)
	}
	if !c.Email.IsZero() {
		view.SentTo = v.T.T("buy.sent_to", "email", c.Email.String())
	}
	if view.Placed {
		view.Next = s.next(v, o)
		view.Keep = s.customer.KeepForm(v, o, c)
	}
	if sees, _ := access.Permit(actingOn(v, o), "order.view", access.Resource{Login: o.Customer, Order: int64(o.ID)}); sees.Has(access.ShowStreet) {
		s.ofAccount(v, view, o, c)
	}
	if o.Status() == "to_confirm" {
		day := v.T.Date(s.Local(o.Parts[0].ConfirmBy), i18n.DateTime)
		if c.Email.IsZero() { // no mail can bring the code
			view.Notice = v.T.T("buy.confirm_call", "day", day)
		} else {
			view.Confirm, view.ConfirmBy = v.Link("/orders/"+o.Number+"/confirm"), v.T.T("buy.confirm_by", "day", day)
		}
	}
	for i := range o.Parts {
		view.Parts = append(view.Parts, s.orderPart(v, o, &o.Parts[i]))
	}
	title := v.T.T("ui.order.title", "number", o.Number)
	return web.RenderStatus(w, r, status, ui.Order(s.Private(v, title), view))
}

// ofAccount shows an order to its customer: whole, and with a way to buy the same again.
func (s *Shop) ofAccount(v *visit.Visit, view *ui.OrderView, o *order.Order, c order.Contact) {
	view.Back = &ui.Link{Href: v.Link("/account/orders"), Text: v.T.T("account.orders")}
	view.Again = []ui.Param{{Name: "number", Value: o.Number}}
	for _, line := range []string{c.Street.Reveal(), c.Area.Reveal(), c.PostalCode.Reveal(), c.Note.Reveal()} {
		if line != "" {
			view.Lines = append(view.Lines, line)
		}
	}
	view.Contact[1].Value = s.Market.FormatPhone(c.Phone.Reveal())
}

// keepOrder begins the registration of the guest who placed the order.
func (s *Shop) keepOrder(w http.ResponseWriter, r *http.Request) error {
	o, err := s.Order(r)
	if err != nil {
		return err
	}
	return s.customer.Keep(w, r, o)
}

// masked is the person as the link alone may show him: whoever holds the link
// sees that the order is his, and cannot learn an address from it.
func (s *Shop) masked(v *visit.Visit, c order.Contact) []ui.Fact {
	name := c.Name
	if !c.Recipient.IsZero() {
		name = c.Recipient
	}
	out := []ui.Fact{{Name: v.T.T("buy.name"), Value: name.Reveal()}, {Name: v.T.T("buy.phone"), Value: c.Phone.String()}}
	place := c.City
	if c.Region != "" && c.Region != c.City {
		place += ", " + c.Region
	}
	return append(out, ui.Fact{Name: v.T.T("buy.place"), Value: place})
}

// ended reports whether nothing of the part will be or was delivered.
func ended(p *order.SellerOrder) bool {
	return p.Status == order.Canceled || p.Status == order.Expired || p.Status == order.Undelivered
}

// live are the sums of the parts that have not ended.
func live(o *order.Order) (sum order.Sums) {
	for i := range o.Parts {
		if !ended(&o.Parts[i]) {
			sum = sum.Plus(o.Parts[i].Sums)
		}
	}
	return sum
}

// liveSums are the lines above the total; when parts have ended, the first of
// them says what was ordered.
func (s *Shop) liveSums(v *visit.Visit, o *order.Order) []ui.Sum {
	parcels := 0
	for i := range o.Parts {
		if !ended(&o.Parts[i]) {
			parcels++
		}
	}
	if parcels == len(o.Parts) {
		return s.sums(v, o.Sums, parcels)
	}
	ordered := ui.Sum{Text: v.T.T("buy.sum.ordered"), Amount: s.Price(v, o.Total), Muted: true}
	if parcels == 0 {
		return []ui.Sum{ordered}
	}
	return append([]ui.Sum{ordered}, s.sums(v, live(o), parcels)...)
}

// cashDue is what the customer still pays at the door.
func cashDue(o *order.Order) (sum money.Amount) {
	for i := range o.Parts {
		if o.Parts[i].Payment.Status == payment.StatusDue {
			sum += o.Parts[i].Payment.Amount
		}
	}
	return sum
}

// next says in three dated steps what happens to an order just placed.
func (s *Shop) next(v *visit.Visit, o *order.Order) []ui.Step {
	handOver, from, to := o.Parts[0].HandOverBy, o.Parts[0].ArrivesFrom, o.Parts[0].ArrivesTo
	for _, p := range o.Parts[1:] {
		handOver, from, to = latest(handOver, p.HandOverBy), earliest(from, p.ArrivesFrom), latest(to, p.ArrivesTo)
	}
	days := v.T.DateRange(s.Local(from), s.Local(to))
	return []ui.Step{
		{Text: v.T.T("buy.next.pack"), When: v.T.T("buy.by", "day", v.T.Date(s.Local(handOver), i18n.WeekdayDayMonth)), Current: true},
		{Text: v.T.T("buy.next.call"), When: days},
		{Text: v.T.T("buy.next.pay", "amount", s.Price(v, o.Total)), When: days},
	}
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func (s *Shop) orderPart(v *visit.Visit, o *order.Order, p *order.SellerOrder) ui.OrderPart {
	state := partState(p)
	out := ui.OrderPart{Heading: v.T.T("buy.parcel", "i", p.Position, "of", len(o.Parts)), Store: ui.Link{Href: v.Link("/s/" + p.Store.Slug), Text: p.Store.Name},
		Status: v.T.T("buy.part." + state), Tone: visit.Tone(state), Steps: s.steps(v, o, p, state)}
	running := state == "being_prepared" || state == "on_the_way" || state == "to_confirm"
	if running {
		out.Arrives = v.T.T("ui.arrives", "dates", v.T.DateRange(s.Local(p.ArrivesFrom), s.Local(p.ArrivesTo)))
		if v.Now.After(p.ArrivesTo.AddDate(0, 0, 1)) {
			out.Late = v.T.T("buy.late", "day", v.T.Date(s.Local(p.ArrivesTo), i18n.WeekdayDayMonth))
		}
	}
	if out.Late == "" && p.Status == order.Confirmed && slices.ContainsFunc(o.Events, func(e order.Event) bool { return e.SellerOrder == p.ID && e.Name == "escalate" }) {
		out.Late = v.T.T("buy.unanswered", "store", p.Store.Name)
	}
	for _, l := range p.Lines {
		out.Lines = append(out.Lines, ui.CartLine{Href: v.Link("/p/" + l.Snapshot.Slug), Title: l.Title, Options: l.Snapshot.OptionText(), Quantity: l.Quantity,
			Price: s.Price(v, l.UnitPrice), Total: s.Price(v, l.Total), Picture: s.picture(l.Snapshot)})
	}
	if !ended(p) {
		out.Sums = []ui.Sum{{Text: v.T.T("buy.sum.delivery", "n", 1), Amount: s.Cost(v, p.Sums.Delivery)}}
		if p.Fee > 0 {
			out.Sums = append(out.Sums, ui.Sum{Text: v.T.T("buy.sum.fee"), Amount: s.Price(v, p.Fee)})
		}
		out.Sums = append(out.Sums, ui.Sum{Text: v.T.T("buy.part.cash"), Amount: s.Price(v, p.Total)})
	}
	if p.CanCancel() {
		out.Cancel, out.Until = v.Link("/orders/"+o.Number+"/cancel"), v.T.T("buy.cancel_until")
		out.CancelHid = []ui.Param{{Name: "part", Value: p.PublicID}}
	}
	return out
}

// partState is a part in one word for its customer.
func partState(p *order.SellerOrder) string {
	one := order.Order{Parts: []order.SellerOrder{*p}}
	if p.Status == order.Expired || p.Status == order.Undelivered {
		return p.Status
	}
	return one.Status()
}

// steps is the way of a part with the times at which it got there.
func (s *Shop) steps(v *visit.Visit, o *order.Order, p *order.SellerOrder, state string) []ui.Step {
	reached := map[string]time.Time{}
	for _, e := range o.Events {
		if e.SellerOrder == p.ID {
			if _, known := reached[e.To]; !known {
				reached[e.To] = e.At
			}
		}
	}
	when := func(status string) string {
		if at, ok := reached[status]; ok {
			return v.T.Date(s.Local(at), i18n.DateTime)
		}
		return ""
	}
	placed := ui.Step{Text: v.T.T("buy.step.placed"), When: v.T.Date(s.Local(o.PlacedAt), i18n.DateTime), Done: true}
	if state == "canceled" || state == "expired" || state == "undelivered" {
		return []ui.Step{placed, {Text: v.T.T("buy.part." + state), When: when(p.Status), Current: true}}
	}
	list := []ui.Step{placed}
	at := map[string]int{"to_confirm": 1, "being_prepared": 2, "on_the_way": 3, "delivered": 4, "completed": 4}[state]
	for i, step := range [...]struct{ name, status string }{{"confirmed", order.Confirmed}, {"packed", order.Accepted}, {"on_the_way", "handed_over"}, {"delivered", "delivered"}} {
		list = append(list, ui.Step{Text: v.T.T("buy.step." + step.name), When: when(step.status), Done: i+1 < at || at == 4, Current: i+1 == at})
	}
	if at == 1 { // what has not happened does not stand there as if it had
		list[1].Text = v.T.T("buy.part.to_confirm")
	}
	return list
}

// actingOn is who acts on an order: its customer, or whoever holds its link.
func actingOn(v *visit.Visit, o *order.Order) access.Actor {
	if o.Customer != 0 && o.Customer == v.Actor.ID {
		return v.AsCustomer()
	}
	return access.Actor{Kind: access.GuestOrder, Order: int64(o.ID)}
}

func (s *Shop) cancelOrder(w http.ResponseWriter, r *http.Request) error {
	o, err := s.Order(r)
	if err != nil {
		return err
	}
	f, err := web.Form[struct {
		Part string `form:"part" rules:"required,max=24"`
	}](r)
	if err != nil {
		return err
	}
	v := s.Visit(r)
	for _, p := range o.Parts {
		if p.PublicID != f.Part {
			continue
		}
		err := s.DB.Write(r.Context(), func(tx *db.Tx) error {
			return fulfillment.Cancel(r.Context(), tx, actingOn(v, o), order.Scope{Order: o.ID, SellerOrder: p.ID}, "customer", v.Now)
		})
		if err != nil {
			return err
		}
		return web.SeeOther(w, r, "/orders/"+o.Number+"?done=canceled")
	}
	return errs.New(errs.NotFound, "error.not_found")
}

// confirmOrder takes the code that was mailed to the customer.
func (s *Shop) confirmOrder(w http.ResponseWriter, r *http.Request) error {
	o, typed, err := s.OrderCode(r)
	if err != nil {
		return err
	}
	v := s.Visit(r)
	if err := v.Limit("code", o.PublicID); err != nil { // a name that a stranger with the number cannot count on
		return err
	}
	err = s.DB.Write(r.Context(), func(tx *db.Tx) error {
		return fulfillment.ConfirmByCode(r.Context(), tx, s.Links, o, typed, actingOn(v, o), v.Now)
	})
	if errs.Is(err, "order.code_wrong") {
		return s.showOrder(w, r, o, v.T.Error(err), http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/orders/"+o.Number+"?done=confirmed")
}

func (s *Shop) track(w http.ResponseWriter, r *http.Request) error {
	v := s.Visit(r)
	sent := web.Query[struct {
		Sent bool `form:"sent"`
	}](r)
	return s.showTrack(w, r, v, http.StatusOK, &ui.TrackView{Sent: sent.Sent}, "", "", nil)
}

func (s *Shop) showTrack(w http.ResponseWriter, r *http.Request, v *visit.Visit, status int, view *ui.TrackView, number, address string, faults errs.List) error {
	view.Fields = []ui.Field{
		{Name: "number", Label: v.T.T("buy.number"), Hint: v.T.T("buy.number.hint"), Value: number, Autocomplete: "off", Max: 20},
		{Name: "contact", Label: v.T.T("buy.contact"), Value: address, Autocomplete: "email", Max: 254},
	}
	missing := map[string]string{"number": "buy.number.missing", "contact": "auth.bad_address"}
	for _, e := range faults {
		if id := missing[e.Field]; e.ID == "error.required" && id != "" {
			e = e.Saying(id)
		}
		view.Problems = append(view.Problems, ui.Problem{Field: e.Field, Message: v.T.Error(e)})
		for i := range view.Fields {
			if view.Fields[i].Name == e.Field {
				view.Fields[i].Error = v.T.Error(e)
			}
		}
	}
	return web.RenderStatus(w, r, status, ui.Track(s.Private(v, v.T.T("ui.track")), view))
}

// sendLink always gives the same answer: whether there is such an order only its mailbox learns.
func (s *Shop) sendLink(w http.ResponseWriter, r *http.Request) error {
	defer web.Steady(r)()
	v := s.Visit(r)
	f, err := web.Form[struct {
		Number  string `form:"number" rules:"required,max=40"`
		Contact string `form:"contact" rules:"required,max=254"`
	}](r)
	if list, ok := err.(errs.List); ok {
		return s.showTrack(w, r, v, http.StatusUnprocessableEntity, &ui.TrackView{}, f.Number, f.Contact, list)
	}
	if err != nil {
		return err
	}
	if number := order.CleanNumber(f.Number); number != "" { // what is no number is nobody's, and stops nobody else
		if err := v.Limit("lookup.order", number); err != nil {
			return err
		}
	}
	if err := letter.SendLink(r.Context(), s.DB, f.Number, f.Contact, s.Market); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/orders/track?sent=1")
}

func (s *Shop) receipt(w http.ResponseWriter, r *http.Request) error {
	o, err := s.Order(r)
	if err != nil {
		return err
	}
	v := s.Visit(r)
	c, err := order.ContactOf(r.Context(), s.DB, o.ID)
	if err != nil {
		return err
	}
	view := &ui.ReceiptView{Number: o.Number, Date: v.T.Date(s.Local(o.PlacedAt), i18n.DayMonthYear), Sums: s.liveSums(v, o), Total: s.Price(v, live(o).Total),
		To: []string{c.Name.Reveal(), c.City}, Paid: s.paid(v, o), Back: v.Link("/orders/" + o.Number)}
	for _, line := range []string{s.Site.Name, s.Site.Operator} {
		if line != "" {
			view.Operator = append(view.Operator, line)
		}
	}
	for _, p := range o.Parts {
		view.Parts = append(view.Parts, s.receiptPart(v, &p))
	}
	return web.Render(w, r, ui.Receipt(s.Private(v, v.T.T("ui.receipt.title", "number", o.Number)), view))
}

func (s *Shop) receiptPart(v *visit.Visit, p *order.SellerOrder) ui.ReceiptPart {
	who := p.Store.Name
	if p.Store.LegalName != "" {
		who += " (" + strings.TrimSuffix(p.Store.LegalName+", "+p.Store.Registration, ", ") + ")"
	}
	if ended(p) {
		return ui.ReceiptPart{Seller: who, Ended: v.T.T("buy.part."+partState(p)) + ". " + v.T.T("buy.part.nothing_due")}
	}
	out := ui.ReceiptPart{Seller: who, Total: s.Price(v, p.Total), Sums: []ui.Sum{{Text: v.T.T("buy.sum.delivery", "n", 1), Amount: s.Cost(v, p.Sums.Delivery)}}}
	if p.Fee > 0 {
		out.Sums = append(out.Sums, ui.Sum{Text: v.T.T("buy.sum.fee"), Amount: s.Price(v, p.Fee)})
	}
	for _, l := range p.Lines {
		out.Lines = append(out.Lines, ui.ReceiptLine{Title: l.Title, Options: l.Snapshot.OptionText(), Quantity: v.T.Number(l.Quantity),
			Price: s.Price(v, l.UnitPrice), Total: s.Price(v, l.Total)})
	}
	return out
}

// paid says how the order stands with its money.
func (s *Shop) paid(v *visit.Visit, o *order.Order) string {
	var taken, open money.Amount
	for _, p := range o.Parts {
		taken += p.Payment.Collected
		if p.Payment.Status == payment.Difference {
			open += p.Payment.Amount
		}
	}
	due := cashDue(o)
	switch {
	case open > 0:
		return v.T.T("buy.paid.difference", "amount", s.Price(v, taken), "due", s.Price(v, open))
	case due > 0:
		return v.T.T("buy.paid.due", "amount", s.Price(v, due))
	case taken > 0:
		return v.T.T("buy.paid.taken", "amount", s.Price(v, taken))
	}
	return v.T.T("buy.paid.nothing")
}
