package web

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"aromart/internal/care/policy"
)

// TestACookieNeedsAPolicy: one that stands in the register but in no policy in
// force does not leave (P13).
func TestACookieNeedsAPolicy(t *testing.T) {
	names := policy.Default()
	names.Cookies = slices.DeleteFunc(names.Cookies, func(name string) bool { return name == policy.CartCookie.Name })
	s := newWorld(t, Options{Policy: policy.Allowing(names)})
	r := s.do("POST", "/cookie/cart")
	if len(r.Header["Set-Cookie"]) != 0 || r.StatusCode != http.StatusInternalServerError {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
	if !strings.Contains(s.log.String(), "policy.cookie_refused") {
		t.Errorf("the log does not say why: %s", s.log)
	}
	allowed := newWorld(t, Options{})
	if r := allowed.do("POST", "/cookie/cart"); len(r.Header["Set-Cookie"]) != 1 {
		t.Errorf("the cookie of the policy: %v", r.Header)
	}
}

// TestOtherMachinesNeedAPolicy: a page may load from and send to a machine only
// when the policy names it, and then only to that one (P14).
func TestOtherMachinesNeedAPolicy(t *testing.T) {
	plain := newWorld(t, Options{}).do("GET", "/").Header.Get("Content-Security-Policy")
	if strings.Contains(plain, "https:") {
		t.Errorf("without a policy: %s", plain)
	}
	names := policy.Default()
	names.PageHosts = []string{"pay.example"}
	csp := newWorld(t, Options{Policy: policy.Allowing(names)}).do("GET", "/").Header.Get("Content-Security-Policy")
	for _, want := range []string{"script-src 'self' https://pay.example;", "connect-src 'self' https://pay.example;", "form-action 'self' https://pay.example;", "default-src 'none';", "style-src 'self';"} {
		if !strings.Contains(csp, want) {
			t.Errorf("%q is not in %s", want, csp)
		}
	}
	if strings.Count(csp, "https:") != 4 {
		t.Errorf("more than was named: %s", csp)
	}
}

// TestGlobalPrivacyControl: the signal reaches every handler.
func TestGlobalPrivacyControl(t *testing.T) {
	s := newWorld(t, Options{})
	for value, want := range map[string]bool{"1": true, "0": false, "": false, "yes": false, "1, 1": false} {
		r := httptest.NewRequest("GET", "http://localhost/", nil)
		if value != "" {
			r.Header.Set("Sec-GPC", value)
		}
		if got := s.newRequest(r).GPC; got != want {
			t.Errorf("Sec-GPC: %q is %v", value, got)
		}
	}
}
