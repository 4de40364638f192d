package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"aromart/internal/people/access"
	"aromart/internal/web"
	"aromart/internal/web/webtest"
)

// TestMatrix tries every kind of actor on routes with every kind of policy.
func TestMatrix(t *testing.T) {
	s, err := web.New(web.Options{BaseURL: "https://shop.test", Log: slog.New(slog.NewJSONHandler(io.Discard, nil)),
		Actor: func(r *http.Request) (access.Actor, error) {
			k, err := strconv.Atoi(strings.TrimPrefix(r.Header.Get("Authorization"), "Kind "))
			return access.Actor{Kind: access.Kind(k)}, err
		}})
	if err != nil {
		t.Fatal(err)
	}
	ran := map[string]int{}
	for pattern, p := range map[string]access.Policy{"/all": access.Everyone, "/buyers/{id}": access.Only(access.GuestOrder, access.Customer),
		"/staff": access.Only(access.Support, access.Admin), "/money": access.WithRight(access.RightMoney)} {
		for _, method := range []string{"GET", "POST"} {
			s.Handle(access.Route{Method: method, Pattern: pattern, Action: "cart.update", Resource: "test", Policy: p, Rate: access.RateOrder, Mutates: method == "POST"},
				func(http.ResponseWriter, *http.Request) error { ran[method+pattern]++; return nil })
		}
	}
	sign := func(r *http.Request, k access.Kind) { r.Header.Set("Authorization", "Kind "+strconv.Itoa(int(k))) }
	for _, p := range webtest.Matrix(s, "shop.test", sign) {
		t.Error(p)
	}
	// Seller staff without the right is denied by the check behind the kinds.
	if ran["GET/all"] != 8 || ran["POST/buyers/{id}"] != 2 || ran["GET/staff"] != 2 || ran["GET/money"] != 1 {
		t.Errorf("handlers ran %v", ran)
	}
	lying := func(r *http.Request, k access.Kind) { sign(r, access.Admin) }
	if len(webtest.Matrix(s, "shop.test", lying)) == 0 {
		t.Error("the matrix cannot fail")
	}
}
