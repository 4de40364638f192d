package main

import (
	"strings"
	"testing"

	"aromart/internal/care/policy"
	"aromart/internal/kit/errs"
)

// TestGatewayKeysNeedAPolicy: what would send data to somebody new does not
// start, and says which promise stands against it. A policy that names it
// opens that gate and no other.
func TestGatewayKeysNeedAPolicy(t *testing.T) {
	named, err := policy.Default().With(policy.Names{Providers: []string{"payhere"}, Capabilities: []policy.Capability{policy.SMS}, Hosts: []string{"sms.example"}})
	if err != nil {
		t.Fatal(err)
	}
	silent := policy.Default()
	silent.Capabilities = nil
	few := policy.Default()
	few.Cookies = few.Cookies[:1]
	for _, tt := range []struct {
		what    string
		names   policy.Names
		l       listen
		promise string // "" starts
	}{
		{"nothing", policy.Default(), listen{}, ""},
		{"mails about orders", policy.Default(), listen{SMTP: "smtp://mail.example"}, ""},
		{"mails that no policy speaks of", silent, listen{SMTP: "smtp://mail.example"}, "P03"},
		{"keys of a gateway", policy.Default(), listen{PaymentGateway: "payhere", PaymentGatewayKey: "key"}, "P12"},
		{"another gateway", named, listen{PaymentGateway: "stripe", PaymentGatewayKey: "key"}, "P12"},
		{"text messages", policy.Default(), listen{SMSGateway: "sms.example"}, "P17"},
		{"text messages by another", named, listen{SMSGateway: "cheap.example"}, "P17"},
		{"a cookie", few, listen{}, "P13"},
	} {
		h := &house{gate: policy.Allowing(tt.names)}
		err := h.gates(tt.l)
		switch {
		case tt.promise == "" && err != nil:
			t.Errorf("%s: %v", tt.what, err)
		case tt.promise != "" && (errs.KindOf(err) != errs.Forbidden || !strings.Contains(sentence(err), tt.promise)):
			t.Errorf("%s: %v", tt.what, err)
		}
	}
	h := &house{gate: policy.Allowing(named)}
	for _, l := range []listen{{PaymentGateway: "payhere"}, {SMSGateway: "sms.example"}} {
		if err := h.gates(l); !errs.Is(err, "policy.not_connected") {
			t.Errorf("%+v: %v", l, err)
		}
	}
}

// TestTheMailDoorLeadsToOneServer, the operator's own.
func TestTheMailDoorLeadsToOneServer(t *testing.T) {
	h := &house{gate: policy.Allowing(policy.Default())}
	door := h.mailDoor(listen{SMTP: "smtp://user@mail.market.example:587"})
	if err := door("mail.market.example"); err != nil {
		t.Error(err)
	}
	for _, other := range []string{"mail.other.example", "", "localhost"} {
		if errs.KindOf(door(other)) != errs.Forbidden {
			t.Errorf("%q is let through", other)
		}
	}
}
