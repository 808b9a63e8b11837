package wan

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// open makes a link, or skips the test.
func open(t testing.TB, o Options) *Link {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("network namespaces need root")
	}
	l, err := Open(o)
	if err != nil {
		t.Skipf("no link can be made here: %v", err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// echo listens at the server's end and sends everything back.
func echo(t testing.TB, l *Link) (address string) {
	t.Helper()
	var listener net.Listener
	err := l.InServer(func() (err error) {
		listener, err = net.Listen("tcp", ServerAddress+":0")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.Copy(c, c)
			}()
		}
	}()
	return listener.Addr().String()
}

// dial connects from the client's end. The socket must be made on the thread of the namespace, so without a race between
// addresses, which needs goroutines.
func dial(t testing.TB, l *Link, address string) net.Conn {
	t.Helper()
	var conn net.Conn
	err := l.InClient(func() (err error) {
		conn, err = (&net.Dialer{Timeout: 10 * time.Second, FallbackDelay: -1}).Dial("tcp4", address)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// TestLink checks that packets arrive, whole and not too early, and are counted, and that the delay can be changed.
func TestLink(t *testing.T) {
	const roundTrip = 20 * time.Millisecond
	l := open(t, Options{RoundTrip: roundTrip})
	conn := dial(t, l, echo(t, l))
	exchange := func(size int) time.Duration {
		start := time.Now()
		sent := make([]byte, size)
		for i := range sent {
			sent[i] = byte(i * 7)
		}
		go conn.Write(sent)
		got := make([]byte, size)
		if _, err := io.ReadFull(conn, got); err != nil {
			t.Fatal(err)
		}
		if string(got) != string(sent) {
			t.Error("what came back is not what was sent")
		}
		return time.Since(start)
	}
	if took := exchange(1); took < roundTrip {
		t.Errorf("a byte came back after %v, earlier than a round trip", took)
	}
	before := l.Traffic()
	exchange(1 << 20)
	went := l.Traffic().Minus(before)
	if went.BytesUp < 1<<20 || went.BytesDown < 1<<20 || went.PacketsUp < 700 {
		t.Errorf("traffic of a MiB each way: %+v", went)
	}
	const longer = 100 * time.Millisecond
	l.SetRoundTrip(longer)
	if took := exchange(1); took < longer {
		t.Errorf("a byte came back after %v, earlier than a round trip of %v", took, longer)
	}
}

// TestLoss checks that packets of both directions are lost, and that TCP gets everything across all the same.
func TestLoss(t *testing.T) {
	const share = 0.05
	l := open(t, Options{RoundTrip: 2 * time.Millisecond, Loss: share, Seed: 1})
	conn := dial(t, l, echo(t, l))
	sent := make([]byte, 1<<20)
	for i := range sent {
		sent[i] = byte(i * 7)
	}
	go conn.Write(sent)
	got := make([]byte, len(sent))
	if _, err := io.ReadFull(conn, got); err != nil {
		t.Fatal(err)
	}
	if string(got) != string(sent) {
		t.Error("what came back is not what was sent")
	}
	for direction, r := range map[string]*relay{"up": l.up, "down": l.down} {
		lost, passed := r.lostAtRandom.Load(), r.packets.Load()
		if part := float64(lost) / float64(lost+passed); part < share/2 || part > share*2 {
			t.Errorf("%s: %d packets passed and %d were lost, want about %v of them", direction, passed, lost, share)
		}
	}
	l.SetLoss(0, 1)
	before := l.Traffic()
	go conn.Write(sent)
	if _, err := io.ReadFull(conn, got); err != nil {
		t.Fatal(err)
	}
	if n := l.Traffic().Minus(before).LostAtRandom; n > 0 {
		t.Errorf("%d packets were lost without loss", n)
	}
}

// TestCongestion checks that connections have the congestion control of the link at both ends, and not that of the machine.
func TestCongestion(t *testing.T) {
	open(t, Options{})                               // or skip the test
	for _, name := range []string{"reno", "cubic"} { // every kernel has the first one
		t.Run(name, func(t *testing.T) {
			l, err := Open(Options{Congestion: name})
			if err != nil && name == "cubic" {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = l.Close() })
			accepted := make(chan net.Conn, 1)
			var listener net.Listener
			err = l.InServer(func() (err error) {
				listener, err = net.Listen("tcp", ServerAddress+":0")
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { listener.Close() })
			go func() {
				if c, err := listener.Accept(); err == nil {
					accepted <- c
				}
			}()
			for end, conn := range map[string]net.Conn{"client": dial(t, l, listener.Addr().String()), "server": <-accepted} {
				if got := congestionOf(t, conn); got != name {
					t.Errorf("at the end of the %s: %q", end, got)
				}
			}
		})
	}
	if _, err := Open(Options{Congestion: "none-such"}); err == nil || !strings.Contains(err.Error(), "none-such") {
		t.Errorf("%v, want an error that names what there is not", err)
	}
}

// congestionOf returns the congestion control of a connection.
func congestionOf(t *testing.T, c net.Conn) (name string) {
	t.Helper()
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var inner error
	err = raw.Control(func(fd uintptr) {
		name, inner = unix.GetsockoptString(int(fd), unix.IPPROTO_TCP, unix.TCP_CONGESTION)
	})
	if err := errors.Join(err, inner); err != nil {
		t.Fatal(err)
	}
	return strings.TrimRight(name, "\x00")
}

// TestNamespaces checks that the ends are apart from the rest of the machine.
func TestNamespaces(t *testing.T) {
	l := open(t, Options{})
	address := echo(t, l)
	if c, err := net.DialTimeout("tcp", address, 100*time.Millisecond); err == nil {
		c.Close()
		t.Error("the server's end can be reached from outside")
	}
	dial(t, l, address)
}

// BenchmarkRoundTrip shows how near a round trip of 10 ms comes to 10 ms.
func BenchmarkRoundTrip(b *testing.B) {
	const roundTrip = 10 * time.Millisecond
	l := open(b, Options{RoundTrip: roundTrip})
	conn := dial(b, l, echo(b, l))
	one := make([]byte, 1)
	var late time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := conn.Write(one); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadFull(conn, one); err != nil {
			b.Fatal(err)
		}
		late = max(late, time.Since(start)-roundTrip)
	}
	b.ReportMetric(float64(late.Microseconds()), "µs-late-at-most")
}

// BenchmarkThroughput shows how much the relay carries when nothing limits it, both ways at once.
func BenchmarkThroughput(b *testing.B) {
	l := open(b, Options{})
	conn := dial(b, l, echo(b, l))
	const piece = 1 << 20
	b.SetBytes(piece)
	data, got := make([]byte, piece), make([]byte, piece)
	for b.Loop() {
		go conn.Write(data)
		if _, err := io.ReadFull(conn, got); err != nil {
			b.Fatal(err)
		}
	}
}
