package words

import (
	"testing"

	"ferry/internal/history"
	"ferry/sync"
)

// Neither side of a copy is this machine.
func TestActionOfACopy(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		command string
		op      sync.Op
		change  sync.Change
		want    string
	}{
		{"push", sync.Upload, sync.Changed, "uploaded a (changed here)"},
		{"push", sync.Delete, sync.Deleted, "deleted a on the server (deleted here)"},
		{"copy", sync.Upload, sync.Changed, "copied a (changed at the source)"},
		{"copy", sync.Delete, sync.Deleted, "deleted a at the target (deleted at the source)"},
	} {
		l := &history.Line{Command: tt.command, Action: &history.Action{
			Op: tt.op, Side: sync.Remote.String(), Path: "a", LocalChange: tt.change,
		}}
		if got := Action(l); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.command, got, tt.want)
		}
	}
}
