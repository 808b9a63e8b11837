package report

import (
	"strings"
	"testing"

	"ferry/manifest"
	"ferry/sync"
)

// TestPlanLineSaysWhatIsDone holds that a line says what happens on the side where it
// happens.
func TestPlanLineSaysWhatIsDone(t *testing.T) {
	file := manifest.Entry{Kind: manifest.File, Size: 7}
	for _, c := range []struct {
		name string
		a    sync.Action
		want string
	}{
		{"an exact push", sync.Action{Op: sync.Delete, Side: sync.Remote, RemoteChange: sync.Created, Remote: file},
			"           ---->  delete    p  new on the server, for good"},
		{"an exact pull", sync.Action{Op: sync.Delete, Side: sync.Local, LocalChange: sync.Created, Local: file, Trash: true},
			"  delete   <----            p  new here, to trash"},
		{"a deletion that travels", sync.Action{Op: sync.Delete, Side: sync.Remote, LocalChange: sync.Deleted, Remote: file},
			"  deleted  ---->            p  for good"},
		{"a deletion over an edit", sync.Action{Op: sync.Delete, Side: sync.Remote, LocalChange: sync.Deleted, RemoteChange: sync.Changed, Remote: file, Trash: true},
			"  deleted  ---->  delete    p  changed on the server, to trash"},
		{"making way", sync.Action{Op: sync.Delete, Side: sync.Local, RemoteChange: sync.Changed, Local: file},
			"  delete   <----  changed   p  for good"},
		{"an extra that was there before", sync.Action{Op: sync.Delete, Side: sync.Remote, Remote: file},
			"           ---->  delete    p  for good"},
		{"an extra directory", sync.Action{Op: sync.Rmdir, Side: sync.Remote, RemoteChange: sync.Created},
			"           ---->  delete    p/  new on the server"},
		{"sent again", sync.Action{Op: sync.Upload, Side: sync.Remote, Size: 7, RemoteChange: sync.Deleted, Local: file},
			"           ---->  restore   p      7 B  deleted on the server"},
		{"fetched again", sync.Action{Op: sync.Download, Side: sync.Local, Size: 7, LocalChange: sync.Deleted, Remote: file},
			"  restore  <----            p      7 B  deleted here"},
		{"an edit over a deletion", sync.Action{Op: sync.Upload, Side: sync.Remote, Size: 7, LocalChange: sync.Changed, RemoteChange: sync.Deleted, Why: "the edit wins", Local: file},
			"  changed  ---->  restore   p      7 B  the edit wins"},
		{"an edit there undone", sync.Action{Op: sync.Upload, Side: sync.Remote, Size: 7, RemoteChange: sync.Changed, Local: file, Remote: file},
			"           ---->  replace   p      7 B  changed on the server"},
		{"the newer one wins", sync.Action{Op: sync.Download, Side: sync.Local, Size: 7, LocalChange: sync.Changed, RemoteChange: sync.Changed, Why: "newer", Local: file, Remote: file},
			"  replace  <----  changed   p      7 B  newer"},
		{"found to differ", sync.Action{Op: sync.Upload, Side: sync.Remote, Size: 7, Local: file, Remote: file},
			"           ---->  replace   p      7 B"},
		{"found to be missing", sync.Action{Op: sync.Upload, Side: sync.Remote, Size: 7, Local: file},
			"           ---->  restore   p      7 B"},
		{"a directory made again", sync.Action{Op: sync.Mkdir, Side: sync.Remote, RemoteChange: sync.Deleted},
			"           ---->  restore   p/  deleted on the server"},
		{"a directory that stays", sync.Action{Op: sync.Mkdir, Side: sync.Remote, RemoteChange: sync.Deleted, Kept: true, Why: "it holds what is ignored"},
			"           ---->  deleted   p/  it holds what is ignored"},
		{"new", sync.Action{Op: sync.Upload, Side: sync.Remote, Size: 7, LocalChange: sync.Created, Local: file},
			"  new      ---->            p      7 B"},
	} {
		c.a.Path = "p"
		if got := strings.TrimRight(actionLine(&c.a).format(1), " "); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}
