package mutation

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMutantsAreRead(t *testing.T) {
	all, err := parseMutants("x", "# one\ntests engine\nfile a.go\n- old\n- more\n+ new\n+ lines\n- second\n\n# two\ntests local\nfile b.go\n- gone\n")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || len(all[0].edits) != 2 || all[1].name != "two" {
		t.Fatalf("%+v", all)
	}
	if got, want := all[0].edits[0], (edit{"a.go", "old\nmore", "new\nlines"}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, bad := range []string{"tests engine\n", "# x\ntests engine\n", "# x\ntests engine\nfile a\n+ new\n", "# x\ntests engine\n- old\n", "# x\nwhat\n"} {
		if _, err := parseMutants("x", bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestMutantOutOfDate(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte("once twice twice"), 0o600); err != nil {
		t.Fatal(err)
	}
	for find, ok := range map[string]bool{"once": true, "twice": false, "never": false} {
		m := mutant{edits: []edit{{"a.go", find, "x"}}}
		texts, err := m.texts(dir)
		if ok != (err == nil) {
			t.Errorf("%q: %v, %v", find, texts, err)
		}
		if err != nil && !strings.Contains(err.Error(), "out of date") {
			t.Errorf("%q: %v", find, err)
		}
	}
}
