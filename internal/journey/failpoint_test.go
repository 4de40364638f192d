//go:build failpoint

package journey

import (
	"fmt"
	"strings"
	"testing"

	"aromart/internal/platform/db"
)

// TestTrustR28FailpointsOfTheCheckout has the request fall at each statement of
// the checkout, by a panic: the answer is an error with the number of the
// request, nothing is left behind, and the same form then makes its order.
func TestTrustR28FailpointsOfTheCheckout(t *testing.T) {
	each(t, func(t *testing.T, s *shop) {
		for at := 1; ; at++ {
			v := s.visitor()
			v.post("/cart/add", "variant", v.variant("mug", 0), "quantity", "1")
			f := v.form()
			f.Set("phone", fmt.Sprintf("0715%06d", at))
			n, fell := 0, false
			fail := func(string) {
				if n++; n == at {
					fell = true
					panic("a failpoint")
				}
			}
			before, orders := s.digest(), s.count("SELECT count(*) FROM orders")
			db.BeforeStatement.Store(&fail)
			p := v.do("POST", "/checkout", f)
			db.BeforeStatement.Store(nil)
			if !fell {
				if at < 15 || !orderPath.MatchString(p.location) {
					t.Fatalf("the checkout has only %d statements: %d", at, p.code)
				}
				return
			}
			if p.code == 303 { // what comes after the commit is no part of the order
				if s.count("SELECT count(*) FROM orders") != orders+1 {
					t.Errorf("a panic at statement %d: thanked without an order", at)
				}
				continue
			}
			if id := p.header.Get("X-Request-Id"); p.code != 500 || id == "" || !strings.Contains(p.body, id) || strings.Contains(p.body, "failpoint") {
				t.Errorf("a panic at statement %d: %d %.200s", at, p.code, p.body)
			}
			if s.digest() != before {
				t.Errorf("a panic at statement %d left a trace", at)
			}
			if p := v.do("POST", "/checkout", f); !orderPath.MatchString(p.location) {
				t.Errorf("after a panic at statement %d: %d", at, p.code)
			}
		}
	})
}
