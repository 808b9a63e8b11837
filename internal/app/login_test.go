package app

import (
	"context"
	"errors"
	"strings"
	"testing"

	"ferry/internal/config"
)

// A person is asked only where nothing else has a password, and a question that
// is interrupted ends the run.
func TestLoginAsks(t *testing.T) {
	asked := ""
	answer := func(context.Context, string) (string, error) { return "typed", nil }
	run := func(ctx context.Context, env map[string]string) (string, error) {
		asked = ""
		o := NewOpener(Options{
			Getenv: func(n string) string { return env[n] },
			AskPassword: func(ctx context.Context, prompt string) (string, error) {
				asked = prompt
				return answer(ctx, prompt)
			},
		})
		p, err := config.Pair(".", "ftp://ann@host.example/x", t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		_, password, err := o.login(ctx, &Pair{Profile: p, Direct: true})
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
		cancel(ErrInterrupted)
		return "", context.Cause(ctx)
	}
	if _, err := run(ctx, nil); !errors.Is(err, ErrInterrupted) {
		t.Errorf("interrupted while asking: %v, want %v", err, ErrInterrupted)
	}
}
