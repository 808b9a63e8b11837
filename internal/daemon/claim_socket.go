package daemon

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// maxSocketPath is the longest path that a socket can have on every system: 104
// bytes on BSD, including a NUL at the end (unix(4)).
const maxSocketPath = 103

// socketDirPrefix begins the name of a directory that was made for one socket.
const socketDirPrefix = "ferry-"

func (c *Claim) listen(runtime string) error {
	path, err := c.newSocketPath(runtime)
	if err != nil {
		return err
	}
	_ = os.Remove(path)
	listener, err := net.Listen("unix", path)
	if err != nil {
		return fmt.Errorf("listening for other commands: %w", err)
	}
	c.listener, c.socketPath = listener, path
	// The directory keeps other users out in any case.
	if err := os.Chmod(path, 0o600); err != nil {
		return fmt.Errorf("making the socket private: %w", err)
	}
	return writeAddress(c.addressFile(), address{PID: os.Getpid(), Socket: path})
}

// newSocketPath returns a path that is short enough for a socket.
func (c *Claim) newSocketPath(runtime string) (string, error) {
	sum := sha256.Sum256([]byte(c.key))
	path := filepath.Join(c.dir, hex.EncodeToString(sum[:8])+".sock")
	if len(path) <= maxSocketPath {
		return path, nil
	}
	dir, err := os.MkdirTemp(runtime, socketDirPrefix)
	if err != nil && runtime != "" {
		dir, err = os.MkdirTemp("", socketDirPrefix)
	}
	if err != nil {
		return "", fmt.Errorf("making a directory for the socket: %w", err)
	}
	if path = filepath.Join(dir, "s"); len(path) > maxSocketPath {
		_ = os.Remove(dir)
		return "", fmt.Errorf("the path is too long for a socket: %s", path)
	}
	return path, nil
}

// closeSocket closes and removes the socket and its address.
func (c *Claim) closeSocket() {
	if c.listener == nil {
		return
	}
	_ = c.listener.Close()
	c.listener = nil
	c.removeSocket(c.socketPath)
	if dir := filepath.Dir(c.socketPath); dir != c.dir {
		_ = os.Remove(dir)
	}
	_ = os.Remove(c.addressFile())
}

// removeSocket removes a socket, and the directory that was made only for it. It
// removes no other kind of file.
func (c *Claim) removeSocket(path string) {
	if info, err := os.Lstat(path); err != nil || info.Mode().IsRegular() || info.IsDir() {
		return
	}
	_ = os.Remove(path)
	if dir := filepath.Dir(path); madeFor(dir, c.dir) {
		_ = os.Remove(dir)
	}
}

// madeFor reports whether the directory of a socket, which is not dir, was made only for it.
func madeFor(socketDir, dir string) bool {
	return socketDir != dir && strings.HasPrefix(filepath.Base(socketDir), socketDirPrefix)
}
