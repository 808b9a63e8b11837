package crash

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/manifest"
)

// A tree holds contents by path, "/" for directories.
type tree map[string]string

// base is what both sides hold before anything happens.
var base = tree{
	"keep": "kept", "sub/keep": "kept below", "empty": "",
	"edit/here": "first", "edit/there": "first", "edit/both": "first",
	"gone/here": "deleted here", "gone/there": "deleted there", "gone/dir here/a": "with its directory", "gone/dir here/b": "and this one",
	"name/here": "renamed here", "name/there": "renamed there",
	"dir here/a": "in a renamed directory", "dir here/b/c": "further down", "dir there/a": "in another", "dir there/b": "and beside it",
}

// large is a content of 3 MiB.
func large(seed string) string {
	sum := sha256.Sum256([]byte(seed))
	return strings.Repeat(string(sum[:]), 3<<15)
}

// edit does on the disk at root what the user of a side does; other is the word
// for that side in the names above.
func edit(t testing.TB, root, word string) {
	t.Helper()
	write(t, root, tree{
		"edit/" + word: "second, by " + word, "new " + word + "/deep/f": "new " + word, "new " + word + "/empty": "",
		"large " + word: large(word),
	})
	at := func(name string) string { return filepath.Join(root, name) }
	must(t, os.Remove(at("gone/"+word)))
	must(t, os.RemoveAll(at("gone/dir "+word)))
	must(t, os.Rename(at("name/"+word), at("new "+word+"/moved")))
	must(t, os.Rename(at("dir "+word), at("dir "+word+" renamed")))
}

// write writes files below root, each as another file in the place of what is
// there.
func write(t testing.TB, root string, files tree) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(root, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o777))
		must(t, os.WriteFile(path+" being saved", []byte(content), 0o666))
		must(t, os.Rename(path+" being saved", path))
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// read returns what is below root: real names, what is in the trash, and the
// paths of half-written files.
func read(t testing.TB, root string) (real tree, trash []string, temps []string) {
	t.Helper()
	real = make(tree)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		name, _ := filepath.Rel(root, path)
		own := name == manifest.Own || strings.HasPrefix(name, manifest.Own+"/")
		if _, temp := manifest.TempMark(d.Name()); temp {
			temps = append(temps, path)
			return nil
		}
		if d.IsDir() {
			if !own {
				real[name] = "/"
			}
			return nil
		}
		content, err := os.ReadFile(path)
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(name, manifest.Own+"/trash/"):
			trash = append(trash, string(content))
		case own: // ferry's own notes
		default:
			real[name] = string(content)
		}
		return nil
	})
	must(t, err)
	return real, trash, temps
}

// contents returns the contents of the files of trees.
func contents(trees ...tree) map[string]bool {
	all := make(map[string]bool)
	for _, tr := range trees {
		for content := range maps.Values(tr) {
			if content != "/" {
				all[content] = true
			}
		}
	}
	return all
}

// short shows a content in a message.
func short(content string) string {
	if len(content) > 40 {
		return fmt.Sprintf("%d bytes that begin with %x", len(content), content[:8])
	}
	return fmt.Sprintf("%q", content)
}

// A watch looks again and again whether a file of a size that nobody wrote has a
// real name in one of the directories.
type watch struct {
	stop chan struct{}
	torn chan string
}

func watchSizes(sizes map[int64]bool, roots ...string) *watch {
	w := &watch{stop: make(chan struct{}), torn: make(chan string, 1)}
	go func() {
		defer close(w.torn)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			for _, root := range roots {
				if torn := tornIn(root, sizes); torn != "" {
					w.torn <- torn
					return
				}
			}
			select {
			case <-w.stop:
				return
			case <-tick.C:
			}
		}
	}()
	return w
}

func tornIn(root string, sizes map[int64]bool) (torn string) {
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // it goes while we look
		}
		if _, temp := manifest.TempMark(d.Name()); temp || d.IsDir() {
			return nil
		}
		name, _ := filepath.Rel(root, path)
		if strings.HasPrefix(name, manifest.Own+"/") && !strings.HasPrefix(name, manifest.Own+"/trash/") {
			return nil // ferry's own notes
		}
		if info, err := os.Lstat(path); err == nil && !sizes[info.Size()] {
			torn = fmt.Sprintf("%s has %d bytes", path, info.Size())
		}
		return nil
	})
	return torn
}

// end stops watching and returns what was seen, or "".
func (w *watch) end() string {
	close(w.stop)
	return <-w.torn
}
