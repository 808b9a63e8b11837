package ftp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// withSession calls do with a session of a new pool.
func withSession(t *testing.T, f *fake, change func(*Options), do func(ctx context.Context, s *Session)) {
	t.Helper()
	err := f.pool(change).Once(t.Context(), func(ctx context.Context, s *Session) error {
		do(ctx, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestUploadWhoseReplyIsLost(t *testing.T) {
	f := newFake(t)
	f.on["STOR"] = func(p *peer, arg string) bool {
		p.say("150 send")
		conn, err := p.data()
		if err == nil {
			io.Copy(io.Discard, conn)
			conn.Close()
		}
		return p.conn.Close() == nil
	}
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		sent, _, err := s.Store(ctx, "/x", 0, strings.NewReader("content"))
		var e *Error
		if !errors.As(err, &e) || !e.Lost || e.Class != Retry || sent != 7 {
			t.Errorf("sent %d, %v; want a lost reply", sent, err)
		}
		if !s.Dead() {
			t.Error("the session lives on")
		}
	})
}

// TestUploadWhoseSourceFails checks that the error of the source is returned as it is,
// without a class: it is not the server's fault.
func TestUploadWhoseSourceFails(t *testing.T) {
	f := newFake(t)
	gone := errors.New("the disk is gone")
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		_, _, err := s.Store(ctx, "/x", 0, io.MultiReader(strings.NewReader("half"), iotest.ErrReader(gone)))
		if err != gone {
			t.Errorf("got %v, want the source's error", err)
		}
		if class, ok := ClassOf(err); ok {
			t.Errorf("it has class %d", class)
		}
	})
}

func TestRefusedUploadIsNotRead(t *testing.T) {
	for _, code := range []int{550, 553, 452} {
		f := newFake(t)
		f.on["STOR"] = refuse(fmt.Sprint(code, " no"))
		withSession(t, f, nil, func(ctx context.Context, s *Session) {
			for range 2 { // before and after the mode is known to work
				src := &uploadSource{r: bytes.NewReader(make([]byte, 1<<20))}
				_, r, err := s.Store(ctx, "/x", 0, src)
				var e *Error
				if !errors.As(err, &e) || e.Code != code || e.Class != File || r.Code != code {
					t.Fatalf("got %v, %v", r, err)
				}
				if src.n > 128<<10 {
					t.Errorf("%d bytes were read for an upload that is refused", src.n)
				}
				if s.Dead() {
					t.Fatal("a plain refusal cost the session")
				}
			}
		})
	}
}

func TestUploadThatTheServerBreaksOff(t *testing.T) {
	f := newFake(t)
	f.on["STOR"] = func(p *peer, arg string) bool {
		p.say("150 send")
		if conn, err := p.data(); err == nil {
			io.CopyN(io.Discard, conn, 1000)
			conn.Close()
		}
		return p.say("552 Quota exceeded")
	}
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		_, r, err := s.Store(ctx, "/x", 0, bytes.NewReader(make([]byte, 8<<20)))
		var e *Error
		if !errors.As(err, &e) || e.Code != 552 || r.Code != 552 {
			t.Errorf("got %v, %v; want the server's reason", r, err)
		}
	})
}

// TestUploadCutButConfirmed checks that an upload that the server broke off has failed,
// whatever its final reply.
func TestUploadCutButConfirmed(t *testing.T) {
	f := newFake(t)
	f.on["STOR"] = func(p *peer, arg string) bool {
		p.say("150 send")
		if conn, err := p.data(); err == nil {
			io.CopyN(io.Discard, conn, 1000)
			conn.Close()
		}
		return p.say("226 stored")
	}
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		if _, _, err := s.Store(ctx, "/x", 0, bytes.NewReader(make([]byte, 8<<20))); err == nil {
			t.Error("an upload that was cut counts as stored")
		}
	})
}

func TestOffsets(t *testing.T) {
	f := newFake(t)
	f.files["/x"] = []byte("0123456789")
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		for range 2 {
			d, err := s.Retrieve(ctx, "/x", 4)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(d)
			if _, ferr := d.Finish(); err != nil || ferr != nil || string(got) != "456789" {
				t.Errorf("got %q, %v, %v", got, err, ferr)
			}
		}
		if _, _, err := s.Store(ctx, "/x", 8, strings.NewReader("ab")); err != nil {
			t.Fatal(err)
		}
		if data, _ := f.file("/x"); string(data) != "01234567ab" {
			t.Errorf("the file holds %q", data)
		}
	})
	// The position of a REST whose transfer was refused must not apply to the next
	// transfer. This server, like most, keeps it.
	f = newFake(t)
	f.files["/x"] = []byte("0123456789")
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		if _, err := s.Retrieve(ctx, "/missing", 4); err == nil || s.Dead() {
			t.Fatalf("missing: %v", err)
		}
		d, err := s.Retrieve(ctx, "/x", 0)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(d)
		if _, ferr := d.Finish(); err != nil || ferr != nil || string(got) != "0123456789" {
			t.Errorf("got %q, %v, %v", got, err, ferr)
		}
	})
	f = newFake(t)
	f.on["REST"] = refuse("502 no")
	f.files["/x"] = []byte("0123456789")
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		if _, err := s.Retrieve(ctx, "/x", 4); err == nil {
			t.Error("a transfer began at 0 in place of 4")
		}
		if !s.Dead() {
			t.Error("the session lives on, with a transfer pending")
		}
	})
}

func TestDownloadThatEndsTooSoon(t *testing.T) {
	f := newFake(t)
	f.files["/x"] = []byte("content")
	f.on["RETR"] = func(p *peer, _ string) bool {
		p.say("150 here it comes")
		if conn, err := p.data(); err == nil {
			conn.Write([]byte("con"))
			conn.Close()
		}
		return p.say("451 read error")
	}
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		d, err := s.Retrieve(ctx, "/x", 0)
		if err != nil {
			t.Fatal(err)
		}
		io.ReadAll(d)
		var e *Error
		if _, err := d.Finish(); !errors.As(err, &e) || e.Code != 451 || e.Class != Retry {
			t.Errorf("finish: %v", err)
		}
		if s.Dead() {
			t.Error("a plain reply cost the session")
		}
	})
}

func TestDownloadWithBytesLeft(t *testing.T) {
	f := newFake(t)
	f.files["/x"] = []byte("content")
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		d, err := s.Retrieve(ctx, "/x", 0)
		if err != nil {
			t.Fatal(err)
		}
		io.ReadFull(d, make([]byte, 3))
		if _, err := d.Finish(); !errors.Is(err, errMoreData) || !s.Dead() {
			t.Errorf("finish: %v, dead %v", err, s.Dead())
		}
	})
}

func TestListStandsInTheDirectory(t *testing.T) {
	f := newFake(t)
	f.files["/x"] = []byte("x")
	f.on["CWD"] = func(p *peer, arg string) bool { return arg == "/missing" && p.say("550 no such directory") }
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		for range 2 {
			raw, err := s.List(ctx, "/a [b] -c*", FormMLSD)
			if err != nil || !raw.Clean || raw.Final.Code != 226 || string(raw.Data) != "type=file;size=1; x\r\n" {
				t.Errorf("got %+v, %v", raw, err)
			}
			before := f.saw("MLSD")
			var e *Error
			if _, err := s.List(ctx, "/missing", FormMLSD); !errors.As(err, &e) || e.Code != 550 || s.Dead() {
				t.Errorf("missing: %v", err)
			}
			if f.saw("MLSD") != before {
				t.Error("the wrong directory was listed")
			}
		}
	})
	if !slices.Contains(f.commands(), "CWD /a [b] -c*") || !slices.Contains(f.commands(), "MLSD") {
		t.Errorf("commands: %q", f.commands())
	}
}

func TestNamesThatCannotBeSent(t *testing.T) {
	f := newFake(t)
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		before := len(f.commands())
		for _, name := range []string{"/a\r\nDELE b", "/a\nb", "/a\x00", "/\xff"} {
			_, _, stor := s.Store(ctx, name, 0, strings.NewReader(""))
			_, retr := s.Retrieve(ctx, name, 0)
			_, list := s.List(ctx, name, FormMLSD)
			_, cmd := s.Command(ctx, "DELE "+name)
			_, batch := s.batch(ctx, []string{"DELE /good", "DELE " + name})
			for _, err := range []error{stor, retr, list, cmd, batch} {
				if class, ok := ClassOf(err); !ok || class != File {
					t.Errorf("%q: %v", name, err)
				}
			}
		}
		if s.Dead() || len(f.commands()) != before {
			t.Errorf("sent %q", f.commands()[before:])
		}
	})
}

func TestRepliesInPiecesAndTogether(t *testing.T) {
	f := newFake(t)
	f.on["NOOP"] = func(p *peer, _ string) bool {
		for _, c := range []byte("200-one\r\n200 two\r\n") {
			p.conn.Write([]byte{c})
		}
		return true
	}
	var held bytes.Buffer
	f.on["SIZE"] = func(p *peer, arg string) bool { // ten replies in one packet
		fmt.Fprintf(&held, "213 %s\r\n", arg)
		if strings.HasSuffix(arg, "9") {
			p.conn.Write(held.Bytes())
			held.Reset()
		}
		return true
	}
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		if r, err := s.Command(ctx, "NOOP"); err != nil || r != (Reply{200, "one\ntwo"}) {
			t.Errorf("got %q, %v", r, err)
		}
		s.features.Observe(FindsSplitLineEnds, true) // no guardLine before batchEnd
		var lines []string
		for i := range 1000 {
			lines = append(lines, fmt.Sprint("SIZE ", i))
		}
		replies, err := s.batch(ctx, lines)
		if err != nil || len(replies) != len(lines) {
			t.Fatalf("%d replies, %v", len(replies), err)
		}
		for i, r := range replies {
			if r != (Reply{213, fmt.Sprint(i)}) {
				t.Fatalf("reply %d is %q", i, r)
			}
		}
	})
}

func TestBatchThatBreaks(t *testing.T) {
	f := newFake(t)
	f.on["DELE"] = func(p *peer, arg string) bool {
		if arg != "/3" {
			return false
		}
		p.say("421 Timeout.")
		return p.conn.Close() == nil
	}
	for i := range 9 {
		f.files[fmt.Sprint("/", i)] = nil
	}
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		var lines []string
		for i := range 9 {
			lines = append(lines, fmt.Sprint("DELE /", i))
		}
		replies, err := s.batch(ctx, lines)
		var e *Error
		if !errors.As(err, &e) || !e.Lost || len(replies) != 4 || replies[2].Code != 250 || replies[3].Code != 421 || !s.Dead() {
			t.Errorf("got %v, %v", replies, err)
		}
	})
}

// TestReplyToNothing checks that after an extra reply no other reply is believed.
func TestReplyToNothing(t *testing.T) {
	f := newFake(t)
	f.on["SYST"] = func(p *peer, _ string) bool {
		p.conn.Write([]byte("215 UNIX\r\n250 gone\r\n"))
		return true
	}
	f.files["/x"] = nil
	withSession(t, f, nil, func(ctx context.Context, s *Session) {
		if _, err := s.Command(ctx, "SYST"); err != nil {
			t.Fatal(err)
		}
		if r, err := s.Command(ctx, "DELE /x"); !errors.Is(err, errProtocol) || !s.Dead() {
			t.Errorf("got %v, %v", r, err)
		}
	})
	if _, there := f.file("/x"); !there {
		t.Error("the command went out all the same")
	}
}

func TestPRETIsNotSent(t *testing.T) {
	f := newFake(t)
	f.feat = append(f.feat, "PRET")
	roundTrip(t, f.pool(nil))
	if f.saw("PRET") > 0 {
		t.Error("PRET was sent and costs a round trip")
	}
}

func TestUTF8OnlyWhereOffered(t *testing.T) {
	f := newFake(t)
	f.on["OPTS"] = refuse("504 no")
	roundTrip(t, f.pool(nil))
	if f.saw("OPTS") == 0 {
		t.Error("UTF-8 was not asked for")
	}
	f = newFake(t)
	f.feat = []string{"SIZE"}
	roundTrip(t, f.pool(nil))
	if f.saw("OPTS") > 0 {
		t.Error("UTF-8 was asked for where FEAT does not have it")
	}
}

// TestLoginAtOnce checks that later sessions send the whole login at once, also to a
// server that needs no password and so refuses PASS.
func TestLoginAtOnce(t *testing.T) {
	for name, on := range map[string]map[string]func(*peer, string) bool{
		"as usual":    {},
		"no password": {"USER": refuse("230 in"), "PASS": refuse("503 in already")},
	} {
		f := newFake(t)
		f.on = on
		p := f.pool(nil)
		together(t, p, 4)
		if f.opened() < 2 {
			t.Errorf("%s: %d sessions", name, f.opened())
		}
	}
}

// TestLoginFromMemory checks that what is remembered about a server serves the first
// login, and does no harm where the server has changed meanwhile.
func TestLoginFromMemory(t *testing.T) {
	f := newFake(t)
	dir := t.TempDir()
	change := func(o *Options) { o.StateDir = dir }
	roundTrip(t, f.pool(change))
	listed := f.saw("MLSD")
	roundTrip(t, f.pool(change))
	if f.saw("MLSD") != listed {
		t.Error("a known server was probed again")
	}
	f.mu.Lock()
	f.feat = []string{"SIZE"}
	f.on["MLSD"] = refuse("500 what?")
	f.mu.Unlock()
	p := f.pool(change)
	roundTrip(t, p)
	if got := p.features().listForm; got != FormLIST {
		t.Errorf("lists with %s", got.command())
	}
}

func TestTranscriptHidesThePassword(t *testing.T) {
	f := newFake(t)
	f.on["PASS"] = refuse("230 welcome, your password is secret")
	var log bytes.Buffer
	p := f.pool(func(o *Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: LevelDialogue}))
	})
	roundTrip(t, p)
	p.Close()
	if strings.Contains(log.String(), "secret") {
		t.Errorf("the password is in the log:\n%s", log.String())
	}
	for _, want := range []string{"> USER sync", "> PASS ***", "< 230 welcome", "> STOR /empty"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is not in the log", want)
		}
	}
}

func TestHideSecrets(t *testing.T) {
	c := &controlConn{secret: "abc"} // too short to be looked for in other lines
	for in, want := range map[string]string{
		"PASS abc":           "PASS ***",
		"pass abc def":       "pass ***",
		"ACCT gold":          "ACCT ***",
		"RETR /abc":          "RETR /abc",
		"230 you said abc":   "230 you said abc",
		"SITE SECRET secret": "SITE SECRET secret",
	} {
		if got := c.hide(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
	c.secret = "secret"
	if got := c.hide("230 your password is secret"); got != "230 your password is ***" {
		t.Error(got)
	}
}

func TestBandwidth(t *testing.T) {
	f := newFake(t)
	p := f.pool(func(o *Options) { o.BytesUp = 400 << 10 })
	begin := time.Now()
	if err := put(p, "/x", strings.Repeat("x", 150<<10)); err != nil {
		t.Fatal(err)
	}
	// 150 KiB, 50 of them at once, at 400 KiB/s.
	if took := time.Since(begin); took < 200*time.Millisecond {
		t.Errorf("took %v", took)
	}
	if got := p.traffic.up.Load(); got != 150<<10 {
		t.Errorf("%d bytes counted", got)
	}
}

func TestListForms(t *testing.T) {
	const own = "drwxr-xr-x  2 u g 4096 Jan  1 00:00 .\r\n"
	show := func(text string) func(*peer, string) bool {
		return func(p *peer, _ string) bool { p.send([]byte(text)); return true }
	}
	for _, test := range []struct {
		name string
		set  func(f *fake)
		want ListForm
		dots bool
	}{
		{"MLSD", func(f *fake) {}, FormMLSD, false},
		{"MLSD with cdir", func(f *fake) { f.on["MLSD"] = show("Type=cdir;Modify=20200101000000; /\r\n") }, FormMLSD, true},
		{"MLSD in FEAT only", func(f *fake) { f.on["MLSD"] = refuse("500 what?") }, FormLIST, false},
		{"LIST -a shows itself", func(f *fake) {
			f.feat = nil
			f.on["LIST"] = func(p *peer, arg string) bool { return arg == "-a" && show(own)(p, arg) }
		}, FormLISTAll, true},
		{"LIST ignores -a", func(f *fake) { f.feat = nil }, FormLIST, false},
		{"LIST -a refused", func(f *fake) {
			f.feat = nil
			f.on["LIST"] = func(p *peer, arg string) bool { return arg == "-a" && p.say("550 no such file") }
		}, FormLIST, false},
	} {
		f := newFake(t)
		test.set(f)
		withSession(t, f, nil, func(ctx context.Context, s *Session) {
			if s.features.listForm != test.want || s.features.showsSelf != test.dots {
				t.Errorf("%s: %s, dots %v", test.name, s.features.listForm.command(), s.features.showsSelf)
			}
		})
	}
}
