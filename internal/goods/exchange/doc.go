// Package exchange brings catalogs in from files and writes them out again.
//
// It reads Shopify CSV in both header vocabularies, WooCommerce CSV and the
// WordPress export, and any other table or JSON list by a mapping file, into
// one neutral record, Product. What a file says about a product is compared
// with the store before anything is written, so the same file imported twice
// changes nothing.
//
// What always holds: every product of a file arrives or its row is in the
// report. A column that is not in the file changes nothing: no price becomes 0,
// no stock is taken, nothing is deleted. A product is known by (store, handle),
// a variant by its option values; SKUs repeat in real files and are no key. No
// address that stands in a file is ever fetched. Descriptions are cleaned
// before they are kept.
//
// An import keeps its upload and a checkpoint, so one that was cut off goes on
// where it stood.
//
// Personal data: none; a catalog describes goods.
//
// Tables: imports, import_issues.
package exchange
