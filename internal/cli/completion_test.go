package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ferry/internal/demo"

	"github.com/google/go-cmp/cmp"
)

// TestBashCompletion types lines in a bash without other packages, and holds what it offers.
func TestBashCompletion(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash here")
	}
	dir := t.TempDir()
	config := "profiles:\n" +
		"  site: {local: ./a, remote: 'ftp://h/x'}\n" +
		"  photos: {local: ./b, remote: 'ftp://h/y'}\n"
	for name, text := range map[string]string{"ferry.yaml": config, "completion.bash": bashCompletion, "mydir/inside/f": "", "ca.pem": ""} {
		if err := demo.WriteFile(dir, name, text); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "ferry")); err != nil {
		t.Skip(err)
	}
	// The words are split as readline splits them.
	const begin = `
source ./completion.bash
compopt() { :; }
try() {
    COMP_LINE=$1; shift
    COMP_POINT=${#COMP_LINE} COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_TYPE=9 COMP_KEY=9
    _ferry
    echo "$COMP_LINE> $(printf '%s\n' "${COMPREPLY[@]}" | sort | paste -s -d ' ' -)"
}
`
	var script, want strings.Builder
	script.WriteString(begin)
	for _, c := range []struct{ line, want string }{
		{"ferry conf", "conflicts"},
		{"ferry sync photos ", "site"},
		{"ferry push my", "mydir"},
		{"ferry push mydir ft", "ftp:// ftpes:// ftps://"},
		{"ferry push mydir ftpes:", "//"},
		{"ferry sync --mode ", "active auto passive"},
		{"ferry sync --mode=pa", "passive"},
		{"ferry conflicts --keep ", "both local remote"},
		{"ferry conflicts --tool ", "code kdiff3 meld nvimdiff opendiff vimdiff"},
		{"ferry sync --links ", "copy follow skip"},
		{"ferry sync --permissions ", "ignore keep"},
		{"ferry help tr", "trash trust"},
		{"ferry trash restore a.txt s", "site"},
		{"ferry watch --accept", ""},
		{"ferry completion po", "powershell"},
		{"ferry --config ferry.yaml sync si", "site"},
		{"ferry sync --config=ferry.yaml phot", "photos"},
	} {
		fmt.Fprintf(&script, "try %q", c.line)
		for _, word := range splitAsBash(c.line) {
			fmt.Fprintf(&script, " %q", word)
		}
		script.WriteString("\n")
		fmt.Fprintf(&want, "%s> %s\n", c.line, c.want)
	}
	cmd := exec.CommandContext(t.Context(), bash, "--norc", "--noprofile", "-c", script.String())
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+dir+string(filepath.ListSeparator)+os.Getenv("PATH"), "FERRY_STATE_DIR="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v", err)
	}
	if diff := cmp.Diff(want.String(), string(out)); diff != "" {
		t.Error(diff)
	}
}

// splitAsBash splits a line at blanks, and at = and : which are words of their own.
func splitAsBash(line string) []string {
	var words []string
	for _, word := range strings.Split(line, " ") {
		begun := ""
		for _, r := range word {
			isBreak := r == '=' || r == ':'
			wasBreak := begun != "" && strings.Trim(begun, "=:") == ""
			if begun != "" && isBreak != wasBreak {
				words = append(words, begun)
				begun = ""
			}
			begun += string(r)
		}
		words = append(words, begun)
	}
	return words
}

// TestCompletionScripts holds that each shell has a script, which asks the program for what
// it offers.
func TestCompletionScripts(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		var out, talk bytes.Buffer
		code := Main(t.Context(), Env{Stdout: &out, Stderr: &talk}, []string{"completion", shell})
		if code != 0 || talk.Len() > 0 || !strings.Contains(out.String(), "__complete") {
			t.Errorf("%s: exit %d %s", shell, code, talk.String())
		}
	}
	for shell, check := range map[string][]string{"bash": {"-n"}, "zsh": {"-n"}, "fish": {"--no-execute"}} {
		path, err := exec.LookPath(shell)
		if err != nil {
			continue
		}
		var out bytes.Buffer
		Main(t.Context(), Env{Stdout: &out}, []string{"completion", shell})
		file := filepath.Join(t.TempDir(), "script")
		if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		if text, err := exec.CommandContext(t.Context(), path, append(check, file)...).CombinedOutput(); err != nil {
			t.Errorf("%s does not read its script: %v %s", shell, err, strconv.Quote(string(text)))
		}
	}
}
