package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"aromart/internal/platform/db"
)

type migrateCmd struct {
	place
	Status bool `help:"Only say where the schema stands; changes nothing."`
}

func (m *migrateCmd) Run(ctx context.Context, c *console) error {
	if m.Status {
		if err := m.there(); err != nil {
			return err
		}
	}
	d, err := db.Open(ctx, db.Options{Dir: m.Data, URL: m.Database})
	if err != nil {
		return err
	}
	defer d.Close()
	if !m.Status {
		if err := db.Migrate(ctx, d); err != nil {
			return err
		}
	}
	st, err := d.Status(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "schema %d of %d, %s\n", st.Have, st.Want, d.Dialect())
	if st.Have > st.Want {
		return errors.Join(db.ErrNewer)
	}
	if st.Have < st.Want {
		return errFound
	}
	return nil
}

type versionCmd struct{}

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

func (versionCmd) Run(c *console) error {
	fmt.Fprintf(c.out, "aromart %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}
