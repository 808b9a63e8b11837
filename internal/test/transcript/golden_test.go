//go:build linux

package transcript

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what is recorded into the golden files")

// A golden is the golden file of one server, and what is compared with it.
type golden struct {
	path    string
	want    map[string]string // text by title of the section
	seen    []string          // titles, in the order in which they were recorded
	got     map[string]string
	partial bool // not all sections are recorded
}

// openGolden reads testdata/NAME.txt. When the test ends, all its sections must have been recorded, and with -update it
// is written anew.
func openGolden(t *testing.T, name string) *golden {
	t.Helper()
	g := &golden{path: filepath.Join("testdata", name+".txt"), got: make(map[string]string)}
	text, err := os.ReadFile(g.path)
	if err != nil && !*update {
		t.Fatal(err)
	}
	g.want = sections(string(text))
	t.Cleanup(func() { g.close(t) })
	return g
}

// sections splits the text of a golden file.
func sections(text string) map[string]string {
	all := make(map[string]string)
	for part := range strings.SplitSeq(text, "== ") {
		title, body, _ := strings.Cut(part, " ==\n")
		all[title] = strings.TrimRight(body, "\n")
	}
	delete(all, "")
	return all
}

// is compares what was recorded with the section of that title.
func (g *golden) is(t *testing.T, title, got string) {
	t.Helper()
	got = strings.TrimRight(got, "\n")
	g.seen = append(g.seen, title)
	g.got[title] = got
	if want, there := g.want[title]; !there && !*update {
		t.Errorf("%s has no section %q; recorded:\n%s", g.path, title, got)
	} else if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" && !*update {
		t.Errorf("%s, section %q (-want +got):\n%s", g.path, title, diff)
	}
}

func (g *golden) close(t *testing.T) {
	if t.Failed() || t.Skipped() {
		return
	}
	for title := range g.want {
		if _, there := g.got[title]; !there && !g.partial && !*update {
			t.Errorf("%s has a section %q that was not recorded", g.path, title)
		}
	}
	if !*update {
		return
	}
	if g.partial {
		t.Errorf("%s is not written, since not all sections were recorded", g.path)
		return
	}
	var b strings.Builder
	for i, title := range g.seen {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString("== " + title + " ==\n" + g.got[title] + "\n")
	}
	if err := os.MkdirAll(filepath.Dir(g.path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(g.path, []byte(b.String()), 0o644); err != nil {
		t.Error(err)
	}
}
