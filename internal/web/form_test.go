package web

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"aromart/internal/kit/errs"
)

type testForm struct {
	Name     string              `form:"name" rules:"required,max=10"`
	Note     string              `form:"note" rules:"lines"`
	Quantity int                 `form:"quantity" rules:"min=1,max=999"`
	Gift     bool                `form:"gift"`
	Tags     []string            `form:"tag" rules:"count=2"`
	Lines    map[int64]int64     `form:"line." rules:"max=9"`
	Attrs    map[string][]string `form:"attr."`
	Secret   string              `form:"secret" rules:"raw,max=12"`
}

func readForm(values string) (testForm, error) {
	r := httptest.NewRequest("POST", "/?name=query&role=admin", strings.NewReader(values))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return Form[testForm](r)
}

func TestForm(t *testing.T) {
	got, err := readForm("name=+Ame%CC%81lie+&note=a%0D%0Ab&quantity=3&gift=1&tag=x&tag=y&line.17=2&line.4=0&attr.color=red&attr.color=blue&secret=+e%CC%81+")
	want := testForm{Name: "Amélie", Note: "a\nb", Quantity: 3, Gift: true, Tags: []string{"x", "y"}, Lines: map[int64]int64{17: 2, 4: 0},
		Attrs: map[string][]string{"color": {"red", "blue"}}, Secret: " e\u0301 "}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestFormRefuses(t *testing.T) {
	for values, want := range map[string]string{
		"name=":                                "name error.required 422",
		"name=%E2%80%8B":                       "name error.required 422",
		"name=12345678901":                     "name error.too_long 422",
		"name=a%00b":                           "name error.bad_text 422",
		"name=a%1bb":                           "name error.bad_text 422",
		"name=a%ff":                            "name error.bad_text 422",
		"name=a&secret=%00":                    "secret error.bad_text 422",
		"name=a&role=admin":                    "role web.unknown_field 400",
		"name=a&price=1&quantity=x":            "price web.unknown_field 400",
		"name=a&name=b":                        "name web.repeated_field 400",
		"name=a&quantity=-1":                   "quantity error.bad_range 422",
		"name=a&quantity=0":                    "quantity error.bad_range 422",
		"name=a&quantity=1000":                 "quantity error.bad_range 422",
		"name=a&quantity=1.5":                  "quantity error.bad_number 422",
		"name=a&quantity=1e3":                  "quantity error.bad_number 422",
		"name=a&quantity=0x10":                 "quantity error.bad_number 422",
		"name=a&quantity=%2B1":                 "quantity error.bad_number 422",
		"name=a&quantity=%D9%A1":               "quantity error.bad_number 422",
		"name=a&quantity=1_0":                  "quantity error.bad_number 422",
		"name=a&quantity=9223372036854775807":  "quantity error.bad_range 422",
		"name=a&quantity=99999999999999999999": "quantity error.bad_range 422",
		"name=a&line.1=10":                     "line.1 error.bad_range 422",
		"name=a&line.x=1":                      "line.x web.unknown_field 400",
		"name=a&line.-1=1":                     "line.-1 web.unknown_field 400",
		"name=a&line.1=1&line.1=2":             "line.1 web.repeated_field 400",
		"name=a&tag=1&tag=2&tag=3":             "tag web.too_many_values 422",
		"name=a&gift=maybe":                    "gift error.bad_choice 422",
		"name=%zz":                             " web.malformed 400",
	} {
		_, err := readForm(values)
		e, ok := errors.AsType[*errs.Error](err)
		if !ok {
			t.Errorf("%s: %v", values, err)
			continue
		}
		if got := fmt.Sprintf("%s %s %d", e.Field, e.ID, Status(err)); got != want {
			t.Errorf("%s: %s, want %s", values, got, want)
		}
	}
}

func TestQueryIgnoresWhatItCannotRead(t *testing.T) {
	r := httptest.NewRequest("GET", "/?"+"name=tea&name=b&quantity=many&utm_source=x&attr.color=red&tag=a%00&tag=b", nil)
	got := Query[testForm](r)
	want := testForm{Name: "tea", Tags: []string{"b"}, Lines: map[int64]int64{}, Attrs: map[string][]string{"color": {"red"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if got := Query[testForm](httptest.NewRequest("GET", "/?%zz&quantity=1000&name="+strings.Repeat("x", 300), nil)); got.Quantity != 0 {
		t.Errorf("got %+v", got)
	}
}

func FuzzForm(f *testing.F) {
	f.Add("name=a&quantity=1&line.3=4")
	f.Add("name=%00&attr.=&attr.x=&line.=1&note=%0d%0a")
	f.Fuzz(func(t *testing.T, values string) {
		got, err := readForm(values)
		if err != nil && Status(err) >= 500 {
			t.Errorf("%q: %v", values, err)
		}
		if err == nil && (got.Name == "" || strings.ContainsAny(got.Name+got.Note, "\x00\r")) {
			t.Errorf("%q: %+v", values, got)
		}
		if q, err := url.ParseQuery(values); err == nil && q.Has("role") {
			if _, err := readForm(values); err == nil {
				t.Errorf("%q: an unknown field passed", values)
			}
		}
	})
}
