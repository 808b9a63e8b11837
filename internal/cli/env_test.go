package cli

import (
	"io"
	"testing"
)

// Bars are drawn on a terminal only, and only where nobody forbids them.
func TestBarsOnlyOnATerminal(t *testing.T) {
	for _, test := range []struct {
		name     string
		terminal bool
		flags    commonFlags
		want     bool
	}{
		{"a terminal", true, commonFlags{}, true},
		{"a pipe", false, commonFlags{}, false},
		{"--no-progress", true, commonFlags{noProgress: true}, false},
		{"--quiet", true, commonFlags{quiet: true}, false},
		{"--json", true, commonFlags{json: true}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			prog := newProgram(Env{StderrTerminal: test.terminal, Stderr: io.Discard})
			prog.common = test.flags
			if got := prog.reports().Terminal != nil; got != test.want {
				t.Errorf("bars: %v, want %v", got, test.want)
			}
		})
	}
}
