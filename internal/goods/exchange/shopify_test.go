package exchange

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// oddShop has what real stores have: pictures on rows of their own, rows of a
// product apart, prices with signs, a repeated SKU, a handle used twice.
const oddShop = `Handle,Title,Body (HTML),Vendor,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Variant Compare At Price,Variant Barcode,Image Src,Image Position,Image Alt Text,Status,Cost per item,Shelf,Fabric (product.metafields.shopify.fabric)
shirt,Shirt,"<p onclick=""x()"">Soft<script>alert(1)</script></p>",Acme,"men, cotton , men",true,Size,S,Color,Red,A1,1360.77711,5,"₹58,990",60000,'8720602828605,https://x.example/2.jpg,2,Back,Active,9,3,Cotton
cup,Cup,,Acme,,true,Title,Default Title,,,A1,,-4,0,,,,,,active,,,
shirt,,,,,,,M,,Red,A1,,2.5,69.71 gbp,50,,https://x.example/1.jpg,1,Front,,,,
shirt,,,,,,,,,,,,,,,,https://x.example/3.jpg,3,,,,,
shirt,,,,,,,M,,Red,A2,,,12,,,,,,,,,
shirt,,,,,,,L,,,A3,,,12,,,,,,,,,
cup,Saucer,,,,,,Default Title,,,A9,,1,5,,,,,,,,,
,Plate,,,,,Title,Default Title,,,,x,many,cheap,,8.72E+12,,,,sold,,,
,,,,,,,,,,Z,,,,,,,,,,,,
old,Old,,,,FALSE,Title,Default Title,,,,,99999999,=1+1,,,,,,archived,,,
`

func TestShopifyOddities(t *testing.T) {
	f := read(t, oddShop, Options{Currency: "LKR"})
	wantIssues(t, f, "1 note column_unused", "2 note body_cleaned", "2 warning currency_other", "3 warning price_zero", "3 warning stock_negative",
		"4 warning currency_other", "4 warning compare_low", "4 warning stock_fraction",
		"6 error variant_repeated", "7 error option_empty", "8 error handle_repeated",
		"9 warning handle_made", "9 warning status_unknown", "9 warning barcode_damaged", "9 error price_wrong", "9 warning weight_wrong", "9 error stock_wrong",
		"10 error handle_missing", "11 error price_wrong", "11 warning stock_large")
	if len(f.Products) != 4 {
		t.Fatalf("%d products", len(f.Products))
	}
	shirt := f.Products[0]
	want := Product{Row: 2, Rows: []int{2, 4, 5, 6, 7}, Handle: "shirt", Title: "Shirt", BodyHTML: "<p>Soft</p>", Vendor: "Acme", Tags: []string{"men", "cotton"},
		Options: []string{"Size", "Color"}, Status: Live, Attributes: []Attribute{{"Fabric", "Cotton"}},
		Pictures: []Picture{{"https://x.example/1.jpg", "Front"}, {"https://x.example/2.jpg", "Back"}, {"https://x.example/3.jpg", ""}},
		Variants: []Variant{
			{Row: 2, Values: []string{"S", "Red"}, SKU: "A1", Barcode: "8720602828605", Price: 5899000, CompareAt: 6000000, Weight: 1361, Stock: 5, HasStock: true},
			{Row: 4, Values: []string{"M", "Red"}, SKU: "A1", Price: 6971, Weight: -1, Stock: 2, HasStock: true},
		},
		Has: HasTitle | HasBody | HasVendor | HasTags | HasStatus | HasSKU | HasBarcode | HasPrice | HasCompareAt | HasWeight | HasStock}
	if !reflect.DeepEqual(shirt, want) {
		t.Errorf("got  %+v\nwant %+v", shirt, want)
	}
	cup := f.Products[1]
	if len(cup.Variants) != 1 || cup.Variants[0].Price != 0 || cup.Variants[0].Stock != 0 || !cup.Variants[0].HasStock || cup.Options != nil {
		t.Errorf("cup %+v", cup)
	}
	if p := f.Products[2]; p.Handle != "plate" || p.Status != Draft || p.Variants[0].Barcode != "" || p.Variants[0].HasStock {
		t.Errorf("plate %+v", p)
	}
	if p := f.Products[3]; p.Status != Hidden || p.Variants[0].Stock != maxStock || p.Variants[0].Price != 0 {
		t.Errorf("old %+v", p)
	}
}

func TestShopifyVocabulariesMeanTheSame(t *testing.T) {
	old := "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Barcode,Variant Price,Variant Compare At Price,Variant Inventory Qty,Variant Grams,Image Src,Image Position,Image Alt Text,Variant Image,Gift Card,Status,Google Shopping / MPN\n"
	modern := "URL handle,Title,Description,Vendor,Product category,Type,Tags,Published on online store,Option1 name,Option1 value,SKU,Barcode,Price,Compare-at price,Inventory quantity,Weight value (grams),Product image URL,Image position,Image alt text,Variant image URL,Gift card,Status,Google Shopping / Manufacturer part number (MPN)\n"
	rows := "cup,Cup,<p>Hot</p>,Acme,Home > Mugs,Mug,\"a, b\",TRUE,Color,Red,S1,123,10,12,3,200,https://x.example/a.jpg,1,A cup,https://x.example/b.jpg,FALSE,Active,M9\ncup,,,,,,,,,Blue,S2,,11,,4,,,,,,,,\n"
	a, b := read(t, old+rows, Options{}), read(t, modern+rows, Options{})
	if a.Format != Shopify || b.Format != Shopify {
		t.Fatalf("formats %s, %s", a.Format, b.Format)
	}
	if !reflect.DeepEqual(a.Products, b.Products) || len(a.Products) != 1 || len(a.Products[0].Variants) != 2 {
		t.Errorf("old %+v\nnew %+v", a.Products, b.Products)
	}
	wantIssues(t, b)
}

func TestMissingColumnsAreNotThere(t *testing.T) {
	f := read(t, "Handle,Title,Vendor,Variant SKU,Variant Inventory Qty\na,A,V,S,3\n", Options{})
	p := f.Products[0]
	if p.Has != HasTitle|HasVendor|HasSKU|HasStock || p.Variants[0].Weight >= 0 || p.Variants[0].Price != 0 {
		t.Errorf("has %b, %+v", p.Has, p.Variants[0])
	}
	wantIssues(t, f, "1 note no_price_column")
}

func TestMoreThanAHundredVariants(t *testing.T) {
	var b strings.Builder
	b.WriteString("Handle,Title,Option1 Name,Option1 Value,Variant Price\nring,Ring,Size,0,5\n")
	for i := 1; i < 103; i++ {
		b.WriteString("ring,,," + strconv.Itoa(i) + ",5\n")
	}
	f := read(t, b.String(), Options{})
	if n := len(f.Products[0].Variants); n != 100 {
		t.Errorf("%d variants", n)
	}
	wantIssues(t, f, "102 error variants_many", "103 error variants_many", "104 error variants_many")
}
