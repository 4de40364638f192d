package access

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestAllow(t *testing.T) {
	money := WithRight(RightMoney)
	for _, tt := range []struct {
		name   string
		actor  Actor
		policy Policy
		want   bool
	}{
		{"public page", Actor{}, Everyone, true},
		{"auditor on a public page", Actor{Kind: Auditor}, Everyone, true},
		{"nobody on the admin page", Actor{}, Only(Admin), false},
		{"customer on the admin page", Actor{Kind: Customer, ID: 1}, Only(Admin), false},
		{"admin", Actor{Kind: Admin, ID: 1}, Only(Admin), true},
		{"owner sees money", Actor{Kind: SellerOwner, ID: 1, Seller: 1}, money, true},
		{"staff with the right", Actor{Kind: SellerStaff, Rights: RightMoney | RightOrders}, money, true},
		{"staff with another right", Actor{Kind: SellerStaff, Rights: RightOrders}, money, false},
		{"a customer with rights is no member", Actor{Kind: Customer, Rights: RightMoney}, money, false},
		{"no policy", Actor{Kind: Admin}, Policy{}, false},
		{"a program on a public page", program(ReadOrders), Everyone, true},
		{"a program with the scope", program(ReadOrders | ReadAccount), SignedIn.WithScope(ReadOrders), true},
		{"a program with another scope", program(ReadOrders), SignedIn.WithScope(ChangeOrders), false},
		{"a program where no scope is named", program(ScopesOf(scopeNames...)), SignedIn, false},
		{"a program that places orders as everybody may", program(ReadOrders), Everyone.WithScope(ChangeOrders), false},
		{"a person needs no scope", Actor{Kind: Customer, ID: 1}, SignedIn.WithScope(ChangeOrders), true},
		{"a kind that does not exist", Actor{Kind: kinds + 3}, Everyone, false},
	} {
		if got := Allow(tt.actor, tt.policy); got != tt.want {
			t.Errorf("%s: got %v", tt.name, got)
		}
	}
}

func program(s Scopes) Actor { return Actor{Kind: Customer, ID: 1, Limited: true, Scopes: s} }

func TestScopes(t *testing.T) {
	if got := ScopesOf("orders:write", "addresses:read", "nonsense", ""); strings.Join(got.Names(), " ") != "addresses:read orders:read orders:write" {
		t.Errorf("%v", got.Names())
	}
	if got := ScopesOf("account:write"); got != ReadAccount|ChangeAccount {
		t.Errorf("%v", got.Names())
	}
	if len(scopeNames) != 8 || ScopesOf(scopeNames...) != 1<<8-1 {
		t.Error("a scope has no name, or a name no scope")
	}
}

func TestTableRefusesIncompleteRoutes(t *testing.T) {
	good := Route{Method: "POST", Pattern: "/cart", Action: "cart.update", Resource: "cart", Policy: Everyone, Rate: RateCart, Mutates: true}
	for name, spoil := range map[string]func(*Route){
		"method":         func(r *Route) { r.Method = "TRACE" },
		"pattern":        func(r *Route) { r.Pattern = "cart" },
		"no action":      func(r *Route) { r.Action = "" },
		"no verb":        func(r *Route) { r.Action = "cart." },
		"no rule":        func(r *Route) { r.Action = "cart.burn" },
		"no resource":    func(r *Route) { r.Resource = "" },
		"no policy":      func(r *Route) { r.Policy = Policy{} },
		"no rate class":  func(r *Route) { r.Rate = "" },
		"unknown class":  func(r *Route) { r.Rate = "fast" },
		"GET that write": func(r *Route) { r.Method = "GET" },
		"silent DELETE":  func(r *Route) { r.Method, r.Mutates = "DELETE", false },
	} {
		r := good
		spoil(&r)
		var table Table
		if err := table.Add(r); err == nil {
			t.Errorf("%s: registered", name)
		}
	}
	var table Table
	if err := table.Add(good); err != nil {
		t.Fatal(err)
	}
	if err := table.Add(good); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("a second registration: %v", err)
	}
}

func TestRouteJSON(t *testing.T) {
	r := Route{Method: "GET", Pattern: "/orders/{number}", Action: "order.view", Resource: "order",
		Policy: Only(GuestOrder, Customer), Rate: RateOrder, Personal: true}
	got, err := json.Marshal(r)
	want := `{"method":"GET","pattern":"/orders/{number}","action":"order.view","resource":"order",` +
		`"roles":["guest_order","customer"],"narrowed":false,"rate_class":"order","mutates":false,"personal":true}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}
