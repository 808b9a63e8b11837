package many

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"ferry/internal/ftpserver"
)

// TestLostServer takes the server of many profiles away for some seconds. It is asked by one of them, not by all, and
// what was edited meanwhile is there soon after it is back.
func TestLostServer(t *testing.T) {
	const n = 40
	served := t.TempDir()
	server, err := ftpserver.Start(ftpserver.Options{Root: served})
	must(t, err)
	h := newHouse(t)
	var here []string
	for i := range n {
		here = append(here, h.add(fmt.Sprintf("ftp://ferry@%s/%d", server.Addr(), i), ""))
		must(t, os.Mkdir(filepath.Join(served, strconv.Itoa(i)), 0o755))
		must(t, os.WriteFile(filepath.Join(here[i], "page.html"), []byte("old"), 0o644))
	}
	w := h.watch("--poll", "1s")
	w.until("all are in step", func() bool { return w.idle() == n }, nil)
	addr := server.Addr()
	must(t, server.Close())
	ln, err := net.Listen("tcp", addr)
	must(t, err)
	var asked atomic.Int64
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			asked.Add(1)
			conn.Close()
		}
	}()
	for _, dir := range here {
		must(t, os.WriteFile(filepath.Join(dir, "page.html"), []byte("new"), 0o644))
	}
	time.Sleep(6 * time.Second) // the time of the outage
	must(t, ln.Close())
	t.Logf("the server was asked %d times by %d profiles", asked.Load(), n)
	if asked.Load() < 1 || asked.Load() > n {
		t.Errorf("asked %d times", asked.Load())
	}
	server, err = ftpserver.Start(ftpserver.Options{Root: served, Addr: addr})
	must(t, err)
	t.Cleanup(func() { server.Close() })
	began, next := time.Now(), 0
	w.until("all edits are there", func() bool {
		for next < n && holds(filepath.Join(served, strconv.Itoa(next), "page.html"), "new") {
			next++
		}
		return next == n
	}, nil)
	t.Logf("all edits were there %v after it was back", time.Since(began).Round(time.Millisecond))
}
