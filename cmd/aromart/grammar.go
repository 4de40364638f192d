package main

import (
	"fmt"
	"net/netip"
	"reflect"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"
)

// asTyped prepares arguments for the grammar: `help order list` asks for what
// `order list --help` asks for, and a negative number after a flag is its
// value and not a further flag.
func asTyped(args []string) []string {
	if len(args) == 0 {
		return []string{"--help"}
	}
	if args[0] == "help" && (len(args) == 1 || !strings.HasPrefix(args[1], "-")) {
		return append(append([]string{}, args[1:]...), "--help")
	}
	var out []string
	for i, a := range args {
		if a == "--" {
			return append(out, args[i:]...)
		}
		if last := len(out) - 1; last >= 0 && negative.MatchString(a) && strings.HasPrefix(out[last], "--") && !strings.Contains(out[last], "=") {
			out[last] += "=" + a
			continue
		}
		out = append(out, a)
	}
	return out
}

var negative = regexp.MustCompile(`^-[0-9][0-9.,]*$`)

// placeholders name the value of each flag by what it is, not by its type.
func placeholders(n *kong.Node) {
	for _, f := range n.Flags {
		if f.PlaceHolder != "" || f.HasDefault || f.IsBool() {
			continue
		}
		switch {
		case f.Tag.Type == "path":
			f.PlaceHolder = "FILE"
		case f.Target.CanInt():
			f.PlaceHolder = "N"
		case f.Target.Kind() == reflect.String:
			f.PlaceHolder = strings.ToUpper(f.Name[strings.LastIndexByte(f.Name, '-')+1:])
		}
	}
	for _, child := range n.Children {
		placeholders(child)
	}
}

// misread says what was wrong with the arguments in words of the command, not of the parser.
func misread(err error) string {
	if m := noValue.FindStringSubmatch(err.Error()); m != nil {
		return m[1] + " needs a value"
	}
	return err.Error()
}

var noValue = regexp.MustCompile(`^(--[a-z-]+): expected .* but got "EOL"`)

// readPrefix reads a range of internet addresses, or one address.
func readPrefix(ctx *kong.DecodeContext, target reflect.Value) error {
	var typed string
	if err := ctx.Scan.PopValueInto("range", &typed); err != nil {
		return err
	}
	p, err := netip.ParsePrefix(typed)
	if one, e := netip.ParseAddr(typed); e == nil {
		p, err = netip.PrefixFrom(one, one.BitLen()), nil
	}
	if err != nil {
		return fmt.Errorf("%q is neither an internet address nor a range of them, such as 127.0.0.1/32", typed)
	}
	target.Set(reflect.ValueOf(p))
	return nil
}

type completionCmd struct {
	Shell string `arg:"" optional:"" default:"bash" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run prints a script that completes the names of commands and flags.
func (s *completionCmd) Run(c *console, app *kong.Kong) error {
	switch s.Shell {
	case "zsh": // it understands the functions of bash
		fmt.Fprint(c.out, "#compdef aromart\n# source <(aromart completion zsh)\nautoload -U +X bashcompinit && bashcompinit\n")
		bashCompletion(c, app.Model.Node)
	case "fish":
		fmt.Fprintln(c.out, "# aromart completion fish | source\ncomplete -c aromart -f")
		fishCompletion(c, app.Model.Node)
	default:
		fmt.Fprintln(c.out, "# source <(aromart completion bash)")
		bashCompletion(c, app.Model.Node)
	}
	return nil
}

// eachCommand visits the shown commands with the words that lead to them.
func eachCommand(n *kong.Node, words []string, visit func(n *kong.Node, words []string)) {
	visit(n, words)
	for _, child := range n.Children {
		if child.Type == kong.CommandNode && !child.Hidden {
			eachCommand(child, append(words[:len(words):len(words)], child.Name), visit)
		}
	}
}

func bashCompletion(c *console, root *kong.Node) {
	fmt.Fprintln(c.out, `_aromart() {
  local path="" words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "${COMP_WORDS[i]}" in -*) ;; *) path="$path ${COMP_WORDS[i]}" ;; esac
  done
  case "$path" in`)
	// A longer path stands before the shorter one that it begins with: what follows a command are its arguments.
	var cases []string
	eachCommand(root, nil, func(n *kong.Node, words []string) {
		pattern := strings.Join(words, " ")
		if pattern != "" {
			pattern = " " + pattern
		}
		tail := "*"
		if len(n.Children) > 0 {
			tail = ""
		}
		cases = append(cases, fmt.Sprintf("    %q%s) words=%q ;;\n", pattern, tail, strings.Join(following(n), " ")))
	})
	for i := len(cases) - 1; i >= 0; i-- {
		fmt.Fprint(c.out, cases[i])
	}
	fmt.Fprintln(c.out, `  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _aromart aromart`)
}

// following are the words that may come after a command.
func following(n *kong.Node) (words []string) {
	for _, child := range n.Children {
		if !child.Hidden {
			words = append(words, child.Name)
		}
	}
	for _, f := range n.Flags {
		if !f.Hidden {
			words = append(words, "--"+f.Name)
		}
	}
	return words
}

func fishCompletion(c *console, root *kong.Node) {
	quote := func(s string) string { return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'" }
	eachCommand(root, nil, func(n *kong.Node, words []string) {
		when := "__fish_use_subcommand"
		if len(words) > 0 {
			var seen []string
			for _, w := range words {
				seen = append(seen, "__fish_seen_subcommand_from "+w)
			}
			when = strings.Join(seen, "; and ")
		}
		for _, child := range n.Children {
			if !child.Hidden {
				fmt.Fprintf(c.out, "complete -c aromart -n %s -a %s -d %s\n", quote(when), child.Name, quote(child.Help))
			}
		}
		for _, f := range n.Flags {
			if f.Hidden {
				continue
			}
			value := " -r" // takes a value, often a file
			if f.IsBool() {
				value = ""
			}
			fmt.Fprintf(c.out, "complete -c aromart -n %s -l %s%s -d %s\n", quote(when), f.Name, value, quote(strings.ReplaceAll(f.Help, "${default}", f.Default)))
		}
	})
}
