package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/alecthomas/kong"

	"aromart/internal/platform/config"
)

type configCmd struct {
	JSON bool `help:"Print JSON."`
}

func (s *configCmd) Run(c *console, app *kong.Kong, from *config.Source) error {
	var flags []*kong.Flag
	for _, n := range app.Model.Children {
		if n.Name == "serve" {
			flags = append(flags, n.Flags...)
		}
	}
	list, err := from.Describe(flags, nil)
	if err != nil {
		return usage{err.Error()}
	}
	if s.JSON {
		return json.NewEncoder(c.out).Encode(list)
	}
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "SETTING\tVALUE\tFROM\tENVIRONMENT")
	for _, x := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", x.Name, x.Value, x.From, x.Env)
	}
	return w.Flush()
}
