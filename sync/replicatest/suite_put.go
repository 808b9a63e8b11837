package replicatest

import (
	"strings"
	"time"

	"ferry/manifest"
	"ferry/sync"
)

// nothing is what is expected of a new name.
var nothing manifest.Entry

// large is more than a mebibyte that compresses badly and repeats nowhere.
func large(n int) string {
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

var putParts = []part{
	{"a new file", func(s *side) {
		out := s.do(text("content", early).put("f", nothing))
		s.reads("f", "content")
		s.stands("f", out.Entry)
		s.clean()
		s.shows("f")
		if out.Source != text("content", early).want() {
			s.Errorf("Source is %+v, want what Confirm said", out.Source)
		}
		if out.Sum != "" && out.Sum != sumOf("content") {
			s.Errorf("Sum is %x, want %x", out.Sum, sumOf("content"))
		}
		if out.Kept || out.Ambiguous || out.Bytes != 7 {
			s.Errorf("outcome: %+v, want 7 bytes, not kept, not ambiguous", out)
		}
	}},
	{"a file in the place of another", func(s *side) {
		s.Write("d/f", "old content", early)
		out := s.do(text("new", late).put("d/f", s.at("d/f")))
		s.reads("d/f", "new")
		s.stands("d/f", out.Entry)
		s.clean()
		s.shows("d/", "d/f")
		s.keeps("d/f")
	}},
	{"the old version in the trash", func(s *side) {
		s.Write("d/e/f", "old content", early)
		step := text("new", late).put("d/e/f", s.at("d/e/f"))
		step.Trash = true
		s.stands("d/e/f", s.do(step).Entry)
		s.reads("d/e/f", "new")
		s.keeps("d/e/f", "old content")
		s.clean()
		s.shows("d/", "d/e/", "d/e/f")
	}},
	{"every old version in the trash", func(s *side) {
		was := s.do(text("version 1", early).put("f", nothing)).Entry
		for i, content := range []string{"version 2", "the third", "4"} {
			step := text(content, late.Add(time.Duration(i)*24*time.Hour)).put("f", was)
			step.Trash = true
			was = s.do(step).Entry
		}
		s.reads("f", "4")
		s.keeps("f", "the third", "version 1", "version 2")
	}},
	{"trash with nothing there", func(s *side) {
		step := text("new", late).put("f", nothing)
		step.Trash = true
		s.do(step)
		s.reads("f", "new")
		s.keeps("f")
	}},
	{"an empty file", func(s *side) {
		s.stands("f", s.do(text("", early).put("f", nothing)).Entry)
		s.reads("f", "")
		s.do(text("x", early).put("f", s.at("f")))
		s.do(text("", late).put("f", s.at("f")))
		s.reads("f", "")
		s.clean()
	}},
	{"a large file", func(s *side) {
		content := large(1<<20 + 12345)
		step := text(content, early).put("f", nothing)
		var told int64
		step.Progress = func(n int64) { told += n }
		out := s.do(step)
		s.reads("f", content)
		s.stands("f", out.Entry)
		if told != int64(len(content)) || out.Bytes != told {
			s.Errorf("progress of %d bytes, outcome of %d, want %d", told, out.Bytes, len(content))
		}
	}},
	{"bytes of every value", func(s *side) {
		var b strings.Builder
		for i := range 256 {
			b.WriteString(string([]byte{byte(i), '\r', '\n', byte(i), '\n'}))
		}
		s.do(text(b.String(), early).put("f", nothing))
		s.reads("f", b.String())
		if got, _ := s.slurp("f", s.at("f"), 0); got != b.String() {
			s.Errorf("read back: %d bytes that differ", len(got))
		}
	}},
	{"the time of the source", func(s *side) {
		s.skipUnless(s.SetsTimes, "settable times")
		for _, at := range []time.Time{early, late, time.Date(2000, 2, 29, 23, 59, 59, 0, time.UTC)} {
			o := text("x"+at.String(), at)
			entry := s.do(o.put("f", s.at("f"))).Entry
			if now := s.at("f"); !manifest.SameTime(o.want(), now) || !manifest.SameTime(entry, now) {
				s.Errorf("time is %v, the outcome said %v, want %v", now.Time(), entry.Time(), at)
			}
		}
	}},
	{"a source without a time", func(s *side) {
		step := text("x", early).put("f", nothing)
		step.Want.ModTime, step.Want.Precision = 0, manifest.NoTime
		s.stands("f", s.do(step).Entry)
	}},
	{"something is there", func(s *side) {
		s.Write("f", "somebody's", early)
		s.Mkdir("d")
		s.unchanged(func() {
			s.fails(sync.ErrChanged, text("x", late).put("f", nothing))
			s.fails(sync.ErrChanged, text("x", late).put("d", nothing))
		})
	}},
	{"something else is there", func(s *side) {
		s.Write("f", "was", early)
		s.Write("g", "was", early)
		s.Write("h", "was", early)
		was := s.scan()
		s.Write("f", "edited since", late)
		s.Remove("g")
		s.Remove("h")
		s.Write("h/in", "a directory now", early)
		s.unchanged(func() {
			for _, trash := range []bool{false, true} {
				for _, p := range []manifest.Path{"f", "g", "h"} {
					step := text("x", late).put(p, was.At(p))
					step.Trash = trash
					s.fails(sync.ErrChanged, step)
				}
			}
		})
	}},
	{"somebody writes while the source is read", func(s *side) {
		for _, trash := range []bool{false, true} {
			s.Write("f", "was", early)
			s.Remove("g")
			o := text(large(200_000), late)
			o.during = func() { s.Write("f", "edited meanwhile", late) }
			step := o.put("f", s.at("f"))
			step.Trash = trash
			s.fails(sync.ErrChanged, step)
			s.reads("f", "edited meanwhile")
			o.during = func() { s.Write("g", "made meanwhile", late) }
			step = o.put("g", nothing)
			step.Trash = trash
			s.fails(sync.ErrChanged, step)
			s.reads("g", "made meanwhile")
			s.clean()
		}
	}},
	{"somebody removes while the source is read", func(s *side) {
		s.Write("f", "was", early)
		o := text(large(200_000), late)
		o.during = func() { s.Remove("f") }
		s.fails(sync.ErrChanged, o.put("f", s.at("f")))
		s.shows()
		s.clean()
	}},
	{"no directory", func(s *side) {
		s.Write("f", "a file", early)
		s.unchanged(func() {
			s.fails(nil, text("x", early).put("no such/f", nothing))
			s.fails(nil, text("x", early).put("f/g", nothing))
		})
	}},
	{"the content is there already", func(s *side) {
		s.Write("f", "the same", early)
		was := s.at("f")
		for _, trash := range []bool{false, true} {
			step := text("the same", late).put("f", was)
			step.Keep, step.Trash = sumOf("the same"), trash
			var out sync.Outcome
			s.unchanged(func() { out = s.do(step) })
			if !out.Kept || out.Source != text("the same", late).want() {
				s.Errorf("outcome: %+v, want the file kept", out)
			}
			s.stands("f", out.Entry)
			if !manifest.Unchanged(was, out.Entry) {
				s.Errorf("the file is %+v, was %+v", out.Entry, was)
			}
		}
	}},
	{"other content is there", func(s *side) {
		s.Write("f", "this", early)
		step := text("that", late).put("f", s.at("f"))
		step.Keep = sumOf("this")
		out := s.do(step)
		s.reads("f", "that")
		s.stands("f", out.Entry)
		if out.Kept {
			s.Errorf("outcome says kept")
		}
	}},
	{"the content was there and somebody edited it", func(s *side) {
		s.Write("f", "the same", early)
		o := text("the same", late)
		o.during = func() { s.Write("f", "edited meanwhile", late) }
		step := o.put("f", s.at("f"))
		step.Keep = sumOf("the same")
		s.fails(sync.ErrChanged, step)
		s.reads("f", "edited meanwhile")
	}},
	{"again after it was done", func(s *side) {
		was := s.do(text("one", early).put("f", nothing)).Entry
		was = s.do(text("two!", late).put("f", was)).Entry
		s.stands("f", was)
		was = s.do(text("three", early).put("f", was)).Entry
		s.stands("f", was)
		s.reads("f", "three")
	}},
}
