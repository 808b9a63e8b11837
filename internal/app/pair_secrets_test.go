package app

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// TestSecretsOfADeploy: what is kept secret for a password is for a state-key, too.
func TestSecretsOfADeploy(t *testing.T) {
	dir := t.TempDir()
	program := "print-key"
	if runtime.GOOS == "windows" {
		program += ".bat"
	}
	const text = `profiles:
  variable: {local: a, remote: "ftp://h/a", deploy: {state-key: {env: KEY}}}
  file: {local: a, remote: "ftp://h/b", deploy: {state-key: {file: key}}}
  command: {local: a, remote: "ftp://h/c", deploy: {state-key: {command: ./PROGRAM}}}
  staged: {local: a, remote: "ftp://h/d", hooks: {staged: ./PROGRAM}, deploy: {}}
`
	file := filepath.Join(dir, "ferry.yaml")
	for name, content := range map[string]string{file: strings.ReplaceAll(text, "PROGRAM", program), filepath.Join(dir, program): "#!"} {
		if err := os.WriteFile(name, []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	pairs, err := Workspace{Dir: dir, Home: dir, ConfigFile: file, StateOption: dir}.Pairs(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pairs {
		for _, name := range []string{"key", program} {
			if !slices.Contains(p.obeyed, filepath.Join(dir, name)) {
				t.Errorf("%s: %s travels", p.Name, name)
			}
		}
		if !slices.Contains(p.secrets, "KEY") {
			t.Errorf("%s: hooks see the variable with the key", p.Name)
		}
		if got, want := RunsCommands(p.Profile), p.Name == "command" || p.Name == "staged"; got != want {
			t.Errorf("%s: runs commands %v, want %v", p.Name, got, want)
		}
	}
}
