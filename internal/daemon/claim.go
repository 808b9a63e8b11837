package daemon

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// ErrClaimed is wrapped by the error of [Acquire] if another process watches the
// pair.
var ErrClaimed = errors.New("another process watches this pair")

// A Claim is the right to watch a pair. No other process can acquire it before
// Close, or before this process has ended.
type Claim struct {
	dir, key   string
	lock       *os.File
	listener   net.Listener // nil: there is no socket
	socketPath string
	socketErr  error // why there is no socket
	server     *server
}

// Acquire claims the pair with the given key, which must be a valid file name, for
// this process. It makes dir, for this user only, and removes what a dead process
// left there. A socket whose path in dir would be too long is made in the directory
// runtime; if that is "", in the directory for temporary files.
//
// The error wraps [ErrClaimed], or says what is wrong with the directory. It is not
// an error if there can be no socket, see [Claim.SocketError].
func Acquire(dir, key, runtime string) (*Claim, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the directory for sockets: %w", err)
	}
	// It may have existed with other permissions.
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the directory for sockets private: %w", err)
	}
	lock, err := lockFile(filepath.Join(dir, key+".lock"))
	if err != nil {
		return nil, err
	}
	c := &Claim{dir: dir, key: key, lock: lock}
	c.removeStale()
	if err := c.listen(runtime); err != nil {
		c.socketErr = err
		c.closeSocket()
	}
	return c, nil
}

// SocketError returns why other commands cannot ask this process about the pair;
// nil: they can.
func (c *Claim) SocketError() error { return c.socketErr }

// Close stops serving, removes the socket and lets others claim the pair. A
// handover ends before Close returns.
func (c *Claim) Close() error {
	if c.server != nil {
		c.server.close()
	}
	c.closeSocket()
	return c.lock.Close()
}

// removeStale removes what a dead process left. Nobody else can be using it,
// because this process holds the lock.
func (c *Claim) removeStale() {
	if old, err := readAddress(c.dir, c.key); err == nil {
		c.removeSocket(old.Socket)
	}
	_ = os.Remove(c.addressFile())
}
