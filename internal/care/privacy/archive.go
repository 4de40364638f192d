package privacy

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"aromart/internal/care/policy"
	"aromart/internal/kit/clock"
	"aromart/internal/kit/i18n"
	"aromart/internal/market"
	"aromart/internal/platform/db"
	"aromart/internal/platform/durable"
)

// DirName is the folder of archives inside the data directory.
const DirName = "exports"

// document is data.json.
type document struct {
	Format   string                      `json:"format"`
	MadeAt   time.Time                   `json:"made_at"`
	Market   string                      `json:"market"`
	Currency string                      `json:"currency"`
	Notes    []string                    `json:"notes"`
	Data     map[string][]map[string]any `json:"data"`
	Columns  []policy.Column             `json:"columns"`
}

// Archive writes the copy that a person gets: a ZIP with data.json for
// programs and data.html for people.
func Archive(ctx context.Context, r db.Reader, m *market.Profile, s Subject, lang string, now time.Time) ([]byte, error) {
	tables, err := Collect(ctx, r, s)
	if err != nil {
		return nil, err
	}
	tr := i18n.For(lang)
	doc := document{Format: "aromart personal data 1", MadeAt: now.UTC(), Market: m.Code, Currency: m.Currency.Code,
		Notes: []string{tr.T("privacy.copy.amounts", "currency", m.Currency.Code)}, Data: map[string][]map[string]any{}}
	for _, t := range tables {
		list := make([]map[string]any, len(t.Rows))
		for i, row := range t.Rows {
			list[i] = make(map[string]any, len(row))
			for j, c := range t.Columns {
				list[i][c.Column] = jsonValue(c.Column, row[j])
			}
		}
		doc.Data[t.Name] = list
		doc.Columns = append(doc.Columns, t.Columns...)
	}
	data, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		return nil, err
	}
	page, err := readable(tables, tr, m, now)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range []struct {
		name string
		data []byte
	}{{"data.json", data}, {"data.html", page}} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: now})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	err = z.Close()
	return out.Bytes(), err
}

// isTime reports the columns that hold a moment; the schema names them alike.
func isTime(column string) bool {
	return column == "at" || strings.HasSuffix(column, "_at") || strings.HasPrefix(column, "arrives_") || column == "confirm_by" || column == "hand_over_by"
}

// jsonValue writes moments as people and programs read them, and snapshots as what they are.
func jsonValue(column string, v any) any {
	switch x := v.(type) {
	case int64:
		if isTime(column) {
			return clock.FromMicros(x)
		}
	case string:
		if strings.HasPrefix(x, "{") && json.Valid([]byte(x)) {
			return json.RawMessage(x)
		}
	}
	return v
}

// textValue is a value in the page; "" is left out.
func textValue(column string, v any, tr *i18n.Translator, m *market.Profile) string {
	switch x := v.(type) {
	case nil:
		return ""
	case int64:
		if isTime(column) {
			return tr.Date(clock.FromMicros(x).In(m.Location), i18n.DateTime)
		}
	}
	return fmt.Sprint(v)
}

type (
	pageField struct{ Name, Value string }
	pageTable struct {
		Title string
		Rows  [][]pageField
	}
)

// readable is the page for people: every value of the copy, by kind.
func readable(tables []Table, tr *i18n.Translator, m *market.Profile, now time.Time) ([]byte, error) {
	var list []pageTable
	for _, t := range tables {
		part := pageTable{Title: tr.T("privacy.table." + t.Name)}
		for _, row := range t.Rows {
			var fields []pageField
			for i, c := range t.Columns {
				if value := textValue(c.Column, row[i], tr, m); value != "" {
					fields = append(fields, pageField{strings.ReplaceAll(c.Column, "_", " "), value})
				}
			}
			part.Rows = append(part.Rows, fields)
		}
		list = append(list, part)
	}
	var out bytes.Buffer
	err := copyPage.Execute(&out, map[string]any{"Lang": tr.Lang(), "Dir": tr.Dir(), "Title": tr.T("privacy.copy.title"),
		"Made": tr.T("privacy.copy.made", "day", tr.Date(now.In(m.Location), i18n.DateTime)),
		"Note": tr.T("privacy.copy.amounts", "currency", m.Currency.Code), "Tables": list})
	return out.Bytes(), err
}

// copyPage stands alone on the person's own machine: no style sheet, no script, no link.
var copyPage = template.Must(template.New("copy").Parse(`<!doctype html>
<html lang="{{.Lang}}" dir="{{.Dir}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title></head>
<body><h1>{{.Title}}</h1><p>{{.Made}}</p><p>{{.Note}}</p>
{{range .Tables}}<h2>{{.Title}}</h2>
{{range .Rows}}<dl>{{range .}}<dt>{{.Name}}</dt><dd>{{.Value}}</dd>
{{end}}</dl><hr>
{{end}}{{end}}</body></html>
`))

// seal encrypts an archive under a key of its own and writes it durably. The
// name is part of what is authenticated, so that files cannot be swapped.
func seal(dir, id string, data []byte) (key string, err error) {
	raw := make([]byte, 32)
	rand.Read(raw)
	box, err := sealer(raw)
	if err != nil {
		return "", err
	}
	folder := filepath.Join(dir, DirName)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("privacy: cannot make the folder for archives: %w", err)
	}
	if err := durable.WriteFile(archiveFile(dir, id), box.Seal(nil, nil, data, []byte(id))); err != nil {
		return "", err
	}
	return hex.EncodeToString(raw), nil
}

// unseal reads an archive back.
func unseal(dir, id, key string) ([]byte, error) {
	raw, err := hex.DecodeString(key)
	if err != nil {
		return nil, err
	}
	box, err := sealer(raw)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(archiveFile(dir, id))
	if err != nil {
		return nil, err
	}
	return box.Open(nil, nil, data, []byte(id))
}

func sealer(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func archiveFile(dir, id string) string { return filepath.Join(dir, DirName, id+".zip.sealed") }

// removeArchive deletes a file; one that is gone is no error, because a job may run twice.
func removeArchive(dir, id string) error {
	for _, name := range []string{archiveFile(dir, id), filepath.Join(dir, DirName, durable.HalfPrefix+id)} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
