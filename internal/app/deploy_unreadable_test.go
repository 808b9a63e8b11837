package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/internal/config"
	"ferry/internal/deploy"
	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
)

// All local files that cannot be read are named, up to some.
func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	for i := range 15 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%02d.html", i)), []byte("page"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	near, err := local.Open(dir, local.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	for gone, want := range map[int]string{
		0:  "",
		1:  "00.html cannot be read, so nothing was deployed: ",
		3:  "3 names cannot be read, so nothing was deployed: 00.html (",
		12: " and 2 more",
	} {
		tree, err := near.Scan(t.Context(), sync.Look{})
		if err != nil {
			t.Fatal(err)
		}
		s := &deploySource{pair: &Pair{Profile: &config.Profile{Local: dir}}, dir: near, entries: map[manifest.Path]manifest.Entry{}}
		for p, e := range tree.All() {
			if e.IsFile() {
				s.entries[p], s.files = e, append(s.files, deploy.LocalFile{Path: p, Size: e.Size})
			}
		}
		for i := range gone {
			os.Rename(filepath.Join(dir, fmt.Sprintf("%02d.html", i)), filepath.Join(dir, "away"+fmt.Sprint(i)))
		}
		var unread unreadable
		if err := s.read(t.Context(), tree, &unread); err != nil {
			t.Fatal(err)
		}
		if err := unread.err(); (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "sum of")) {
			t.Errorf("%d: %v, want %q", gone, err, want)
		}
		for i := range gone {
			os.Rename(filepath.Join(dir, "away"+fmt.Sprint(i)), filepath.Join(dir, fmt.Sprintf("%02d.html", i)))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := &deploySource{pair: &Pair{Profile: &config.Profile{Local: dir}}, dir: near, files: make([]deploy.LocalFile, 1)}
	if err := s.read(ctx, nil, new(unreadable)); err == nil {
		t.Error("it goes on after it was cancelled")
	}
}
