package deploy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
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
	if saved, err := deploy.SavedVersions(context.Background(), o); err != nil || len(saved) != 1 || saved[0].Release != 3 {
		t.Errorf("%v, %v", saved, err)
	}
}

// The last version of each path stays for ever, and is not looked at again before another one is
// saved.
func TestLastSavedVersions(t *testing.T) {
	for _, keep := range []int{0, 2} {
		m := deploytest.NewMemory()
		now := time.Unix(1_800_000_000, 0)
		o := deploy.Options{Server: m.Open(), Now: func() time.Time { return now }, Policy: deploy.Policy{Keep: keep, DriftKeep: time.Hour, MostDeletions: func(int) int { return -1 }}}
		number := 0
		release := func() {
			now = now.Add(25 * time.Hour)
			number++
			o.Source = texts{"page": fmt.Sprint("page ", number), "other": fmt.Sprint("other ", number), "third": "1"}
			run(t, o)
		}
		saved := func() (got []string) {
			all, err := deploy.SavedVersions(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range all {
				_, content, err := deploy.FetchSaved(context.Background(), o, s.Path, s.Release)
				if err != nil {
					t.Fatal(err)
				}
				text, _ := io.ReadAll(content)
				got = append(got, fmt.Sprintf("%d %s", s.Release, text))
			}
			slices.Sort(got)
			return got
		}
		want := func(want ...string) {
			t.Helper()
			if got := saved(); !slices.Equal(got, want) {
				t.Errorf("keep %d: %q, want %q", keep, got, want)
			}
		}
		release()
		m.Write(deploy.Place{Path: "page"}, "page a")
		m.Write(deploy.Place{Path: "other"}, "other a")
		release() // 2
		for range 60 {
			release()
		}
		want("2 other a", "2 page a")
		if got := m.Names(true); slices.ContainsFunc(got, func(name string) bool { return strings.HasPrefix(name, "d/2/b") || name == "d/2/state" }) {
			t.Errorf("what is not needed any more is still there: %q", got)
		}
		m.Write(deploy.Place{Path: "page"}, "page b")
		release() // 63
		for range 3 {
			release()
		}
		want("2 other a", "63 page b")
		m.Write(deploy.Place{Path: "other"}, "other b")
		release() // 67
		for range 3 {
			release()
		}
		want("63 page b", "67 other b")
	}
}
