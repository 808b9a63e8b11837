package readme

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/internal/cli"
	"ferry/internal/keyring/keyringtest"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the test binary the program, so that a shell can run it. Its keyring is a file, never that of whoever
// runs the tests.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"ferry": func() {
			ctx, stop := cli.Signals(context.Background())
			env := cli.OSEnv()
			env.Keyring = keyringtest.File(filepath.Join(env.Home, "keyring.json"))
			code := cli.Main(ctx, env, os.Args[1:])
			stop()
			os.Exit(code)
		},
	})
}

// top is the directory of the module.
var top = filepath.Join("..", "..", "..")

// section returns what a Markdown file has under a heading, which is given with its number signs.
func section(t *testing.T, file, heading string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(top, file))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut("\n"+string(text), "\n"+heading+"\n")
	if !found {
		t.Fatalf("%s has no heading %q", file, heading)
	}
	inside, _, _ := strings.Cut(rest, "\n#")
	return inside
}

// codeLines returns the lines of the indented code in a text, without their comments, and with those in one that a
// backslash splits.
func codeLines(text string) []string {
	var all []string
	joined := ""
	for line := range strings.Lines(text) {
		code, indented := strings.CutPrefix(line, "    ")
		if !indented {
			continue
		}
		if i := strings.Index(code, " # "); i >= 0 {
			code = code[:i]
		}
		code = joined + strings.TrimPrefix(strings.TrimSpace(code), "$ ")
		if before, more := strings.CutSuffix(code, `\`); more {
			joined = before
			continue
		}
		joined = ""
		all = append(all, code)
	}
	return all
}
