package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"ferry/internal/test/realftp"
)

// serverOwner stands in for the test that a server of realftp belongs to. realftp calls no other methods of a test.
type serverOwner struct {
	testing.TB
	cleanups []func()
	failure  string
}

func (h *serverOwner) Helper()                   {}
func (h *serverOwner) Name() string              { return "bench" }
func (h *serverOwner) Failed() bool              { return false }
func (h *serverOwner) Logf(string, ...any)       {}
func (h *serverOwner) Cleanup(f func())          { h.cleanups = append(h.cleanups, f) }
func (h *serverOwner) Fatal(args ...any)         { h.abort(fmt.Sprint(args...)) }
func (h *serverOwner) Fatalf(s string, a ...any) { h.abort(fmt.Sprintf(s, a...)) }
func (h *serverOwner) Skip(args ...any)          { h.abort(fmt.Sprint(args...)) }

// abort ends the goroutine, as in a test.
func (h *serverOwner) abort(problem string) {
	h.failure = problem
	runtime.Goexit()
}

// start runs a server until stop.
func (h *serverOwner) start(name string, o realftp.Options) (*realftp.Server, error) {
	var s *realftp.Server
	done := make(chan struct{})
	go func() {
		defer close(done)
		s = realftp.Start(h, name, o)
	}()
	<-done
	if s == nil {
		_, why, found := strings.Cut(h.failure, ": ") // "NOT TESTED with vsftpd: ...", "realftp: ..."
		if !found {
			why = h.failure
		}
		return nil, errors.New(why)
	}
	return s, nil
}

// stop ends the server and removes its directory.
func (h *serverOwner) stop() {
	for len(h.cleanups) > 0 {
		last := h.cleanups[len(h.cleanups)-1]
		h.cleanups = h.cleanups[:len(h.cleanups)-1]
		last()
	}
}
