package replicatest

import (
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"ferry/manifest"
	"ferry/sync"
)

// bin returns the trash of the side, and ends the test where it has none.
func (s *side) bin() sync.Bin {
	s.Helper()
	bin, ok := s.Replica.(sync.Bin)
	s.skipUnless(ok, "trash that can be looked into")
	return bin
}

// trashed lists the trash.
func (s *side) trashed() []sync.Trashed {
	s.Helper()
	things, err := s.bin().Trashed(s.ctx, time.Time{})
	if err != nil {
		s.Fatalf("listing the trash: %v", err)
	}
	return things
}

// ids returns what tells things in the trash apart; those of directories end in a
// slash.
func ids(things []sync.Trashed) []string {
	var all []string
	for _, t := range things {
		if t.Entry.IsDir() {
			t.ID += "/"
		}
		all = append(all, t.ID)
	}
	return all
}

// inTrash fails the test unless the trash holds these things and no others.
func (s *side) inTrash(want ...string) {
	s.Helper()
	if diff := cmp.Diff(want, ids(s.trashed())); diff != "" {
		s.Errorf("the trash (-want +got):\n%s", diff)
	}
}

// the returns the one thing in the trash with this ID.
func (s *side) the(id string) sync.Trashed {
	s.Helper()
	for _, t := range s.trashed() {
		if t.ID == id {
			return t
		}
	}
	s.Fatalf("no %q in the trash: %q", id, ids(s.trashed()))
	return sync.Trashed{}
}

// ownDirs returns the directories that are ferry's own.
func (s *side) ownDirs() []string {
	var dirs []string
	for _, p := range s.List() {
		if strings.HasPrefix(p, sync.TrashDir+"/") && strings.HasSuffix(p, "/") && p != sync.TrashDir+"/" {
			dirs = append(dirs, strings.TrimPrefix(p, sync.TrashDir+"/"))
		}
	}
	return dirs
}

// Directories of the trash, from old to new.
const (
	trash1  = "20240102-030405"
	trash1b = "20240102-030405-2"
	trash2  = "20250607-080910"
)

// throw puts a file into the trash, as an earlier pass did.
func (s *side) throw(id, content string) {
	s.Helper()
	s.Write(sync.TrashDir+"/"+id, content, early)
}

var binParts = []part{
	{"no trash", func(s *side) {
		bin := s.bin()
		s.unchanged(func() {
			s.inTrash()
			if n, err := bin.Discard(s.ctx, nil); n != 0 || err != nil {
				s.Errorf("discarding nothing: %d, %v", n, err)
			}
		})
	}},
	{"list", func(s *side) {
		s.bin()
		s.Write("f", "not in the trash", early)
		s.throw(trash1+"/f", "one")
		s.throw(trash1b+"/f", "two")
		s.throw(trash1+"/d/e/g", "three")
		s.throw(trash2+"/f", "four.")
		s.throw("20250607/f", "not ours")
		s.throw(trash1+"x/f", "not ours")
		s.throw("file", "not ours")
		s.unchanged(func() {
			s.inTrash(trash2+"/f", trash1+"/d/e/g", trash1b+"/f", trash1+"/f")
		})
		t := s.the(trash2 + "/f")
		if when := time.Date(2025, 6, 7, 8, 9, 10, 0, time.UTC); !t.When.Equal(when) || t.When.Location() != time.UTC {
			s.Errorf("put there at %v, want %v", t.When, when)
		}
		if t.Path != "f" || !t.Entry.IsFile() || t.Entry.Size != int64(len("four.")) {
			s.Errorf("in the trash is %+v", t)
		}
		if t := s.the(trash1 + "/d/e/g"); t.Path != "d/e/g" {
			s.Errorf("it was at %q", t.Path)
		}
	}},
	{"list what is old", func(s *side) {
		bin := s.bin()
		s.throw(trash1+"/f", "old")
		s.throw(trash2+"/f", "new")
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
		s.bin()
		s.Mkdir(sync.TrashDir + "/" + trash1 + "/d/empty")
		s.inTrash(trash1 + "/d/empty/")
	}},
	{"list no links", func(s *side) {
		s.bin()
		s.skipUnless(s.Link != nil, "links")
		s.throw(trash1+"/f", "x")
		s.Link(sync.TrashDir + "/" + trash1 + "/link")
		s.inTrash(trash1 + "/f")
	}},
	{"a list is complete or an error", func(s *side) {
		bin := s.bin()
		s.skipUnless(s.Deny != nil, "directory that cannot be read")
		s.throw(trash1+"/f", "x")
		s.throw(trash2+"/d/g", "y")
		s.Deny(sync.TrashDir + "/" + trash2 + "/d")
		if things, err := bin.Trashed(s.ctx, time.Time{}); err == nil {
			s.Errorf("no error, but %q", ids(things))
		}
	}},
	{"restore", func(s *side) {
		bin := s.bin()
		s.throw(trash1+"/d/e/f", "old")
		s.throw(trash1+"/d/g", "other")
		if err := bin.Restore(s.ctx, s.the(trash1+"/d/e/f")); err != nil {
			s.Fatal(err)
		}
		s.reads("d/e/f", "old")
		s.shows("d/", "d/e/", "d/e/f")
		s.inTrash(trash1 + "/d/g")
		if diff := cmp.Diff([]string{trash1 + "/", trash1 + "/d/"}, s.ownDirs()); diff != "" {
			s.Errorf("directories of the trash (-want +got):\n%s", diff)
		}
		if at := s.at("d/e/f").Time(); s.SetsTimes && !at.Equal(early.Truncate(s.Precision.Duration())) {
			s.Errorf("its time is %v, was %v", at, early)
		}
	}},
	{"restore a directory", func(s *side) {
		bin := s.bin()
		s.Mkdir(sync.TrashDir + "/" + trash1 + "/d/empty")
		if err := bin.Restore(s.ctx, s.the(trash1+"/d/empty")); err != nil {
			s.Fatal(err)
		}
		s.shows("d/", "d/empty/")
		s.inTrash()
	}},
	{"restore under another name", func(s *side) {
		bin := s.bin()
		s.Write("f", "new", late)
		s.throw(trash1+"/f", "old")
		t := s.the(trash1 + "/f")
		t.Path = "d/f (old)"
		if err := bin.Restore(s.ctx, t); err != nil {
			s.Fatal(err)
		}
		s.reads("d/f (old)", "old")
		s.reads("f", "new")
	}},
	{"restore as it was spelled", func(s *side) {
		bin := s.bin()
		const nfd = "e\u0301"
		s.skipUnless(s.Refuses == nil || !s.Refuses(nfd), "such names")
		s.throw(trash1+"/"+nfd+"/"+nfd, "old")
		t := s.the(trash1 + "/" + nfd + "/" + nfd)
		if t.Path != "\u00e9/\u00e9" {
			s.Errorf("it was at %+q", t.Path)
		}
		if err := bin.Restore(s.ctx, t); err != nil {
			s.Fatal(err)
		}
		s.reads(nfd+"/"+nfd, "old")
	}},
	{"restore over nothing", func(s *side) {
		bin := s.bin()
		s.Write("f", "new", late)
		s.Write("d/f", "in a directory", late)
		s.Write("x", "where a directory was", late)
		s.throw(trash1+"/f", "old")
		s.throw(trash1+"/d", "old")
		s.throw(trash1+"/x/y/f", "old")
		s.unchanged(func() {
			for _, t := range s.trashed() {
				s.wraps(sync.ErrChanged, bin.Restore(s.ctx, t))
			}
		})
	}},
	{"restore twice", func(s *side) {
		bin := s.bin()
		s.throw(trash1+"/f", "old")
		t := s.the(trash1 + "/f")
		if err := bin.Restore(s.ctx, t); err != nil {
			s.Fatal(err)
		}
		s.Rename("f", "g")
		s.wraps(sync.ErrChanged, bin.Restore(s.ctx, t))
		s.reads("g", "old")
	}},
	{"what a step threw away", func(s *side) {
		bin := s.bin()
		s.Write("d/f", "one", early)
		s.Write("g", "two", early)
		put := text("three", late).put("d/f", s.at("d/f"))
		put.Trash = true
		s.do(put)
		gone := remove("g", s.at("g"))
		gone.Trash = true
		s.do(gone)
		for _, t := range s.trashed() {
			if since := time.Since(t.When); since < -time.Minute || since > time.Hour {
				s.Errorf("%s was put there at %v", t.ID, t.When)
			}
			if t.Path == "d/f" {
				s.wraps(sync.ErrChanged, bin.Restore(s.ctx, t))
				t.Path = "d/f2"
			}
			if err := bin.Restore(s.ctx, t); err != nil {
				s.Error(err)
			}
		}
		s.reads("d/f", "three")
		s.reads("d/f2", "one")
		s.reads("g", "two")
		s.inTrash()
		// And the trash is there for the next one.
		gone.Expect = s.at("g")
		s.do(gone)
		s.keeps("g", "two")
	}},
	{"discard", func(s *side) {
		bin := s.bin()
		s.Write("f", "not in the trash", early)
		s.throw(trash1+"/f", "one")
		s.throw(trash1+"/d/e/f", "three")
		s.throw(trash1+"/d/g", "four")
		s.throw(trash2+"/d/f", "five")
		s.Mkdir(sync.TrashDir + "/" + trash2 + "/d/empty")
		things := []sync.Trashed{s.the(trash1 + "/f"), s.the(trash1 + "/d/e/f"), s.the(trash2 + "/d/f"), s.the(trash2 + "/d/empty")}
		n, err := bin.Discard(s.ctx, things)
		if want := int64(len("one") + len("three") + len("five")); n != want || err != nil {
			s.Errorf("freed %d bytes, want %d, %v", n, want, err)
		}
		s.inTrash(trash1 + "/d/g")
		if diff := cmp.Diff([]string{trash1 + "/", trash1 + "/d/"}, s.ownDirs()); diff != "" {
			s.Errorf("directories of the trash (-want +got):\n%s", diff)
		}
		s.reads("f", "not in the trash")
		s.unchanged(func() {
			if n, err := bin.Discard(s.ctx, things); n != 0 || err != nil {
				s.Errorf("what is gone is discarded again: %d bytes, %v", n, err)
			}
		})
	}},
	{"only below the trash", func(s *side) {
		bin := s.bin()
		s.Write("f", "mine", early)
		s.Write("d/f", "mine", early)
		s.throw(trash1+"/f", "old")
		s.throw("mine/f", "somebody's")
		file := s.the(trash1 + "/f").Entry
		s.unchanged(func() {
			for _, id := range []string{"", "f", "..", "../../f", trash1, trash1 + "/", trash1 + "/../../../f", "mine/f", "/f", trash1 + "//f", trash1 + "/x\r\nDELE f", "../../d/f"} {
				t := sync.Trashed{Path: "g", ID: id, Entry: file}
				if _, err := bin.Discard(s.ctx, []sync.Trashed{t}); err == nil {
					s.Errorf("%q was discarded", id)
				}
				if err := bin.Restore(s.ctx, t); err == nil {
					s.Errorf("%q was restored", id)
				}
			}
			for _, p := range []manifest.Path{"", "../x", ".", "a//b", ".ferry", ".ferry/trash/x", "/x"} {
				if err := bin.Restore(s.ctx, sync.Trashed{Path: p, ID: trash1 + "/f", Entry: file}); err == nil {
					s.Errorf("restored to %q", p)
				}
			}
		})
	}},
	{"stopped", func(s *side) {
		bin := s.bin()
		s.throw(trash1+"/d/f", "old")
		t := s.the(trash1 + "/d/f")
		ctx := s.stopped()
		s.unchanged(func() {
			_, err := bin.Trashed(ctx, time.Time{})
			s.wraps(errStop, err)
			s.wraps(errStop, bin.Restore(ctx, t))
			_, err = bin.Discard(ctx, []sync.Trashed{t})
			s.wraps(errStop, err)
		})
	}},
}
