package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestManPages holds that every command has a page, which has all of its parts, and which mandoc and groff take without a
// word where they are there.
func TestManPages(t *testing.T) {
	dir := t.TempDir()
	var talk bytes.Buffer
	if code := Main(t.Context(), Env{Stderr: &talk}, []string{"man", "--output", dir}); code != ExitOK {
		t.Fatalf("%d: %s", code, talk.String())
	}
	pages, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	eachCommand(rootCommand(newProgram(Env{})), func(cmd *cobra.Command) {
		if cmd.Name() == "help" {
			return
		}
		n++
		text, err := os.ReadFile(filepath.Join(dir, pageName(cmd)+".1"))
		if err != nil {
			t.Error(err)
			return
		}
		for _, part := range []string{".TH \"FERRY", "\n.SH SYNOPSIS\n", "\n.SH DESCRIPTION\n", "\n.SH OPTIONS\n", "\n.SH \"EXIT STATUS\"\n", `\fB\-\-help\fR`} {
			if strings.Count(string(text), part) != 1 {
				t.Errorf("%s has %q %d times", cmd.CommandPath(), part, strings.Count(string(text), part))
			}
		}
	})
	if len(pages) != n {
		t.Errorf("%d pages, and there are %d commands", len(pages), n)
	}
	for tool, args := range map[string][]string{
		"mandoc": {"-Tlint", "-Wstyle"},
		"groff":  {"-man", "-Tutf8", "-ww", "-z"},
	} {
		if _, err := exec.LookPath(tool); err != nil {
			continue
		}
		if out, err := exec.Command(tool, append(args, pages...)...).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", tool, err, out)
		}
	}
}

// TestManArguments holds which page is printed, and what cannot be asked for.
func TestManArguments(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"man"}, ExitOK, ".TH \"FERRY\" 1 "},
		{[]string{"man", "trash", "empty"}, ExitOK, `.TH "FERRY\-TRASH\-EMPTY" 1 `},
		{[]string{"man", "nothing"}, ExitUsage, ""},
		{[]string{"man", "sync", "--output", "x"}, ExitUsage, ""},
	} {
		var out, talk bytes.Buffer
		if code := Main(t.Context(), Env{Stdout: &out, Stderr: &talk}, c.args); code != c.code || !strings.HasPrefix(out.String(), c.want) {
			t.Errorf("%q: exit %d, %.60q, %s", c.args, code, out.String(), talk.String())
		}
	}
}
