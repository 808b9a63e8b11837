package replicatest

import (
	"strings"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// nothing is the expected entry where no file is.
var nothing manifest.Entry

// incompressible returns n bytes that do not repeat and do not compress.
func incompressible(n int) string {
	b := make([]byte, n)
	x := uint32(2463534242)
	for i := range b {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b[i] = byte(x)
	}
	return string(b)
}

var putTests = []test{
	{"a new file", func(s *side) {
		out := s.mustApply(newSource("content", earlyTime).put("f", nothing))
		s.wantContent("f", "content")
		s.wantEntry("f", out.Entry)
		s.wantNoTemps()
		s.wantPaths("f")
		if out.Source != newSource("content", earlyTime).want() {
			s.Errorf("Source is %+v, want what Confirm said", out.Source)
		}
		if out.Sum != "" && out.Sum != sumOf("content") {
			s.Errorf("Sum is %x, want %x", out.Sum, sumOf("content"))
		}
		if out.Kept || out.Ambiguous || out.Bytes != 7 {
			s.Errorf("outcome: %+v, want 7 bytes, not kept, not ambiguous", out)
		}
	}},
	{"a file that replaces another", func(s *side) {
		s.Write("d/f", "old content", earlyTime)
		out := s.mustApply(newSource("new", lateTime).put("d/f", s.at("d/f")))
		s.wantContent("d/f", "new")
		s.wantEntry("d/f", out.Entry)
		s.wantNoTemps()
		s.wantPaths("d/", "d/f")
		s.wantInTrash("d/f")
	}},
	{"the old version goes to the trash", func(s *side) {
		s.Write("d/e/f", "old content", earlyTime)
		step := newSource("new", lateTime).put("d/e/f", s.at("d/e/f"))
		step.Trash = true
		s.wantEntry("d/e/f", s.mustApply(step).Entry)
		s.wantContent("d/e/f", "new")
		s.wantInTrash("d/e/f", "old content")
		s.wantNoTemps()
		s.wantPaths("d/", "d/e/", "d/e/f")
	}},
	{"every old version goes to the trash", func(s *side) {
		was := s.mustApply(newSource("version 1", earlyTime).put("f", nothing)).Entry
		for i, content := range []string{"version 2", "the third", "4"} {
			step := newSource(content, lateTime.Add(time.Duration(i)*24*time.Hour)).put("f", was)
			step.Trash = true
			was = s.mustApply(step).Entry
		}
		s.wantContent("f", "4")
		s.wantInTrash("f", "the third", "version 1", "version 2")
	}},
	{"a new file, with trash", func(s *side) {
		step := newSource("new", lateTime).put("f", nothing)
		step.Trash = true
		s.mustApply(step)
		s.wantContent("f", "new")
		s.wantInTrash("f")
	}},
	{"an empty file", func(s *side) {
		s.wantEntry("f", s.mustApply(newSource("", earlyTime).put("f", nothing)).Entry)
		s.wantContent("f", "")
		s.mustApply(newSource("x", earlyTime).put("f", s.at("f")))
		s.mustApply(newSource("", lateTime).put("f", s.at("f")))
		s.wantContent("f", "")
		s.wantNoTemps()
	}},
	{"a large file", func(s *side) {
		content := incompressible(1<<20 + 12345)
		step := newSource(content, earlyTime).put("f", nothing)
		var told int64
		step.Progress = func(n int64) { told += n }
		out := s.mustApply(step)
		s.wantContent("f", content)
		s.wantEntry("f", out.Entry)
		if told != int64(len(content)) || out.Bytes != told {
			s.Errorf("progress of %d bytes, outcome of %d, want %d", told, out.Bytes, len(content))
		}
	}},
	{"bytes of every value", func(s *side) {
		var b strings.Builder
		for i := range 256 {
			b.WriteString(string([]byte{byte(i), '\r', '\n', byte(i), '\n'}))
		}
		s.mustApply(newSource(b.String(), earlyTime).put("f", nothing))
		s.wantContent("f", b.String())
		if got, _ := s.readFrom("f", s.at("f"), 0); got != b.String() {
			s.Errorf("read back: %d bytes that differ", len(got))
		}
	}},
	{"the time of the source", func(s *side) {
		s.skipUnless(s.SetsTimes, "settable times")
		for _, at := range []time.Time{earlyTime, lateTime, time.Date(2000, 2, 29, 23, 59, 59, 0, time.UTC)} {
			o := newSource("x"+at.String(), at)
			entry := s.mustApply(o.put("f", s.at("f"))).Entry
			if now := s.at("f"); !manifest.SameTime(o.want(), now) || !manifest.SameTime(entry, now) {
				s.Errorf("time is %v, the outcome said %v, want %v", now.Time(), entry.Time(), at)
			}
		}
	}},
	{"a source without a time", func(s *side) {
		step := newSource("x", earlyTime).put("f", nothing)
		step.Want.ModTime, step.Want.Precision = 0, manifest.NoTime
		s.wantEntry("f", s.mustApply(step).Entry)
	}},
	{"the name is taken", func(s *side) {
		s.Write("f", "somebody's", earlyTime)
		s.Mkdir("d")
		s.unchanged(func() {
			s.mustFail(sync.ErrChanged, newSource("x", lateTime).put("f", nothing))
			s.mustFail(sync.ErrChanged, newSource("x", lateTime).put("d", nothing))
		})
	}},
	{"the old version was edited, removed or replaced", func(s *side) {
		s.Write("f", "was", earlyTime)
		s.Write("g", "was", earlyTime)
		s.Write("h", "was", earlyTime)
		was := s.scan()
		s.Write("f", "edited since", lateTime)
		s.Remove("g")
		s.Remove("h")
		s.Write("h/in", "a directory now", earlyTime)
		s.unchanged(func() {
			for _, trash := range []bool{false, true} {
				for _, p := range []manifest.Path{"f", "g", "h"} {
					step := newSource("x", lateTime).put(p, was.At(p))
					step.Trash = trash
					s.mustFail(sync.ErrChanged, step)
				}
			}
		})
	}},
	{"somebody writes while the source is read", func(s *side) {
		for _, trash := range []bool{false, true} {
			s.Write("f", "was", earlyTime)
			s.Remove("g")
			o := newSource(incompressible(200_000), lateTime)
			o.onMiddle = func() { s.Write("f", "edited meanwhile", lateTime) }
			step := o.put("f", s.at("f"))
			step.Trash = trash
			s.mustFail(sync.ErrChanged, step)
			s.wantContent("f", "edited meanwhile")
			o.onMiddle = func() { s.Write("g", "made meanwhile", lateTime) }
			step = o.put("g", nothing)
			step.Trash = trash
			s.mustFail(sync.ErrChanged, step)
			s.wantContent("g", "made meanwhile")
			s.wantNoTemps()
		}
	}},
	{"somebody removes while the source is read", func(s *side) {
		s.Write("f", "was", earlyTime)
		o := newSource(incompressible(200_000), lateTime)
		o.onMiddle = func() { s.Remove("f") }
		s.mustFail(sync.ErrChanged, o.put("f", s.at("f")))
		s.wantPaths()
		s.wantNoTemps()
	}},
	{"the parent is missing or a file", func(s *side) {
		s.Write("f", "a file", earlyTime)
		s.unchanged(func() {
			s.mustFail(nil, newSource("x", earlyTime).put("no such/f", nothing))
			s.mustFail(nil, newSource("x", earlyTime).put("f/g", nothing))
		})
	}},
	{"the file already has the content", func(s *side) {
		s.Write("f", "the same", earlyTime)
		was := s.at("f")
		for _, trash := range []bool{false, true} {
			step := newSource("the same", lateTime).put("f", was)
			step.Keep, step.Trash = sumOf("the same"), trash
			var out sync.Outcome
			s.unchanged(func() { out = s.mustApply(step) })
			if !out.Kept || out.Source != newSource("the same", lateTime).want() {
				s.Errorf("outcome: %+v, want the file kept", out)
			}
			s.wantEntry("f", out.Entry)
			if !manifest.Unchanged(was, out.Entry) {
				s.Errorf("the file is %+v, was %+v", out.Entry, was)
			}
		}
	}},
	{"the file has other content", func(s *side) {
		s.Write("f", "this", earlyTime)
		step := newSource("that", lateTime).put("f", s.at("f"))
		step.Keep = sumOf("this")
		out := s.mustApply(step)
		s.wantContent("f", "that")
		s.wantEntry("f", out.Entry)
		if out.Kept {
			s.Errorf("outcome says kept")
		}
	}},
	{"the file had the content and was edited", func(s *side) {
		s.Write("f", "the same", earlyTime)
		o := newSource("the same", lateTime)
		o.onMiddle = func() { s.Write("f", "edited meanwhile", lateTime) }
		step := o.put("f", s.at("f"))
		step.Keep = sumOf("the same")
		s.mustFail(sync.ErrChanged, step)
		s.wantContent("f", "edited meanwhile")
	}},
	{"the same file several times", func(s *side) {
		was := s.mustApply(newSource("one", earlyTime).put("f", nothing)).Entry
		was = s.mustApply(newSource("two!", lateTime).put("f", was)).Entry
		s.wantEntry("f", was)
		was = s.mustApply(newSource("three", earlyTime).put("f", was)).Entry
		s.wantEntry("f", was)
		s.wantContent("f", "three")
	}},
}
