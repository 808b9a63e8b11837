package shared

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	stdsync "sync"
	"sync/atomic"
	"testing"
	"time"

	"ferry/internal/ftp"
	"ferry/internal/ftpserver"
)

// serve starts a server with two directories.
func serve(t *testing.T, o ftpserver.Options) *ftpserver.Server {
	t.Helper()
	o.Root = t.TempDir()
	for _, dir := range []string{"a", "b"} {
		if err := os.Mkdir(filepath.Join(o.Root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	server, err := ftpserver.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server
}

// options lead to a server.
func options(port int) ftp.Options {
	return ftp.Options{Host: "127.0.0.1", Port: port, User: "ferry", Password: password("secret"), Connections: 4, Timeout: 10 * time.Second,
		Backoff: func(int) time.Duration { return time.Millisecond }, Log: silent}
}

var silent = slog.New(slog.DiscardHandler)

func password(text string) func() (string, error) { return func() (string, error) { return text, nil } }

func open(t *testing.T, s *Servers, o ftp.Options) *Lease {
	t.Helper()
	l, err := s.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func ping(ctx context.Context, s *ftp.Session) error {
	_, err := s.Command(ctx, "NOOP")
	return err
}

// Pairs on one server have no more sessions together than one of them may have, and log in once.
func TestPairsShareSessions(t *testing.T) {
	server := serve(t, ftpserver.Options{MaxConnections: 3})
	servers := New(false)
	var all stdsync.WaitGroup
	for range 50 {
		l := open(t, servers, options(server.Port()))
		all.Go(func() {
			for range 3 {
				if err := l.Do(t.Context(), "asking", ping); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	logins := 0
	for _, line := range server.Transcript() {
		if strings.Contains(line, "USER") {
			logins++
		}
	}
	if n := server.Connections(); n > 3 || logins > 5 {
		t.Errorf("%d sessions, %d logins", n, logins)
	}
}

// A server that ends each session right after the login is given up, and not logged in to for ever.
func TestServerThatEndsEachSession(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var logins atomic.Int32
	var all stdsync.WaitGroup
	t.Cleanup(func() { ln.Close(); all.Wait() })
	all.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				fmt.Fprint(conn, "220 hello\r\n")
				for lines := bufio.NewScanner(conn); lines.Scan(); {
					switch verb, _, _ := strings.Cut(lines.Text(), " "); verb {
					case "USER":
						fmt.Fprint(conn, "331 password?\r\n")
					case "PASS":
						logins.Add(1)
						fmt.Fprint(conn, "230 in\r\n")
					case "PWD":
						return
					default:
						fmt.Fprint(conn, "200 ok\r\n")
					}
				}
			})
		}
	})
	o := options(ln.Addr().(*net.TCPAddr).Port)
	o.Pipeline, o.NoListing = ftp.PipelineOff, true
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, err = open(t, New(false), o).Borrow(ctx)
	if n := logins.Load(); !errors.Is(err, ftp.ErrFatal) || n != 4 {
		t.Errorf("%v after %d logins, want the end after one and three retries", err, n)
	}
}

// Whatever could make one pair's session wrong for another one keeps them apart, and a field of the options that is
// new does, too.
func TestWhoShares(t *testing.T) {
	own := []string{"Notice", "Backoff", "BytesUp", "BytesDown", "Segments", "Gate"} // each has its own, or they are of the process
	s := New(false)
	key := func(o ftp.Options, secret string) string { return s.key(o.WithDefaults(), secret) }
	base := options(21)
	if again := options(21); key(base, "x") != key(again, "x") {
		t.Error("equal options do not share")
	}
	if key(base, "x") == key(base, "y") || strings.Contains(key(base, "hunter2"), "hunter2") {
		t.Error("passwords")
	}
	fields := reflect.TypeFor[ftp.Options]()
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		changed := base
		v := reflect.ValueOf(&changed).Elem().Field(i)
		switch {
		case name == "Password", !fields.Field(i).IsExported(): // see above; for tests
			continue
		case v.Kind() == reflect.String:
			v.SetString("other")
		case v.CanInt():
			v.SetInt(v.Int() + 1)
		case v.CanUint():
			v.SetUint(v.Uint() + 1)
		case v.Kind() == reflect.Bool:
			v.SetBool(!v.Bool())
		case v.Kind() == reflect.Pointer && name == "Charset":
			continue
		case v.Kind() == reflect.Pointer:
			v.Set(reflect.New(v.Type().Elem()))
		case v.Kind() == reflect.Array:
			v.Index(0).SetInt(7)
		case name == "Notice":
			changed.Notice = func(string) {}
		case name == "Gate":
			changed.Gate = &gate{}
		case name == "Backoff":
			changed.Backoff = func(int) time.Duration { return time.Hour }
		default:
			t.Fatalf("%s is of a kind that this test does not know", name)
		}
		if shares := key(changed, "x") == key(base, "x"); shares != slices.Contains(own, name) {
			t.Errorf("%s: shares %v", name, shares)
		}
	}
}

// A session that comes back from one pair carries nothing of it.
func TestSessionChangesHands(t *testing.T) {
	server := serve(t, ftpserver.Options{})
	servers := New(false)
	o := options(server.Port())
	o.Connections = 1
	one, other := open(t, servers, o), open(t, servers, o)
	where := func(l *Lease) (dir string) {
		t.Helper()
		err := l.Once(t.Context(), func(ctx context.Context, s *ftp.Session) error {
			r, err := s.Command(ctx, "PWD")
			dir = r.Text
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return dir
	}
	enter := func(ctx context.Context, s *ftp.Session) error {
		_, err := s.Command(ctx, "CWD /a")
		return err
	}
	if err := one.Once(t.Context(), enter); err != nil {
		t.Fatal(err)
	}
	if dir := where(one); !strings.Contains(dir, `"/a"`) {
		t.Errorf("it does not keep its own directory: %s", dir)
	}
	if dir := where(other); !strings.Contains(dir, `"/"`) {
		t.Errorf("the other one stands in %s", dir)
	}
	if n := server.Connections(); n != 1 {
		t.Errorf("%d sessions", n)
	}
	// What a pair asks of idle sessions is asked of its own.
	asked := 0
	one.EachIdle(func(*ftp.Session) { asked++ })
	other.EachIdle(func(*ftp.Session) { asked += 10 })
	if asked != 10 {
		t.Errorf("asked %d", asked)
	}
}

// A speed limit is that of the pair, also on a session that another one has opened.
func TestSpeedLimitIsThePairsOwn(t *testing.T) {
	server := serve(t, ftpserver.Options{})
	servers := New(false)
	o := options(server.Port())
	o.Connections = 1
	free := open(t, servers, o)
	o.BytesUp = 200 << 10
	slow := open(t, servers, o)
	took := func(l *Lease, name string) time.Duration {
		t.Helper()
		began := time.Now()
		err := l.Once(t.Context(), func(ctx context.Context, s *ftp.Session) error {
			_, _, err := s.Store(ctx, name, 0, strings.NewReader(strings.Repeat("x", 200<<10)))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return time.Since(began)
	}
	if d := took(slow, "/a/slow"); d < 500*time.Millisecond {
		t.Errorf("the slow one took %v", d)
	}
	if a, b := took(free, "/a/free"), took(slow, "/a/slow"); a > b {
		t.Errorf("without a limit it took %v, with one %v", a, b)
	}
}

// A listener that ends each connection at once, and counts them.
func refusing(t *testing.T) (port int, asked *atomic.Int64) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	asked = new(atomic.Int64)
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
	return ln.Addr().(*net.TCPAddr).Port, asked
}

// borrowAll has all leases ask for a session at once, and returns their errors.
func borrowAll(t *testing.T, leases []*Lease) (errs []error) {
	var mu stdsync.Mutex
	var all stdsync.WaitGroup
	for _, l := range leases {
		all.Go(func() {
			err := l.Once(t.Context(), ping)
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
		})
	}
	all.Wait()
	return errs
}

// A server that is lost is asked by one, and all learn when it is asked again.
func TestLostServerIsAskedByOne(t *testing.T) {
	port, asked := refusing(t)
	servers := New(false)
	o := options(port)
	o.Retries = -1
	var leases []*Lease
	for range 100 {
		leases = append(leases, open(t, servers, o))
	}
	began := time.Now()
	for _, err := range borrowAll(t, leases) {
		var wait *WaitError
		if !errors.As(err, &wait) || !errors.Is(err, ftp.ErrFatal) || !wait.Until.After(began) {
			t.Fatalf("the error is %v", err)
		}
	}
	if n := asked.Load(); n > 3 {
		t.Errorf("the server was asked %d times", n)
	}
	before := asked.Load()
	borrowAll(t, leases)
	if n := asked.Load(); n != before {
		t.Errorf("while it is waited for the server was asked %d times", n-before)
	}
}

// Where the server refuses a login, that counts for all with the same password, and for nobody else.
func TestRefusedLoginIsTriedOnce(t *testing.T) {
	server := serve(t, ftpserver.Options{})
	servers := New(false)
	wrong := options(server.Port())
	wrong.Password = password("wrong")
	var leases []*Lease
	for range 20 {
		leases = append(leases, open(t, servers, wrong))
	}
	passes := func() (n int) {
		for _, line := range server.Transcript() {
			if strings.Contains(line, "PASS") {
				n++
			}
		}
		return n
	}
	for range 2 {
		for _, err := range borrowAll(t, leases) {
			var wait *WaitError
			class, _ := ftp.ClassOf(err)
			if !errors.As(err, &wait) || class != ftp.Login || time.Until(wait.Until) < 40*time.Second {
				t.Fatalf("the error is %v", err)
			}
			if strings.Contains(fmt.Sprintf("%v %#v", err, err), "wrong") {
				t.Error("the error holds the password")
			}
		}
	}
	if n := passes(); n != 1 {
		t.Errorf("logged in %d times", n)
	}
	if err := open(t, servers, options(server.Port())).Once(t.Context(), ping); err != nil {
		t.Errorf("another password: %v", err)
	}
	// Somebody asks for a try now, but not at once after the last.
	for _, a := range servers.all() {
		a.tryNow(time.Now().Add(time.Minute))
	}
	borrowAll(t, leases)
	if n := passes(); n != 3 {
		t.Errorf("logged in %d times after all", n)
	}
	servers.TryNow()
	borrowAll(t, leases)
	if n := passes(); n != 3 {
		t.Errorf("insisted: %d logins", n)
	}
}

// A server that comes back is used at once by all.
func TestServerComesBack(t *testing.T) {
	server := serve(t, ftpserver.Options{MaxConnections: 4})
	servers := New(false)
	var leases []*Lease
	for range 20 {
		leases = append(leases, open(t, servers, options(server.Port())))
	}
	for _, err := range borrowAll(t, leases) {
		if err != nil {
			t.Fatal(err)
		}
	}
	server.DropAll()
	var all stdsync.WaitGroup
	for _, l := range leases {
		all.Go(func() {
			if err := l.Do(t.Context(), "asking", ping); err != nil {
				t.Errorf("after the connections broke: %v", err)
			}
		})
	}
	all.Wait()
}

// A pair that ends does no harm to another one, and its own wait ends.
func TestEndHarmsNobody(t *testing.T) {
	server := serve(t, ftpserver.Options{})
	servers := New(false)
	o := options(server.Port())
	o.Connections = 1
	ends, stays := open(t, servers, o), open(t, servers, o)
	s, err := stays.Borrow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	waited := make(chan error)
	go func() { waited <- ends.Once(t.Context(), ping) }()
	for !func() bool {
		ends.account.mu.Lock()
		defer ends.account.mu.Unlock()
		return len(ends.account.waiting) > 0
	}() {
		time.Sleep(time.Millisecond)
	}
	ends.Close()
	if err := <-waited; !errors.Is(err, errClosed) {
		t.Errorf("the wait of the one that ended: %v", err)
	}
	if err := ping(t.Context(), s); err != nil {
		t.Errorf("the other one: %v", err)
	}
	stays.Return(s)
	cancelled, cancel := context.WithCancel(t.Context())
	err = stays.Once(t.Context(), func(ctx context.Context, s *ftp.Session) error {
		third := open(t, servers, o)
		cancel()
		if err := third.Once(cancelled, ping); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		return ping(ctx, s)
	})
	if err != nil {
		t.Error(err)
	}
	stays.Close()
	if err := stays.Once(t.Context(), ping); !errors.Is(err, errClosed) {
		t.Errorf("a closed lease lends: %v", err)
	}
}

// A session that comes back when all are done is closed.
func TestLateReturn(t *testing.T) {
	server := serve(t, ftpserver.Options{})
	servers := New(false)
	l := open(t, servers, options(server.Port()))
	s, err := l.Borrow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	again := open(t, servers, options(server.Port())) // has another pool
	if err := again.Once(t.Context(), ping); err != nil {
		t.Error(err)
	}
	l.Return(s)
	if !s.Dead() {
		t.Error("the session lives on")
	}
	if err := again.Once(t.Context(), ping); err != nil {
		t.Error(err)
	}
}

// Sessions that are kept serve the next pair.
func TestKeptSessions(t *testing.T) {
	server := serve(t, ftpserver.Options{})
	servers := New(true)
	for range 5 {
		l := open(t, servers, options(server.Port()))
		if err := l.Once(t.Context(), ping); err != nil {
			t.Fatal(err)
		}
		l.Close()
	}
	n := 0
	for _, line := range server.Transcript() {
		if strings.Contains(line, "USER") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d logins", n)
	}
	servers.Close()
	for deadline := time.Now().Add(10 * time.Second); server.Connections() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the session stays open")
		}
	}
}

// What takes long leaves a session for what takes a moment, where several share.
func TestLongWorkLeavesASession(t *testing.T) {
	server := serve(t, ftpserver.Options{})
	servers := New(false)
	o := options(server.Port())
	o.Connections = 2
	big := open(t, servers, o)
	ctx := Long(t.Context())
	alone, err := big.Borrow(ctx)
	if err != nil {
		t.Fatal(err)
	}
	second, err := big.Borrow(ctx)
	if err != nil {
		t.Fatalf("alone it may have all: %v", err)
	}
	big.Return(second)
	small := open(t, servers, o)
	brief, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if _, err := small.Borrow(brief); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("another long one: %v", err)
	}
	if err := small.Once(t.Context(), ping); err != nil {
		t.Errorf("a short one: %v", err)
	}
	big.Return(alone)
	if s, err := small.Borrow(ctx); err != nil {
		t.Error(err)
	} else {
		small.Return(s)
	}
}

// What the server says about connections is told once, to one of those who share them.
func TestNoticeIsToldOnce(t *testing.T) {
	server := serve(t, ftpserver.Options{MaxConnections: 2})
	servers := New(false)
	var mu stdsync.Mutex
	var told []string
	o := options(server.Port())
	o.Notice = func(text string) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, text)
	}
	var all stdsync.WaitGroup
	for range 20 {
		l := open(t, servers, o)
		all.Go(func() {
			s, err := l.Borrow(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			time.Sleep(20 * time.Millisecond)
			l.Return(s)
		})
	}
	all.Wait()
	mu.Lock()
	defer mu.Unlock()
	if len(told) != 1 || !strings.Contains(told[0], "connections") || !strings.Contains(told[0], "for all 20 pairs of this account") {
		t.Errorf("told %q", told)
	}
}

// A big pass keeps nobody waiting: small ones get their sessions in turn, beside files that take long, and also where
// more sessions would not pay.
func TestNobodyStarves(t *testing.T) {
	server := serve(t, ftpserver.Options{})
	servers := New(false)
	o := options(server.Port())
	o.Connections = 6 // it begins with fewer
	big, small := open(t, servers, o), open(t, servers, o)
	done, end := context.WithCancel(t.Context())
	var work stdsync.WaitGroup
	for range 10 {
		work.Go(func() {
			for done.Err() == nil {
				s, err := big.Borrow(Long(done))
				if err != nil {
					return
				}
				<-done.Done() // a file without end
				big.Return(s)
			}
		})
	}
	for range 10 {
		work.Go(func() {
			for done.Err() == nil {
				_ = big.Once(done, func(ctx context.Context, s *ftp.Session) error { return ftp.Sleep(ctx, 5*time.Millisecond) })
			}
		})
	}
	longest := time.Duration(0)
	for range 50 {
		began := time.Now()
		if err := small.Once(t.Context(), ping); err != nil {
			t.Fatal(err)
		}
		longest = max(longest, time.Since(began))
	}
	end()
	work.Wait()
	t.Logf("the longest wait was %v", longest)
	if longest > 10*time.Second {
		t.Errorf("a small pass waited for %v", longest)
	}
}
