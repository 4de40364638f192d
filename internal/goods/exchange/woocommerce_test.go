package exchange

import (
	"reflect"
	"testing"
	"time"
)

const wooShop = `ID,Type,SKU,Name,Published,Visibility in catalog,Short description,Description,Date sale price starts,Date sale price ends,In stock?,Stock,Weight (lbs),Length (cm),Sale price,Regular price,Categories,Tags,Images,Parent,Attribute 1 name,Attribute 1 value(s),Attribute 2 name,Attribute 2 value(s),Meta: x
12,variation,tee-red,Tee - Red,1,visible,,,,,1,5,,,,25,,,https://x.example/red.png,id:10,Color,Red,Size,,
10,variable,tee,Tee,1,visible,Short,"Long\nline",,,1,,1,20,,,"Clothing, Clothing > Tees",summer,"https://x.example/a.png, https://x.example/b.png",,Color,"Red, Blue",Size,"S, M",1
13,variation,tee-blue,Tee - Blue,1,visible,,,2020-01-01,2020-02-01,0,,,,20,25,,,,tee,Color,Blue,Size,M,
14,variation,lost,Lost,1,visible,,,,,1,,,,,9,,,,id:99,Color,Red,,,
15,simple,mug,Mug,0,visible,,,,,1,,,,18,20,Home,,,,Material,"Clay, Glass",,,
16,simple,mug2,Mug,1,hidden,,,,,1,2,,,,20,,,,,,,,,
17,"simple, downloadable, virtual",song,Song,1,visible,,,,,1,,,,,3,,,,,,,,,
18,grouped,set,Set,1,visible,,,,,1,,,,,,,,,,,,,,
`

func TestWooCommerce(t *testing.T) {
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	f := read(t, wooShop, Options{Now: now})
	if f.Format != WooCommerce {
		t.Fatalf("format %s", f.Format)
	}
	wantIssues(t, f, "5 error parent_missing", "2 note variation_any", "8 warning woo_digital", "9 warning woo_grouped", "9 warning price_missing")
	if len(f.Products) != 5 {
		t.Fatalf("%d products", len(f.Products))
	}
	tee := f.Products[0]
	if !reflect.DeepEqual(tee.Options, []string{"Color", "Size"}) || tee.Category != "Clothing > Tees" || tee.BodyHTML != "<p>Short</p>\n<p>Long<br/>line</p>" {
		t.Errorf("tee %+v", tee)
	}
	var got [][]string
	for _, v := range tee.Variants {
		got = append(got, v.Values)
	}
	if want := [][]string{{"Red", "S"}, {"Red", "M"}, {"Blue", "M"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("variants %v", got)
	}
	red, blue := tee.Variants[0], tee.Variants[2]
	if red.Picture != "https://x.example/red.png" || red.Weight != 454 || red.Stock != 5 || red.Price != 2500 {
		t.Errorf("red %+v", red)
	}
	if blue.Price != 2500 || blue.CompareAt != 0 || blue.Stock != 0 || !blue.HasStock {
		t.Errorf("a sale that is over counts: %+v", blue)
	}
	mug := f.Products[1]
	if mug.Status != Hidden || mug.Variants[0].Price != 1800 || mug.Variants[0].CompareAt != 2000 || mug.attribute("material") != "Clay; Glass" || mug.Variants[0].HasStock {
		t.Errorf("mug %+v", mug)
	}
	if second := f.Products[2]; second.Handle != "mug-16" || second.Status != Hidden {
		t.Errorf("second mug %+v", second)
	}
	if f.Products[3].Status != Draft || f.Products[4].Status != Draft {
		t.Error("a download or a group is on sale")
	}
	if during := read(t, wooShop, Options{Now: time.Date(2020, 1, 15, 0, 0, 0, 0, time.UTC)}); during.Products[0].Variants[2].Price != 2000 {
		t.Error("a sale does not hold between its dates")
	}
}

const wordpress = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<item><title>red.jpg</title><wp:post_id>7</wp:post_id><wp:post_type>attachment</wp:post_type><wp:attachment_url>https://x.example/red.jpg</wp:attachment_url></item>
<item><title>Tee</title><content:encoded><![CDATA[<p>Soft</p><script>x</script>]]></content:encoded><wp:post_id>1</wp:post_id><wp:post_name>tee</wp:post_name><wp:status>publish</wp:status><wp:post_type>product</wp:post_type>
<category domain="product_type" nicename="variable"><![CDATA[variable]]></category><category domain="product_cat" nicename="tops"><![CDATA[Tops]]></category>
<category domain="pa_color" nicename="deep-red"><![CDATA[Deep red]]></category><category domain="pa_color" nicename="blue"><![CDATA[Blue]]></category>
<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value><![CDATA[7]]></wp:meta_value></wp:postmeta>
<wp:postmeta><wp:meta_key>_product_attributes</wp:meta_key><wp:meta_value><![CDATA[a:1:{s:4:"logo";a:2:{s:4:"name";s:4:"Logo";s:5:"value";s:8:"Yes | No";}}]]></wp:meta_value></wp:postmeta></item>
<item><title>Tee - Red</title><wp:post_id>2</wp:post_id><wp:status>publish</wp:status><wp:post_parent>1</wp:post_parent><wp:post_type>product_variation</wp:post_type>
<wp:postmeta><wp:meta_key>attribute_pa_color</wp:meta_key><wp:meta_value><![CDATA[deep-red]]></wp:meta_value></wp:postmeta>
<wp:postmeta><wp:meta_key>attribute_logo</wp:meta_key><wp:meta_value><![CDATA[]]></wp:meta_value></wp:postmeta>
<wp:postmeta><wp:meta_key>_regular_price</wp:meta_key><wp:meta_value><![CDATA[25]]></wp:meta_value></wp:postmeta></item>
</channel></rss>`

func TestWordPressExport(t *testing.T) {
	f := read(t, wordpress, Options{})
	wantIssues(t, f, "2 note body_cleaned", "3 note variation_any")
	if len(f.Products) != 1 || f.Products[0].Pictures[0].Src != "https://x.example/red.jpg" || f.Products[0].BodyHTML != "<p>Soft</p>" {
		t.Fatalf("%+v", f.Products)
	}
	var got [][]string
	for _, v := range f.Products[0].Variants {
		got = append(got, v.Values)
	}
	if want := [][]string{{"Deep red", "Yes"}, {"Deep red", "No"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("variants %v", got)
	}
}
