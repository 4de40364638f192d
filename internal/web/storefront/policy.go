package storefront

import (
	"net/http"
	"slices"
	"strings"

	"aromart/internal/care/policy"
	"aromart/internal/kit/i18n"
	"aromart/internal/web"
	"aromart/internal/web/ui"
	"aromart/internal/web/visit"
)

// policy is one of the pages of promises and rules, as it holds now.
func (s *Shop) policy(name string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v := s.Visit(r)
		text, err := s.Policy.Document(v.Lang, name)
		if err != nil {
			return err
		}
		changes, err := s.Policy.Changes(v.Lang)
		if err != nil {
			return err
		}
		view := &ui.PolicyView{Title: text.Title, Draft: s.Policy.Draft(), Version: s.policyVersion(v), Summary: text.Summary,
			Hash: v.T.T("ui.policy.hash", "hash", s.Policy.Shown().Hash)}
		if next, ok := s.Policy.Upcoming(); ok {
			view.Upcoming = v.T.T("ui.policy.upcoming", "version", next.Label(), "date", v.T.Date(s.Local(next.EffectiveAt), i18n.DayMonthYear))
		}
		for _, part := range text.Sections {
			view.Sections = append(view.Sections, policySection(v, part))
		}
		for _, c := range changes {
			if c.Page == name {
				view.Changes = append(view.Changes, ui.PolicyChange{Href: "#" + policyAnchor(c.Section), Title: c.Title, Removed: c.Removed, Added: c.Added})
			}
		}
		p := s.Page(v, text.Title)
		p.Description = text.Title
		if len(text.Summary) > 0 {
			p.Description = text.Summary[0]
		}
		return web.Render(w, r, ui.Policy(p, view))
	}
}

// policyAnchor is where a section of a page begins; the summary has no id of its own.
func policyAnchor(section string) string {
	if section == "" {
		return "summary"
	}
	return section
}

func policySection(v *visit.Visit, part policy.Section) ui.PolicySection {
	out := ui.PolicySection{ID: part.ID, Title: part.Title, Paragraphs: part.Paragraphs, List: part.List}
	if len(part.Rows) > 0 {
		out.Table = &ui.Table{Caption: part.Title, Head: part.Head, Rows: part.Rows}
	}
	if part.Path != "" {
		out.Link = &ui.Link{Href: v.Link(part.Path), Text: v.T.T("ui.policy.kept_at")}
	}
	for _, id := range part.Promises {
		out.Promises = append(out.Promises, ui.Link{Href: v.Link("/privacy/promises") + "#" + id, Text: id})
	}
	return out
}

// policyVersion says which version is shown, and since when it holds.
func (s *Shop) policyVersion(v *visit.Visit) string {
	shown := s.Policy.Shown()
	if !shown.InForce {
		return v.T.T("ui.policy.version_draft", "version", shown.Version)
	}
	return v.T.T("ui.policy.version_in_force", "version", shown.Version, "date", v.T.Date(s.Local(shown.Since), i18n.DayMonthYear))
}

// promises is where each promise is kept, and what the server last found when
// it looked at itself.
func (s *Shop) promises(w http.ResponseWriter, r *http.Request) error {
	v := s.Visit(r)
	results, err := policy.LastResults(r.Context(), s.DB)
	if err != nil {
		return err
	}
	view := &ui.PromisesView{Draft: s.Policy.Draft(), Version: s.policyVersion(v)}
	view.Run, view.Failed = s.lastRun(v, results)
	for _, p := range policy.Promises() {
		one := ui.PromiseView{ID: p.ID, Text: v.T.T(p.Text), Tests: p.Tests, Checks: checkViews(v, p.ID, results)}
		if p.Path != "" {
			one.Kept = &ui.Link{Href: v.Link(p.Path), Text: v.Link(p.Path)}
		}
		view.Promises = append(view.Promises, one)
	}
	p := s.Page(v, v.T.T("ui.promises"))
	p.Description = v.T.T("ui.promises.intro")
	return web.Render(w, r, ui.Promises(p, view))
}

func (s *Shop) lastRun(v *visit.Visit, results []policy.Result) (sentence string, failed bool) {
	if len(results) == 0 {
		return v.T.T("ui.promises.never"), false
	}
	oldest, bad := results[0].At, 0
	for _, r := range results {
		if r.At.Before(oldest) {
			oldest = r.At
		}
		if !r.Passed {
			bad++
		}
	}
	local := s.Local(oldest)
	date := v.T.Date(local, i18n.DayMonthYear) + " " + local.Format("15:04")
	if bad > 0 {
		return v.T.T("ui.promises.some_failed", "failed", bad, "all", len(results), "date", date), true
	}
	return v.T.T("ui.promises.all_passed", "passed", len(results), "date", date), false
}

// checkViews are the checks that look after a promise, in a steady order.
func checkViews(v *visit.Visit, promise string, results []policy.Result) (out []ui.CheckView) {
	for _, name := range policy.CheckNames() {
		if !slices.Contains(policy.CheckedBy(name), promise) {
			continue
		}
		view := ui.CheckView{Text: v.T.T("policy.check." + name), State: v.T.T("ui.promises.not_run")}
		if i := slices.IndexFunc(results, func(r policy.Result) bool { return r.Name == name }); i >= 0 {
			view.State, view.Failed = v.T.T("ui.promises.passed"), !results[i].Passed
			if view.Failed {
				view.State = v.T.T("ui.promises.failed")
			}
		}
		out = append(out, view)
	}
	return out
}

// dataMap is what is kept about people, in words and column by column.
func (s *Shop) dataMap(w http.ResponseWriter, r *http.Request) error {
	v := s.Visit(r)
	facts := s.Policy.Facts()
	view := &ui.DataView{Draft: s.Policy.Draft(), Version: s.policyVersion(v), Kinds: &ui.Table{Caption: v.T.T("ui.data")},
		Columns: &ui.Table{Caption: v.T.T("ui.data.columns"), Head: []string{v.T.T("policy.head.kind"), v.T.T("ui.data.column")}}}
	view.Kinds.Head, view.Kinds.Rows = policy.KindTable(v.T, facts)
	for i, k := range policy.Kinds() {
		view.Columns.Rows = append(view.Columns.Rows, []string{view.Kinds.Rows[i][0], strings.Join(k.Columns, ", ")})
	}
	p := s.Page(v, v.T.T("ui.data"))
	p.Description = v.T.T("ui.data.intro")
	return web.Render(w, r, ui.Data(p, view))
}
