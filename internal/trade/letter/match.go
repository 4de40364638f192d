package letter

import (
	"time"

	"aromart/internal/kit/contact"
	"aromart/internal/kit/i18n"
	"aromart/internal/kit/money"
	"aromart/internal/market"
	"aromart/internal/trade/order"
)

// matches reports whether what somebody typed is the e-mail or the phone of the order.
func matches(c order.Contact, typed string, m *market.Profile) bool {
	if email, err := contact.ParseEmail("contact", typed); err == nil && email == c.Email {
		return true
	}
	phone, err := m.ParsePhone(typed)
	return err == nil && contact.NewPhone(phone) == c.Phone
}

func (o *Office) sum(a money.Amount, tr *i18n.Translator) string {
	return o.Market.Format(a, tr.Lang())
}

func (o *Office) local(t time.Time) time.Time { return t.In(o.Market.Location) }
