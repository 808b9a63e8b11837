package local

import (
	"io/fs"
	"runtime"

	"ferry/manifest"
)

// readOnlyKeeps says that a file without the permission to write cannot be replaced. On
// Windows that is an attribute of the file, and there are no other permissions.
const readOnlyKeeps = runtime.GOOS == "windows"

const (
	readOnly fs.FileMode = 0o444
	writable fs.FileMode = 0o666
)

// noteReadOnly notes whether the old version is read-only in that way.
func (w *fileWriter) noteReadOnly(old stat) {
	w.readOnly = readOnlyKeeps && old.kind == manifest.File && old.mode&0o200 == 0
}

// overwrite renames the temporary file over the old version, also where that is read-only. It
// looks once more, because the old version cannot be looked at afterwards.
func (w *fileWriter) overwrite() error {
	if _, _, err := w.dir.expect(w.name, w.step.Expect); err != nil {
		return err
	}
	if !w.readOnly {
		return renameOver(w.dir, w.temp, w.dir, w.name)
	}
	if err := w.dir.Chmod(w.name, writable); err != nil {
		return err
	}
	err := renameOver(w.dir, w.temp, w.dir, w.name)
	if err != nil {
		w.keepReadOnly(w.dir, w.name)
	}
	return err
}

// keepReadOnly makes name read-only if the old version was that.
func (w *fileWriter) keepReadOnly(dir *dirHandle, name string) {
	if !w.readOnly {
		return
	}
	if err := dir.Chmod(name, readOnly); err != nil {
		w.d.log.Info("the file did not stay read-only", "path", dir.path(name), "error", err)
	}
}
