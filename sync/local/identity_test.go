package local_test

import (
	"runtime"
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync/local"
)

var longAgo = time.Date(2020, 5, 6, 7, 8, 9, 0, time.UTC)

// identifies skips a test where files have no identities.
func identifies(t *testing.T) {
	t.Helper()
	switch runtime.GOOS {
	case "linux", "darwin", "freebsd", "windows":
	default:
		t.Skip("files have no identities on this system")
	}
}

func openLocal(t *testing.T, root string) *local.Directory {
	t.Helper()
	d, err := local.Open(root, local.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// rootID returns the identity of the directory at root, as a new process sees it.
func rootID(t *testing.T, root string) string {
	t.Helper()
	d := openLocal(t, root)
	state, err := d.Root(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return state.ID
}

func TestRootIdentity(t *testing.T) {
	identifies(t)
	h := otherUser{t, t.TempDir()}
	h.Mkdir("root")
	h.Mkdir("other")
	was := rootID(t, h.at("root"))
	h.Mkdir("root/d")
	if now := rootID(t, h.at("root")); was == "" || now != was {
		t.Errorf("the root is %q, then %q", was, now)
	}
	h.Rename("root", "before")
	h.Rename("other", "root")
	if now := rootID(t, h.at("root")); now == "" || now == was {
		t.Errorf("another directory is %q, like the first one", now)
	}
	if now := rootID(t, h.at("before")); now != was {
		t.Errorf("the renamed root is %q, and was %q", now, was)
	}
}

// A file and a directory keep their identities when they are renamed. All ways to look at
// them show the same one, and one that takes their place has another.
func TestEntryIdentity(t *testing.T) {
	identifies(t)
	h := otherUser{t, t.TempDir()}
	h.Write("d/f", "content", longAgo)
	d := openLocal(t, h.root)
	if _, err := d.Root(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	entry := func(p manifest.Path) manifest.Entry { return scan(t, d).At(p) }
	dir, file := entry("d"), entry("d/f")
	if dir.ID == 0 || file.ID == 0 || dir.ID == file.ID {
		t.Fatalf("the identities are %d and %d", dir.ID, file.ID)
	}
	if read := readThrough(t, d, "d/f", func() {}); read.ID != file.ID {
		t.Errorf("read, its identity is %d, and listed %d", read.ID, file.ID)
	}
	h.Rename("d/f", "d/g")
	h.Rename("d", "e")
	h.Write("e/f", "content", longAgo)
	if now := entry("e"); now.ID != dir.ID {
		t.Errorf("the renamed directory is %d, and was %d", now.ID, dir.ID)
	}
	if now := entry("e/g"); now.ID != file.ID {
		t.Errorf("the renamed file is %d, and was %d", now.ID, file.ID)
	}
	if now := entry("e/f"); now.ID == file.ID || now.ID == 0 {
		t.Errorf("the new file is %d", now.ID)
	}
}

// What a pass has written has the identity that the next listing shows.
func TestWrittenIdentity(t *testing.T) {
	identifies(t)
	h := otherUser{t, t.TempDir()}
	h.Write("f", "old", longAgo)
	d := openLocal(t, h.root)
	if _, err := d.Root(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	was := scan(t, d).At("f")
	result := applyOK(t, d, put("new", longAgo).step("f", was))[0]
	if now := scan(t, d).At("f"); result.Entry.ID != now.ID || now.ID == was.ID || now.ID == 0 {
		t.Errorf("the old file is %d, the new one %d, listed %d", was.ID, result.Entry.ID, now.ID)
	}
}
