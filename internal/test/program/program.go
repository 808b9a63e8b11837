// Package program builds ferry for tests that start it as a program of its own.
package program

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

var (
	dir   string
	build = sync.OnceValues(func() (path string, err error) {
		if dir, err = os.MkdirTemp("", "ferry-program-"); err != nil {
			return "", err
		}
		path = filepath.Join(dir, "ferry")
		if out, err := exec.Command("go", "build", "-o", path, "../../..").CombinedOutput(); err != nil {
			return "", fmt.Errorf("building ferry: %w\n%s", err, out)
		}
		return path, nil
	})
)

// Path returns the path of ferry. It is built when it is first asked for, without the race detector: with it a program
// takes much longer to start, and to do anything. FERRY_PROGRAM names a program that exists already. It may be called
// by several goroutines.
func Path(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("FERRY_PROGRAM"); path != "" {
		return path
	}
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Remove removes what [Path] has built. TestMain calls it at the end.
func Remove() {
	if dir != "" {
		_ = os.RemoveAll(dir)
	}
}
