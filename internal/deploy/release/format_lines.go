package release

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"ferry/manifest"
)

// Each file and each change is a line of fields with blanks between them. The path is the
// last field, and NUL stands between it and the spellings of the server; neither LF nor NUL
// can be in a name. The sums of the contents follow in the order of the files. A change of a file names it by its place in the list of files, or not at
// all where it is the one after that of the change before.

func appendLines(b []byte, r *Release) ([]byte, error) {
	out := bytes.NewBuffer(b)
	w, err := zlib.NewWriterLevel(out, zlib.BestCompression)
	if err != nil {
		return nil, err
	}
	var line []byte
	for i := range r.Files {
		if line, err = appendFile(line[:0], &r.Files[i]); err == nil {
			_, err = w.Write(line)
		}
		if err != nil {
			return nil, err
		}
	}
	place := make(map[manifest.Path]int, len(r.Files))
	for i := range r.Files {
		place[r.Files[i].Path] = i
	}
	last := -1
	for i := range r.Changes {
		line, last = appendChange(line[:0], &r.Changes[i], r, place, last)
		if _, err := w.Write(line); err != nil {
			return nil, err
		}
	}
	if err := w.Flush(); err != nil { // sums cannot be compressed, and would spoil the codes
		return nil, err
	}
	for i := range r.Files {
		if _, err := w.Write(r.Files[i].Sum[:]); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func appendFile(b []byte, f *File) ([]byte, error) {
	b = appendEntry(b, f.Seen)
	b = append(b, ' ')
	b = strconv.AppendUint(b, uint64(f.Mode), 8)
	if f.Exec {
		b = append(b, 'x')
	}
	b = append(b, ' ')
	if !f.Gone.IsZero() {
		if f.Gone.Year() < 1970 || f.Gone.Year() > 2200 {
			return nil, fmt.Errorf("%s left the release at an impossible time, %v", f.Path, f.Gone)
		}
		b = appendTime(b, f.Gone.UnixNano())
	}
	b = append(b, ' ')
	b = append(b, f.Path...)
	b = append(b, 0)
	b = append(b, f.Seen.Name...)
	return append(b, '\n'), nil
}

// sameAsSeen stands for an Is that is the Seen of the file.
const sameAsSeen = "="

func appendChange(b []byte, c *Change, r *Release, place map[manifest.Path]int, last int) ([]byte, int) {
	i, inFiles := place[c.Path]
	b = append(b, "pmc"[max(0, min(int(c.Kind), 2))])
	if c.Drift {
		b = append(b, 'd')
	}
	b = append(b, ' ')
	b = strconv.AppendInt(b, int64(c.Class), 10)
	b = append(b, ' ')
	if c.Mode != 0 {
		b = strconv.AppendUint(b, uint64(c.Mode), 8)
	}
	b = append(b, ' ')
	if inFiles {
		b = append(b, shortFrom(c, &r.Files[i])...)
	} else {
		b = append(b, c.From...)
	}
	b = append(b, ' ')
	b = append(b, c.Aside...)
	b = append(b, ' ')
	b = appendEntry(b, c.Was)
	b = append(b, ' ')
	if inFiles && c.Is == r.Files[i].Seen {
		b = append(b, sameAsSeen...)
	} else {
		b = appendEntry(b, c.Is)
	}
	b = append(b, ' ')
	switch {
	case !inFiles:
		b = append(b, c.Path...)
	case i != last+1:
		b = append(b, '/')
		b = strconv.AppendInt(b, int64(i), 10)
	}
	if inFiles {
		last = i
	}
	b = append(b, 0)
	b = append(b, c.Was.Name...)
	b = append(b, 0)
	b = append(b, c.Is.Name...)
	return append(b, '\n'), last
}

// shortFrom leaves out of the name of a staged file what the file says too.
func shortFrom(c *Change, f *File) string {
	dir, name := path.Split(c.From)
	number, _, _ := strings.Cut(name, "-")
	if n, err := strconv.Atoi(number); err == nil && name == StagedName(n, f.Sum, c.Is) {
		return dir + number + "-"
	}
	return c.From
}

func longFrom(from string, f *File, is manifest.Entry) string {
	dir, number := path.Split(strings.TrimSuffix(from, "-"))
	if n, err := strconv.Atoi(number); err == nil && strings.HasSuffix(from, "-") {
		return dir + StagedName(n, f.Sum, is)
	}
	return from
}

// The letters of kinds and precisions; their places are the values.
const (
	kindLetters      = "-fdo"
	precisionLetters = "nsmdx"
)

// appendEntry writes what a listing shows, without the name: kind, precisions, size,
// time, and the time of a LIST line.
func appendEntry(b []byte, e manifest.Entry) []byte {
	if e.Kind == manifest.None {
		return append(b, '-')
	}
	b = append(b, kindLetters[e.Kind&3], precisionLetters[min(e.Precision, manifest.NoTime)])
	b = strconv.AppendInt(b, e.Size, 10)
	b = append(b, ',')
	if e.ModTime != 0 {
		b = appendTime(b, e.ModTime)
	}
	if e.Shown != 0 || e.ShownPrecision != 0 {
		b = append(b, ',', precisionLetters[min(e.ShownPrecision, manifest.NoTime)])
		b = strconv.AppendInt(b, e.Shown, 10)
	}
	return b
}

// appendTime writes nanoseconds, or whole seconds with an "s".
func appendTime(b []byte, nanos int64) []byte {
	if nanos%int64(time.Second) == 0 {
		return append(strconv.AppendInt(b, nanos/int64(time.Second), 10), 's')
	}
	return strconv.AppendInt(b, nanos, 10)
}

var errLine = errors.New("a line makes no sense")

// readLines adds the files and changes that are packed to r.
func readLines(packed []byte, r *Release, files, changes int) error {
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(z, mostText+1))
	if err != nil {
		return err
	}
	if len(text) > mostText {
		return fmt.Errorf("its lines take more than %d bytes", mostText)
	}
	if len(text) < files*len(Sum{}) {
		return fmt.Errorf("it has %d bytes, too few for %d files", len(text), files)
	}
	text, sums := text[:len(text)-files*len(Sum{})], text[len(text)-files*len(Sum{}):]
	if n := bytes.Count(text, []byte("\n")); n != files+changes || len(text) > 0 && text[len(text)-1] != '\n' {
		return fmt.Errorf("it has %d lines, but %d files and %d changes", n, files, changes)
	}
	lines := strings.Split(string(text), "\n")
	r.Files = make([]File, files)
	for i := range r.Files {
		if !readFile(lines[i], &r.Files[i]) || i > 0 && r.Files[i-1].Path.Compare(r.Files[i].Path) >= 0 {
			return fmt.Errorf("file %d: %w", i+1, errLine)
		}
		sums = sums[copy(r.Files[i].Sum[:], sums):]
	}
	last := -1
	r.Changes = make([]Change, changes)
	for i := range r.Changes {
		if !readChange(lines[files+i], &r.Changes[i], r, &last) {
			return fmt.Errorf("change %d: %w", i+1, errLine)
		}
	}
	return nil
}
