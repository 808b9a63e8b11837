// Package cli is the command line of ferry: it parses arguments, joins the
// parts, and shows what happens.
package cli

import (
	"context"
	"io"
	"os"
)

// Env is the world a run sees, handed in so that a test can be a whole run.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// OSEnv returns the world of this process.
func OSEnv() Env { return Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr} }

// Main runs the command line and returns the exit code.
func Main(ctx context.Context, env Env, args []string) int { return 1 }
