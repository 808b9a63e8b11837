package release

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestRenameModule holds that .ci/rename-module gives a copy of the module another path, once and once more: every import
// of every package is found, tests included, and the test of the arrows between packages passes.
func TestRenameModule(t *testing.T) {
	if testing.Short() {
		t.Skip("it copies the module")
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("there is no bash")
	}
	copied := copyModule(t)
	for _, path := range []string{"ferry", "example.org/ferry", "https://example.org/me/ferry", "example.org/me/other", "me/ferry", ""} {
		if out, err := run(t, copied, "bash", ".ci/rename-module", path); err == nil || !strings.Contains(out, "error:") {
			t.Errorf("%q is taken: %s", path, out)
		}
	}
	for _, path := range []string{"git.example.org/who/ferry", "github.com/me/ferry"} {
		if out, err := run(t, copied, "bash", ".ci/rename-module", path); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if out, err := run(t, copied, "go", "list", "-m"); err != nil || strings.TrimSpace(out) != path {
			t.Errorf("the module is called %q: %v", out, err)
		}
	}
	out, err := run(t, copied, "go", "list", "-test", "-deps", "./...")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "ferry/") || strings.HasPrefix(line, "git.example.org/") {
			t.Errorf("the old path is left: %s", line)
		}
	}
	if out, err := run(t, copied, "go", "test", "./internal/test/arch", "-run", "Arrows|Wrong|AppHasNoTerminal"); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	script, err := os.ReadFile(filepath.Join(copied, "ci", "run.sh"))
	if err != nil || !bytes.Contains(script, []byte("https://github.com/me/ferry/releases")) {
		t.Errorf("the address of releases is not that of the module: %v", err)
	}
	for file, want := range map[string][]string{
		".goreleaser.yaml": {`"me <me@users.`, "{owner: me, name: homebrew-tap", "package_identifier: me.ferry\n", "publisher: me\n", "https://github.com/me\n", "owner: me\n", "owner: microsoft", "ghcr.io/me/ferry]"},
		"docs/install.md":  {"--cask me/tap/ferry", "github.com/me/scoop-bucket", "winget install me.ferry`", "ghcr.io/me/ferry:1"},
	} {
		text, err := os.ReadFile(filepath.Join(copied, filepath.FromSlash(file)))
		if err != nil || bytes.Contains(text, []byte("OWNER")) || bytes.Contains(text, []byte("who")) && file == ".goreleaser.yaml" {
			t.Errorf("%s names another owner: %v", file, err)
		}
		for _, want := range want {
			if !bytes.Contains(text, []byte(want)) {
				t.Errorf("%s does not say %q", file, want)
			}
		}
	}
	if os.Getenv("FERRY_TEST_RELEASE") != "" {
		if out, err := run(t, copied, "go", "vet", "./..."); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		if out, err := run(t, copied, "gofmt", "-l", "."); err != nil || out != "" {
			t.Errorf("not formatted: %s, %v", out, err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(copied, "*.renamed")); err != nil || len(left) > 0 {
		t.Errorf("%q are left, %v", left, err)
	}
}

// moduleRoot is the directory of go.mod.
func moduleRoot(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// copyModule copies the files of the module, without those of Git.
func copyModule(t *testing.T) string {
	t.Helper()
	root, to := moduleRoot(t), t.TempDir()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		switch {
		case err != nil:
			return err
		case d.Name() == ".git" || d.Name() == "dist":
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		case !d.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), text, info.Mode().Perm())
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// run runs a program and returns what it wrote.
func run(t *testing.T, dir, name string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod -buildvcs=false -p=2")
	out, err := cmd.CombinedOutput()
	return string(out), err
}
