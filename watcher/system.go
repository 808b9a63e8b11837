package watcher

// A system reports changes in single directories. That of Windows does so for the whole
// tree.
type system interface {
	// Add starts to watch a directory. It is no error to add it twice.
	Add(disk string) error
	// Remove stops watching a directory. The system may have done so itself if the
	// directory is gone.
	Remove(disk string) error
	// Mark makes an event with opMark behind the events of all that happened so far,
	// if it can.
	Mark()
	// Close returns when no more events will be put into the queue.
	Close() error
}
