package cli

import (
	"context"
	"errors"
	"strings"
	"testing"

	"ferry/internal/config"
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
			a := newApp(Env{StderrTerminal: test.terminal})
			a.common = test.flags
			report, ok := a.newReport(aHead).(*textReport)
			if got := ok && report.draw != nil; got != test.want {
				t.Errorf("bars: %v, want %v", got, test.want)
			}
		})
	}
}

// A person is asked only where nothing else has a password, and a question that
// is interrupted ends the run.
func TestLoginAsks(t *testing.T) {
	asked := ""
	answer := func(context.Context, string) (string, error) { return "typed", nil }
	run := func(ctx context.Context, env map[string]string) (string, error) {
		asked = ""
		a := newApp(Env{
			Getenv: func(n string) string { return env[n] },
			ReadPassword: func(ctx context.Context, prompt string) (string, error) {
				asked = prompt
				return answer(ctx, prompt)
			},
		})
		p, err := config.Pair(".", "ftp://ann@host.example/x", t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		_, password, err := a.login(ctx, &pair{Profile: p, direct: true})
		return password, err
	}
	if got, err := run(t.Context(), nil); got != "typed" || err != nil || !strings.Contains(asked, "ann@host.example") {
		t.Errorf("password %q, %v, asked %q", got, err, asked)
	}
	if got, err := run(t.Context(), map[string]string{"FERRY_PASSWORD": "set"}); got != "set" || err != nil || asked != "" {
		t.Errorf("with FERRY_PASSWORD: password %q, %v, asked %q", got, err, asked)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	answer = func(ctx context.Context, _ string) (string, error) {
		cancel(errInterrupted)
		return "", context.Cause(ctx)
	}
	if _, err := run(ctx, nil); !errors.Is(err, errInterrupted) {
		t.Errorf("interrupted while asking: %v, want %v", err, errInterrupted)
	}
}
