package cli

import (
	"context"
	"io"
	"os"
	"time"

	"ferry/internal/cli/terminal"
	"ferry/internal/keyring"

	"golang.org/x/term"
)

// Env is everything outside the program that a run uses. A test hands in its own.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Getenv reads one variable of the environment, "" where it is not set.
	Getenv func(string) string
	// Dir is the working directory and Home the user's own; Home is "" where it
	// is not known.
	Dir, Home string
	// Now is the clock; nil: [time.Now].
	Now func() time.Time
	// StderrTerminal says that bars and colours make sense on Stderr.
	StderrTerminal bool
	// StdoutTerminal says that Stdout is a terminal.
	StdoutTerminal bool
	// NoEscapes says that a terminal takes no escape sequences, as an old console of
	// Windows. TERM=dumb says the same.
	NoEscapes bool
	// Width is the number of columns of that terminal; 0: not known.
	Width int
	// Keyring is that of the user; nil: there is none.
	Keyring keyring.Keyring
	// ReadPassword asks on a terminal, without echo, until ctx is cancelled. Nil:
	// nobody can be asked.
	ReadPassword func(ctx context.Context, prompt string) (string, error)
	// ReadLine asks on a terminal and returns the line that was typed, or [io.EOF] at
	// the end of the input. Nil: nobody can be asked.
	ReadLine func(ctx context.Context, prompt string) (string, error)
}

// OSEnv returns the world of this process.
func OSEnv() Env {
	env := Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Keyring: keyring.System()}
	env.Dir, _ = os.Getwd()
	env.Home, _ = os.UserHomeDir()
	if fd := int(os.Stderr.Fd()); term.IsTerminal(fd) {
		env.NoEscapes = !terminal.TakesEscapes(os.Stderr)
		env.StderrTerminal = os.Getenv("TERM") != "dumb" && !env.NoEscapes
		env.Width, _, _ = term.GetSize(fd)
		if term.IsTerminal(int(os.Stdin.Fd())) {
			env.ReadPassword, env.ReadLine = terminal.ReadPassword, terminal.ReadLine
		}
	}
	if env.StdoutTerminal = term.IsTerminal(int(os.Stdout.Fd())); env.StdoutTerminal && !terminal.TakesEscapes(os.Stdout) {
		env.NoEscapes = true
	}
	return env
}

// withDefaults fills in what a test left out.
func (e Env) withDefaults() Env {
	if e.Stdin == nil {
		e.Stdin = eof{}
	}
	if e.Stdout == nil {
		e.Stdout = io.Discard
	}
	if e.Stderr == nil {
		e.Stderr = io.Discard
	}
	if e.Getenv == nil {
		e.Getenv = func(string) string { return "" }
	}
	if e.Now == nil {
		e.Now = time.Now
	}
	return e
}

// eof is an empty input.
type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }
