package deploy_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
	"ferry/manifest"
	"ferry/sync"
)

// A name that the server would store as another one stops a deploy before anything is live, and
// names that it keeps do not.
func TestNamesThatAServerChanges(t *testing.T) {
	base := texts{"index.html": "1", "ä/a.html": "1"}
	for _, c := range []struct {
		name    string
		spell   func(string) string
		more    texts
		refused string // the path that is named; "": none
	}{
		{"a control character", spelling("\t", "_"), texts{"a\tb": "1"}, `"a\tb"`},
		{"beside the name that it becomes", spelling("\t", "_"), texts{"a\tb": "1", "a_b": "2"}, `"a\tb"`},
		{"in a directory", spelling("\t", "_"), texts{"a\tb/c/d": "1"}, `"a\tb/c/d"`},
		{"a name that is kept", spelling("\t", "_"), texts{"a b:c*": "1"}, ""},
		{"other characters", spelling("é", "?"), texts{"é": "1", "ä/é": "1"}, `"ä/é"`},
		{"a dot at the end", spelling("end.", "end"), texts{"end.": "1"}, `"end."`},
		{"a long name", func(p string) string { return p[:min(len(p), 120)] }, texts{manifest.Path(strings.Repeat("x", 130)): "1"}, "xxx"},
		{"a directory that is there", spelling("\t", "_"), texts{"ä/b": "1"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := deploytest.NewMemory()
			o := deploy.Options{Server: m.Open(), Source: base, Now: time.Now}
			run(t, o)
			m.Spell = c.spell
			before := m.Names(false)
			next := maps.Clone(base)
			maps.Copy(next, c.more)
			next["index.html"] = "2"
			o.Source = next
			_, err := deploy.Run(t.Context(), o)
			var unsafe *sync.UnsafeError
			switch is := errors.As(err, &unsafe); {
			case c.refused == "" && err != nil:
				t.Fatal(err)
			case c.refused == "":
			case !is || !strings.Contains(unsafe.What, c.refused):
				t.Fatalf("%v, want an error that names %s", err, c.refused)
			case !slices.Equal(m.Names(false), before):
				t.Errorf("the site has changed: %q", m.Names(false))
			}
			for _, name := range m.Names(true) {
				if strings.HasPrefix(name, "names") || strings.HasPrefix(name, "stage/") {
					t.Errorf("%s is left in the work directory", name)
				}
			}
		})
	}
}

func spelling(from, to string) func(string) string {
	return func(p string) string { return strings.ReplaceAll(p, from, to) }
}
