package web

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"aromart/internal/kit/errs"
)

// Form reads a posted form into a struct. Every field that the struct does not
// name is refused, so that nobody can set what the page did not ask for.
// All errors come back at once as an errs.List in the order of the struct;
// the values that could be read stand in the result, to be shown again.
//
//	type form struct {
//		Name     string          `form:"name" rules:"required,max=80"`
//		Note     string          `form:"note" rules:"lines,max=500"`
//		Quantity int             `form:"quantity" rules:"required,min=1,max=999"`
//		Gift     bool            `form:"gift"`                      // a checkbox
//		Tags     []string        `form:"tag" rules:"count=20"`
//		Lines    map[int64]int64 `form:"line." rules:"max=999"`     // line.17=2
//		Attrs    map[string][]string `form:"attr."`                 // attr.color=red
//		Password string          `form:"password" rules:"raw,max=128"`
//	}
//
// Texts are cleaned as by Text, at most 200 characters unless max says
// otherwise; raw keeps every byte but still wants UTF-8 without NUL. Whole
// numbers are 0 to 1e15 unless min and max say otherwise.
func Form[T any](r *http.Request) (T, error) {
	var v T
	values, err := posted(r)
	if err != nil {
		return v, err
	}
	d := decoder{values: values}
	d.fill(reflect.ValueOf(&v).Elem())
	d.unknown()
	return v, d.errs.Err()
}

// Query reads the query of a GET page into a struct as Form does, but what it
// cannot read is as good as absent: an address that was passed around by hand
// still shows a page.
func Query[T any](r *http.Request) T {
	var v T
	values, _ := url.ParseQuery(r.URL.RawQuery)
	d := decoder{values: values, lenient: true}
	d.fill(reflect.ValueOf(&v).Elem())
	return v
}

// Kept is the posted text of a field as it can be shown again, whatever it was.
func Kept(r *http.Request, field string) string {
	s := strings.ToValidUTF8(r.PostForm.Get(field), "")
	s = strings.Map(func(c rune) rune {
		if isControl(c) && c != '\n' {
			return -1
		}
		return c
	}, s)
	if len(s) > 4096 {
		s = strings.ToValidUTF8(s[:4096], "")
	}
	return s
}

// posted parses the body, form or multipart, and never the query.
func posted(r *http.Request) (url.Values, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var err error
	if kind == "multipart/form-data" {
		err = r.ParseMultipartForm(1 << 20)
	} else {
		err = r.ParseForm()
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, errs.New(errs.TooLarge, "error.too_large").Because(err)
	}
	if err != nil {
		return nil, errs.New(errs.Invalid, "web.malformed").Because(err)
	}
	if kind == "multipart/form-data" {
		return r.MultipartForm.Value, nil
	}
	return r.PostForm, nil
}

// rules are the bounds of one field.
type rules struct {
	name     string
	index    []int
	required bool
	lines    bool
	raw      bool
	max, min int64
	hasMax   bool
	count    int
	prefix   bool // a map: every name that begins with name
}

var plans sync.Map // reflect.Type -> []rules

func planOf(t reflect.Type) []rules {
	if p, ok := plans.Load(t); ok {
		return p.([]rules)
	}
	var plan []rules
	for _, f := range reflect.VisibleFields(t) {
		name := f.Tag.Get("form")
		if name == "" {
			continue
		}
		p := rules{name: name, index: f.Index, count: 100, prefix: strings.HasSuffix(name, ".")}
		for rule := range strings.SplitSeq(f.Tag.Get("rules"), ",") {
			p.add(t, rule)
		}
		plan = append(plan, p)
	}
	plans.Store(t, plan)
	return plan
}

func (p *rules) add(t reflect.Type, rule string) {
	word, arg, _ := strings.Cut(rule, "=")
	n, err := strconv.ParseInt(arg, 10, 64)
	switch {
	case rule == "":
	case word == "required" && arg == "":
		p.required = true
	case word == "lines" && arg == "":
		p.lines = true
	case word == "raw" && arg == "":
		p.raw = true
	case word == "max" && err == nil:
		p.max, p.hasMax = n, true
	case word == "min" && err == nil:
		p.min = n
	case word == "count" && err == nil:
		p.count = int(n)
	default:
		panic(fmt.Sprintf("web: %v has the unknown rule %q", t, rule))
	}
}

// decoder fills a struct and collects what is wrong.
type decoder struct {
	values  url.Values
	errs    errs.List
	lenient bool
	used    map[string]bool
}

func (d *decoder) fill(v reflect.Value) {
	d.used = map[string]bool{}
	for _, p := range planOf(v.Type()) {
		field := v.FieldByIndex(p.index)
		switch {
		case p.prefix:
			d.mapped(field, p)
		case field.Kind() == reflect.Slice:
			d.list(field, p)
		default:
			d.single(field, p)
		}
	}
}

func (d *decoder) fail(field string, e *errs.Error) {
	c := *e
	c.Field = field
	d.errs = append(d.errs, &c)
}

func (d *decoder) single(field reflect.Value, p rules) {
	d.used[p.name] = true
	given := d.values[p.name]
	if len(given) > 1 && !d.lenient {
		d.fail(p.name, errs.New(errs.Invalid, "web.repeated_field", "field", shown(p.name)))
		return
	}
	raw := ""
	if len(given) > 0 {
		raw = given[0]
	}
	if e := p.set(field, raw); e != nil {
		if d.lenient && e.ID != "error.too_long" {
			field.SetZero()
		}
		d.fail(p.name, e)
		return
	}
	if p.required && strings.TrimSpace(raw) == "" {
		d.fail(p.name, errs.New(errs.Invalid, "error.required"))
	} else if p.required && field.Kind() == reflect.String && field.Len() == 0 {
		d.fail(p.name, errs.New(errs.Invalid, "error.required"))
	}
}

func (d *decoder) list(field reflect.Value, p rules) {
	d.used[p.name] = true
	given := d.values[p.name]
	if len(given) > p.count {
		d.fail(p.name, errs.New(errs.Invalid, "web.too_many_values", "n", p.count))
		given = given[:p.count]
	}
	for _, raw := range given {
		item := reflect.New(field.Type().Elem()).Elem()
		if e := p.set(item, raw); e != nil {
			d.fail(p.name, e)
			continue
		}
		field.Set(reflect.Append(field, item))
	}
	if p.required && field.Len() == 0 {
		d.fail(p.name, errs.New(errs.Invalid, "error.required"))
	}
}

// mapped reads all names with the prefix, in order, so that errors come in a stable one.
func (d *decoder) mapped(field reflect.Value, p rules) {
	field.Set(reflect.MakeMap(field.Type()))
	names := []string{}
	for name := range d.values {
		if strings.HasPrefix(name, p.name) && len(name) > len(p.name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		d.used[name] = true
		if field.Len() >= p.count {
			d.fail(p.name, errs.New(errs.Invalid, "web.too_many_values", "n", p.count))
			return
		}
		if e := d.entry(field, p, name); e != nil {
			d.fail(shown(name), e)
		}
	}
}

func (d *decoder) entry(field reflect.Value, p rules, name string) *errs.Error {
	key := reflect.New(field.Type().Key()).Elem()
	keyRules := rules{max: 1 << 62, hasMax: true, min: 1}
	if key.Kind() == reflect.String {
		keyRules = rules{max: 80, hasMax: true}
	}
	if e := keyRules.set(key, name[len(p.name):]); e != nil {
		return errs.New(errs.Invalid, "web.unknown_field", "field", shown(name))
	}
	item := reflect.New(field.Type().Elem()).Elem()
	if item.Kind() == reflect.Slice {
		sub := decoder{values: d.values, lenient: d.lenient, used: d.used}
		inner := p
		inner.name = name
		sub.list(item, inner)
		if len(sub.errs) > 0 && !d.lenient {
			return sub.errs[0]
		}
	} else if given := d.values[name]; len(given) != 1 && !d.lenient {
		return errs.New(errs.Invalid, "web.repeated_field", "field", shown(name))
	} else if e := p.set(item, given[0]); e != nil {
		return e
	}
	field.SetMapIndex(key, item)
	return nil
}

// set reads one value into a string, whole number or checkbox.
func (p rules) set(v reflect.Value, raw string) *errs.Error {
	switch v.Kind() {
	case reflect.String:
		s, e := p.text(raw)
		v.SetString(s)
		return e
	case reflect.Bool:
		switch raw {
		case "", "0", "false", "off":
		case "1", "true", "on", "yes":
			v.SetBool(true)
		default:
			return errs.New(errs.Invalid, "error.bad_choice")
		}
		return nil
	case reflect.Int, reflect.Int64, reflect.Int32:
		raw = strings.TrimSpace(raw)
		if raw == "" {
			return nil
		}
		max := int64(1e15)
		if p.hasMax {
			max = p.max
		}
		n, e := Integer(raw, p.min, max)
		v.SetInt(n)
		return e
	}
	panic(fmt.Sprintf("web: field %s has a type that no form can fill: %v", p.name, v.Type()))
}

func (p rules) text(raw string) (string, *errs.Error) {
	max := 200
	if p.hasMax {
		max = int(p.max)
	}
	if !p.raw {
		s, e := cleanText(raw, max, p.lines)
		if e == nil && p.min > 0 && s != "" && utf8.RuneCountInString(s) < int(p.min) {
			e = errs.New(errs.Invalid, "error.too_short", "n", int(p.min))
		}
		return s, e
	}
	if !utf8.ValidString(raw) || strings.Contains(raw, "\x00") {
		return "", errs.New(errs.Invalid, "error.bad_text")
	}
	if utf8.RuneCountInString(raw) > max {
		return "", errs.New(errs.Invalid, "error.too_long", "n", max)
	}
	return raw, nil
}

// unknown refuses fields that nothing asked for.
func (d *decoder) unknown() {
	names := []string{}
	for name := range d.values {
		if !d.used[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		// An unknown field decides the status of the whole answer, so it comes first.
		e := errs.Field(shown(name), "web.unknown_field", "field", shown(name))
		d.errs = append(errs.List{e}, d.errs...)
	}
}

// shown is a field name that came from outside, fit to be printed.
func shown(name string) string {
	s, e := Text(strings.ToValidUTF8(name, "?"), 64)
	if e != nil {
		return "?"
	}
	return s
}
