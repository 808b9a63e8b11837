package copyname

import (
	"testing"
	"time"

	"ferry/manifest"
)

// Every conflict copy is recognized, whatever the file was called.
func TestParseCopy(t *testing.T) {
	at := time.Date(2026, 7, 28, 9, 5, 1, 0, time.UTC)
	for _, path := range []manifest.Path{
		"a.txt", "dir/a.txt", "d.x/none", ".hidden", "a.b.tar.gz", "with space.txt", "x.", "\u00e9\xff.txt", "a\tb.html", "name.of-a-very-long-extension-that-is-none",
	} {
		for _, whose := range [...]string{Local, Remote, Target} {
			for _, e := range []manifest.Entry{
				{Kind: manifest.File, ModTime: at.UnixNano(), Size: 3},
				{Kind: manifest.File, Precision: manifest.NoTime, Sum: "0123456789"},
			} {
				first := New(path, e, whose, func(manifest.Path) bool { return false })
				second := New(path, e, whose, func(p manifest.Path) bool { return p == first })
				for _, name := range []manifest.Path{first, second} {
					c, ok := Parse(name)
					if !ok || c.Of != path || c.Remote != (whose != Local) || !c.When.Equal(e.Time()) {
						t.Errorf("%q, a copy of %q, is read as %+v, %v", name, path, c, ok)
					}
				}
			}
		}
	}
}

func TestParseCopyOfCopy(t *testing.T) {
	c, ok := Parse("a.sync-conflict-20260728-090501-local-abcdef.sync-conflict-20260728-090502-remote-123456-3.txt")
	if !ok || c.Of != "a.sync-conflict-20260728-090501-local-abcdef.txt" || !c.Remote {
		t.Errorf("%+v, %v", c, ok)
	}
}

func TestParseNoCopy(t *testing.T) {
	for _, name := range []manifest.Path{
		"", "a.txt", "sync-conflict-20260728-090501-local-abcdef.txt", ".sync-conflict-20260728-090501-local-abcdef.txt",
		"a.sync-conflict-20260728-090501-both-abcdef.txt", "a.sync-conflict-20260728-090501-local-abcde.txt", "a.sync-conflict-20260728-local-abcdef",
		"a.sync-conflict-20260728-090501-local-abcdef0.txt", "a.sync-conflict-20260728-090501-ABCDEFG.txt", "a.sync-conflict-20260728-090501-local-abcdef-0.txt",
	} {
		if c, ok := Parse(name); ok {
			t.Errorf("%q is read as %+v", name, c)
		}
	}
}
