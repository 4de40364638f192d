package ui

import (
	"strconv"

	"github.com/a-h/templ"
)

// Field is an input of a form with what was typed into it and what is wrong with it.
type Field struct {
	Name         string // of the field, and its id
	Label        string
	Hint         string
	Error        string
	Value        string
	Type         string // "text" when empty, "tel", "email", "password", "code"
	Autocomplete string
	Max          int // characters
	Lines        bool
	Optional     bool
	Required     bool
	Empty        string // first option of a select, "Choose a city"
	Show, Hide   string // of a password: the button that a script adds
}

// Problem is a line of the error summary; Field is the id it leads to.
type Problem struct{ Field, Message string }

func (f *Field) inputType() string {
	if f.Type == "" || f.Type == "code" {
		return "text"
	}
	return f.Type
}

// fieldAttributes are those that inputs, text areas and selects share. There
// is no required attribute: the server says what is missing, in the visitor's
// language and all at once.
func fieldAttributes(f *Field) templ.OrderedAttributes {
	a := templ.OrderedAttributes{{Key: "id", Value: f.Name}, {Key: "name", Value: f.Name}}
	add := func(key, value string) {
		if value != "" {
			a = append(a, templ.KV[string, any](key, value))
		}
	}
	add("autocomplete", f.Autocomplete)
	add("data-show", f.Show)
	add("data-hide", f.Hide)
	if f.Type == "tel" || f.Type == "email" {
		add("inputmode", f.Type)
	}
	if f.Type == "code" {
		add("inputmode", "numeric")
	}
	if f.Max > 0 {
		add("maxlength", strconv.Itoa(f.Max))
	}
	if f.Required {
		add("aria-required", "true")
	}
	described := ""
	if f.Hint != "" {
		described = f.Name + "-hint"
	}
	if f.Error != "" {
		add("aria-invalid", "true")
		if described != "" {
			described += " "
		}
		described += f.Name + "-error"
	}
	add("aria-describedby", described)
	return a
}

// variantText is a variant as one line, for a select.
func variantText(p *Page, v *VariantChoice) string {
	text := v.Text
	if v.Group != "" {
		text = v.Group + " / " + text
	}
	switch {
	case v.SoldOut:
		return text + ", " + p.T("ui.sold_out")
	case v.Price != "":
		return text + ", " + v.Price
	}
	return text
}

// byGroup are the variants in runs of the same group, in the order of the groups.
func byGroup(list []VariantChoice) (groups [][]VariantChoice) {
	at := map[string]int{}
	for _, v := range list {
		i, known := at[v.Group]
		if !known {
			i = len(groups)
			at[v.Group] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], v)
	}
	return groups
}
