package deploy_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"ferry/internal/deploy"
	"ferry/sync"
)

// Somebody writes below his own directory, which is the slot, and not into what is shared: no other
// release would have these files, so that none goes live, and none comes back.
func TestPointerWrittenIntoSlot(t *testing.T) {
	deployed := maps.Clone(releases[0])
	deployed["data/uploads/ours.jpg"] = "ours"
	for name, written := range map[string]string{
		"what is shared": "data/uploads/new.jpg", "below it": "data/uploads/2026/11/new.jpg", "beside it": "data/cache",
	} {
		for _, sharedLater := range []bool{false, true} {
			p := newPointed(t, "")
			if sharedLater {
				p.m.Remove(deploy.Place{Path: "data"})
				p.shared, p.file.Shared = nil, nil
			}
			for _, text := range []string{"one", "two"} {
				deployed["index.html"] = text
				if _, err := p.on(p.m.Open(), deployed); err != nil {
					t.Fatal(err)
				}
			}
			if sharedLater {
				p.shared, p.file.Shared = uploads, uploads
				p.m.Write(deploy.Place{Path: theirs}, "theirs")
			}
			at := deploy.Place{Path: p.slot() + "/" + written}
			p.m.Write(at, "!")
			var unsafe *sync.UnsafeError
			_, err := p.on(p.m.Open(), releases[2])
			if !errors.As(err, &unsafe) || !strings.Contains(unsafe.What, written[:len("data/uploads")-2]) {
				t.Errorf("%s, shared later %v: deploy: %v", name, sharedLater, err)
			}
			if _, err := p.back(0); !errors.As(err, &unsafe) {
				t.Errorf("%s, shared later %v: rollback: %v", name, sharedLater, err)
			}
			p.m.Remove(at)
			if _, err := p.on(p.m.Open(), releases[2]); err != nil {
				t.Errorf("%s, shared later %v: without it: %v", name, sharedLater, err)
			}
		}
	}
}
