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

// A want is what the system did not have enough of.
type want struct {
	what   string // as in "no more ..."
	option string // that raises it
	now    int    // zero: not known
}

// wantOf says what was wanting when directories could not be watched with err.
// opening says that it was notifications as such.
func wantOf(err error, opening bool) want {
	linux := runtime.GOOS == "linux"
	switch {
	case linux && errors.Is(err, syscall.ENOSPC):
		return sysctl("inotify watches", "max_user_watches")
	case linux && opening && errors.Is(err, syscall.EMFILE):
		return sysctl("inotify instances", "max_user_instances")
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return want{what: "open files", option: "the limit of open files (ulimit -n)"}
	}
	return want{}
}

func sysctl(what, name string) want {
	text, _ := os.ReadFile("/proc/sys/fs/inotify/" + name)
	now, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return want{what: what, option: "fs.inotify." + name, now: now}
}

// text is for the user.
func (m want) text(err error, s State, every string) string {
	if m.what == "" {
		return fmt.Sprintf("the system does not tell of changes (%v): all %d directories are looked at every %s instead", err, s.Polled, every)
	}
	text := fmt.Sprintf("the system has no more %s to give: %d directories are watched, %d are looked at every %s instead; raise %s",
		m.what, s.Watched, s.Polled, every, m.option)
	if m.now > 0 {
		text += fmt.Sprintf(", which is %d: sysctl %s=%d", m.now, m.option, max(4*m.now, 2*(s.Watched+s.Polled)))
	}
	return text
}
