package ui

import (
	"bytes"
	"compress/gzip"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

var update = flag.Bool("update", false, "write the minified static files anew")

// TestStaticFilesAreCurrent keeps dist/ what static/ minifies to. Minifying is
// the test's work, not the program's, so that the binary carries no minifier.
func TestStaticFilesAreCurrent(t *testing.T) {
	for name, loader := range map[string]api.Loader{"site.css": api.LoaderCSS, "site.js": api.LoaderJS} {
		source, err := os.ReadFile("static/" + name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(source)
		if loader == api.LoaderCSS {
			text += paletteCSS()
		}
		out := api.Transform(text, api.TransformOptions{Loader: loader, LegalComments: api.LegalCommentsNone,
			MinifyWhitespace: true, MinifySyntax: true, MinifyIdentifiers: true, Target: api.ES2020})
		if len(out.Errors) > 0 {
			t.Fatalf("%s: %v", name, out.Errors)
		}
		want := out.Code
		if *update {
			if err := os.WriteFile("dist/"+name, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, _ := os.ReadFile("dist/" + name); !bytes.Equal(got, want) {
			t.Errorf("dist/%s is not what static/%s minifies to: run go generate ./internal/web/ui", name, name)
		}
	}
}

func TestStaticFilesAreSmall(t *testing.T) {
	for name, limit := range map[string]int{"dist/site.css": 10 << 10, "dist/site.js": 6 << 10} {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		z.Write(body)
		z.Close()
		if b.Len() > limit {
			t.Errorf("%s has %d bytes compressed, more than %d", name, b.Len(), limit)
		}
	}
}

// A right-to-left language needs no style of its own because no rule names a side.
func TestStyleSheetIsLogical(t *testing.T) {
	css, err := os.ReadFile("static/site.css")
	if err != nil {
		t.Fatal(err)
	}
	physical := regexp.MustCompile(`(margin|padding|border)-(left|right|top|bottom)|[^-\w](left|right|top|bottom)\s*:|text-align:\s*(left|right)|[^-\w](width|height)\s*:|float\s*:`)
	for i, line := range strings.Split(string(css), "\n") {
		if strings.Contains(line, "@media") || strings.Contains(line, "@page") {
			continue
		}
		if found := physical.FindString(line); found != "" {
			t.Errorf("line %d names a side: %q", i+1, found)
		}
	}
}

func TestStaticFilesCallNobody(t *testing.T) {
	for _, name := range []string{"static/site.css", "static/site.js"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"http:", "https:", "//cdn", "@import", "localStorage", "sessionStorage", "document.cookie", "innerHTML", "eval("} {
			if bytes.Contains(text, []byte(word)) {
				t.Errorf("%s contains %q", name, word)
			}
		}
	}
}
