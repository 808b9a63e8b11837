package server

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"ferry/internal/ftp/check"
)

// Between returns what a check of two servers found, for people to read: who sends to whom, and
// each trial step by step.
func Between(b *check.Between) string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	for i, name := range []string{"first", "second"} {
		s := b.Servers[i]
		fmt.Fprintf(w, "%s server\t%s (%s), user %s, directory %s%s\n", name, s.Address, protections[s.Security], s.User, s.Root,
			map[bool]string{true: "", false: " (does not exist)"}[s.RootThere])
	}
	for _, sender := range []check.Party{check.First, check.Second} {
		fmt.Fprintf(w, "%s\t%s\n", towards(sender), verdict(b, sender))
	}
	w.Flush()
	for i, name := range []string{"first", "second"} {
		for _, note := range b.Servers[i].Notes {
			fmt.Fprintf(&out, "note: the %s server: %s\n", name, note)
		}
	}
	for _, way := range b.Ways {
		if len(way.Steps) == 0 { // nothing was tried, and why is said above
			continue
		}
		out.WriteString("\n" + wayText(way, "server"))
	}
	return out.String()
}

func towards(sender check.Party) string {
	if sender == check.First {
		return "first to second"
	}
	return "second to first"
}

// verdict says in a line whether files go directly from a server to the other one.
func verdict(b *check.Between, sender check.Party) string {
	var listeners, why []string
	for _, w := range b.Ways {
		switch {
		case w.Sender != sender:
		case w.Works:
			listeners = append(listeners, "the "+string(w.Listener)+" listens")
		default:
			if len(why) == 0 || why[len(why)-1] != w.Why {
				why = append(why, w.Why)
			}
		}
	}
	switch len(listeners) {
	case 2:
		return "works, whichever listens"
	case 1:
		return "works where " + listeners[0]
	}
	return "does not work, so a copy goes through this machine: " + strings.Join(why, "; ")
}

// wayText draws a trial. kind is what the two are: servers, or sessions of one.
func wayText(w *check.Way, kind string) string {
	var out strings.Builder
	outcome := "works"
	if !w.Works {
		outcome = "does not work"
	}
	fmt.Fprintf(&out, "%s, and the %s %s listens; %s\n", towards(w.Sender), w.Listener, kind, outcome)
	if len(w.Steps) > 0 {
		out.WriteString(newThree(w, kind).draw())
	}
	if !w.Works {
		out.WriteString("  " + w.Why + "\n")
	}
	if w.Cause != "" {
		out.WriteString("  likely cause: " + w.Cause + "\n")
	}
	return out.String()
}
