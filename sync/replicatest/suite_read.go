package replicatest

import (
	"errors"
	"io"
	"strings"

	"ferry/manifest"
	"ferry/sync"
)

// readFrom reads the file at p from offset to its end, and returns what it read and
// the sum. entry is the expected entry of the file.
func (s *side) readFrom(p manifest.Path, entry manifest.Entry, offset int64) (content, sum string) {
	s.Helper()
	r := s.Replica.Reader(s.ctx, []sync.Wanted{{Path: p, Entry: entry}})
	defer r.Close()
	return s.readOpened(r, 0, entry, offset)
}

func (s *side) readOpened(r sync.Reader, i int, entry manifest.Entry, offset int64) (content, sum string) {
	s.Helper()
	src, err := r.Open(s.ctx, i, offset)
	if err != nil {
		s.Errorf("opening file %d: %v", i, err)
		return "", ""
	}
	defer src.Close()
	b, err := io.ReadAll(src)
	if err != nil {
		s.Errorf("reading file %d: %v", i, err)
		return "", ""
	}
	now, err := src.Confirm(s.ctx)
	if err != nil {
		s.Errorf("confirming file %d: %v", i, err)
	} else if !manifest.Unchanged(entry, now) {
		s.Errorf("Confirm of file %d said %+v, want %+v", i, now, entry)
	}
	return string(b), src.Sum()
}

var readTests = []test{
	{"a file", func(s *side) {
		for _, content := range []string{"", "x", "two\r\nlines\n", incompressible(1<<20 + 1)} {
			s.Write("d/f", content, earlyTime)
			got, sum := s.readFrom("d/f", s.at("d/f"), 0)
			if got != content {
				s.Errorf("read %s, want %s", shorten(got), shorten(content))
			}
			if sum != "" && sum != sumOf(content) {
				s.Errorf("Sum is %x, want %x", sum, sumOf(content))
			}
			s.Remove("d/f")
		}
	}},
	{"a file from the middle", func(s *side) {
		content := incompressible(100_000)
		s.Write("f", content, earlyTime)
		was := s.at("f")
		for _, offset := range []int64{1, 50_000, 99_999, 100_000} {
			got, sum := s.readFrom("f", was, offset)
			if got != content[offset:] {
				s.Errorf("from %d: read %d bytes, want the last %d", offset, len(got), int64(len(content))-offset)
			}
			if sum != "" && sum != sumOf(content) {
				s.Errorf("Sum from %d is %x, want that of the whole file %x", offset, sum, sumOf(content))
			}
		}
	}},
	{"several files, some left out, some twice", func(s *side) {
		var run []sync.Wanted
		for _, name := range numbered("f", 8) {
			s.Write("d/"+name, "content of "+name, earlyTime)
		}
		tree := s.scan()
		for _, name := range numbered("f", 8) {
			run = append(run, sync.Wanted{Path: manifest.Path("d/" + name), Entry: tree.At(manifest.Path("d/" + name))})
		}
		r := s.Replica.Reader(s.ctx, run)
		for _, i := range []int{0, 1, 1, 3, 6, 7, 7} {
			if got, _ := s.readOpened(r, i, run[i].Entry, 0); got != "content of "+run[i].Path.Base() {
				s.Errorf("file %d: read %q", i, got)
			}
		}
		if err := r.Close(); err != nil {
			s.Error(err)
		}
	}},
	{"a source that is closed early", func(s *side) {
		s.Write("f", incompressible(1<<20), earlyTime)
		s.Write("g", "next", earlyTime)
		tree := s.scan()
		r := s.Replica.Reader(s.ctx, []sync.Wanted{{Path: "f", Entry: tree.At("f")}, {Path: "g", Entry: tree.At("g")}})
		src, err := r.Open(s.ctx, 0, 0)
		if err != nil {
			s.Fatal(err)
		}
		if _, err := io.ReadFull(src, make([]byte, 1000)); err != nil {
			s.Fatal(err)
		}
		src.Close()
		if got, _ := s.readOpened(r, 1, tree.At("g"), 0); got != "next" {
			s.Errorf("the next file: read %q", got)
		}
		if err := r.Close(); err != nil {
			s.Error(err)
		}
	}},
	{"a reader that opens nothing", func(s *side) {
		if err := s.Replica.Reader(s.ctx, nil).Close(); err != nil {
			s.Error(err)
		}
	}},
	{"a file that was changed", func(s *side) {
		s.Write("longer", "was", earlyTime)
		s.Write("newer", "was", earlyTime)
		s.Write("gone", "was", earlyTime)
		s.Write("dir", "was", earlyTime)
		was := s.scan()
		s.Write("longer", "was edited", earlyTime)
		s.Write("newer", "new", lateTime)
		s.Remove("gone")
		s.Remove("dir")
		s.Mkdir("dir")
		changed := []manifest.Path{"longer", "gone", "dir"}
		if s.Precision != manifest.NoTime {
			changed = append(changed, "newer")
		}
		for _, p := range changed {
			err := s.readAll(sync.Wanted{Path: p, Entry: was.At(p)}, nil)
			if err == nil {
				s.Errorf("%q was read although it is not what was wanted", p)
			} else if !errors.Is(err, sync.ErrChanged) && !errors.Is(err, sync.ErrSource) {
				s.Errorf("reading %q: %v, want an error that wraps ErrChanged or ErrSource", p, err)
			}
		}
	}},
	{"a file that changes while it is read", func(s *side) {
		content := incompressible(3 << 20)
		for name, edit := range map[string]func(){
			"grows":         func() { s.Write("f", content+"more", lateTime) },
			"shrinks":       func() { s.Write("f", content[:2<<20], lateTime) },
			"other content": func() { s.Write("f", strings.ToUpper(content), lateTime) },
			"replaced":      func() { s.Write("g", content, lateTime); s.Rename("g", "f") },
			"removed":       func() { s.Remove("f") },
		} {
			if name == "other content" || name == "replaced" {
				if s.Precision == manifest.NoTime && !s.IDs {
					continue
				}
			}
			s.Remove("f")
			s.Write("f", content, earlyTime)
			err := s.readAll(sync.Wanted{Path: "f", Entry: s.at("f")}, edit)
			if err == nil {
				s.Errorf("%s: Confirm said that nothing changed", name)
			} else if !errors.Is(err, sync.ErrChanged) && !errors.Is(err, sync.ErrSource) {
				s.Errorf("%s: %v, want an error that wraps ErrChanged or ErrSource", name, err)
			}
		}
	}},
	{"sums", func(s *side) {
		s.Write("f", incompressible(300_000), earlyTime)
		s.Write("empty", "", earlyTime)
		tree := s.scan()
		if !s.Sums {
			_, err := s.Replica.Sum(s.ctx, "f", tree.At("f"))
			s.wantError(sync.ErrUnsupported, err)
			return
		}
		for p, content := range map[manifest.Path]string{"f": incompressible(300_000), "empty": ""} {
			if got, err := s.Replica.Sum(s.ctx, p, tree.At(p)); err != nil || got != sumOf(content) {
				s.Errorf("sum of %q: %x, %v; want %x", p, got, err, sumOf(content))
			}
		}
	}},
	{"sums of what was changed", func(s *side) {
		s.skipUnless(s.Sums, "sums")
		s.Write("f", "was", earlyTime)
		s.Write("g", "was", earlyTime)
		s.Write("h", "was", earlyTime)
		was := s.scan()
		s.Write("f", "edited", lateTime)
		s.Remove("g")
		s.Remove("h")
		s.Mkdir("h")
		for _, p := range []manifest.Path{"f", "g", "h"} {
			sum, err := s.Replica.Sum(s.ctx, p, was.At(p))
			s.wantError(sync.ErrChanged, err)
			if sum != "" {
				s.Errorf("sum of %q, which changed: %x", p, sum)
			}
		}
	}},
}

// readAll reads a file to its end and confirms it. It calls meanwhile, unless that
// is nil, after the first bytes.
func (s *side) readAll(w sync.Wanted, meanwhile func()) error {
	r := s.Replica.Reader(s.ctx, []sync.Wanted{w})
	defer r.Close()
	src, err := r.Open(s.ctx, 0, 0)
	if err != nil {
		return err
	}
	defer src.Close()
	if meanwhile != nil {
		if _, err := io.ReadFull(src, make([]byte, 1000)); err != nil {
			return err
		}
		meanwhile()
	}
	if _, err := io.Copy(io.Discard, src); err != nil {
		return err
	}
	_, err = src.Confirm(s.ctx)
	return err
}
