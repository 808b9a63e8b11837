package act

import (
	"strings"
	"testing"

	"ferry/internal/app"
	"ferry/manifest"
	"ferry/sync"
)

// However many plans a pass makes, it deletes what was shown, or what it was to rename.
func TestSameDeletions(t *testing.T) {
	shown := &sync.Plan{Actions: sync.ActionsOf(
		sync.Action{Op: app.OpDelete, Side: app.Local, Path: "a"},
		sync.Action{Op: app.OpRmdir, Side: app.Local, Path: "d"},
		sync.Action{Op: app.OpMove, Side: app.Local, Path: "new", From: "old"},
	)}
	sum, _ := deletions(shown)
	del := func(side app.Side, path string) *sync.Plan {
		return &sync.Plan{Actions: sync.ActionsOf(sync.Action{Op: app.OpDelete, Side: side, Path: manifest.Path(path)})}
	}
	for _, c := range []struct {
		name  string
		plans []*sync.Plan
		want  string
	}{
		{"what was shown", []*sync.Plan{shown, shown}, ""},
		{"less", []*sync.Plan{del(app.Local, "a")}, "nothing was done"},
		{"nothing", []*sync.Plan{{}, {}}, ""},
		{"something in place of nothing", []*sync.Plan{{}, del(app.Local, "a")}, "the rest was not done"},
		{"less, later", []*sync.Plan{shown, del(app.Local, "a")}, ""},
		{"one more, later", []*sync.Plan{shown, del(app.Local, "b")}, "the rest was not done"},
		{"one more, much later", []*sync.Plan{shown, shown, del(app.Local, "b")}, "the rest was not done"},
		{"on the other side", []*sync.Plan{shown, del(app.Remote, "a")}, "the rest was not done"},
		{"in a directory that was empty", []*sync.Plan{shown, del(app.Local, "d/f")}, "the rest was not done"},
		{"what cannot be renamed", []*sync.Plan{shown, del(app.Local, "old/f")}, ""},
		{"the new name", []*sync.Plan{shown, del(app.Local, "new")}, "the rest was not done"},
	} {
		same := sameDeletions(sum)
		var err error
		for i, p := range c.plans {
			if err = same(p); err != nil && i < len(c.plans)-1 {
				t.Errorf("%s: plan %d: %v", c.name, i, err)
			}
		}
		if (err == nil) != (c.want == "") || err != nil && !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
