package demo

import (
	"bufio"
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// content/orders.txt is the script of orders. "@ customer 30h" opens an order
// placed that many hours ago, with a note after " | "; every line below it is a
// seller's part: store, end, and lines of slug, slug*2 (a quantity) or
// slug#3*2 (the fourth variant).
func readOrders(w *World) error {
	b, err := files.ReadFile("content/orders.txt")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	sc := bufio.NewScanner(bytes.NewReader(b))
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		if line == "" {
			continue
		}
		if err := w.orderLine(line); err != nil {
			return fmt.Errorf("demo: orders.txt:%d: %w", n, err)
		}
	}
	return nil
}

func (w *World) orderLine(line string) error {
	if head, ok := strings.CutPrefix(line, "@ "); ok {
		head, note, _ := strings.Cut(head, " | ")
		who, ago, _ := strings.Cut(head, " ")
		hours, err := strconv.Atoi(strings.TrimSuffix(ago, "h"))
		w.Orders = append(w.Orders, Order{Customer: who, HoursAgo: hours, Note: note})
		return err
	}
	f := strings.Fields(line)
	if len(w.Orders) == 0 || len(f) < 3 || !slices.Contains(Ends, End(f[1])) {
		return fmt.Errorf("part %q wants a store, an end and a line", line)
	}
	part := Part{Store: f[0], End: End(f[1])}
	for _, item := range f[2:] {
		l := Line{Quantity: 1}
		item, q, has := strings.Cut(item, "*")
		if has {
			l.Quantity = whole(q)
		}
		slug, v, _ := strings.Cut(item, "#")
		l.Product, l.Variant = slug, int(whole(v))
		part.Lines = append(part.Lines, l)
	}
	o := &w.Orders[len(w.Orders)-1]
	o.Parts = append(o.Parts, part)
	return nil
}
