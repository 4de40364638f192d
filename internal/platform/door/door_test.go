package door

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

var errNo = errors.New("not named")

func only(hosts ...string) func(string) error {
	return func(host string) error {
		for _, h := range hosts {
			if h == host {
				return nil
			}
		}
		return errNo
	}
}

func TestNobodyIsDialedUnasked(t *testing.T) {
	reached := 0
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { reached++ }))
	defer far.Close()
	_, port, _ := net.SplitHostPort(far.Listener.Addr().String())
	near := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/leads-away" {
			http.Redirect(w, r, "http://localhost:"+port+"/", http.StatusFound)
			return
		}
		io.WriteString(w, "hello")
	}))
	defer near.Close()

	c := ToOwn(only("127.0.0.1")).Client(5 * time.Second)
	res, err := c.Get(near.URL)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if _, err := ToOwn(only("other.example")).Client(5 * time.Second).Get(near.URL); !errors.Is(err, errNo) {
		t.Errorf("a host that is not named: %v", err)
	}
	if _, err := c.Get(near.URL + "/leads-away"); !errors.Is(err, errNo) || reached != 0 {
		t.Errorf("a redirect leads past the door: %v, %d requests", err, reached)
	}
	// A name that is allowed and leads home is refused when it is connected to.
	if _, err := New(only("127.0.0.1", "localhost")).Client(5 * time.Second).Get("http://localhost:" + port); err == nil ||
		!strings.Contains(err.Error(), "no machine of somebody else") || reached != 0 {
		t.Errorf("a name leads to this machine: %v, %d requests", err, reached)
	}
}

func TestOwnAddresses(t *testing.T) {
	for address, own := range map[string]bool{"127.0.0.1:25": true, "10.1.2.3:443": true, "192.168.0.1:443": true, "169.254.169.254:80": true, "[::1]:443": true,
		"[fd00::1]:443": true, "[::ffff:127.0.0.1]:443": true, "0.0.0.0:80": true, "8.8.8.8:443": false, "[2001:4860:4860::8888]:443": false, "nonsense": true} {
		if got := refuseOwn("tcp", address, nil) != nil; got != own {
			t.Errorf("%s: refused %v", address, got)
		}
	}
}
