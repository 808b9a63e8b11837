package cli

import (
	"context"
	"strings"
	stdsync "sync"
	"testing"
	"testing/synctest"
	"time"
)

// A fakeTerminal is what a terminal was sent.
type fakeTerminal struct {
	mu   stdsync.Mutex
	text strings.Builder
}

func (f *fakeTerminal) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.text.Write(p)
}

// take returns what was sent since the last time.
func (f *fakeTerminal) take() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	text := f.text.String()
	f.text.Reset()
	return text
}

// erased is how a line is taken from the terminal.
const erased = "\x1b[1A\r\x1b[J"

// TestWaiting holds that a terminal shows within half a second what a command waits for, and
// that nothing is left of it when there is something to show, to ask or to tell.
func TestWaiting(t *testing.T) {
	for command, what := range waitTexts {
		for name, ends := range map[string]func(*program){
			"output":   func(prog *program) { _, _ = prog.results().Write([]byte("result\n")) },
			"question": func(prog *program) { _, _ = prog.env.ReadLine(t.Context(), "sure? ") },
			"password": func(prog *program) { _, _ = prog.env.ReadPassword(t.Context(), "password: ") },
			"drawing":  func(prog *program) { prog.reports().Drawing() },
			"again":    func(prog *program) { prog.beginWait(); prog.endWait() },
		} {
			synctest.Test(t, func(t *testing.T) {
				terminal := &fakeTerminal{}
				ask := func(_ context.Context, prompt string) (string, error) {
					_, err := terminal.Write([]byte(prompt))
					return "", err
				}
				prog := newProgram(Env{Stdout: terminal, Stderr: terminal, StderrTerminal: true, Width: 60, ReadLine: ask, ReadPassword: ask})
				prog.command = command
				prog.beginWait()
				time.Sleep(500 * time.Millisecond)
				synctest.Wait()
				if got := terminal.take(); !strings.Contains(got, " "+what+"\n") {
					t.Errorf("%s, %s: after half a second there is %q", command, name, got)
				}
				ends(prog)
				synctest.Wait()
				if got := terminal.take(); !strings.HasPrefix(got, erased) || strings.Count(got, "\n") > 1 || strings.Contains(got, what) {
					t.Errorf("%s, %s: in the end there is %q", command, name, got)
				}
				time.Sleep(time.Minute)
				if got := terminal.take(); got != "" {
					t.Errorf("%s, %s: later there is %q", command, name, got)
				}
			})
		}
	}
}

// TestWaitingTogether holds that nothing goes on turning when several connections begin to be
// waited for at once.
func TestWaitingTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		terminal := &fakeTerminal{}
		prog := newProgram(Env{Stdout: terminal, Stderr: terminal, StderrTerminal: true, Width: 60})
		prog.command = "check"
		var begun stdsync.WaitGroup
		for range 500 {
			begun.Go(prog.beginWait)
		}
		begun.Wait()
		prog.endWait()
		_ = terminal.take()
		time.Sleep(time.Minute)
		if got := terminal.take(); got != "" {
			t.Errorf("later there is %q", got)
		}
	})
}

// TestNoWaiting holds that nothing is shown without a terminal, for what is quick, and to those
// who want to hear nothing.
func TestNoWaiting(t *testing.T) {
	for name, set := range map[string]func(*program){
		"no terminal":        func(prog *program) { prog.env.StderrTerminal = false },
		"quiet":              func(prog *program) { prog.common.quiet = true },
		"JSON":               func(prog *program) { prog.common.json = true },
		"no progress":        func(prog *program) { prog.common.noProgress = true },
		"another command":    func(prog *program) { prog.command = "watch" },
		"quick, as it turns": func(prog *program) { time.AfterFunc(100*time.Millisecond, prog.endWait) },
	} {
		synctest.Test(t, func(t *testing.T) {
			terminal := &fakeTerminal{}
			prog := newProgram(Env{Stdout: terminal, Stderr: terminal, StderrTerminal: true})
			prog.command = "check"
			set(prog)
			prog.beginWait()
			time.Sleep(time.Minute)
			prog.endWait()
			if got := terminal.take(); got != "" {
				t.Errorf("%s: %q", name, got)
			}
		})
	}
}
