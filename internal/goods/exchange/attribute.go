package exchange

import (
	"strconv"
	"strings"

	"aromart/internal/goods/catalog"
	"aromart/internal/market"
)

// attributeLabel is the name of a stored attribute in a file.
func attributeLabel(name string) string {
	if a, known := market.AttributeByKey(name); known {
		return a.Name.En
	}
	return name
}

// attributeValue is one stored value as a file writes it.
func attributeValue(a catalog.Attribute) string {
	if a.IsNum {
		return strings.TrimSpace(strconv.FormatFloat(a.Number, 'f', -1, 64) + " " + a.Unit)
	}
	def, known := market.AttributeByKey(a.Name)
	if !known {
		return a.Text
	}
	if def.Kind == market.BoolAttribute {
		switch a.Text {
		case "true":
			return "Yes"
		case "false":
			return "No"
		}
	}
	for _, c := range def.Choices {
		if c.Key == a.Text {
			return c.Name.En
		}
	}
	return a.Text
}

// fileAttributes are a product's attributes as a file has them: one value per
// name, several joined.
func fileAttributes(stored []catalog.Attribute) []Attribute {
	var out []Attribute
	for _, a := range stored {
		label, value := attributeLabel(a.Name), attributeValue(a)
		if value == "" {
			continue
		}
		joined := false
		for i := range out {
			if strings.EqualFold(out[i].Name, label) {
				out[i].Value += "; " + value
				joined = true
			}
		}
		if !joined {
			out = append(out, Attribute{label, value})
		}
	}
	return out
}

func attributeText(stored []catalog.Attribute) string {
	var parts []string
	for _, a := range fileAttributes(stored) {
		parts = append(parts, a.Name+": "+a.Value)
	}
	return strings.Join(parts, ", ")
}

// mergeAttributes lays the file's attributes over the stored ones. What already
// says the same stays as it is typed; what the file does not name stays.
func mergeAttributes(old []catalog.Attribute, file []Attribute, category catalog.CategoryID) []catalog.Attribute {
	said := map[string]string{} // by stored name
	var order []string
	for _, a := range file {
		name := storedName(old, a.Name, category)
		if _, twice := said[name]; !twice {
			said[name] = a.Value
			order = append(order, name)
		}
	}
	had := map[string]string{}
	for _, a := range old {
		had[a.Name] = strings.TrimPrefix(had[a.Name]+"; "+attributeValue(a), "; ")
	}
	var out []catalog.Attribute
	replaced := map[string]bool{}
	for _, a := range old {
		value, named := said[a.Name]
		switch {
		case !named || value == had[a.Name]:
			out = append(out, a)
		case !replaced[a.Name]:
			replaced[a.Name] = true
			out = append(out, typed(a.Name, value)...)
		}
	}
	for _, name := range order {
		if _, stored := had[name]; !stored {
			out = append(out, typed(name, said[name])...)
		}
	}
	return out
}

// storedName is the name under which an attribute of the file is kept: that of
// the product's own attribute of that label, else as attributeName says.
func storedName(old []catalog.Attribute, name string, category catalog.CategoryID) string {
	for _, a := range old {
		if strings.EqualFold(attributeLabel(a.Name), name) {
			return a.Name
		}
	}
	return attributeName(name, category)
}

// attributeName is the key of the category's attribute of that name, or the name itself.
func attributeName(name string, category catalog.CategoryID) string {
	key := strings.ReplaceAll(slug(name), "-", "_")
	for _, a := range market.AttributesOf(int64(category)) {
		for _, own := range []string{a.Name.En, a.Name.Si, a.Name.Ta} {
			if a.Key == key || strings.EqualFold(own, name) {
				return a.Key
			}
		}
	}
	return name
}

// typed makes stored values of a text. What does not fit the attribute's kind
// stays text rather than being lost.
func typed(name, text string) []catalog.Attribute {
	var out []catalog.Attribute
	for _, value := range strings.Split(text, "; ") {
		if value = tidy(value); value != "" {
			out = append(out, typedValue(name, value))
		}
	}
	return out
}

func typedValue(name, value string) catalog.Attribute {
	a := catalog.Attribute{Name: name, Text: value}
	def, known := market.AttributeByKey(name)
	if !known {
		return a
	}
	switch def.Kind {
	case market.ChoiceAttribute:
		if c, ok := def.Choice(value); ok {
			a.Text = c.Key
		}
	case market.BoolAttribute:
		switch strings.ToLower(value) {
		case "yes", "true", "1":
			a.Text = "true"
		case "no", "false", "0":
			a.Text = "false"
		}
	case market.NumberAttribute:
		q, err := parseQuantity(value, GuessDecimal)
		if err != nil || q.unit != "" && !strings.EqualFold(q.unit, def.Unit) {
			return a
		}
		if n, exact, err := q.scaled(6); err == nil && exact {
			number, _ := strconv.ParseFloat(formatDecimal(n, 6), 64)
			return catalog.Attribute{Name: name, Number: number, IsNum: true, Unit: def.Unit}
		}
	}
	return a
}
