package relevance

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"aromart/internal/goods/search"
	"aromart/internal/kit/money"
)

// readGzip gives f every line of a compressed file.
func readGzip(path string, f func(line []byte) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	z, err := gzip.NewReader(bufio.NewReader(file))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	in := bufio.NewReaderSize(z, 1<<16)
	for {
		line, err := in.ReadBytes('\n') // a record may hold U+2028, so only the newline counts
		if len(line) > 1 {
			if err := f(line); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
}

// icecat fills an index with the icecat products, field by field.
func icecat(ctx context.Context, dir string) (*search.Index, error) {
	ix := search.New()
	fill := ix.Fill(nil)
	err := readGzip(filepath.Join(dir, "icecat", "products.jsonl.gz"), func(line []byte) error {
		var record map[string]any
		if err := json.Unmarshal(line, &record); err != nil {
			return err
		}
		doc, err := icecatDoc(record)
		if err != nil {
			return err
		}
		fill.Add(doc)
		return ctx.Err()
	})
	if err != nil {
		fill.Cancel()
		return nil, err
	}
	fill.Done()
	return ix, nil
}

func icecatDoc(r map[string]any) (search.Doc, error) {
	text := func(key string) string { s, _ := r[key].(string); return s }
	id, err := strconv.ParseInt(text("id"), 10, 64)
	if err != nil {
		return search.Doc{}, err
	}
	price, _ := r["price"].(float64)
	d := search.Doc{
		ID: id, Title: text("title"), Model: text("name"), Brand: text("supplier"),
		Kind: text("attr_t_product_type"), Text: text("short_description"),
		Variants: []search.Variant{{ID: id, Price: money.Amount(price), InStock: true}},
	}
	keys := make([]string, 0, len(r))
	for k := range r {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		if name, ok := strings.CutPrefix(k, "attr_t_"); ok {
			if v, ok := r[k].(string); ok {
				d.Attributes = append(d.Attributes, search.Attribute{Key: name, Value: v})
			}
		}
	}
	return d, nil
}

func readJudgements(dir string) ([]*judgedQuery, error) {
	rows, err := readCSV(filepath.Join(dir, "icecat", "judgements.csv"))
	if err != nil {
		return nil, err
	}
	var list []*judgedQuery
	byText := map[string]*judgedQuery{}
	for _, row := range rows {
		id, err1 := strconv.ParseInt(row[1], 10, 64)
		rating, err2 := strconv.Atoi(row[2])
		if err1 != nil || err2 != nil {
			return nil, fmt.Errorf("judgements.csv: bad row %q", row)
		}
		q := byText[row[0]]
		if q == nil {
			q = &judgedQuery{text: row[0], rating: map[int64]int{}}
			byText[row[0]] = q
			list = append(list, q)
		}
		q.rating[id] = rating
	}
	return list, nil
}

// readCSV returns the rows after the header.
func readCSV(path string) ([][]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("%s: no rows: %w", path, err)
	}
	return rows[1:], nil
}

// readPairs returns Walmart's titles by id, Amazon's products, and which are the same.
func readPairs(dir string) (left map[int64]string, right []search.Doc, pairs [][2]int64, err error) {
	dir = filepath.Join(dir, "product_matching")
	left = map[int64]string{}
	err = readShop(filepath.Join(dir, "walmart_electronics_2k.psv.gz"), func(d search.Doc) { left[d.ID] = d.Title })
	if err != nil {
		return nil, nil, nil, err
	}
	err = readShop(filepath.Join(dir, "amazon_electronics_22k.psv.gz"), func(d search.Doc) { right = append(right, d) })
	if err != nil {
		return nil, nil, nil, err
	}
	rows, err := readCSV(filepath.Join(dir, "walmart_to_amazon.pairs.csv"))
	if err != nil {
		return nil, nil, nil, err
	}
	for _, row := range rows {
		l, err1 := strconv.ParseInt(row[0], 10, 64)
		r, err2 := strconv.ParseInt(row[1], 10, 64)
		if err1 != nil || err2 != nil {
			return nil, nil, nil, fmt.Errorf("pairs: bad row %q", row)
		}
		pairs = append(pairs, [2]int64{l, r})
	}
	return left, right, pairs, nil
}

// readShop reads a shop's file: id|title|modelno|price|shipweight|brand|dimensions, without quoting.
func readShop(path string, f func(search.Doc)) error {
	header := true
	return readGzip(path, func(line []byte) error {
		if header {
			header = false
			return nil
		}
		cells := strings.Split(strings.TrimRight(string(line), "\r\n"), "|")
		if len(cells) < 7 {
			return fmt.Errorf("bad row %q", line)
		}
		id, err := strconv.ParseInt(cells[0], 10, 64)
		if err != nil {
			return err
		}
		price, _ := strconv.ParseFloat(cells[3], 64)
		f(search.Doc{
			ID: id, Title: cells[1], Model: cells[2], Brand: cells[5],
			Variants: []search.Variant{{ID: id, Price: money.Amount(price * 100), InStock: true}},
		})
		return nil
	})
}
