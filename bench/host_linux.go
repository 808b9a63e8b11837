package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"ferry/internal/test/realftp"
)

// host stands in for the test that a server of realftp belongs to. What it does not have is never called.
type host struct {
	testing.TB
	cleanups []func()
	problem  string
}

func (h *host) Helper()                   {}
func (h *host) Name() string              { return "bench" }
func (h *host) Failed() bool              { return false }
func (h *host) Logf(string, ...any)       {}
func (h *host) Cleanup(f func())          { h.cleanups = append(h.cleanups, f) }
func (h *host) Fatal(args ...any)         { h.end(fmt.Sprint(args...)) }
func (h *host) Fatalf(s string, a ...any) { h.end(fmt.Sprintf(s, a...)) }
func (h *host) Skip(args ...any)          { h.end(fmt.Sprint(args...)) }

// end leaves the goroutine, as in a test.
func (h *host) end(problem string) {
	h.problem = problem
	runtime.Goexit()
}

// start runs a server until stop.
func (h *host) start(name string, o realftp.Options) (*realftp.Server, error) {
	var s *realftp.Server
	done := make(chan struct{})
	go func() {
		defer close(done)
		s = realftp.Start(h, name, o)
	}()
	<-done
	if s == nil {
		_, why, found := strings.Cut(h.problem, ": ") // "NOT TESTED with vsftpd: ...", "realftp: ..."
		if !found {
			why = h.problem
		}
		return nil, errors.New(why)
	}
	return s, nil
}

// stop ends the server and removes its directory.
func (h *host) stop() {
	for len(h.cleanups) > 0 {
		last := h.cleanups[len(h.cleanups)-1]
		h.cleanups = h.cleanups[:len(h.cleanups)-1]
		last()
	}
}
