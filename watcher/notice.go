package watcher

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// A shortage is what the system has run out of.
type shortage struct {
	what    string // as in "has run out of ..."
	option  string // the setting that raises the limit
	current int    // value of the setting; zero: not known
}

// shortageOf returns what the system has run out of when it failed with err. opening
// says that it failed to give notifications at all, not just a watch.
func shortageOf(err error, opening bool) shortage {
	linux := runtime.GOOS == "linux"
	switch {
	case linux && errors.Is(err, syscall.ENOSPC):
		return sysctl("inotify watches", "max_user_watches")
	case linux && opening && errors.Is(err, syscall.EMFILE):
		return sysctl("inotify instances", "max_user_instances")
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		what := "open files"
		if filesAreOpen {
			what = "open files, of which this system needs one for each file that it watches"
		}
		return shortage{what: what, option: "the limit of open files (ulimit -n)"}
	}
	return shortage{}
}

func sysctl(what, name string) shortage {
	text, _ := os.ReadFile("/proc/sys/fs/inotify/" + name)
	current, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return shortage{what: what, option: "fs.inotify." + name, current: current}
}

// text says for the user what is polled instead, and what to do about it.
func (s shortage) text(err error, state State, every string) string {
	if s.what == "" {
		return fmt.Sprintf("the system cannot report changes (%v): all %d directories are polled every %s instead", err, state.Polled, every)
	}
	text := fmt.Sprintf("the system has run out of %s: %d directories are watched, %d are polled every %s instead; raise %s",
		s.what, state.Watched, state.Polled, every, s.option)
	if s.current > 0 {
		text += fmt.Sprintf(", which is %d: sysctl %s=%d", s.current, s.option, max(4*s.current, 2*(state.Watched+state.Polled)))
	}
	return text
}
