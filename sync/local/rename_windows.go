package local

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

const (
	flagNoReplace = 1
	flagExchange  = 2
)

// A renameInfo is FILE_RENAME_INFORMATION.
type renameInfo struct {
	replace bool
	dir     windows.Handle
	bytes   uint32
	name    [windows.MAX_PATH]uint16
}

// renameWithFlags renames without replacing anything. Windows cannot exchange two names.
// It also refuses to rename what a program holds open and does not share for that; a hard
// link in place of the rename could then neither be completed nor be removed again.
func renameWithFlags(from *dirHandle, x string, to *dirHandle, y string, flags uint) error {
	if flags != flagNoReplace {
		return errors.ErrUnsupported
	}
	if err := rename(from, x, to, y); err != nil {
		return &os.LinkError{Op: "rename", Old: from.path(x), New: to.path(y), Err: err}
	}
	return nil
}

func rename(from *dirHandle, x string, to *dirHandle, y string) error {
	if err := checkPlain(y); err != nil {
		return err
	}
	h, err := openToMove(from, x)
	if err != nil {
		return err
	}
	defer windows.CloseHandle(h)
	info := renameInfo{dir: windows.Handle(to.file.Fd())}
	name, err := windows.UTF16FromString(y)
	if err != nil {
		return err
	}
	if len(name) > len(info.name) {
		return windows.ERROR_FILENAME_EXCED_RANGE
	}
	info.bytes = uint32(2 * (copy(info.name[:], name) - 1))
	err = windows.NtSetInformationFile(h, new(windows.IO_STATUS_BLOCK), (*byte)(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)),
		windows.FileRenameInformation)
	return plainError(err)
}

// checkMovable returns an error if name can neither be renamed nor be removed, because a
// program has it open and does not share it for that. What is not there is no error.
func checkMovable(dir *dirHandle, name string) error {
	h, err := openToMove(dir, name)
	switch {
	case err == nil:
		return windows.CloseHandle(h)
	case isMissing(err):
		return nil
	}
	return err
}

// heldAgainstWriting reports whether name is open and not shared for writing. A program that
// runs, or a library that is in use, is held that way: it can be renamed, but not replaced.
func heldAgainstWriting(dir *dirHandle, name string) bool {
	h, err := openFor(windows.FILE_WRITE_DATA, dir.file, name)
	if err != nil {
		return errors.Is(err, windows.ERROR_SHARING_VIOLATION)
	}
	windows.CloseHandle(h)
	return false
}

// openToMove opens name, or the link that it is, so that it can be renamed.
func openToMove(dir *dirHandle, name string) (windows.Handle, error) {
	h, err := openFor(windows.DELETE, dir.file, name)
	if errors.Is(err, windows.ERROR_SHARING_VIOLATION) {
		return 0, fmt.Errorf("a program has it open, and does not let others move or remove it: %w", err)
	}
	return h, err
}

// openFor opens name, or the link that it is, for what access says. It keeps others from
// nothing.
func openFor(access uint32, dir *os.File, name string) (h windows.Handle, err error) {
	if err := checkPlain(name); err != nil {
		return 0, err
	}
	object := &windows.OBJECT_ATTRIBUTES{RootDirectory: windows.Handle(dir.Fd()), Attributes: windows.OBJ_CASE_INSENSITIVE}
	object.Length = uint32(unsafe.Sizeof(*object))
	if object.ObjectName, err = windows.NewNTUnicodeString(name); err != nil {
		return 0, err
	}
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	const options = windows.FILE_OPEN_REPARSE_POINT | windows.FILE_OPEN_FOR_BACKUP_INTENT | windows.FILE_SYNCHRONOUS_IO_NONALERT
	err = windows.NtCreateFile(&h, windows.SYNCHRONIZE|access, object, new(windows.IO_STATUS_BLOCK), nil, 0, share,
		windows.FILE_OPEN, options, 0, 0)
	return h, plainError(err)
}

// checkPlain returns an error unless name is a single component of a path and no stream
// of a file.
func checkPlain(name string) error {
	if strings.ContainsAny(name, `\:`) {
		return fmt.Errorf("%q is not one name: %w", name, windows.ERROR_INVALID_NAME)
	}
	return checkNames(name)
}

// plainError returns an error of the kernel as one of Windows.
func plainError(err error) error {
	switch status, ok := err.(windows.NTStatus); {
	case !ok:
		return err
	case status == windows.STATUS_NOT_SAME_DEVICE:
		return syscall.EXDEV
	default:
		return status.Errno()
	}
}
