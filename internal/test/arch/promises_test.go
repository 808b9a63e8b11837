package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPromises holds that every promise of the README's "What ferry will not do to your files" has a row in the table of
// docs/reliability.md, and that the tests named there exist.
func TestPromises(t *testing.T) {
	root := moduleRoot(t)
	promises := section(t, filepath.Join(root, "README.md"), "What ferry will not do to your files")
	table := section(t, filepath.Join(root, "docs", "reliability.md"), "Promises and their tests")
	made := regexp.MustCompile(`(?m)^- \*\*(.+?)\.?\*\*`).FindAllStringSubmatch(promises, -1)
	if len(made) < 5 {
		t.Fatalf("%d promises were found in the README", len(made))
	}
	for _, promise := range made {
		row := regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta(promise[1]) + ` \| .*_test\.go:Test`)
		if !row.MatchString(table) {
			t.Errorf("no test holds %q", promise[1])
		}
	}
	for _, named := range regexp.MustCompile("`([a-z/_]+_test\\.go):(\\w+)`").FindAllStringSubmatch(table, -1) {
		source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(named[1])))
		if err != nil {
			t.Error(err)
		}
		if !strings.Contains(string(source), "\nfunc "+named[2]+"(t *testing.T) {") {
			t.Errorf("%s has no test %s", named[1], named[2])
		}
	}
}

// section is the text under a heading of the second level.
func section(t *testing.T, name, heading string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "\n## "+heading+"\n")
	if !found {
		t.Fatalf("%s has no section %q", name, heading)
	}
	inside, _, _ := strings.Cut(rest, "\n## ")
	return inside
}
