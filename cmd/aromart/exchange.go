package main

import (
	"bufio"
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
	place
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
	f, err := i.openFile()
	if err != nil {
		return err
	}
	defer f.Close()
	report, err := createFile(i.Report)
	if err != nil {
		return err
	}
	defer report.discard()
	return i.with(ctx, func(h *house) error {
		req, err := i.request(ctx, h)
		if err != nil {
			return err
		}
		if req.Pictures != nil {
			defer req.Pictures.Close()
		}
		req.File = f
		req.Progress = c.progress("products")
		res, err := exchange.Import(ctx, h.db, h.blobs, req)
		c.progressDone()
		if err != nil {
			return err
		}
		return i.tell(c, res, report)
	})
}

// openFile opens the catalog before anything else is touched.
func (i *importProductsCmd) openFile() (*os.File, error) {
	if i.Stock < 0 {
		return nil, usage{"--stock is not below 0"}
	}
	f, err := os.Open(i.File)
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
	if req.Store, err = storeBySlug(ctx, h, i.Store); err != nil {
		return req, err
	}
	if i.Mapping != "" {
		if req.Options.Mapping, err = readMapping(i.Mapping); err != nil {
			return req, err
		}
		if i.Format == "auto" {
			req.Options.Format = exchange.Generic
		}
	}
	if i.Pictures != "" {
		req.Pictures, err = exchange.OpenPictures(i.Pictures)
	}
	return req, err
}

func readMapping(name string) (*exchange.Mapping, error) {
	f, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		m, err := exchange.OwnMapping(name)
		if err != nil {
			return nil, usage{fmt.Sprintf("%s is no file and none of our mappings: %s", name, strings.Join(exchange.OwnMappings(), ", "))}
		}
		return m, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return exchange.ReadMapping(bufio.NewReader(f))
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
	place
	Store  string `required:"" help:"Slug of the store."`
	Format string `default:"shopify" enum:"shopify" help:"shopify."`
	Output string `short:"o" type:"path" help:"File; standard output without it."`
}

func (e *exportProductsCmd) Run(ctx context.Context, c *console) error {
	return e.with(ctx, func(h *house) error {
		store, err := storeBySlug(ctx, h, e.Store)
		if err != nil {
			return err
		}
		f, err := createFile(e.Output)
		if err != nil {
			return err
		}
		defer f.discard()
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
