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

type completionCmd struct{}

// Run prints a script that completes the commands' names.
func (completionCmd) Run(c *console, app *kong.Kong) error {
	fmt.Fprintln(c.out, "# source <(aromart completion)\n_aromart() {\n  local words\n  case \"${COMP_WORDS[1]}\" in")
	top := ""
	for _, n := range app.Model.Children {
		top += " " + n.Name
		words := ""
		for _, sub := range n.Children {
			words += " " + sub.Name
		}
		for _, f := range n.Flags {
			words += " --" + f.Name
		}
		fmt.Fprintf(c.out, "    %s) words=\"%s\" ;;\n", n.Name, words)
	}
	fmt.Fprintf(c.out, "  esac\n  [ \"$COMP_CWORD\" = 1 ] && words=\"%s\"\n  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\ncomplete -F _aromart aromart\n", top)
	return nil
}
