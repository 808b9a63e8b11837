package watcher

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/windows"
)

// A treeSystem is told by Windows what changes in a whole tree. One open handle, that
// of the root, does for all directories: a handle of each would keep others from
// renaming the directories above it, and would not follow a directory that moves.
type treeSystem struct {
	root   string
	q      *queue
	log    *slog.Logger
	handle windows.Handle
	// Events that the reader waits for: changes came, a mark is wanted, it is to end.
	read, mark, quit windows.Handle
	marks            atomic.Int32 // wanted marks
	done             chan struct{}
	// Windows writes to these while a question is open. A goroutine's stack moves, so
	// they must not be on one.
	o windows.Overlapped
	b []byte
}

// The buffers that are tried for one answer of Windows, in bytes. A server of files takes no
// more than 64 KiB.
var bufferSizes = []int{1 << 20, 64 << 10}

const notifyFilter = windows.FILE_NOTIFY_CHANGE_FILE_NAME | windows.FILE_NOTIFY_CHANGE_DIR_NAME |
	windows.FILE_NOTIFY_CHANGE_LAST_WRITE | windows.FILE_NOTIFY_CHANGE_SIZE

// openSystem starts to put notifications of everything below root into q.
func openSystem(root string, q *queue, log *slog.Logger) (system, error) {
	t := &treeSystem{root: root, q: q, log: log, done: make(chan struct{})}
	var err error
	if t.handle, err = openHandle(root, windows.FILE_FLAG_OVERLAPPED); err != nil {
		return nil, fmt.Errorf("CreateFile: %w", err)
	}
	for _, event := range []*windows.Handle{&t.read, &t.mark, &t.quit} {
		if *event, err = windows.CreateEvent(nil, 0, 0, nil); err != nil {
			t.closeHandles()
			return nil, fmt.Errorf("CreateEvent: %w", err)
		}
	}
	begun := make(chan error)
	go t.pump(begun)
	if err := <-begun; err != nil {
		t.closeHandles()
		return nil, fmt.Errorf("ReadDirectoryChanges: %w", err)
	}
	return t, nil
}

// Add implements [system]. Everything below the root is watched already.
func (t *treeSystem) Add(string) error { return nil }

// Remove implements [system].
func (t *treeSystem) Remove(string) error { return nil }

// Mark implements [system].
func (t *treeSystem) Mark() {
	t.marks.Add(1)
	_ = windows.SetEvent(t.mark)
}

// Close implements [system].
func (t *treeSystem) Close() error {
	err := windows.SetEvent(t.quit)
	<-t.done
	t.closeHandles()
	return err
}

func (t *treeSystem) closeHandles() {
	for _, h := range []*windows.Handle{&t.handle, &t.read, &t.mark, &t.quit} {
		if *h != 0 {
			windows.CloseHandle(*h)
		}
		*h = 0
	}
}

// pump moves events into the queue until quit is set. It says on begun whether it could
// begin. It keeps its thread, because Windows ends what a thread asked for with it.
func (t *treeSystem) pump(begun chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var err error
	for _, size := range bufferSizes {
		t.b = make([]byte, size)
		if err = t.ask(); err == nil {
			break
		}
	}
	begun <- err
	if err != nil {
		return
	}
	defer close(t.done)
	for err == nil {
		// Of several events the first one counts. So what has happened before a mark
		// was wanted has been read when it is its turn.
		which, waitErr := windows.WaitForMultipleObjects([]windows.Handle{t.read, t.mark, t.quit}, false, windows.INFINITE)
		switch {
		case waitErr == nil && which == windows.WAIT_OBJECT_0:
			if err = t.answer(); err == nil {
				err = t.ask()
			}
		case waitErr == nil && which == windows.WAIT_OBJECT_0+1:
			for range t.marks.Swap(0) {
				t.q.put(event{op: opMark})
			}
		default:
			t.end()
			return
		}
	}
	t.fail(err)
}

// ask asks for the next changes.
func (t *treeSystem) ask() error {
	t.o = windows.Overlapped{HEvent: t.read}
	return windows.ReadDirectoryChanges(t.handle, &t.b[0], uint32(len(t.b)), true, notifyFilter, nil, &t.o, 0)
}

// answer puts the changes that Windows has told into the queue.
func (t *treeSystem) answer() error {
	var n uint32
	err := windows.GetOverlappedResult(t.handle, &t.o, &n, false)
	switch {
	case errors.Is(err, windows.ERROR_NOTIFY_ENUM_DIR), err == nil && n == 0:
		t.q.setLost() // more changes than the buffer takes
		return nil
	case err != nil:
		return err
	}
	if !t.putAll(t.b[:n]) {
		t.q.setLost()
	}
	return nil
}

// fail handles that no more changes will be told, as after the root was removed. It
// waits for the end with the handle closed, which would keep the name of the root.
func (t *treeSystem) fail(err error) {
	if !errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		t.log.Warn("watching", "error", err)
	}
	windows.CloseHandle(t.handle)
	t.handle = 0
	t.q.put(event{t.root, opRemove})
	t.q.setLost()
	_, _ = windows.WaitForSingleObject(t.quit, windows.INFINITE)
}

// end takes back the question that is open, since Windows writes the answer into memory of
// this process.
func (t *treeSystem) end() {
	var n uint32
	if windows.CancelIoEx(t.handle, &t.o) == nil {
		_ = windows.GetOverlappedResult(t.handle, &t.o, &n, true)
	}
}

// putAll puts each change in b into the queue, and reports whether b had the form that it
// must have.
func (t *treeSystem) putAll(b []byte) bool {
	const header = 12 // three numbers: distance to the next change, what happened, bytes of the name
	for {
		if len(b) < header {
			return false
		}
		c := (*windows.FileNotifyInformation)(unsafe.Pointer(&b[0]))
		if uint64(c.FileNameLength)+header > uint64(len(b)) || uint64(c.NextEntryOffset) > uint64(len(b)) {
			return false
		}
		name := windows.UTF16ToString(unsafe.Slice(&c.FileName, c.FileNameLength/2))
		t.put(name, opOf(c.Action))
		if c.NextEntryOffset == 0 {
			return true
		}
		b = b[c.NextEntryOffset:]
	}
}

// opOf returns the operation for an action of Windows. A directory that moves to another
// one is removed and added, without a word about what is in it.
func opOf(action uint32) op {
	switch action {
	case windows.FILE_ACTION_ADDED, windows.FILE_ACTION_RENAMED_NEW_NAME:
		return opCreate
	case windows.FILE_ACTION_REMOVED:
		return opRemove
	case windows.FILE_ACTION_RENAMED_OLD_NAME:
		return opRename
	}
	return opWrite
}
