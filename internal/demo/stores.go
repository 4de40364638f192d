package demo

import (
	"embed"
	"encoding/json"
	"fmt"

	"aromart/internal/kit/money"
)

//go:embed content
var files embed.FS

type storeFile struct {
	Slug         string       `json:"slug"`
	Name         string       `json:"name"`
	LegalName    string       `json:"legal_name"`
	Tagline      string       `json:"tagline"`
	About        string       `json:"about"`
	City         string       `json:"city"`
	Opened       string       `json:"opened"`
	PackingDays  int          `json:"packing_days"`
	ReturnDays   int          `json:"return_days"`
	CommissionBP int64        `json:"commission_bp"`
	Delivery     deliveryFile `json:"delivery"`
}

type deliveryFile struct {
	Kind     string       `json:"kind"`
	Amount   money.Amount `json:"amount"`
	FreeOver money.Amount `json:"free_over"`
	Zones    []struct {
		Zone          string       `json:"zone"`
		Base          money.Amount `json:"base"`
		IncludedGrams int64        `json:"included_grams"`
		PerKg         money.Amount `json:"per_kg"`
	} `json:"zones"`
}

func readStores(w *World) error {
	var list []storeFile
	if err := readJSON("content/stores.json", &list); err != nil {
		return err
	}
	for _, f := range list {
		d := Delivery{Kind: f.Delivery.Kind, Amount: f.Delivery.Amount, FreeOver: f.Delivery.FreeOver}
		for _, z := range f.Delivery.Zones {
			d.Zones = append(d.Zones, Zone(z))
		}
		w.Sellers = append(w.Sellers, Seller{
			Slug: f.Slug, Name: f.Name, LegalName: f.LegalName, Tagline: f.Tagline, About: f.About,
			City: f.City, Opened: f.Opened,
			PackingDays: f.PackingDays, ReturnDays: f.ReturnDays, CommissionBP: f.CommissionBP,
			Delivery: d, Mark: pictures().one("store-" + f.Slug),
		})
	}
	return nil
}

func readCustomers(w *World) error {
	var list []struct {
		Key      string `json:"key"`
		Name     string `json:"name"`
		Email    string `json:"email"`
		Phone    string `json:"phone"`
		Language string `json:"language"`
		Account  bool   `json:"account"`
		Address  struct {
			Line1    string `json:"line1"`
			Landmark string `json:"landmark"`
			City     string `json:"city"`
		} `json:"address"`
	}
	if err := readJSON("content/customers.json", &list); err != nil {
		return err
	}
	for _, f := range list {
		w.Customers = append(w.Customers, Customer{
			Key: f.Key, Name: f.Name, Email: f.Email, Phone: f.Phone,
			Language: f.Language, Account: f.Account, Address: Address(f.Address),
		})
	}
	return nil
}

func readJSON(name string, into any) error {
	b, err := files.ReadFile(name)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("demo: %s: %w", name, err)
	}
	return nil
}
