package daemon

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// ErrClaimed is wrapped by the error of [Claim] where another process watches
// the pair.
var ErrClaimed = errors.New("another process watches this pair")

// maxSocketPath is how long the path of a socket may be everywhere: 104 bytes on
// BSD systems, with a NUL at the end (unix(4)).
const maxSocketPath = 103

// A Claimed is a pair that this process watches. No other process can claim it
// before Close, or before this process has ended.
type Claimed struct {
	dir, key string
	lock     *os.File
	listener net.Listener // nil: there is no socket
	socket   string
	mute     error // why there is none
	served   *server
}

// An address says where a watching process is to be found.
type address struct {
	PID    int    `json:"pid"`
	Socket string `json:"socket"`
}

// Claim makes this process the one that watches the pair key, a file name.
// dir is made where it is missing, for this user only, and what a dead process
// left there is removed. runtime is a directory for sockets whose path in dir
// would be too long; "": that for temporary files. The error wraps
// [ErrClaimed], or says what is wrong with the directory. That there can be no
// socket is no error, see [Claimed.Mute].
func Claim(dir, key, runtime string) (*Claimed, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the directory of sockets: %w", err)
	}
	// Somebody may have made it for all to see.
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, fmt.Errorf("closing the directory of sockets to others: %w", err)
	}
	lock, err := lockFile(filepath.Join(dir, key+".lock"))
	if err != nil {
		return nil, err
	}
	c := &Claimed{dir: dir, key: key, lock: lock}
	c.sweep()
	if err := c.listen(runtime); err != nil {
		c.mute = err
		c.hush()
	}
	return c, nil
}

// Mute says why other commands cannot ask this process about the pair; nil: they
// can.
func (c *Claimed) Mute() error { return c.mute }

// hush takes the socket away.
func (c *Claimed) hush() {
	if c.listener == nil {
		return
	}
	_ = c.listener.Close()
	c.listener = nil
	c.removeSocket(c.socket)
	if dir := filepath.Dir(c.socket); dir != c.dir {
		_ = os.Remove(dir)
	}
	_ = os.Remove(c.addressFile())
}

// sweep removes what a dead process left. The lock is ours, so nobody is there.
func (c *Claimed) sweep() {
	if old, err := readAddress(c.dir, c.key); err == nil {
		c.removeSocket(old.Socket)
	}
	_ = os.Remove(c.addressFile())
}

func (c *Claimed) addressFile() string { return addressFile(c.dir, c.key) }

func addressFile(dir, key string) string { return filepath.Join(dir, key+".json") }

// removeSocket removes a socket, and the directory that was made for it alone.
func (c *Claimed) removeSocket(path string) {
	if info, err := os.Lstat(path); err != nil || info.Mode().IsRegular() || info.IsDir() {
		return
	}
	_ = os.Remove(path)
	if dir := filepath.Dir(path); dir != c.dir && strings.HasPrefix(filepath.Base(dir), ownPrefix) {
		_ = os.Remove(dir)
	}
}

const ownPrefix = "ferry-"

func (c *Claimed) listen(runtime string) error {
	path, err := c.socketPath(runtime)
	if err != nil {
		return err
	}
	_ = os.Remove(path)
	listener, err := net.Listen("unix", path)
	if err != nil {
		return fmt.Errorf("listening for other commands: %w", err)
	}
	c.listener, c.socket = listener, path
	// The directory keeps others out in any case.
	if err := os.Chmod(path, 0o600); err != nil {
		return fmt.Errorf("closing the socket to others: %w", err)
	}
	return writeAddress(c.addressFile(), address{PID: os.Getpid(), Socket: path})
}

// socketPath returns a path that is short enough for a socket.
func (c *Claimed) socketPath(runtime string) (string, error) {
	sum := sha256.Sum256([]byte(c.key))
	path := filepath.Join(c.dir, hex.EncodeToString(sum[:8])+".sock")
	if len(path) <= maxSocketPath {
		return path, nil
	}
	dir, err := os.MkdirTemp(runtime, ownPrefix)
	if err != nil && runtime != "" {
		dir, err = os.MkdirTemp("", ownPrefix)
	}
	if err != nil {
		return "", fmt.Errorf("making a directory for a socket: %w", err)
	}
	if path = filepath.Join(dir, "s"); len(path) > maxSocketPath {
		_ = os.Remove(dir)
		return "", fmt.Errorf("there is no path short enough for a socket: %s", path)
	}
	return path, nil
}

// writeAddress puts the address in place whole.
func writeAddress(path string, a address) error {
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	temp := path + ".new"
	if err := os.WriteFile(temp, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("writing where the socket is: %w", err)
	}
	if err := os.Rename(temp, path); err != nil {
		return fmt.Errorf("writing where the socket is: %w", err)
	}
	return nil
}

func readAddress(dir, key string) (a address, err error) {
	text, err := os.ReadFile(addressFile(dir, key))
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return a, fmt.Errorf("reading %s: %w", addressFile(dir, key), err)
	}
	return a, nil
}

// Close ends serving, removes the socket and lets others claim the pair. What
// was lent is given back before it returns.
func (c *Claimed) Close() error {
	if c.served != nil {
		c.served.close()
	}
	c.hush()
	return c.lock.Close()
}
