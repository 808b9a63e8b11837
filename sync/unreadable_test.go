package sync_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/replicatest"
)

// A closed side lets nobody read its files.
type closed struct{ *replicatest.Paper }

func (closed) Sum(context.Context, manifest.Path, manifest.Entry) (string, error) {
	return "", errors.New("550 Permission denied")
}

// Files that cannot be read are told all at once: to take note of each by itself copies the tree for each.
func TestManyUnreadableFiles(t *testing.T) {
	const files = 5000
	told, problems := 0, 0
	o := sync.Options{Limits: sync.NewLimits(), Observer: func(ev sync.Event) {
		if d, is := ev.(sync.Doubted); is {
			told, problems = told+1, problems+len(d.Problems)
		}
	}}
	paper := &replicatest.Paper{Dirs: 50, Files: 100}
	began := time.Now()
	sum, err := sync.New(paper, closed{paper}, noRecord{}, o).Sync(t.Context())
	if err != nil || told != 1 || problems != files || sum.Problems != files {
		t.Errorf("%d problems were told in %d events: %+v, %v", problems, told, sum, err)
	}
	t.Logf("%d files took %v", files, time.Since(began))
}
