//go:build unix

package cli

import (
	"os"
	"os/signal"
	"syscall"
)

// reloadSignals returns the signals that ask for the configuration to be read again.
// stop restores them.
func reloadSignals() (asked <-chan os.Signal, stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	return signals, func() { signal.Stop(signals) }
}

// hungUp reports whether SIGHUP came because the terminal of this process is gone.
func hungUp(terminal bool) bool {
	if !terminal {
		return false
	}
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return true
	}
	_ = tty.Close()
	return false
}

// onResize calls f whenever the size of the terminal has changed, until stop is called.
func onResize(f func()) (stop func()) {
	signals := make(chan os.Signal, 1)
	ended := make(chan struct{})
	signal.Notify(signals, syscall.SIGWINCH)
	go func() {
		for {
			select {
			case <-signals:
				f()
			case <-ended:
				return
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(ended)
	}
}
