package storefront

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/platform/db"
	"aromart/internal/web"
)

// robots keeps crawlers off what is personal or endless; what may be seen is allowed.
func (s *Shop) robots(w http.ResponseWriter, r *http.Request) error {
	b := bytes.NewBufferString("User-agent: *\n")
	for _, personal := range web.From(r).PersonalPaths() {
		b.WriteString("Disallow: " + personal + "\n")
	}
	for _, lang := range append([]string{""}, i18n.Languages()[1:]...) { // the first one has no prefix
		for _, endless := range []string{"/suggest", "/preferences"} {
			b.WriteString("Disallow: " + path.Join("/", lang, endless) + "\n")
		}
	}
	b.WriteString("Allow: /\n\nSitemap: " + web.From(r).Absolute("/sitemap.xml") + "\n")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write(b.Bytes())
	return err
}

// sitemapPartSize is a range of product ids; a file may hold 50,000 addresses.
const sitemapPartSize = 40_000

// sitemapIndex names one file of pages and one for each range of product ids.
func (s *Shop) sitemapIndex(w http.ResponseWriter, r *http.Request) error {
	last, err := db.One(r.Context(), s.DB, db.Int, `SELECT COALESCE(max(id), 0) FROM products WHERE status = 'live'`)
	if err != nil {
		return err
	}
	q := web.From(r)
	b := bytes.NewBufferString(xml.Header + `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	entry := func(file string) {
		b.WriteString("<sitemap><loc>")
		xml.EscapeText(b, []byte(q.Absolute("/sitemaps/"+file)))
		b.WriteString("</loc></sitemap>\n")
	}
	entry("pages.xml")
	for part := int64(0); part*sitemapPartSize < last; part++ {
		entry("products-" + strconv.FormatInt(part, 10) + ".xml")
	}
	b.WriteString("</sitemapindex>\n")
	return writeXML(w, b)
}

func (s *Shop) sitemapPart(w http.ResponseWriter, r *http.Request) error {
	b := bytes.NewBufferString(xml.Header + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	q, file := web.From(r), r.PathValue("file")
	entry := func(path string, changed time.Time) {
		b.WriteString("<url><loc>")
		xml.EscapeText(b, []byte(q.Absolute(path)))
		b.WriteString("</loc>")
		if !changed.IsZero() {
			b.WriteString("<lastmod>" + changed.Format(time.DateOnly) + "</lastmod>")
		}
		b.WriteString("</url>\n")
	}
	if file == "pages.xml" {
		for _, path := range rootPaths() {
			entry(path, time.Time{})
		}
		for _, name := range policy.Pages() {
			entry("/"+name, time.Time{})
		}
		entry("/privacy/promises", time.Time{})
		entry("/privacy/data", time.Time{})
		book, err := s.book(r.Context())
		if err != nil {
			return err
		}
		for _, st := range book.Stores {
			entry("/s/"+st.Slug, time.Time{})
		}
	} else if err := s.sitemapProducts(r, file, entry); err != nil {
		return err
	}
	b.WriteString("</urlset>\n")
	return writeXML(w, b)
}

func (s *Shop) sitemapProducts(r *http.Request, file string, entry func(path string, changed time.Time)) error {
	number, ok := strings.CutPrefix(strings.TrimSuffix(file, ".xml"), "products-")
	part, err := strconv.ParseInt(number, 10, 32)
	if !ok || err != nil || part < 0 || file != "products-"+strconv.FormatInt(part, 10)+".xml" {
		return errs.New(errs.NotFound, "error.not_found")
	}
	type row struct {
		slug    string
		changed int64
	}
	found := false
	err = db.Each(r.Context(), s.DB, func(rows *db.Rows, p *row) error { return rows.Scan(&p.slug, &p.changed) },
		func(p *row) error {
			found = true
			entry("/p/"+p.slug, clock.FromMicros(p.changed))
			return nil
		}, `SELECT p.slug, p.updated_at FROM products p JOIN sellers se ON se.id = p.seller_id
			WHERE p.status = 'live' AND se.status = 'approved' AND p.id > $1 AND p.id <= $2 ORDER BY p.id`, part*sitemapPartSize, (part+1)*sitemapPartSize)
	if err == nil && !found {
		return errs.New(errs.NotFound, "error.not_found")
	}
	return err
}

func writeXML(w http.ResponseWriter, b *bytes.Buffer) error {
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	_, err := w.Write(b.Bytes())
	return err
}

// securityText is RFC 9116: where to report a weakness.
func (s *Shop) securityText(w http.ResponseWriter, r *http.Request) error {
	q := web.From(r)
	contact := q.Absolute("/privacy")
	if s.Site.HelpEmail != "" {
		contact = "mailto:" + s.Site.HelpEmail
	}
	expires := time.Date(q.Now.Year()+1, q.Now.Month(), 1, 0, 0, 0, 0, time.UTC)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte("Contact: " + contact + "\nExpires: " + expires.Format(time.RFC3339) + "\nPreferred-Languages: " + strings.Join(s.Market.Languages, ", ") +
		"\nCanonical: " + q.Absolute("/.well-known/security.txt") + "\n"))
	return err
}

// changePassword leads managers of passwords to the page that changes one, as
// the W3C's "A Well-Known URL for Changing Passwords" has it.
func (s *Shop) changePassword(w http.ResponseWriter, r *http.Request) error {
	return web.SeeOther(w, r, "/account/security/password")
}

// privacyControl says that the wish not to be tracked is honored: nobody is.
func (s *Shop) privacyControl(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(map[string]any{"gpc": true, "lastUpdate": "2026-11-23"})
}
