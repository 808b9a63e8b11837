package deploy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"ferry/internal/deploy"
	"ferry/internal/deploy/deploytest"
	"ferry/manifest"
)

// What somebody else made is kept for as long as the profile says, however many releases come.
func TestSavedVersions(t *testing.T) {
	m := deploytest.NewMemory()
	now := time.Unix(1_800_000_000, 0)
	o := deploy.Options{Server: m.Open(), Now: func() time.Time { return now }, Policy: deploy.Policy{DriftKeep: 24 * time.Hour, MostDeletions: func(int) int { return -1 }}}
	release := func(text string) {
		o.Source = texts{"page": text}
		run(t, o)
	}
	release("first")
	m.Write(deploy.Place{Path: "page"}, "hotfix")
	release("second")
	m.Write(deploy.Place{Path: "page"}, "another hotfix")
	for i := range 60 {
		release(fmt.Sprint("release ", i))
	}
	for _, c := range []struct {
		path    manifest.Path
		release int
		want    string
	}{{"page", 0, "another hotfix"}, {"page", 2, "hotfix"}, {"page", 3, "another hotfix"}, {"page", 1, ""}, {"none", 0, ""}} {
		saved, content, err := deploy.FetchSaved(context.Background(), o, c.path, c.release)
		if c.want == "" {
			if !errors.Is(err, deploy.ErrNotKept) {
				t.Errorf("%s of %d: %v", c.path, c.release, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if err != nil || string(text) != c.want || saved.Size != int64(len(c.want)) || saved.Path != "page" {
			t.Errorf("%s of %d: %q, %v", c.path, c.release, text, err)
		}
	}
	now = now.Add(25 * time.Hour)
	o.Policy.DriftKeep = 0
	release("for ever")
	if saved, err := deploy.SavedVersions(context.Background(), o); err != nil || len(saved) != 2 {
		t.Errorf("%v, %v", saved, err)
	}
	o.Policy.DriftKeep = 24 * time.Hour
	release("later")
	if saved, err := deploy.SavedVersions(context.Background(), o); err != nil || len(saved) > 0 {
		t.Errorf("%v, %v", saved, err)
	}
}
