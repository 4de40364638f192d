package main

import (
	"log/slog"
	"net/url"

	"aromart/internal/people/access"
	"aromart/internal/people/auth"
	"aromart/internal/platform/telemetry"
	"aromart/internal/web"
	"aromart/internal/web/api"
	"aromart/internal/web/storefront"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// faces puts all routes on one server.
func (h *house) faces(l listen, base string, log *slog.Logger, meters *telemetry.Meters, health telemetry.Health) (*web.Server, error) {
	site := &ui.Site{Name: l.SiteName, Operator: l.Operator, HelpPhone: l.HelpPhone, HelpEmail: l.HelpEmail, HelpHours: l.HelpHours, ReturnDays: h.market.ReturnDays}
	people := h.people(l)
	people.MailOnly = h.mailOnly
	if err := people.UsePasskeys(base); err != nil {
		return nil, err
	}
	shop := storefront.New(storefront.Options{Frame: visit.Frame{DB: h.db, Market: h.market, Site: site, Clock: h.clock}, Desk: h.desk, People: people, Index: h.index, Blobs: h.blobs, Media: h.media, Policy: h.gate})
	cache := web.CacheOptions{MaxBytes: l.PageCacheMB << 20, Version: h.pagesVersion, Until: h.market.NextTurn}
	if l.PageCacheMB == 0 {
		cache.MaxBytes = -1
	}
	u, _ := url.Parse(base)
	s, err := web.New(web.Options{BaseURL: base, Hosts: loopbackNames(u), TrustedProxies: l.TrustedProxy, Log: log, Clock: h.clock, Policy: h.gate, Actor: web.Sessions(people),
		ErrorPage: shop.ErrorPage, Observe: func(r access.Route) web.Observer { return meters.Observe(r.Method, r.Pattern) }, Cache: cache})
	if err != nil {
		return nil, err
	}
	shop.Register(s)
	for pattern, handle := range map[string]web.Handler{"/healthz": health.Healthz, "/readyz": health.Readyz} {
		s.Handle(access.Route{Method: "GET", Pattern: pattern, Action: "health.view", Resource: "health", Policy: access.Everyone, Rate: access.RateHealth}, handle)
	}
	(&api.API{DB: h.db, Market: h.market, Desk: h.desk, People: people, Index: h.index, Clock: h.clock, Base: base, Style: ui.Assets().Href("site.css")}).Register(s, version())
	return s, nil
}

// pagesVersion changes when the catalog does, or the policy.
func (h *house) pagesVersion() uint64 {
	version := uint64(h.index.Seq()) << 16
	if h.gate != nil {
		version |= h.gate.Turn() & 0xffff
	}
	return version
}

// people is where logins are kept and sessions begin.
func (h *house) people(l listen) *auth.Desk {
	desk := auth.NewDesk(h.db, l.SiteName, h.secrets.Key)
	desk.Provider = l.mailHost()
	return desk
}
