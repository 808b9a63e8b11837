// Package terminal asks a person on the terminal of this process.
package terminal

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"

	"golang.org/x/term"
)

// ReadPassword asks on standard error and reads a line from the terminal on
// standard input, without echo. A cancelled context leaves the terminal as it
// was.
func ReadPassword(ctx context.Context, prompt string) (string, error) {
	fd := int(os.Stdin.Fd())
	// The echo ends before the prompt is there, for somebody who types at once.
	before, err := term.MakeRaw(fd)
	if err != nil {
		return "", err
	}
	if _, err := io.WriteString(os.Stderr, prompt); err != nil {
		_ = term.Restore(fd, before)
		return "", err
	}
	type answer struct {
		line string
		err  error
	}
	typed := make(chan answer, 1)
	go func() {
		line, err := readSecret(os.Stdin)
		typed <- answer{line, err}
	}()
	var a answer
	select {
	case <-ctx.Done():
		a.err = context.Cause(ctx)
	case a = <-typed:
	}
	_ = term.Restore(fd, before)
	_, _ = io.WriteString(os.Stderr, "\n")
	switch {
	case errors.Is(a.err, errInterrupted):
		return "", interrupt(ctx)
	case errors.Is(a.err, io.EOF):
		return "", errors.New("no password was typed")
	}
	return a.line, a.err
}

// ReadLine asks on standard error and reads a line from standard input. Where
// ctx is cancelled nothing was typed.
func ReadLine(ctx context.Context, prompt string) (string, error) {
	if _, err := io.WriteString(os.Stderr, prompt); err != nil {
		return "", err
	}
	type answer struct {
		line string
		err  error
	}
	typed := make(chan answer, 1)
	go func() {
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		typed <- answer{line, err}
	}()
	select {
	case <-ctx.Done():
		_, _ = io.WriteString(os.Stderr, "\n")
		return "", context.Cause(ctx)
	case a := <-typed:
		if errors.Is(a.err, io.EOF) && a.line != "" {
			return a.line, nil
		}
		if a.err != nil {
			_, _ = io.WriteString(os.Stderr, "\n") // what is said next has a line of its own
		}
		return a.line, a.err
	}
}
