package exchange

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"regexp"
	"sort"
	"strings"

	"aromart/internal/kit/errs"
)

// Mapping says which column of a foreign catalog is what. It is a JSON file;
// mappings/*.json are examples for well-known sources.
type Mapping struct {
	Name      string `json:"name"`
	About     string `json:"about"`
	Separator string `json:"separator"` // one character; "" is guessed
	Quote     string `json:"quote"`     // "none": a quote is data
	Encoding  string `json:"encoding"`
	Items     string `json:"items"`       // JSON: the key that holds the list, when the file is no list itself
	Decimal   string `json:"decimal"`     // "." or ","; "" is guessed for each value
	Minor     bool   `json:"minor_units"` // prices are whole cents

	Handle      *Value `json:"handle"` // defaults to the title
	Title       *Value `json:"title"`
	Body        *Value `json:"body"`
	Vendor      *Value `json:"vendor"`
	ProductType *Value `json:"type"`
	Category    *Value `json:"category"`
	Tags        *Value `json:"tags"`
	Status      *Value `json:"status"` // live, draft, hidden; active, true and 1 are live
	SKU         *Value `json:"sku"`
	Barcode     *Value `json:"barcode"`
	Price       *Value `json:"price"`
	CompareAt   *Value `json:"compare_at"`
	Stock       *Value `json:"stock"`
	Weight      *Value `json:"weight"`
	Pictures    *Value `json:"pictures"`
	PictureAlt  *Value `json:"picture_alt"`

	Options    []NamedValue `json:"options"`     // one per choice
	OptionList *OptionList  `json:"option_list"` // names and values in one column each
	Variations *Value       `json:"variations"`  // JSON [{name, variations: [...]}]: every combination is a variant

	Attributes        []NamedValue `json:"attributes"`
	AttributePrefixes []string     `json:"attribute_prefixes"` // columns that begin so are attributes
	AttributePairs    *Value       `json:"attribute_pairs"`    // JSON [{name, value}]

	Categories map[string]string `json:"categories"` // their category to ours
	Skip       []Condition       `json:"skip"`       // rows that are no products
	Continues  bool              `json:"continues"`  // a row without handle belongs to the product above
	Heads      bool              `json:"heads"`      // the first row of a product with several holds no variant
	Repeated   string            `json:"repeated"`   // "report" (default) or "number": handles that repeat get -2, -3
}

// Value takes a text out of a row. A plain string is the name of a column.
type Value struct {
	Column   string            `json:"column"`
	Columns  []string          `json:"columns"` // those that are filled, joined
	First    []string          `json:"first"`   // the first that is filled
	Const    string            `json:"const"`
	Template string            `json:"template"` // "{Brand} {Product}"
	Join     string            `json:"join"`
	Split    string            `json:"split"`   // for lists; "json" reads a JSON list of texts or of {name}
	Match    string            `json:"match"`   // regular expression; the first group is taken, nothing when it does not match
	Replace  map[string]string `json:"replace"` // parts of the text
	Plain    bool              `json:"plain"`   // the body is text, not HTML
	Unit     string            `json:"unit"`    // of a weight

	match   *regexp.Regexp
	replace *strings.Replacer
}

// NamedValue is an option or an attribute.
type NamedValue struct {
	Name  *Value `json:"name"` // a plain string is the name itself
	Value *Value `json:"value"`
}

// OptionList holds all options of a row in two columns.
type OptionList struct {
	Names  *Value `json:"names"`
	Values *Value `json:"values"`
}

// Condition holds when the value is one of Is, or matches at all when Is is empty.
type Condition struct {
	Value *Value   `json:"value"`
	Is    []string `json:"is"`
}

// UnmarshalJSON accepts the name of a column in place of an object.
func (v *Value) UnmarshalJSON(raw []byte) error {
	if json.Unmarshal(raw, &v.Column) == nil {
		return nil
	}
	type plain Value
	if err := strictJSON(raw, (*plain)(v)); err != nil {
		return err
	}
	if v.Match != "" {
		var err error
		if v.match, err = regexp.Compile(v.Match); err != nil {
			return err
		}
	}
	if len(v.Replace) > 0 {
		var pairs []string
		for from := range v.Replace {
			pairs = append(pairs, from)
		}
		sort.Slice(pairs, func(i, j int) bool {
			return len(pairs[i]) > len(pairs[j]) || len(pairs[i]) == len(pairs[j]) && pairs[i] < pairs[j]
		})
		var args []string
		for _, from := range pairs {
			args = append(args, from, v.Replace[from])
		}
		v.replace = strings.NewReplacer(args...)
	}
	return nil
}

// UnmarshalJSON reads a plain string as the name itself.
func (n *NamedValue) UnmarshalJSON(raw []byte) error {
	var parts struct {
		Name  json.RawMessage `json:"name"`
		Value *Value          `json:"value"`
	}
	if err := strictJSON(raw, &parts); err != nil {
		return err
	}
	n.Value, n.Name = parts.Value, &Value{}
	if n.Value == nil || parts.Name == nil {
		return fmt.Errorf("an option or attribute needs a name and a value")
	}
	if json.Unmarshal(parts.Name, &n.Name.Const) == nil {
		return nil
	}
	return json.Unmarshal(parts.Name, n.Name)
}

func strictJSON(raw []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

// ReadMapping reads a mapping file and says what is wrong with it.
func ReadMapping(r io.Reader) (*Mapping, error) {
	raw, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return nil, readError(err)
	}
	m := &Mapping{}
	if err := strictJSON(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")), m); err != nil {
		return nil, errs.New(errs.Invalid, "exchange.mapping_wrong", "reason", shorten(err.Error())).Because(err)
	}
	if m.Title == nil {
		return nil, errs.New(errs.Invalid, "exchange.mapping_no_title")
	}
	for name, wrong := range map[string]bool{"separator": len(m.Separator) > 1, "quote": m.Quote != "" && m.Quote != "none" && m.Quote != `"`,
		"decimal": m.Decimal != "" && m.Decimal != "." && m.Decimal != ",", "repeated": m.Repeated != "" && m.Repeated != "report" && m.Repeated != "number"} {
		if wrong {
			return nil, errs.New(errs.Invalid, "exchange.mapping_wrong", "reason", name)
		}
	}
	return m, nil
}

//go:embed mappings/*.json
var ownMappings embed.FS

// OwnMapping returns one of the mappings that come with the program.
func OwnMapping(name string) (*Mapping, error) {
	f, err := ownMappings.Open(path.Join("mappings", path.Base(name)+".json"))
	if err != nil {
		return nil, errs.New(errs.NotFound, "exchange.mapping_unknown", "name", shorten(name), "known", strings.Join(OwnMappings(), ", "))
	}
	defer f.Close()
	return ReadMapping(f)
}

// OwnMappings names them.
func OwnMappings() []string {
	var names []string
	entries, _ := ownMappings.ReadDir("mappings")
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".json"))
	}
	return names
}

func (m *Mapping) textRules(encoding string, separator byte) (string, byte, byte) {
	if encoding == "" {
		encoding = m.Encoding
	}
	if separator == 0 && m.Separator != "" {
		separator = m.Separator[0]
	}
	if m.Quote == "none" {
		return encoding, separator, 0
	}
	return encoding, separator, '"'
}

// columns of the value, to find those that the file lacks.
func (v *Value) columns() []string {
	if v == nil {
		return nil
	}
	out := append(append([]string{}, v.Columns...), v.First...)
	if v.Column != "" {
		out = append(out, v.Column)
	}
	for _, m := range templateColumn.FindAllStringSubmatch(v.Template, -1) {
		out = append(out, m[1])
	}
	return out
}

// inFile reports whether the value can come from this file.
func (v *Value) inFile(h *header) bool {
	if v == nil {
		return false
	}
	for _, c := range v.columns() {
		if h.at(c) >= 0 {
			return true
		}
	}
	return v.Const != ""
}

var templateColumn = regexp.MustCompile(`\{([^{}]+)\}`)

// text is the value in a row.
func (v *Value) text(h *header, rec record) string {
	if v == nil {
		return ""
	}
	if v.Split != "" {
		return strings.Join(v.list(h, rec), v.Join)
	}
	return v.raw(h, rec)
}

func (v *Value) raw(h *header, rec record) string {
	s := v.Const
	switch {
	case v.Template != "":
		s = templateColumn.ReplaceAllStringFunc(v.Template, func(c string) string { return rec.cell(h.at(c[1 : len(c)-1])) })
	case len(v.Columns) > 0:
		var filled []string
		for _, c := range v.Columns {
			if t := strings.TrimSpace(rec.cell(h.at(c))); t != "" {
				filled = append(filled, t)
			}
		}
		s = strings.Join(filled, v.Join)
	case len(v.First) > 0:
		for _, c := range v.First {
			if s = rec.cell(h.at(c)); strings.TrimSpace(s) != "" {
				break
			}
		}
	case v.Column != "":
		s = rec.cell(h.at(v.Column))
	}
	if v.match != nil {
		m := v.match.FindStringSubmatch(s)
		if s = ""; m != nil {
			s = m[min(1, len(m)-1)]
		}
	}
	if v.replace != nil {
		s = v.replace.Replace(s)
	}
	return s
}

// list is the value as a list.
func (v *Value) list(h *header, rec record) []string {
	if v == nil {
		return nil
	}
	s := v.raw(h, rec)
	if strings.TrimSpace(s) == "" {
		return nil
	}
	if v.Split == "json" {
		return jsonList(s)
	}
	if v.Split == "" {
		return []string{s}
	}
	return strings.Split(s, v.Split)
}

// jsonList reads ["a", 1] and [{"name": "a"}]; anything else is one text.
func jsonList(s string) []string {
	var items []any
	if json.Unmarshal([]byte(s), &items) != nil {
		return []string{s}
	}
	var out []string
	for _, i := range items {
		switch x := i.(type) {
		case nil:
		case map[string]any:
			if name, ok := x["name"].(string); ok {
				out = append(out, name)
			}
		default:
			out = append(out, fmt.Sprint(x))
		}
	}
	return out
}
