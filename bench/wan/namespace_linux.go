package wan

import (
	"fmt"
	"net/netip"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

const (
	mtu    = 1500
	device = "wan0"
)

// namespace is a network namespace with one end of the link, and the thread to which it belongs.
type namespace struct {
	tun   *os.File
	calls chan func()
}

// newNamespace makes a namespace, and gives its end of the link an address and a congestion control.
func newNamespace(address, congestion string) (*namespace, error) {
	n := &namespace{calls: make(chan func())}
	ready := make(chan error)
	go func() {
		// The thread is never unlocked: it ends with the goroutine, and the namespace with it.
		runtime.LockOSThread()
		err := n.enter(address, congestion)
		ready <- err
		if err != nil {
			return
		}
		for f := range n.calls {
			f()
		}
	}()
	return n, <-ready
}

// enter moves the thread into a new namespace and sets up the device.
func (n *namespace) enter(address, congestion string) error {
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("unshare: %w", err)
	}
	if err := up("lo"); err != nil {
		return err
	}
	tun, err := openTUN()
	if err != nil {
		return err
	}
	if err := setAddress(device, address); err != nil {
		tun.Close()
		return err
	}
	if err := setCongestion(device, congestion); err != nil {
		tun.Close()
		return err
	}
	// What one client learned about the path must not help or harm the next one.
	if err := os.WriteFile("/proc/sys/net/ipv4/tcp_no_metrics_save", []byte("1"), 0); err != nil {
		tun.Close()
		return err
	}
	n.tun = tun
	return nil
}

func (n *namespace) call(f func() error) error {
	done := make(chan error)
	n.calls <- func() { done <- f() }
	return <-done
}

func (n *namespace) close() error {
	close(n.calls)
	return n.tun.Close()
}

// openTUN makes a TUN device without offloads in the namespace of this thread.
func openTUN() (*os.File, error) {
	const clone = "/dev/net/tun"
	fd, err := unix.Open(clone, unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", clone, err)
	}
	request, err := unix.NewIfreq(device)
	if err == nil {
		request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, request)
	}
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("making a TUN device: %w", err)
	}
	return os.NewFile(uintptr(fd), clone), nil
}

// setAddress gives a device an address in a network of four addresses, and enables it.
func setAddress(name, address string) error {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return err
	}
	ip4 := ip.As4()
	for _, c := range []struct {
		request uint
		set     func(*unix.Ifreq) error
	}{
		{unix.SIOCSIFADDR, func(r *unix.Ifreq) error { return r.SetInet4Addr(ip4[:]) }},
		{unix.SIOCSIFNETMASK, func(r *unix.Ifreq) error { return r.SetInet4Addr([]byte{255, 255, 255, 252}) }},
		{unix.SIOCSIFMTU, func(r *unix.Ifreq) error { r.SetUint32(mtu); return nil }},
		{unix.SIOCSIFTXQLEN, func(r *unix.Ifreq) error { r.SetUint32(10000); return nil }},
	} {
		if err := configure(name, c.request, c.set); err != nil {
			return err
		}
	}
	return up(name)
}

func up(name string) error {
	return configure(name, unix.SIOCSIFFLAGS, func(r *unix.Ifreq) error { r.SetUint16(unix.IFF_UP | unix.IFF_RUNNING); return nil })
}

// configure makes one ioctl request for a device.
func configure(name string, request uint, set func(*unix.Ifreq) error) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	r, err := unix.NewIfreq(name)
	if err != nil {
		return err
	}
	if err := set(r); err != nil {
		return err
	}
	if err := unix.IoctlIfreq(fd, request, r); err != nil {
		return fmt.Errorf("setting up %s: %w", name, err)
	}
	return nil
}

// pin gives the goroutine a thread of its own, which ends with it. The kernel does not extend the sleeps of the thread and
// prefers it on a busy machine, because the link must not wait for a processor.
func pin() {
	runtime.LockOSThread()
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), -15)
}
