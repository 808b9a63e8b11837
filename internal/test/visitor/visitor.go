package visitor

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A Visitor looks at all of a site again and again, from Start to End.
type Visitor struct {
	Site
	Dir   string        // the root of the site
	Pause time.Duration // between two looks

	stop chan struct{}
	done sync.WaitGroup
	seen Seen
	read map[string]file
}

// Seen is what a visitor saw.
type Seen struct {
	Looks int
	// Mixed is how long files of two releases stood beside each other.
	Mixed time.Duration
	// Half are the files that were seen in part, Missing those that were not there, and Broken the pages whose script
	// was not there. The values say how they were seen first.
	Half, Missing, Broken map[string]string
}

// A file is what is known of a file. It is read again when the server has written it again.
type file struct {
	info            fs.FileInfo
	release, script string
	whole           bool
}

// Start begins to look.
func (v *Visitor) Start() {
	v.seen = Seen{Half: map[string]string{}, Missing: map[string]string{}, Broken: map[string]string{}}
	v.read, v.stop = map[string]file{}, make(chan struct{})
	v.done.Go(func() {
		for last := time.Now(); ; {
			mixed := v.look()
			now := time.Now()
			if mixed {
				v.seen.Mixed += now.Sub(last)
			}
			last = now
			v.seen.Looks++
			select {
			case <-v.stop:
				return
			case <-time.After(v.Pause):
			}
		}
	})
}

// End ends it, and returns what was seen.
func (v *Visitor) End() Seen {
	close(v.stop)
	v.done.Wait()
	return v.seen
}

// look looks at all files once, and reports whether those of two releases are there.
func (v *Visitor) look() (mixed bool) {
	releases := map[string]bool{}
	for i := range v.Pages {
		name := page(i)
		f, there := v.file(name)
		switch {
		case !there:
			v.seen.Missing[name] = "it is missing"
		case !f.whole:
			v.seen.Half[name] = "it is not whole"
		default:
			releases[f.release] = true
			if !v.exists(f.script) {
				if again, _ := v.file(name); again.script == f.script { // it was not replaced meanwhile
					v.seen.Broken[name] = f.script + " is missing"
				}
			}
		}
	}
	for i := range v.Styles {
		name := style(i)
		f, there := v.file(name)
		switch {
		case !there:
			v.seen.Missing[name] = "it is missing"
		case f.release == "":
			v.seen.Half[name] = "it is empty"
		default:
			releases[f.release] = true
		}
	}
	return len(releases) > 1
}

func (v *Visitor) exists(name string) bool {
	_, err := os.Stat(filepath.Join(v.Dir, name))
	return err == nil
}

func (v *Visitor) file(name string) (f file, there bool) {
	path := filepath.Join(v.Dir, name)
	info, err := os.Stat(path)
	if err != nil {
		return file{}, false
	}
	if f := v.read[name]; f.info != nil && os.SameFile(f.info, info) && f.info.Size() == info.Size() && f.info.ModTime().Equal(info.ModTime()) {
		return f, true
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return file{}, false
	}
	text := string(data)
	f = file{info: info, release: word(text, "release="), script: word(text, "script="), whole: strings.HasSuffix(text, endOfPage)}
	v.read[name] = f
	return f, true
}

// word returns what follows a mark, up to the next blank.
func word(text, mark string) string {
	_, rest, _ := strings.Cut(text, mark)
	found, _, _ := strings.Cut(rest, " ")
	return found
}
