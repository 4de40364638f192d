package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"aromart/internal/goods/exchange"
	"aromart/internal/kit/errs"
	"aromart/internal/kit/i18n"
	"aromart/internal/people/seller"
)

type importCmd struct {
	Products importProductsCmd `cmd:"" help:"Import products; a second import of the same file changes nothing."`
}

type importProductsCmd struct {
	errand
	File     string `arg:"" type:"path" help:"CSV, JSON lines or WXR file; .gz is fine."`
	Store    string `required:"" help:"Slug of the store."`
	Format   string `default:"auto" enum:"auto,shopify,woocommerce,generic" help:"auto, shopify, woocommerce or generic."`
	Mapping  string `help:"For generic: a mapping file, or the name of one of ours."`
	Pictures string `type:"path" placeholder:"DIR|ZIP" help:"Pictures, found by the file names in the catalog; nothing is fetched."`
	Stock    int64  `default:"0" help:"Stock of a new variant whose number the file does not say."`
	DryRun   bool   `help:"Only say what would happen."`
	Report   string `type:"path" help:"Write the per-row report as CSV (or JSON, by its name)."`
	JSON     bool   `help:"Print the result as JSON."`
}

func (i *importProductsCmd) Run(ctx context.Context, c *console) error {
	f, err := i.openFile(c)
	if err != nil {
		return err
	}
	defer f.Close()
	mapping, err := i.mapping(c)
	if err != nil {
		return err
	}
	pictures, err := i.pictures(c)
	if err != nil {
		return err
	}
	defer pictures.Close()
	report, err := c.create(i.Report)
	if err != nil {
		return err
	}
	defer report.discard()
	return i.with(ctx, c, func(h *house) error {
		req, err := i.request(ctx, h)
		if err != nil {
			return err
		}
		req.File, req.Pictures = f, pictures
		if req.Options.Mapping = mapping; mapping != nil && i.Format == "auto" {
			req.Options.Format = exchange.Generic
		}
		req.Progress = c.progress("products")
		res, err := exchange.Import(ctx, h.db, h.blobs, req)
		c.progressDone()
		if err != nil {
			return err
		}
		if c.house == nil && !i.DryRun { // a shop that serves follows by itself
			h.prepareSearch(ctx, c)
		}
		return i.tell(c, res, report)
	})
}

// openFile opens the catalog before anything else is touched.
func (i *importProductsCmd) openFile(c *console) (*os.File, error) {
	if i.Stock < 0 {
		return nil, usage{"--stock is not below 0"}
	}
	f, err := c.open(i.File)
	if err != nil {
		return nil, usage{"cannot read the catalog: " + err.Error()}
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, usage{fmt.Sprintf("%s is a directory, not a catalog", i.File)}
	}
	return f, nil
}

func (i *importProductsCmd) request(ctx context.Context, h *house) (exchange.Request, error) {
	req := exchange.Request{By: operator, FileName: filepath.Base(i.File), Stock: i.Stock, DryRun: i.DryRun,
		Options: exchange.Options{Format: exchange.Format(i.Format), Currency: h.market.Currency.Code, Exponent: h.market.Currency.Exponent, Now: h.clock()}}
	var err error
	req.Store, err = storeBySlug(ctx, h, i.Store)
	return req, err
}

// mapping is the one that was named: a file, or one of ours.
func (i *importProductsCmd) mapping(c *console) (*exchange.Mapping, error) {
	if i.Mapping == "" {
		return nil, nil
	}
	text, err := c.read(i.Mapping)
	if errors.Is(err, os.ErrNotExist) {
		m, err := exchange.OwnMapping(i.Mapping)
		if err != nil {
			return nil, usage{fmt.Sprintf("%s is no file and none of our mappings: %s", i.Mapping, strings.Join(exchange.OwnMappings(), ", "))}
		}
		return m, nil
	}
	if err != nil {
		return nil, usage{"cannot read the mapping: " + err.Error()}
	}
	return exchange.ReadMapping(bytes.NewReader(text))
}

// pictures opens the folder or archive, or nothing when none was named.
func (i *importProductsCmd) pictures(c *console) (*exchange.Pictures, error) {
	if i.Pictures == "" {
		return nil, nil
	}
	f, err := c.open(i.Pictures)
	if err != nil {
		return nil, errs.New(errs.Invalid, "exchange.pictures_unreadable").Because(err)
	}
	return exchange.OpenPictures(f.Name())
}

// tell prints the counts and writes the report. Rows with errors are a finding.
func (i *importProductsCmd) tell(c *console, res *exchange.Result, report *newFile) error {
	tr := i18n.For("en")
	if report != nil {
		write := res.Report.WriteCSV
		if strings.HasSuffix(i.Report, ".json") {
			write = res.Report.WriteJSON
		}
		if err := errors.Join(write(report, tr), report.keep()); err != nil {
			return fmt.Errorf("the report could not be written: %w", err)
		}
	}
	if i.JSON {
		err := json.NewEncoder(c.out).Encode(map[string]any{"format": res.Format, "encoding": res.Encoding, "rows": res.Rows, "products": res.Products,
			"new": res.New, "changed": res.Changed, "same": res.Same, "wrong": res.Wrong, "dry_run": i.DryRun})
		return errors.Join(err, wrongIs(res))
	}
	fmt.Fprintf(c.out, "%s, %s, %s\n", res.Format, res.Encoding, plural(int64(res.Rows), "row"))
	fmt.Fprintf(c.out, "%d new, %d changed, %d same; %s with errors\n", res.New, res.Changed, res.Same, plural(int64(res.Wrong), "row"))
	for n, issue := range res.Report.Issues {
		if n == 20 && i.Report == "" {
			fmt.Fprintf(c.out, "… and %d more; --report FILE writes all\n", len(res.Report.Issues)-n)
			break
		} else if n == 20 {
			break
		}
		where := "whole file"
		if issue.Row > 0 {
			where = fmt.Sprint("row ", issue.Row)
		}
		if issue.Column != "" {
			where += ", " + issue.Column
		}
		fmt.Fprintf(c.out, "%s: %s\n", where, issue.Text(tr))
	}
	return wrongIs(res)
}

func wrongIs(res *exchange.Result) error {
	if res.Wrong > 0 {
		return errFound
	}
	return nil
}

func storeBySlug(ctx context.Context, h *house, slug string) (seller.Store, error) {
	st, err := seller.BySlug(ctx, h.db, slug)
	if errs.KindOf(err) == errs.NotFound {
		err = fmt.Errorf("there is no store %q; see: aromart store list", slug)
	}
	return st, err
}

type exportCmd struct {
	Products exportProductsCmd `cmd:"" help:"Export a store to Shopify CSV, which import reads back unchanged."`
}

type exportProductsCmd struct {
	errand
	Store  string `required:"" help:"Slug of the store."`
	Format string `default:"shopify" enum:"shopify" help:"shopify."`
	Output string `short:"o" type:"path" help:"File; standard output without it."`
}

func (e *exportProductsCmd) Run(ctx context.Context, c *console) error {
	f, err := c.create(e.Output)
	if err != nil {
		return err
	}
	defer f.discard()
	return e.with(ctx, c, func(h *house) error {
		store, err := storeBySlug(ctx, h, e.Store)
		if err != nil {
			return err
		}
		var out io.Writer = c.out
		if f != nil {
			out = f
		}
		n, err := exchange.Export(ctx, h.db, store, h.market.Currency.Exponent, out)
		if err == nil {
			err = f.keep()
		}
		if err != nil {
			return err
		}
		fmt.Fprintln(c.err, plural(int64(n), "product"))
		return nil
	})
}
