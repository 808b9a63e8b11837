package daemon

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// A Notifier tells the service manager how this process is doing, as sd_notify(3)
// defines it. A nil Notifier does nothing. Its methods may be called from several
// goroutines at once.
type Notifier struct {
	address  *net.UnixAddr
	watchdog time.Duration
}

// NewNotifier returns the notifier that the environment asks for; nil if none.
func NewNotifier(getenv func(string) string) *Notifier {
	name := getenv("NOTIFY_SOCKET")
	if len(name) < 2 || name[0] != '/' && name[0] != '@' {
		return nil // not set, or not a Unix socket
	}
	n := &Notifier{address: &net.UnixAddr{Name: name, Net: "unixgram"}}
	if pid := getenv("WATCHDOG_PID"); pid == "" || pid == strconv.Itoa(os.Getpid()) {
		if usec, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64); err == nil && usec > 0 {
			n.watchdog = time.Duration(usec) * time.Microsecond
		}
	}
	return n
}

// Watchdog returns how often to call [Notifier.Alive]: half the timeout of the
// manager. 0: there is no watchdog.
func (n *Notifier) Watchdog() time.Duration {
	if n == nil {
		return 0
	}
	return n.watchdog / 2
}

// Ready says that the service is up, or that it has reloaded its configuration.
func (n *Notifier) Ready() error { return n.send("READY=1") }

// Status says in one line what the service is doing.
func (n *Notifier) Status(text string) error {
	return n.send("STATUS=" + strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r < ' ' }), " "))
}

// Reloading says that the service reloads its configuration.
func (n *Notifier) Reloading() error {
	return n.send("RELOADING=1", fmt.Sprintf("MONOTONIC_USEC=%d", monotonic()))
}

// Stopping says that the service is shutting down.
func (n *Notifier) Stopping() error { return n.send("STOPPING=1") }

// Alive resets the watchdog.
func (n *Notifier) Alive() error { return n.send("WATCHDOG=1") }

// Extend asks for d more time to start.
func (n *Notifier) Extend(d time.Duration) error {
	return n.send(fmt.Sprintf("EXTEND_TIMEOUT_USEC=%d", d.Microseconds()))
}

func (n *Notifier) send(lines ...string) error {
	if n == nil {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, n.address)
	if err != nil {
		return fmt.Errorf("notifying the service manager: %w", err)
	}
	defer conn.Close()
	// A manager that does not read must not block ferry.
	_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
	if _, err := conn.Write([]byte(strings.Join(lines, "\n"))); err != nil {
		return fmt.Errorf("notifying the service manager: %w", err)
	}
	return nil
}
