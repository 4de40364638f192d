package access

import "strings"

// Fields are the classes of what a record shows.
type Fields uint16

// The classes. A record's own ids, its status and its times go with any of them.
const (
	ShowPublic   Fields = 1 << iota // what every visitor sees
	ShowOwn                         // everything that an account or a browser holds of its owner
	ShowGoods                       // lines, options and quantities
	ShowSums                        // prices, totals, the cash that is due
	ShowOrder                       // the parts of all sellers, the total and the payment of the order
	ShowInitials                    // the name, cut to its first letter
	ShowName
	ShowArea   // city and region
	ShowStreet // street, house, landmark, postal code
	ShowPhone
	ShowEmail
	ShowNote
	ShowBooks // numbers, sums, statuses and acts, with ids in the place of persons

	fieldsEnd
)

var fieldNames = []string{"public", "own", "goods", "sums", "order", "initials", "name", "area", "street", "phone", "email", "note", "books"}

// Has reports that the set holds all of f.
func (s Fields) Has(f Fields) bool { return s&f == f }

// String lists the classes in their declared order.
func (s Fields) String() string {
	var out []string
	for i, name := range fieldNames {
		if s&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return strings.Join(out, " ")
}

// Stage is how far a seller's part of an order is, as the grants of its seller count it.
type Stage uint8

// The stages, in the order in which they follow each other.
const (
	Waiting   Stage = iota + 1 // for the customer's confirmation
	Preparing                  // confirmed, not handed over
	Moving                     // with the courier, also on its way back
	Arrived                    // delivered, the time for a return runs
	Over                       // the time for a return is over
	Past                       // nothing of the person is needed any more
)

// Resource is the record that an action is about, as far as a rule looks at it.
type Resource struct {
	Login  int64 // whose account or order it is; 0 for that of a guest
	Order  int64
	Seller int64 // whose part of the order it is about; 0 for all of it
	Stage  Stage // of that part
	Proved bool  // the code that was sent to the order's own address has been typed
	Reason bool  // whoever looks has said why, and it is recorded
}

// rule says what of a resource an actor may see or change; nothing at all is a refusal.
type rule func(Actor, Resource) Fields

// Permit is the policy: what the actor may see or change of the resource by
// this action. It reads nothing but its arguments. Policy and Allow decide at
// the door whether somebody may ask at all; Permit decides about one record.
// An action without a rule is permitted to nobody.
func Permit(a Actor, action Action, r Resource) (Fields, bool) {
	decide := rules[action]
	if decide == nil {
		return 0, false
	}
	fields := decide(a, r)
	return fields, fields != 0
}

// rules are all actions of all faces and commands by their rule.
var rules = func() map[Action]rule {
	all := map[Action]rule{}
	for _, r := range []struct {
		decide  rule
		actions string
	}{
		{everyone, `api.describe asset.picture asset.static asset.view catalog.robots catalog.sitemap catalog.sitemap_part catalog.view category.list
			category.view data.receipt health.view policy.data policy.gpc policy.password policy.promises policy.security policy.view product.list product.search
			product.suggest product.view store.view`},
		// What a visitor's own browser or a link in his own letter holds: the secret in it is the owner.
		{visitor, `cart.add cart.empty cart.remove cart.update cart.view data.keep login.confirm login.first login.not_me login.register login.reset login.send_reset order.open
			order.place order.quote order.send_link order.track preferences.choose preferences.view session.begin session.end session.open_link
			session.second session.send_link wishlist.add`},
		{account, `account.prefer account.preferences account.view address.add address.change address.list address.new address.prefer address.remove
			address.restore address.view cart.again login.email login.email_confirm login.password login.phone login.phone_confirm login.recovery
			login.report login.second_off login.second_on login.view order.list session.list session.prove session.revoke token.issue token.list
			token.revoke wishlist.move wishlist.remove wishlist.view data.list`},
		{buyer, `order.correct order.keep order.receipt order.view data.ask data.correct data.download data.erase data.export data.prove data.send_code data.view data.withdraw`},
		{either(buyer, staff), `order.cancel order.confirm`},
		{either(member, operator), `order.accept order.hand_over order.reject`},
		{either(member, staff), `order.deliver order.refuse order.receive`},
		{member, `order.fulfill`},
		{books, `order.show`},
		{opened, `order.contact`},
	} {
		for action := range strings.FieldsSeq(r.actions) {
			all[Action(action)] = r.decide
		}
	}
	return all
}()

func either(first, second rule) rule {
	return func(a Actor, r Resource) Fields { return first(a, r) | second(a, r) }
}

func everyone(Actor, Resource) Fields { return ShowPublic }

func visitor(Actor, Resource) Fields { return ShowOwn }

// account is what a login may do with itself, whatever its role.
func account(a Actor, r Resource) Fields {
	if !SignedIn.Kinds.Has(a.Kind) || a.ID == 0 || a.ID != r.Login {
		return 0
	}
	return ShowOwn
}

// whole is an order as its customer sees it.
const whole = ShowGoods | ShowSums | ShowOrder | ShowName | ShowArea | ShowStreet | ShowPhone | ShowEmail | ShowNote

// buyer is whoever placed the order: his account, or the order's link. The link
// alone shows no address; the code that went to the order's own address does.
func buyer(a Actor, r Resource) Fields {
	switch {
	case account(a, r) != 0:
		return whole
	case a.Kind == GuestOrder && a.Order != 0 && a.Order == r.Order && r.Proved:
		return whole
	case a.Kind == GuestOrder && a.Order != 0 && a.Order == r.Order:
		return ShowGoods | ShowSums | ShowOrder | ShowName | ShowArea
	}
	return 0
}

// grants are what the members of a seller see of the person at each stage of
// their own part: what fulfilling it needs, and that no longer than it does.
// Phone, e-mail, other sellers' parts and the order's total are never among it.
var grants = [...]Fields{
	Waiting:   ShowGoods | ShowSums | ShowNote | ShowArea | ShowInitials,
	Preparing: ShowGoods | ShowSums | ShowNote | ShowArea | ShowName | ShowStreet,
	Moving:    ShowGoods | ShowSums | ShowNote | ShowArea | ShowName | ShowStreet,
	Arrived:   ShowGoods | ShowSums | ShowNote | ShowArea | ShowInitials,
	Over:      ShowGoods | ShowSums | ShowArea,
	Past:      ShowGoods | ShowSums,
}

// member is who acts for the seller of the part: staff by the right to orders,
// and with sums only by the right to money.
func member(a Actor, r Resource) Fields {
	if a.Seller == 0 || a.Seller != r.Seller || !a.HasRight(RightOrders) || r.Stage < Waiting || r.Stage > Past {
		return 0
	}
	fields := grants[r.Stage]
	if !a.HasRight(RightMoney) {
		fields &^= ShowSums
	}
	return fields
}

var (
	helpers = Of(Support, Admin, Operator)
	readers = Of(Support, Admin, Operator, Auditor)
)

// staff act on an order by its number; what they do is in its timeline, and
// shows them nothing of the person.
func staff(a Actor, _ Resource) Fields {
	if helpers.Has(a.Kind) || a.Kind == System {
		return ShowBooks
	}
	return 0
}

func operator(a Actor, _ Resource) Fields {
	if a.Kind == Operator {
		return ShowBooks
	}
	return 0
}

func books(a Actor, _ Resource) Fields {
	if readers.Has(a.Kind) {
		return ShowBooks
	}
	return 0
}

// opened is a person's data in the hands of staff: never without a reason that
// the person can read, and never for an auditor.
func opened(a Actor, r Resource) Fields {
	if helpers.Has(a.Kind) && r.Reason {
		return whole
	}
	return 0
}
