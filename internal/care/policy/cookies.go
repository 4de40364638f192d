package policy

import (
	"net/http"
	"time"
)

// Cookie is one entry of the cookie register: the only cookies that the
// program can set (P13). Every one is HttpOnly, for the whole site, and needs
// no consent, because it does what the visitor asked for and nothing else.
type Cookie struct {
	Name     string        // as it is set over TLS
	Purpose  string        // message id of the purpose in words, for /cookies
	Life     time.Duration // the longest it lives; the words for it are Purpose + ".life"
	SetBy    string        // message id: which act of the visitor sets it
	SameSite http.SameSite
}

// The cookie register.
var (
	SessionCookie = Cookie{"__Host-s", "policy.cookie.session", 30 * 24 * time.Hour, "policy.cookie.session.set_by", http.SameSiteLaxMode}
	CartCookie    = Cookie{"__Host-cart", "policy.cookie.cart", 30 * 24 * time.Hour, "policy.cookie.cart.set_by", http.SameSiteLaxMode}
	GuestCookie   = Cookie{"__Host-g", "policy.cookie.guest", 30 * time.Minute, "policy.cookie.guest.set_by", http.SameSiteLaxMode}
	PrefsCookie   = Cookie{"__Host-prefs", "policy.cookie.prefs", 365 * 24 * time.Hour, "policy.cookie.prefs.set_by", http.SameSiteLaxMode}
)

// Cookies lists the whole register.
func Cookies() []Cookie { return []Cookie{SessionCookie, CartCookie, GuestCookie, PrefsCookie} }

// PlainName is the cookie's name over plain HTTP on loopback, where browsers
// refuse the prefix.
func (c Cookie) PlainName() string { return c.Name[len("__Host-"):] }
