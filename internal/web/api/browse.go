package api

import (
	"context"
	"strconv"

	"aromart/internal/kit/errs"
	"aromart/internal/market"
	"aromart/internal/web"
)

// Category is a node of the tree.
type Category struct {
	ID     string `json:"id" example:"632" doc:"id of the public Google product taxonomy"`
	Parent string `json:"parent,omitempty"`
	Slug   string `json:"slug"`
	Name   string `json:"name"`
}

// Suggestions complete what is being typed.
type Suggestions struct {
	Words      []string     `json:"words"`
	Products   []Suggestion `json:"products"`
	Categories []Suggestion `json:"categories"`
	Stores     []Suggestion `json:"stores"`
}

// Suggestion leads to a page.
type Suggestion struct {
	Name string `json:"name"`
	Path string `json:"path"`
}

type (
	categoriesOut struct {
		Body struct {
			Categories []Category `json:"categories"`
		}
	}
	suggestOut struct{ Body Suggestions }
)

func (a *API) categories(ctx context.Context, _ *struct{}) (*categoriesOut, error) {
	out, lang := &categoriesOut{}, web.FromContext(ctx).Lang
	for _, c := range market.Categories() {
		out.Body.Categories = append(out.Body.Categories, Category{categoryID(c.ID), categoryID(c.Parent), c.Slug, c.Name.In(lang)})
	}
	return out, nil
}

// categoryID is a category's id as programs see it: text like every id, "" for none.
func categoryID(id int64) string {
	if id == 0 {
		return ""
	}
	return itoa(id)
}

// readCategory reads the id of a category; one that nobody has finds nothing.
func readCategory(id string) (int64, error) {
	if id == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n < 1 {
		return 0, errs.Field("category", "error.bad_choice")
	}
	return n, nil
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func (a *API) suggest(ctx context.Context, in *suggestIn) (*suggestOut, error) {
	found, err := a.Index.Suggest(ctx, in.Q)
	if err != nil {
		return nil, err
	}
	lang := web.FromContext(ctx).Lang
	out := Suggestions{Words: append([]string{}, found.Words...), Products: []Suggestion{}, Categories: []Suggestion{}, Stores: []Suggestion{}}
	for _, c := range found.Categories {
		out.Categories = append(out.Categories, Suggestion{market.Names{En: c.Names[0], Si: c.Names[1], Ta: c.Names[2]}.In(lang), "/c/" + c.Slug})
	}
	for _, s := range found.Stores {
		out.Stores = append(out.Stores, Suggestion{s.Name, "/s/" + s.Slug})
	}
	for _, p := range found.Products {
		out.Products = append(out.Products, Suggestion{p.Title, "/p/" + p.Slug})
	}
	return &suggestOut{out}, nil
}
