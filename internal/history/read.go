package history

import (
	"bytes"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Lines returns what the book holds, the newest line first. Lines that are damaged are left
// out, and so are files in which nothing was written since a time; the zero time: none are.
func (b Book) Lines(since time.Time) iter.Seq[Line] {
	return b.lines(since, func([]byte) bool { return true })
}

// LinesWith is Lines with only those lines whose text, in any case, has a word in it: in
// the path, or elsewhere. It is much faster than looking at all lines. A word with
// characters that JSON may write in another way leaves out none.
func (b Book) LinesWith(word string) iter.Seq[Line] {
	wanted := []byte(strings.ToLower(word))
	if strings.ContainsFunc(word, func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune("<>&\"\\", r) }) {
		wanted = nil
	}
	return b.lines(time.Time{}, func(text []byte) bool { return bytes.Contains(bytes.ToLower(text), wanted) })
}

// lines returns the lines that like finds in files in which something was written since.
func (b Book) lines(since time.Time, like func([]byte) bool) iter.Seq[Line] {
	return func(yield func(Line) bool) {
		parts, err := b.parts()
		if err != nil {
			return // nothing was ever written
		}
		for _, p := range slices.Backward(parts) {
			if p.last.Before(since) {
				continue
			}
			for text := range backwards(filepath.Join(b.Dir, p.name)) {
				if !like(text) {
					continue
				}
				if l, ok := parseLine(text); ok && !yield(l) {
					return
				}
			}
		}
	}
}

const (
	// chunk is how much is read at a time.
	chunk = 64 << 10
	// longestLine is what no line of this program reaches.
	longestLine = 1 << 20
)

// backwards returns the lines of a file that are ended, the last one first. What is longer
// than any line of ours is left out.
func backwards(path string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		f, err := os.Open(path)
		if err != nil {
			return
		}
		defer f.Close()
		end, err := f.Seek(0, io.SeekEnd)
		if err != nil {
			return
		}
		var rest []byte          // the end of a line of which the beginning is not read yet
		ended, ok := false, true // whether it has its line end, and is not too long
		for end > 0 {
			n := min(end, chunk)
			end -= n
			buf := make([]byte, n, n+int64(len(rest)))
			if _, err := f.ReadAt(buf, end); err != nil {
				return
			}
			rest = append(buf, rest...)
			for {
				i := bytes.LastIndexByte(rest, '\n')
				if i < 0 {
					break
				}
				if ended && ok && !yield(rest[i+1:]) {
					return
				}
				rest, ended, ok = rest[:i], true, true
			}
			if len(rest) > longestLine {
				rest, ok = nil, false
			}
		}
		if ended && ok {
			yield(rest)
		}
	}
}

// Merge returns the lines of several books, the newest first.
func Merge(books []iter.Seq[Line]) iter.Seq[Line] {
	return func(yield func(Line) bool) {
		type head struct {
			line Line
			next func() (Line, bool)
		}
		var heads []*head
		for _, b := range books {
			next, stop := iter.Pull(b)
			defer stop()
			if line, ok := next(); ok {
				heads = append(heads, &head{line, next})
			}
		}
		for len(heads) > 0 {
			newest := 0
			for i, h := range heads {
				if h.line.Time.After(heads[newest].line.Time) {
					newest = i
				}
			}
			h := heads[newest]
			if !yield(h.line) {
				return
			}
			var ok bool
			if h.line, ok = h.next(); !ok {
				heads = slices.Delete(heads, newest, newest+1)
			}
		}
	}
}

// LastPass returns the end of the last pass, and the beginning of the latest one after it that
// has not ended: it was killed, or is under way. Each is nil where there is none. What commands that
// make no pass have written does not count.
func (b Book) LastPass() (last, cutOff *Line) {
	ended := make(map[string]bool)
	for l := range b.Lines(time.Time{}) {
		switch {
		case l.Type == TypePass && (l.Summary != nil || l.Error != ""):
			return &l, cutOff
		case l.Type == TypePass:
			ended[l.Pass] = true
		case l.Type == TypeBegin && cutOff == nil && !ended[l.Pass]:
			cutOff = &l
		}
	}
	return nil, cutOff
}
