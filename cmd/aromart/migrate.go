package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"aromart/internal/platform/backup"
	"aromart/internal/platform/db"
)

type migrateCmd struct {
	place
	Status bool `help:"Only say where the schema stands; changes nothing."`
	JSON   bool `help:"Print JSON."`
}

func (m *migrateCmd) Run(ctx context.Context, c *console) error {
	if m.Status {
		if err := m.there(); err != nil {
			return err
		}
	}
	if err := backup.Interrupted(m.Data, m.Database != ""); err != nil {
		return err
	}
	d, err := db.Open(ctx, db.Options{Dir: m.Data, URL: m.Database})
	if err != nil {
		return err
	}
	defer d.Close()
	if err := backup.Unfinished(ctx, d, m.Data); err != nil {
		return err
	}
	if !m.Status {
		if err := db.Migrate(ctx, d); err != nil {
			return err
		}
	}
	st, err := d.Status(ctx)
	if err != nil {
		return err
	}
	if m.JSON {
		err = json.NewEncoder(c.out).Encode(map[string]any{"have": st.Have, "want": st.Want, "database": d.Dialect().String()})
	} else {
		_, err = fmt.Fprintf(c.out, "schema %d of %d, %s\n", st.Have, st.Want, d.Dialect())
	}
	if err != nil {
		return err
	}
	if st.Have > st.Want {
		return errors.Join(db.ErrNewer)
	}
	if st.Have < st.Want {
		return errFound
	}
	return nil
}

type versionCmd struct {
	JSON bool `help:"Print JSON."`
}

// version is the release, or the commit that the program was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "devel-" + s.Value[:min(12, len(s.Value))]
		}
	}
	return "devel"
}

func versionLine() string {
	return fmt.Sprintf("aromart %s %s %s/%s", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func (v *versionCmd) Run(c *console) error {
	if v.JSON {
		return json.NewEncoder(c.out).Encode(map[string]string{"version": version(), "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH})
	}
	_, err := fmt.Fprintln(c.out, versionLine())
	return err
}
