package report

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"ferry/manifest"
	"ferry/sync"

	"github.com/google/go-cmp/cmp"
)

// failed returns the failure of an action with this cause.
func failed(op sync.Op, path string, err error) failure {
	side := sync.Remote
	if op == sync.Download {
		side = sync.Local
	}
	return failure{&sync.Action{Op: op, Side: side, Path: manifest.Path(path)}, err, err.Error()}
}

// says returns an error with this text.
func says(format string, args ...any) error { return fmt.Errorf("server says "+format, args...) }

func TestFailures(t *testing.T) {
	full := func(reply string) error { return fmt.Errorf("%w: %w", sync.ErrFull, says("%s", reply)) }
	for _, test := range []struct {
		name  string
		all   []failure
		ended string
		want  []string
	}{
		{"one", []failure{failed(sync.Upload, "a", says("553 Not allowed"))}, "", []string{"upload a: server says 553 Not allowed"}},
		{"two for one cause", []failure{
			failed(sync.Upload, "a", says("553 Not allowed")), failed(sync.Upload, "b", says("553 Not allowed"))}, "",
			[]string{"2 files were not sent: server says 553 Not allowed: a, b"}},
		{"two causes", []failure{
			failed(sync.Upload, "a", says("553 Not allowed")), failed(sync.Upload, "b", says("553 Bad name")), failed(sync.Upload, "c", says("553 Not allowed"))}, "",
			[]string{"2 files were not sent: server says 553 Not allowed: a, c", "upload b: server says 553 Bad name"}},
		{"replies that name the file", []failure{
			failed(sync.Upload, "dir/a b.txt", says("550 /home/u/dir/a b.txt: Permission denied")), failed(sync.Upload, "x/c.txt", says("550 /home/u/x/c.txt: Permission denied")),
			failed(sync.Delete, "e", says("550 'e': Permission denied")), failed(sync.Delete, "f", says("550 'f': Permission denied"))}, "",
			[]string{"2 files were not sent: server says 550 …: Permission denied: dir/a b.txt, x/c.txt", "2 files were not deleted: server says 550 '…': Permission denied: e, f"}},
		{"a name that is part of a word", []failure{
			failed(sync.Upload, "e", says("550 Permission denied")), failed(sync.Upload, "denied", says("550 Permission denied.")), failed(sync.Upload, "i", says("550 Permission denied"))}, "",
			[]string{"2 files were not sent: server says 550 Permission denied: e, i", "upload denied: server says 550 Permission denied."}},
		{"numbers that differ", []failure{
			failed(sync.Download, "a", says("426 1048 bytes were sent")), failed(sync.Download, "b", says("426 17 bytes were sent"))}, "",
			[]string{"2 files were not fetched: server says 426 1048 bytes were sent: a, b"}},
		{"codes that differ", []failure{
			failed(sync.Upload, "a", says("550 No")), failed(sync.Upload, "b", says("553 No"))}, "",
			[]string{"upload a: server says 550 No", "upload b: server says 553 No"}},
		{"several operations", []failure{
			failed(sync.Mkdir, "d", says("550 No")), failed(sync.Upload, "a", says("550 No")), failed(sync.Rmdir, "e", says("550 No")), failed(sync.Rename, "f", says("550 No"))}, "",
			[]string{"1 file was not sent, 1 directory was not made, 1 directory was not removed, 1 name was not changed: server says 550 No: a, d, e and 1 more"}},
		{"a link, named by its step", []failure{failed(sync.Link, "l", errors.New("link l: something is there"))}, "", []string{"link l: something is there"}},
		{"a mode, named by its step", []failure{failed(sync.Chmod, "m", errors.New("chmod m: no"))}, "", []string{"chmod m: no"}},
		{"each side by itself", []failure{
			failed(sync.Upload, "a", errors.New("lost")), failed(sync.Download, "b", errors.New("lost"))}, "", []string{"upload a: lost", "download b: lost"}},
		{"a full server", []failure{
			failed(sync.Upload, "a", full("552 Quota exceeded")), failed(sync.Upload, "b", sync.ErrFull), failed(sync.Mkdir, "c", full("452 No")), failed(sync.Upload, "d", sync.ErrFull)}, "",
			[]string{"the server is full: 3 files were not sent, 1 directory was not made (server says 552 Quota exceeded): a, b, c and 1 more"}},
		{"a full server that told it later", []failure{
			failed(sync.Upload, "a", sync.ErrFull), failed(sync.Upload, "b", full("552 Quota exceeded"))}, "",
			[]string{"the server is full: 2 files were not sent (server says 552 Quota exceeded): a, b"}},
		{"a full disk", []failure{failed(sync.Download, "a", sync.ErrFull), failed(sync.Download, "b", sync.ErrFull)}, "",
			[]string{"the disk is full: 2 files were not fetched: a, b"}},
		{"a full server, one file", []failure{failed(sync.Upload, "a", full("552 No"))}, "", []string{"upload a: no space left: server says 552 No"}},
		{"not tried", []failure{
			failed(sync.Mkdir, "d", says("550 No")), failed(sync.Mkdir, "d/e", &sync.NotTriedError{Path: "d"}), failed(sync.Upload, "d/a", &sync.NotTriedError{Path: "d"}),
			failed(sync.Upload, "d/e/b", &sync.NotTriedError{Path: "d"})}, "",
			[]string{"mkdir d: server says 550 No", "2 files were not tried, 1 directory was not tried, because what they need was not done: d"}},
		{"what the error that ended the pass says", []failure{
			failed(sync.Upload, "a", errors.New("the server closed the connection")), failed(sync.Upload, "b", errors.New("the server closed the connection"))},
			"opening: the server closed the connection", []string{"2 files were not sent: a, b"}},
		{"control characters", []failure{failed(sync.Upload, "a\x1b", says("550 \x1b[2J")), failed(sync.Upload, "b", says("550 \x1b[2J"))}, "",
			[]string{`2 files were not sent: server says 550 \x1b[2J: a\x1b, b`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var f failures
			for _, one := range test.all {
				f.add(one)
			}
			var got []string
			for _, g := range f.groups {
				got = append(got, g.message(test.ended))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestManyFailuresAreOneLine lets 500 files fail. The line names a few of them.
func TestManyFailuresAreOneLine(t *testing.T) {
	var f failures
	for i := range 500 {
		f.add(failed(sync.Upload, fmt.Sprintf("dir%d/file%d", i%7, i), says("550 /www/dir%d/file%d: Permission denied", i%7, i)))
	}
	if len(f.groups) != 1 || !strings.Contains(f.groups[0].message(""), "500 files were not sent: server says 550 …: Permission denied: dir0/file0, dir0/file105, dir0/file112 and 497 more") {
		t.Errorf("%d groups, the first one: %s", len(f.groups), f.groups[0].message(""))
	}
}
