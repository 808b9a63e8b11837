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

// A tree holds contents by path, with "/" for directories.
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

// changeSide makes the changes of the user of one side at root. word is the word for
// the side in the names above.
func changeSide(t testing.TB, root, word string) {
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

// write writes files below root. It renames each over the old file, as an editor
// does.
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

// read returns what is below root: the tree, the contents of the trash, and the paths
// of temporary files.
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
		case strings.HasPrefix(name, manifest.Own+"/trash"):
			trash = append(trash, string(content))
		case own: // state of ferry
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

// shorten returns a content for a message.
func shorten(content string) string {
	if len(content) > 40 {
		return fmt.Sprintf("%d bytes that begin with %x", len(content), content[:8])
	}
	return fmt.Sprintf("%q", content)
}

// A partialFileWatch looks for files with real names and a size that no user wrote,
// again and again.
type partialFileWatch struct {
	stop    chan struct{}
	partial chan string
}

func watchForPartialFiles(sizes map[int64]bool, roots ...string) *partialFileWatch {
	w := &partialFileWatch{stop: make(chan struct{}), partial: make(chan string, 1)}
	go func() {
		defer close(w.partial)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			for _, root := range roots {
				if partial := partialFileIn(root, sizes); partial != "" {
					w.partial <- partial
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

func partialFileIn(root string, sizes map[int64]bool) (partial string) {
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // it was removed meanwhile
		}
		if _, temp := manifest.TempMark(d.Name()); temp || d.IsDir() {
			return nil
		}
		name, _ := filepath.Rel(root, path)
		if strings.HasPrefix(name, manifest.Own+"/") && !strings.HasPrefix(name, manifest.Own+"/trash") {
			return nil // state of ferry
		}
		if info, err := os.Lstat(path); err == nil && !sizes[info.Size()] {
			partial = fmt.Sprintf("%s has %d bytes", path, info.Size())
		}
		return nil
	})
	return partial
}

// end stops the watch and returns the partial file that it saw, or "".
func (w *partialFileWatch) end() string {
	close(w.stop)
	return <-w.partial
}
