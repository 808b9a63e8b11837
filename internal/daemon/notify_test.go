package daemon

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"
	"time"
)

// listen opens a socket like that of a service manager. It returns a function that
// reads the next message.
func listen(t *testing.T, name string) func() string {
	t.Helper()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Skip("Unix datagram sockets are not supported here: ", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return func() string {
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		b := make([]byte, 4096)
		n, err := conn.Read(b)
		if err != nil {
			t.Error(err)
		}
		return string(b[:n])
	}
}

func variables(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestNotify(t *testing.T) {
	names := []string{filepath.Join(shortDir(t), "notify")}
	if runtime.GOOS == "linux" {
		names = append(names, fmt.Sprintf("@ferry-test-%d", os.Getpid())) // an abstract socket
	}
	for _, name := range names {
		read := listen(t, name)
		n := NewNotifier(variables(map[string]string{"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": fmt.Sprint(os.Getpid())}))
		for _, c := range []struct {
			send func() error
			want string
		}{
			{n.Ready, `READY=1`},
			{func() error { return n.Status("site: in sync\nphotos: waiting") }, `STATUS=site: in sync photos: waiting`},
			{n.Reloading, `RELOADING=1\nMONOTONIC_USEC=\d+`},
			{n.Alive, `WATCHDOG=1`},
			{n.Stopping, `STOPPING=1`},
			{func() error { return n.Extend(2 * time.Second) }, `EXTEND_TIMEOUT_USEC=2000000`},
		} {
			if err := c.send(); err != nil {
				t.Fatal(err)
			}
			if got := read(); !regexp.MustCompile(`^` + c.want + `$`).MatchString(got) {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		}
		if n.Watchdog() != 1500*time.Millisecond {
			t.Errorf("every %v", n.Watchdog())
		}
	}
	if runtime.GOOS == "linux" && monotonic() <= 0 {
		t.Error("no monotonic time")
	}
}

func TestNoManager(t *testing.T) {
	for name, vars := range map[string]map[string]string{
		"none":     {},
		"relative": {"NOTIFY_SOCKET": "notify"},
		"vsock":    {"NOTIFY_SOCKET": "vsock:2:1234"},
		"empty":    {"NOTIFY_SOCKET": "@"},
	} {
		n := NewNotifier(variables(vars))
		if n != nil {
			t.Errorf("%s: a notifier", name)
		}
		if err := n.Ready(); err != nil || n.Watchdog() != 0 {
			t.Errorf("%s: %v, %v", name, err, n.Watchdog())
		}
	}
	gone := NewNotifier(variables(map[string]string{"NOTIFY_SOCKET": filepath.Join(t.TempDir(), "gone")}))
	if err := gone.Ready(); err == nil {
		t.Error("no error although nobody listens")
	}
}

// A watchdog for another process is ignored (sd_watchdog_enabled(3)).
func TestWatchdogOfAnother(t *testing.T) {
	for vars, want := range map[[2]string]time.Duration{
		{"2000000", ""}:                       time.Second,
		{"2000000", fmt.Sprint(os.Getpid())}:  time.Second,
		{"2000000", "1"}:                      0,
		{"", ""}:                              0,
		{"soon", ""}:                          0,
		{"-5", ""}:                            0,
		{"0", ""}:                             0,
		{"99999999999999999999999999999", ""}: 0,
	} {
		n := NewNotifier(variables(map[string]string{"NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": vars[0], "WATCHDOG_PID": vars[1]}))
		if got := n.Watchdog(); got != want {
			t.Errorf("%q: %v, want %v", vars, got, want)
		}
	}
}
