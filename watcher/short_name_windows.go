package watcher

import (
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// put puts a change of name, which is relative to the root, into the queue. Windows may tell
// it by its short name ("REPORT~1.DOC"). What that of a file stood for that is gone cannot be
// asked, so the directory has changed then.
func (t *treeSystem) put(name string, o op) {
	if mayBeShort(name) {
		long, ok := longName(t.root, name)
		if !ok || o == opRemove || o == opRename {
			if dir := filepath.Dir(name); dir != "." {
				t.put(dir, opChmod)
			} else {
				t.q.setLost()
			}
		} else {
			name = long
		}
	}
	t.q.put(event{t.root + string(filepath.Separator) + name, o})
}

// mayBeShort reports whether a component of name has the form of a short name.
func mayBeShort(name string) bool {
	for part := range strings.SplitSeq(name, string(filepath.Separator)) {
		base, ext, _ := strings.Cut(part, ".")
		_, number, ok := strings.Cut(base, "~")
		if ok && len(base) <= 8 && len(ext) <= 3 && number != "" && strings.Trim(number, "0123456789") == "" {
			return true
		}
	}
	return false
}

// longName returns name, which is relative to root, without short names; false if it is not
// there. Short names in root stay: that is how the root is called.
func longName(root, name string) (string, bool) {
	const separator = string(filepath.Separator)
	disk, err := windows.UTF16PtrFromString(longPath(root + separator + name))
	if err != nil {
		return "", false
	}
	b := make([]uint16, windows.MAX_LONG_PATH)
	n, err := windows.GetLongPathName(disk, &b[0], uint32(len(b)))
	if err != nil || int(n) > len(b) {
		return "", false
	}
	all := strings.Split(windows.UTF16ToString(b[:n]), separator)
	names := strings.Count(name, separator) + 1
	if names > len(all) {
		return "", false
	}
	return strings.Join(all[len(all)-names:], separator), true
}
