package replicatest

import (
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/trashbin"
)

// trashBin returns the trash of the side. It skips the test if there is none.
func (s *side) trashBin() trashbin.Bin {
	s.Helper()
	bin, ok := s.Replica.(trashbin.Bin)
	s.skipUnless(ok, "trash that can be listed")
	return bin
}

// trashed lists the trash.
func (s *side) trashed() []trashbin.Trashed {
	s.Helper()
	things, err := s.trashBin().Trashed(s.ctx, time.Time{})
	if err != nil {
		s.Fatalf("listing the trash: %v", err)
	}
	return things
}

// ids returns the IDs of entries of the trash. Those of directories end in a slash.
func ids(things []trashbin.Trashed) []string {
	var all []string
	for _, t := range things {
		if t.Entry.IsDir() {
			t.ID += "/"
		}
		all = append(all, t.ID)
	}
	return all
}

// wantTrashIDs fails the test unless the trash holds the entries with these IDs and
// no others.
func (s *side) wantTrashIDs(want ...string) {
	s.Helper()
	if diff := cmp.Diff(want, ids(s.trashed())); diff != "" {
		s.Errorf("the trash (-want +got):\n%s", diff)
	}
}

// trashedByID returns the entry of the trash with the given ID.
func (s *side) trashedByID(id string) trashbin.Trashed {
	s.Helper()
	for _, t := range s.trashed() {
		if t.ID == id {
			return t
		}
	}
	s.Fatalf("no %q in the trash: %q", id, ids(s.trashed()))
	return trashbin.Trashed{}
}

// trashDirs returns the directories below the trash.
func (s *side) trashDirs() []string {
	var dirs []string
	for _, p := range s.List() {
		if strings.HasPrefix(p, trashbin.Dir+"/") && strings.HasSuffix(p, "/") && p != trashbin.Dir+"/" {
			dirs = append(dirs, strings.TrimPrefix(p, trashbin.Dir+"/"))
		}
	}
	return dirs
}

// Names of trash directories, from old to new.
const (
	trash1  = "20240102-030405"
	trash1b = "20240102-030405-2"
	trash2  = "20250607-080910"
)

// putInTrash puts a file into the trash, as an earlier pass did.
func (s *side) putInTrash(id, content string) {
	s.Helper()
	s.Write(trashbin.Dir+"/"+id, content, earlyTime)
}

var trashTests = []test{
	{"empty", func(s *side) {
		bin := s.trashBin()
		s.unchanged(func() {
			s.wantTrashIDs()
			if n, err := bin.Discard(s.ctx, nil); n != 0 || err != nil {
				s.Errorf("discarding nothing: %d, %v", n, err)
			}
		})
	}},
	{"list", func(s *side) {
		s.trashBin()
		s.Write("f", "not in the trash", earlyTime)
		s.putInTrash(trash1+"/f", "one")
		s.putInTrash(trash1b+"/f", "two")
		s.putInTrash(trash1+"/d/e/g", "three")
		s.putInTrash(trash2+"/f", "four.")
		s.putInTrash("20250607/f", "not ours")
		s.putInTrash(trash1+"x/f", "not ours")
		s.putInTrash("file", "not ours")
		s.unchanged(func() {
			s.wantTrashIDs(trash2+"/f", trash1+"/d/e/g", trash1b+"/f", trash1+"/f")
		})
		t := s.trashedByID(trash2 + "/f")
		if when := time.Date(2025, 6, 7, 8, 9, 10, 0, time.UTC); !t.When.Equal(when) || t.When.Location() != time.UTC {
			s.Errorf("put there at %v, want %v", t.When, when)
		}
		if t.Path != "f" || !t.Entry.IsFile() || t.Entry.Size != int64(len("four.")) {
			s.Errorf("in the trash is %+v", t)
		}
		if t := s.trashedByID(trash1 + "/d/e/g"); t.Path != "d/e/g" {
			s.Errorf("it was at %q", t.Path)
		}
	}},
	{"list old entries", func(s *side) {
		bin := s.trashBin()
		s.putInTrash(trash1+"/f", "old")
		s.putInTrash(trash2+"/f", "new")
		for before, want := range map[time.Time][]string{
			time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC): nil,
			time.Date(2024, 1, 2, 3, 4, 6, 0, time.UTC): {trash1 + "/f"},
			time.Now(): {trash2 + "/f", trash1 + "/f"},
		} {
			things, err := bin.Trashed(s.ctx, before)
			if diff := cmp.Diff(want, ids(things)); diff != "" || err != nil {
				s.Errorf("before %v: %v\n%s", before, err, diff)
			}
		}
	}},
	{"list a directory", func(s *side) {
		s.trashBin()
		s.Mkdir(trashbin.Dir + "/" + trash1 + "/d/empty")
		s.wantTrashIDs(trash1 + "/d/empty/")
	}},
	{"list without links", func(s *side) {
		s.trashBin()
		s.skipUnless(s.Link != nil, "links")
		s.putInTrash(trash1+"/f", "x")
		s.Link(trashbin.Dir + "/" + trash1 + "/link")
		s.wantTrashIDs(trash1 + "/f")
	}},
	{"a list is complete or an error", func(s *side) {
		bin := s.trashBin()
		s.skipUnless(s.Deny != nil, "directory that cannot be read")
		s.putInTrash(trash1+"/f", "x")
		s.putInTrash(trash2+"/d/g", "y")
		s.Deny(trashbin.Dir + "/" + trash2 + "/d")
		if things, err := bin.Trashed(s.ctx, time.Time{}); err == nil {
			s.Errorf("no error, but %q", ids(things))
		}
	}},
	{"restore", func(s *side) {
		bin := s.trashBin()
		s.putInTrash(trash1+"/d/e/f", "old")
		s.putInTrash(trash1+"/d/g", "other")
		if err := bin.Restore(s.ctx, s.trashedByID(trash1+"/d/e/f")); err != nil {
			s.Fatal(err)
		}
		s.wantContent("d/e/f", "old")
		s.wantPaths("d/", "d/e/", "d/e/f")
		s.wantTrashIDs(trash1 + "/d/g")
		if diff := cmp.Diff([]string{trash1 + "/", trash1 + "/d/"}, s.trashDirs()); diff != "" {
			s.Errorf("directories of the trash (-want +got):\n%s", diff)
		}
		if at := s.at("d/e/f").Time(); s.SetsTimes && !at.Equal(earlyTime.Truncate(s.Precision.Duration())) {
			s.Errorf("its time is %v, was %v", at, earlyTime)
		}
	}},
	{"restore a directory", func(s *side) {
		bin := s.trashBin()
		s.Mkdir(trashbin.Dir + "/" + trash1 + "/d/empty")
		if err := bin.Restore(s.ctx, s.trashedByID(trash1+"/d/empty")); err != nil {
			s.Fatal(err)
		}
		s.wantPaths("d/", "d/empty/")
		s.wantTrashIDs()
	}},
	{"restore under another name", func(s *side) {
		bin := s.trashBin()
		s.Write("f", "new", lateTime)
		s.putInTrash(trash1+"/f", "old")
		t := s.trashedByID(trash1 + "/f")
		t.Path = "d/f (old)"
		if err := bin.Restore(s.ctx, t); err != nil {
			s.Fatal(err)
		}
		s.wantContent("d/f (old)", "old")
		s.wantContent("f", "new")
	}},
	{"restore a decomposed spelling", func(s *side) {
		bin := s.trashBin()
		const nfd = "e\u0301"
		s.skipUnless(s.Refuses == nil || !s.Refuses(nfd), "such names")
		s.putInTrash(trash1+"/"+nfd+"/"+nfd, "old")
		t := s.trashedByID(trash1 + "/" + nfd + "/" + nfd)
		if t.Path != "\u00e9/\u00e9" {
			s.Errorf("it was at %+q", t.Path)
		}
		if err := bin.Restore(s.ctx, t); err != nil {
			s.Fatal(err)
		}
		s.wantContent(nfd+"/"+nfd, "old")
	}},
	{"restore replaces nothing", func(s *side) {
		bin := s.trashBin()
		s.Write("f", "new", lateTime)
		s.Write("d/f", "in a directory", lateTime)
		s.Write("x", "where a directory was", lateTime)
		s.putInTrash(trash1+"/f", "old")
		s.putInTrash(trash1+"/d", "old")
		s.putInTrash(trash1+"/x/y/f", "old")
		s.unchanged(func() {
			for _, t := range s.trashed() {
				s.wantError(sync.ErrChanged, bin.Restore(s.ctx, t))
			}
		})
	}},
	{"restore twice", func(s *side) {
		bin := s.trashBin()
		s.putInTrash(trash1+"/f", "old")
		t := s.trashedByID(trash1 + "/f")
		if err := bin.Restore(s.ctx, t); err != nil {
			s.Fatal(err)
		}
		s.Rename("f", "g")
		s.wantError(sync.ErrChanged, bin.Restore(s.ctx, t))
		s.wantContent("g", "old")
	}},
	{"restore what a step replaced or removed", func(s *side) {
		bin := s.trashBin()
		s.Write("d/f", "one", earlyTime)
		s.Write("g", "two", earlyTime)
		put := newSource("three", lateTime).put("d/f", s.at("d/f"))
		put.Trash = true
		s.mustApply(put)
		gone := remove("g", s.at("g"))
		gone.Trash = true
		s.mustApply(gone)
		for _, t := range s.trashed() {
			if since := time.Since(t.When); since < -time.Minute || since > time.Hour {
				s.Errorf("%s was put there at %v", t.ID, t.When)
			}
			if t.Path == "d/f" {
				s.wantError(sync.ErrChanged, bin.Restore(s.ctx, t))
				t.Path = "d/f2"
			}
			if err := bin.Restore(s.ctx, t); err != nil {
				s.Error(err)
			}
		}
		s.wantContent("d/f", "three")
		s.wantContent("d/f2", "one")
		s.wantContent("g", "two")
		s.wantTrashIDs()
		// The trash still works afterwards.
		gone.Expect = s.at("g")
		s.mustApply(gone)
		s.wantInTrash("g", "two")
	}},
	{"discard", func(s *side) {
		bin := s.trashBin()
		s.Write("f", "not in the trash", earlyTime)
		s.putInTrash(trash1+"/f", "one")
		s.putInTrash(trash1+"/d/e/f", "three")
		s.putInTrash(trash1+"/d/g", "four")
		s.putInTrash(trash2+"/d/f", "five")
		s.Mkdir(trashbin.Dir + "/" + trash2 + "/d/empty")
		things := []trashbin.Trashed{s.trashedByID(trash1 + "/f"), s.trashedByID(trash1 + "/d/e/f"), s.trashedByID(trash2 + "/d/f"), s.trashedByID(trash2 + "/d/empty")}
		n, err := bin.Discard(s.ctx, things)
		if want := int64(len("one") + len("three") + len("five")); n != want || err != nil {
			s.Errorf("freed %d bytes, want %d, %v", n, want, err)
		}
		s.wantTrashIDs(trash1 + "/d/g")
		if diff := cmp.Diff([]string{trash1 + "/", trash1 + "/d/"}, s.trashDirs()); diff != "" {
			s.Errorf("directories of the trash (-want +got):\n%s", diff)
		}
		s.wantContent("f", "not in the trash")
		s.unchanged(func() {
			if n, err := bin.Discard(s.ctx, things); n != 0 || err != nil {
				s.Errorf("discarding the same entries again: %d bytes, %v", n, err)
			}
		})
	}},
	{"refuse paths outside the trash", func(s *side) {
		bin := s.trashBin()
		s.Write("f", "mine", earlyTime)
		s.Write("d/f", "mine", earlyTime)
		s.putInTrash(trash1+"/f", "old")
		s.putInTrash("mine/f", "somebody's")
		file := s.trashedByID(trash1 + "/f").Entry
		s.unchanged(func() {
			for _, id := range []string{"", "f", "..", "../../f", trash1, trash1 + "/", trash1 + "/../../../f", "mine/f", "/f", trash1 + "//f", trash1 + "/x\r\nDELE f", "../../d/f"} {
				t := trashbin.Trashed{Path: "g", ID: id, Entry: file}
				if _, err := bin.Discard(s.ctx, []trashbin.Trashed{t}); err == nil {
					s.Errorf("%q was discarded", id)
				}
				if err := bin.Restore(s.ctx, t); err == nil {
					s.Errorf("%q was restored", id)
				}
			}
			for _, p := range []manifest.Path{"", "../x", ".", "a//b", ".ferry", ".ferry/trash/x", "/x"} {
				if err := bin.Restore(s.ctx, trashbin.Trashed{Path: p, ID: trash1 + "/f", Entry: file}); err == nil {
					s.Errorf("restored to %q", p)
				}
			}
		})
	}},
	{"cancelled", func(s *side) {
		bin := s.trashBin()
		s.putInTrash(trash1+"/d/f", "old")
		t := s.trashedByID(trash1 + "/d/f")
		ctx := s.cancelledContext()
		s.unchanged(func() {
			_, err := bin.Trashed(ctx, time.Time{})
			s.wantError(errCancelled, err)
			s.wantError(errCancelled, bin.Restore(ctx, t))
			_, err = bin.Discard(ctx, []trashbin.Trashed{t})
			s.wantError(errCancelled, err)
		})
	}},
}
