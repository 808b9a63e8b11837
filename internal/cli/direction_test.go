package cli

import (
	"slices"
	"strings"
	"testing"
)

// TestOtherDirection checks what a one-way command does with profiles of each direction.
func TestOtherDirection(t *testing.T) {
	const file = `profiles:
  up: {local: ./up, remote: ftp://host/up, direction: push}
  down: {local: ./down, remote: ftp://host/down, direction: pull}
  both: {local: ./both, remote: ftp://host/both}
`
	for _, c := range []struct {
		args string
		want []string // the profiles that are opened; nil: it is refused
		said string
	}{
		{"push", []string{"up", "both"}, "left out, since the direction is pull: down"},
		{"pull", []string{"down", "both"}, "left out, since the direction is push: up"},
		{"push up both", []string{"up", "both"}, ""},
		{"push both", []string{"both"}, ""},
		{"push down", nil, "the direction of down is pull\nferry: hint: --direction push"},
		{"push up down", nil, "the direction of down is pull"},
		{"pull up", nil, "the direction of up is push\nferry: hint: --direction pull"},
		{"push down --direction push", []string{"down"}, ""},
		{"push --direction push", []string{"up", "down", "both"}, ""},
		{"push down --direction pull", nil, `"ferry push" goes one way, and --direction pull is another`},
		{"push --direction both", nil, `or "ferry sync" for both ways`},
		{"push --direction sideways", nil, "sideways"},
		{"sync", []string{"up", "down", "both"}, ""},
		{"pull ./x ftp://host/y", []string{"x-host"}, ""},
	} {
		t.Run(c.args, func(t *testing.T) {
			f := newFakeRun(t).file("ferry.yaml", file)
			code := f.ferry(t.Context(), strings.Fields(c.args)...)
			var got []string
			for _, p := range f.opened {
				got = append(got, p.Name)
				if way := strings.Fields(c.args)[0]; way != "sync" && p.Direction.String() != way {
					t.Errorf("%s goes %s", p.Name, p.Direction)
				}
			}
			if (code == 0) != (c.want != nil) || c.want == nil && code != ExitUsage || !slices.Equal(got, c.want) {
				t.Errorf("exit %d, opened %q, want %q\n%s", code, got, c.want, f.stderr.String())
			}
			if !strings.Contains(f.stderr.String(), c.said) || c.said == "" && strings.Contains(f.stderr.String(), "left out") {
				t.Errorf("it said %q, want %q", f.stderr.String(), c.said)
			}
		})
	}
	f := newFakeRun(t).file("ferry.yaml", strings.Join(strings.SplitAfter(file, "\n")[:2], ""))
	if got := f.ferry(t.Context(), "pull"); got != ExitUsage || !strings.Contains(f.stderr.String(), "there is no profile to pull") {
		t.Errorf("exit %d, %s", got, f.stderr.String())
	}
}
