package storefront

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/kit/errs"
	"aromart/internal/market"
	"aromart/internal/platform/blob"
	"aromart/internal/platform/picture"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// preferences is where city and look are chosen.
func (s *Shop) preferences(w http.ResponseWriter, r *http.Request) error {
	v := s.Visit(r)
	asked := web.Query[struct {
		Next string `form:"next" rules:"max=2000"`
	}](r)
	view := &ui.PreferencesView{Next: web.Next(asked.Next, v.Link("/"))}
	if len(s.Market.Cities()) > 0 {
		view.Groups = s.Cities(v, v.Place.ID)
	} else {
		view.Groups = s.Districts(v, v.Place.ID)
	}
	for _, theme := range []string{"", "light", "dark"} {
		id := "ui.preferences.theme." + theme
		if theme == "" {
			id = "ui.preferences.theme.auto"
		}
		view.Themes = append(view.Themes, ui.Choice{Value: theme, Text: v.T.T(id), Selected: theme == v.Prefs.Theme})
	}
	p := s.Page(v, v.T.T("ui.preferences"))
	p.Description = v.T.T("ui.preferences.intro")
	p.Robots, p.Canonical, p.Alternates = "noindex", "", nil
	return web.Render(w, r, ui.Preferences(p, view))
}

// choose keeps what the visitor chose in his own cookie, and nowhere else.
func (s *Shop) choose(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Form[struct {
		City  string `form:"city" rules:"max=80"`
		Theme string `form:"theme" rules:"max=8"`
		Next  string `form:"next" rules:"max=2000"`
	}](r)
	if err != nil {
		return err
	}
	v := s.Visit(r)
	chosen := visit.ParsePrefs("theme=" + f.Theme)
	chosen.Language = v.Lang
	if place, known := s.Market.Place(f.City); known {
		chosen.City = place.ID
	} else if f.City != "" {
		return errs.Field("city", "error.bad_choice")
	}
	if err := web.SetCookie(w, r, policy.PrefsCookie, chosen.String()); err != nil {
		return err
	}
	return web.SeeOther(w, r, web.Next(f.Next, "/"))
}

type suggestion struct {
	Text string `json:"text"`
	Kind string `json:"kind,omitempty"` // in words; empty for a search
	Href string `json:"href"`
}

// suggest answers the script under the search field.
func (s *Shop) suggest(w http.ResponseWriter, r *http.Request) error {
	v := s.Visit(r)
	asked := web.Query[struct {
		Q string `form:"q" rules:"max=200"`
	}](r)
	found, err := s.Index.Suggest(r.Context(), asked.Q)
	if err != nil {
		return err
	}
	list := []suggestion{}
	for _, words := range found.Words {
		list = append(list, suggestion{Text: words, Href: v.Link("/search?q=" + ui.EscapeQuery(words))})
	}
	for _, c := range found.Categories {
		list = append(list, suggestion{categoryName(c, v.Lang), v.T.T("ui.suggest.category"), v.Link(categoryPath(c.ID))})
	}
	for _, st := range found.Stores {
		list = append(list, suggestion{st.Name, v.T.T("ui.suggest.store"), v.Link("/s/" + st.Slug)})
	}
	for _, p := range found.Products {
		list = append(list, suggestion{p.Title, s.Price(v, p.Price), v.Link("/p/" + p.Slug)})
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(map[string]any{"suggestions": list})
}

// media serves a stored picture. Its name is random and its content never
// changes, so every browser may keep it. Small pictures are not kept in the
// large sizes: the next smaller one answers then.
func (s *Shop) media(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	if s.Media != nil {
		if data, mediaType, ok := s.Media(r.PathValue("file")); ok {
			h.Set("Content-Type", mediaType)
			h.Set("Cache-Control", forever)
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
			return nil
		}
	}
	name, err := s.stored(r, r.PathValue("file"))
	if err != nil {
		return err
	}
	f, err := s.Blobs.Open(r.Context(), name)
	if err != nil {
		return err
	}
	defer f.Close()
	h.Set("Content-Type", picture.ContentType)
	h.Set("Cache-Control", forever)
	http.ServeContent(w, r, "", f.ModTime, f)
	return nil
}

const forever = "public, max-age=31536000, immutable"

func (s *Shop) stored(r *http.Request, file string) (string, error) {
	notThere := errs.New(errs.NotFound, "error.not_found")
	base, isJPEG := strings.CutSuffix(file, ".jpg")
	at := strings.LastIndexByte(base, '-')
	if !isJPEG || at < 0 || !blob.IsKey(file) {
		return "", notThere
	}
	size, err := strconv.Atoi(base[at+1:])
	if err != nil || size <= 0 {
		return "", notThere
	}
	for _, smaller := range []int{size, picture.Medium, picture.Small, picture.Thumb} {
		if smaller > size {
			continue
		}
		name := picture.File(base[:at], smaller)
		if there, err := s.Blobs.Exists(r.Context(), name); err != nil || there {
			return name, err
		}
	}
	return "", notThere
}

func (s *Shop) static(w http.ResponseWriter, r *http.Request) error {
	return ui.Assets().Serve(w, r, r.PathValue("file"))
}

// rootPaths are the pages that a site map lists besides products, stores and policies.
func rootPaths() []string {
	paths := []string{"/"}
	for _, c := range market.Categories() {
		paths = append(paths, categoryPath(c.ID))
	}
	return paths
}
