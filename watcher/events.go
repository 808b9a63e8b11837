package watcher

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"ferry/manifest"
)

// handle turns one event of the system into hints.
func (w *Watcher) handle(e event) {
	if e.disk == w.root {
		w.rootAt = time.Time{} // see at once what became of it
		return
	}
	n, name := w.place(e.disk)
	if n == nil {
		return // of a directory that has gone itself, which was or will be told
	}
	switch e.op {
	case opCreate:
		if w.selfMoved == e.disk {
			w.selfMoved = ""
		}
		w.came(n, name, true)
	case opRemove:
		w.went(n, name, false)
	case opRename:
		w.renamed(n, name, e.disk)
	default:
		w.touched(n, name, e.op)
	}
}

// place returns the directory that holds what is at disk, nil if it is not
// known, and the name in it.
func (w *Watcher) place(disk string) (*node, string) {
	rest, ok := strings.CutPrefix(disk, w.root)
	if !ok || w.tracker.top == nil {
		return nil, ""
	}
	names := strings.Split(strings.TrimLeft(filepath.ToSlash(rest), "/"), "/")
	last := len(names) - 1
	return w.tracker.top.at(names[:last]), names[last]
}

// renamed handles that name, in n, is called otherwise now. A directory tells of
// that twice: as an entry of the directory above, then for itself.
func (w *Watcher) renamed(n *node, name, disk string) {
	if w.selfMoved == disk {
		w.selfMoved = ""
		return
	}
	if n.care == watched && n.kids[name] != nil {
		w.selfMoved = disk
	}
	w.went(n, name, true)
}

// came handles that name appeared in n. sure says that it did so just now, and
// not some time since the last look.
func (w *Watcher) came(n *node, name string, sure bool) {
	p, ok := w.pathOf(n, name)
	if !ok {
		return
	}
	h := touched
	if sure {
		h = came
		if n.names.add(hashName(p.Base())) && p.Base() == name && n.care == watched {
			h |= made
		}
	}
	_, isDir := directory(w.disk(n, name))
	if w.o.Ignore(p, isDir) {
		w.apart()
		return
	}
	if isDir {
		w.tracker.adopt(n, name)
		h |= tree
	} else if kid := n.kids[name]; kid != nil {
		w.tracker.drop(kid)
	}
	w.hint(p, h)
	w.tellMoves()
}

// tellMoves reports where directories came from that were met elsewhere before
// there was an event that said they had moved.
func (w *Watcher) tellMoves() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range w.tracker.moves {
		w.g.became(m.from, m.to, time.Now())
	}
	w.tracker.moves = nil
}

// went handles that name is not in n any more; moved says that it has another
// name now.
func (w *Watcher) went(n *node, name string, moved_ bool) {
	p, ok := w.pathOf(n, name)
	if !ok {
		return
	}
	if p.Base() == name {
		n.names.remove(hashName(name))
	}
	kid := n.kids[name]
	if kid != nil {
		w.tracker.drop(kid)
	} else if w.o.Ignore(p, false) {
		w.apart()
		return
	}
	h := gone
	if moved_ {
		h |= moved
	}
	w.hint(p, h)
}

// touched handles that name, in n, was written to or got another mode or time.
func (w *Watcher) touched(n *node, name string, what op) {
	p, err := n.path().Child(name)
	if err != nil || manifest.IsOwn(p.Parent(), name) {
		return // no name came or went
	}
	if kid := n.kids[name]; kid != nil {
		w.touchedDir(n, kid, p, what)
		return
	}
	if w.o.Ignore(p, false) {
		return
	}
	if w.o.Ignore(p, true) {
		if _, isDir := directory(w.disk(n, name)); isDir {
			return
		}
	}
	if hash := hashName(p.Base()); n.care == watched && !n.names.has(hash) {
		if _, err := os.Lstat(w.disk(n, name)); err != nil {
			return // open files are written to after they have lost their name
		}
		n.names.add(hash)
	}
	w.hint(p, touched)
}

// touchedDir handles the mode of a directory. That it was written to only says
// that something in it changed, of which there is an event of its own.
func (w *Watcher) touchedDir(parent, n *node, p manifest.Path, what op) {
	switch {
	case n.care == blind:
		w.regain(n)
	case what == opChmod:
		w.hint(p, touched)
	}
}

// pathOf returns the path of name in n. It reports the directory where the name
// cannot be part of a path, and nothing where it is ferry's own.
func (w *Watcher) pathOf(n *node, name string) (manifest.Path, bool) {
	dir := n.path()
	p, err := dir.Child(name)
	if err != nil {
		w.hint(dir, touched)
		return "", false
	}
	if manifest.IsOwn(dir, name) {
		w.apart()
		return "", false
	}
	return p, true
}

func (w *Watcher) disk(n *node, name string) string {
	return n.disk(w.root) + string(filepath.Separator) + name
}

// hint adds to what is gathered.
func (w *Watcher) hint(p manifest.Path, h hint) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.g.add(p, h, time.Now())
}

// apart says that what comes next is not what was renamed last.
func (w *Watcher) apart() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.g.apart()
}

// growing reports whether a file changed less than a moment ago. A time that is
// not of this clock says nothing.
func (w *Watcher) growing(p manifest.Path, now time.Time) bool {
	info, err := os.Lstat(filepath.Join(w.root, filepath.FromSlash(string(p))))
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	age := now.Sub(info.ModTime())
	return -w.o.Settle < age && age < w.o.Settle
}

// cheap reports whether dir has at most most directories, itself counted.
func (w *Watcher) cheap(dir manifest.Path, most int) bool {
	n := w.tracker.top
	if n != nil && dir != manifest.Root {
		n = n.at(strings.Split(string(norm.NFC.String(string(dir))), "/"))
	}
	return n != nil && n.atMost(most)
}
