package ftpserver

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jlaffaye/ftp"
)

// three is a root with three files and a directory with one.
func three(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range map[string]string{"a": "aaaa", "b": "bbbbbbbb", ".hidden": "h", "d/e": "eee"} {
		name = filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, name, content)
	}
	return root
}

func onDisk(t *testing.T, name ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(name...))
	if errors.Is(err, os.ErrNotExist) {
		return "-"
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestRefusals holds that commands are refused where a fault says so, are not carried out then, and work elsewhere.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault Fault
		bad   string // commands, the last of which is refused
		code  int
		good  string // a command like it that is not refused
		after int
	}{
		{"DELE", Fault{Command: "DELE", Path: "/a", Refuse: "550 Permission denied."}, "DELE a", 550, "DELE b", 250},
		{"CWD", Fault{Command: "CWD", Path: "/d", Refuse: "550 No."}, "CWD d", 550, "CWD /", 250},
		{"RNTO over existing", Fault{Command: "RNTO", IfExists: true, Refuse: "553 File exists."}, "RNFR a\nRNTO b", 553, "RNTO c", 250},
		{"relative path", Fault{Command: "SIZE", Path: "/d/e", Refuse: "550 No."}, "CWD d\nSIZE e", 550, "SIZE /a", 213},
		{"two commands", Fault{Command: "MKD|RMD", Refuse: "550 No."}, "MKD x", 550, "SIZE a", 213},
		{"second time", Fault{Command: "SIZE", Skip: 1, Times: 1, Refuse: "450 Busy."}, "SIZE a\nSIZE a", 450, "SIZE a", 213},
		{"passive", Fault{Command: "PASSIVE", Refuse: "500 Unknown."}, "PASV", 500, "PORT 127,0,0,1,200,1", 200},
		{"active", Fault{Command: "ACTIVE", Refuse: "500 Unknown."}, "EPRT |1|127.0.0.1|50000|", 500, "EPSV", 229},
		{"another session", Fault{Command: "SIZE", Session: 2, Refuse: "550 No."}, "", 0, "SIZE a", 213},
		{"MFMT", Fault{Command: "MFMT", Path: "/a", Refuse: "550 No."}, "MFMT 20200101000000 a", 550, "MFMT 20200101000000 b", 213},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := three(t)
			s := start(t, Options{Root: root})
			armed := s.Faults().Add(c.fault)
			r := login(t, s)
			for line := range strings.SplitSeq(c.bad, "\n") {
				if line == "" {
					continue
				}
				if err := r.PrintfLine("%s", line); err != nil {
					t.Fatal(err)
				}
				got, _, _ := r.ReadResponse(0)
				if strings.HasSuffix(c.bad, line) && got != c.code && armed.Fired() > 0 {
					t.Errorf("%s: %d, want %d", line, got, c.code)
				}
			}
			if want := min(len(c.bad), 1); armed.Fired() != want {
				t.Errorf("the fault struck %d times", armed.Fired())
			}
			r.do(c.after, c.good)
			if got := onDisk(t, root, "a") + onDisk(t, root, "b"); c.name == "DELE" && got != "aaaa-" {
				t.Errorf("on disk: %q", got)
			}
		})
	}
}

func TestRefusedTransfers(t *testing.T) {
	root := three(t)
	s := start(t, Options{Root: root, Faults: []Fault{
		{Command: "STOR", Path: ".*", Refuse: "553 Prohibited file name"},
		{Command: "LISTING", Path: "/d", Refuse: "550 No."},
	}})
	r := login(t, s)
	if got := r.put("STOR .new", "x"); got != 553 {
		t.Errorf("STOR .new: %d", got)
	}
	if got := r.put("STOR new", "x"); got != 226 {
		t.Errorf("STOR new: %d", got)
	}
	if got := onDisk(t, root, ".new"); got != "-" {
		t.Errorf(".new holds %q", got)
	}
	for _, line := range []string{"LIST d", "LIST -a /d", "MLSD d", "NLST /d/"} {
		if _, got := r.get(line); got != 550 {
			t.Errorf("%s: %d", line, got)
		}
	}
	r.do(250, "CWD d")
	if _, got := r.get("MLSD"); got != 550 {
		t.Errorf("MLSD in /d: %d", got)
	}
}

// TestDownloads holds what the faults of the data do to a file of ten bytes.
func TestDownloads(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault Fault
		data  string
		code  int
	}{
		{"cut", Fault{Data: CutAt(4)}, "0123", 426},
		{"cut and called whole", Fault{Data: CutAt(4), Reply: "226 Transfer complete."}, "0123", 226},
		{"cut at once", Fault{Data: CutAt(0)}, "", 426},
		{"dropped", Fault{Data: DropAt(4)}, "0123", 426},
		{"reset", Fault{Data: ResetAt(0)}, "", 426},
		{"shortened", Fault{Data: ShortenTo(9)}, "012345678", 226},
		{"cut behind the end", Fault{Data: CutAt(11)}, "0123456789", 226},
		{"451", Fault{Reply: "451 Read error."}, "0123456789", 451},
		{"250", Fault{Reply: "250 Done."}, "0123456789", 250},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			write(t, filepath.Join(root, "f"), "0123456789")
			c.fault.Command = "RETR"
			r := login(t, start(t, Options{Root: root, Faults: []Fault{c.fault}}))
			if data, got := r.get("RETR f"); data != c.data || got != c.code {
				t.Errorf("%q, %d; want %q, %d", data, got, c.data, c.code)
			}
			r.do(200, "NOOP")
		})
	}
}

func TestUploads(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault Fault
		disk  string
		code  int
	}{
		{"cut", Fault{Data: CutAt(4)}, "0123", 426},
		{"disk full", Fault{Data: CutAt(4), Reply: "452 No space left."}, "0123", 452},
		{"quota", Fault{Data: CutAt(0), Reply: "552 Quota exceeded."}, "", 552},
		{"short, but acknowledged", Fault{Data: ShortenTo(3)}, "012", 226},
		{"reset", Fault{Data: ResetAt(4)}, "0123", 426},
		{"stored, but called a failure", Fault{Reply: "451 Error."}, "0123456789", 451},
		{"lost reply", Fault{Lose: true}, "0123456789", 0},
		{"cut and lost", Fault{Data: CutAt(4), Lose: true}, "0123", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := t.TempDir()
			c.fault.Command, c.fault.Path = "STOR", "/f"
			s := start(t, Options{Root: root, Faults: []Fault{c.fault}})
			r := login(t, s)
			if got := r.put("STOR f", "0123456789"); got != c.code {
				t.Errorf("reply %d, want %d", got, c.code)
			}
			if c.code == 0 {
				r.gone()
			} else {
				r.do(200, "NOOP")
			}
			if got := onDisk(t, root, "f"); got != c.disk {
				t.Errorf("on disk %q, want %q", got, c.disk)
			}
		})
	}
}

// TestUploadOverTLS holds that the faults strike the bytes of the file, not those of TLS.
func TestUploadOverTLS(t *testing.T) {
	root := t.TempDir()
	s := start(t, Options{Root: root, TLS: Explicit, Faults: []Fault{{Command: "STOR", Data: ShortenTo(100_000)}}})
	c := dial(t, s, ftp.DialWithExplicitTLS(noTickets(tlsFor(s))))
	store(t, c, "f", strings.Repeat("x", 300_000))
	if got := len(onDisk(t, root, "f")); got != 100_000 {
		t.Errorf("%d bytes on disk", got)
	}
}

func TestLostReply(t *testing.T) {
	root := three(t)
	s := start(t, Options{Root: root, Faults: []Fault{{Command: "DELE", Path: "/a", Lose: true}, {Command: "RNTO", Lose: true}}})
	r := login(t, s)
	if err := r.PrintfLine("DELE a"); err != nil {
		t.Fatal(err)
	}
	r.gone()
	r = login(t, s)
	r.do(350, "RNFR b")
	if err := r.PrintfLine("RNTO c"); err != nil {
		t.Fatal(err)
	}
	r.gone()
	if got := onDisk(t, root, "a") + onDisk(t, root, "b") + onDisk(t, root, "c"); got != "--bbbbbbbb" {
		t.Errorf("on disk: %q", got)
	}
}

// TestGoodbye holds the end of a session in its middle: told, and untold.
func TestGoodbye(t *testing.T) {
	s := start(t, Options{Root: three(t), Faults: []Fault{
		{Command: "SIZE", Path: "/a", Refuse: "421 Timeout.", Close: true},
		{Command: "SIZE", Path: "/b", Close: true},
		{Command: "MKD", Reply: "421 Going down.", Close: true},
	}})
	r := login(t, s)
	r.do(421, "SIZE a")
	r.gone()
	r = login(t, s)
	if err := r.PrintfLine("SIZE b"); err != nil {
		t.Fatal(err)
	}
	r.gone()
	r = login(t, s)
	r.do(421, "MKD new")
	r.gone()
	login(t, s).do(250, "CWD new")
}

// TestLastReply holds that the last reply arrives although commands of the client were not read any more.
func TestLastReply(t *testing.T) {
	s := start(t, Options{MaxConnections: 1})
	login(t, s)
	for range 20 {
		r := dialRaw(t, s)
		if _, err := io.WriteString(r.sock, "USER ferry\r\nPASS secret\r\nTYPE I\r\nFEAT\r\nPWD\r\n"); err != nil {
			t.Fatal(err)
		}
		r.want(421)
		r.gone()
	}
}

func TestTooMany(t *testing.T) {
	s := start(t, Options{MaxConnections: 2})
	first, second := login(t, s), login(t, s)
	r := dialRaw(t, s)
	r.want(421)
	r.gone()
	first.do(221, "QUIT")
	first.gone()
	third := login(t, s) // a place is free as soon as the connection is closed
	second.do(200, "NOOP")
	third.do(200, "NOOP")
	s.SetMaxConnections(0)
	login(t, s)
	if got := s.Connections(); got != 3 {
		t.Errorf("%d connections", got)
	}
}

func TestTooManyAtLogin(t *testing.T) {
	s := start(t, Options{MaxConnections: 1, TooManyAtLogin: true, TooMany: "530 Sorry, the maximum number of clients (1) for this user are already connected."})
	login(t, s)
	r := dialRaw(t, s)
	r.want(220)
	r.do(331, "USER ferry")
	r.do(530, "PASS secret")
	r.gone()
}

func TestGreetings(t *testing.T) {
	s := start(t, Options{Faults: []Fault{
		{Command: "CONNECT", Times: 1, Refuse: "530-Too many\n530 connections.", Close: true},
		{Command: "CONNECT", Session: 2, Close: true},
		{Command: "CONNECT", Session: 3, Stall: true},
	}})
	r := dialRaw(t, s)
	r.want(530)
	r.gone()
	r = dialRaw(t, s)
	r.gone()
	r = dialRaw(t, s)
	silent(t, r.sock)
	login(t, s)
}

// silent holds that nothing comes from a connection, and that it stays open.
func silent(t *testing.T, conn net.Conn) {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	n, err := conn.Read(make([]byte, 1))
	if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("not silent: %d bytes, %v", n, err)
	}
}

func TestStalls(t *testing.T) {
	root := three(t)
	s := start(t, Options{Root: root, Faults: []Fault{
		{Command: "DELE", Path: "/a", Stall: true},
		{Command: "RETR", Path: "/b", Data: StallAt(3)},
	}})
	r := login(t, s)
	if err := r.PrintfLine("DELE a\r\nNOOP"); err != nil {
		t.Fatal(err)
	}
	silent(t, r.sock)
	if onDisk(t, root, "a") == "-" {
		t.Error("a stalled DELE was carried out")
	}

	r = login(t, s)
	data, err := net.Dial("tcp", r.epsv())
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	r.do(150, "RETR b")
	buf := make([]byte, 3)
	if _, err := io.ReadFull(data, buf); err != nil || string(buf) != "bbb" {
		t.Errorf("%q, %v", buf, err)
	}
	silent(t, data)
	silent(t, r.sock)
}

// TestListings holds what comes of a listing under each fault. The listings are NLST, where a line is a name.
func TestListings(t *testing.T) {
	for _, c := range []struct {
		name  string
		alter func([]string) []string
		want  []string
	}{
		{"empty", EmptyListing, nil},
		{"first lines", FirstLines(2), []string{".hidden", "a"}},
		{"one more", InsertLine(1, "total 4"), []string{".hidden", "total 4", "a", "b", "d"}},
		{"names that lead outside", AppendLines("..", "../x", "a/b", "nul\x00", "\x1b[31mred"),
			[]string{".hidden", "a", "b", "d", "..", "../x", "a/b", "nul\x00", "\x1b[31mred"}},
		{"hidden names", HideNames(".*"), []string{"a", "b", "d"}},
		{"garbled", GarbleLine("b"), []string{".hidden", "a", "?????????? ? ? ? ? ? b", "d"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, Options{Root: three(t)})
			s.Faults().Add(Fault{Command: "LISTING", Path: "/", Listing: c.alter})
			r := login(t, s)
			text, got := r.get("NLST")
			if got != 226 || text != lines(c.want) {
				t.Errorf("%d\n%q, want\n%q", got, text, lines(c.want))
			}
			if text, _ := r.get("NLST d"); text != "d/e\r\n" {
				t.Errorf("the other directory: %q", text)
			}
			s.Faults().Clear()
			if text, _ := r.get("NLST"); text != lines([]string{".hidden", "a", "b", "d"}) {
				t.Errorf("without the fault: %q", text)
			}
		})
	}
}

func lines(all []string) string {
	var b strings.Builder
	for _, one := range all {
		b.WriteString(one + "\r\n")
	}
	return b.String()
}

// TestEveryForm holds that the alterations know the names in every form of listing.
func TestEveryForm(t *testing.T) {
	root := three(t)
	write(t, filepath.Join(root, "two  words"), "")
	for form, o := range map[string]Options{"MLSD": {}, "LIST": {NoMLSD: true}, "DOS": {NoMLSD: true, List: DOS}} {
		t.Run(form, func(t *testing.T) {
			o.Root = root
			o.Faults = []Fault{{Listing: HideNames("two  words")}, {Listing: HideNames("a")}, {Listing: GarbleLine("d")}}
			command := "LIST"
			if form == "MLSD" {
				command = "MLSD"
			}
			text, _ := login(t, start(t, o)).get(command)
			got := strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n")
			if len(got) != 3 || !strings.HasSuffix(got[0], " .hidden") || !strings.HasSuffix(got[1], " b") || got[2][:3] != "???" {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestTruncatedListing(t *testing.T) {
	s := start(t, Options{Root: three(t), Faults: []Fault{{Command: "MLSD", Data: CutAt(60), Reply: "226 Done."}}})
	if text, got := login(t, s).get("MLSD"); len(text) != 60 || got != 226 {
		t.Errorf("%q, %d", text, got)
	}
}

func TestPieces(t *testing.T) {
	s := start(t, Options{})
	s.Faults().Add(Fault{Command: "PWD", Pieces: 1})
	r := login(t, s)
	if err := r.PrintfLine("PWD"); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 100)
	n, err := r.sock.Read(first)
	if err != nil || n > 20 {
		t.Errorf("%d bytes at once, %v", n, err)
	}
	rest, err := bufio.NewReader(r.sock).ReadString('\n')
	if want := "257 \"/\" is the current directory\r\n"; string(first[:n])+rest != want || err != nil {
		t.Errorf("%q, %v", string(first[:n])+rest, err)
	}
}

// TestHold holds that two replies arrive in one packet.
func TestHold(t *testing.T) {
	s := start(t, Options{Root: three(t)})
	s.Faults().Add(Fault{Command: "RETR|PWD", Hold: true})
	r := login(t, s)
	data, err := net.Dial("tcp", r.epsv())
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	if err := r.PrintfLine("RETR a"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(data); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 500)
	n, err := r.sock.Read(buf)
	if text := string(buf[:n]); err != nil || !strings.HasPrefix(text, "150 ") || !strings.Contains(text, "\r\n226 ") {
		t.Errorf("%q, %v", text, err)
	}
	// With nothing behind it the reply goes out all the same.
	r.do(257, "PWD")
}

// TestBlackHole holds that a connect to the port gets no answer. On systems where that cannot be made the connect may
// succeed, and then nothing follows.
func TestBlackHole(t *testing.T) {
	s := start(t, Options{Faults: []Fault{{Command: "PASSIVE", Port: BlackHole}}})
	r := login(t, s)
	conn, err := net.DialTimeout("tcp", r.epsv(), 300*time.Millisecond)
	if err == nil {
		defer conn.Close()
		if err := r.PrintfLine("LIST"); err != nil {
			t.Fatal(err)
		}
		silent(t, conn)
		return
	}
	var timeout net.Error
	if !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("connecting: %v", err)
	}
	r.do(200, "PORT 127,0,0,1,200,1") // the session goes on
}

func TestActiveBlackHole(t *testing.T) {
	s := start(t, Options{DataTimeout: 200 * time.Millisecond, Faults: []Fault{{Command: "ACTIVE", Port: BlackHole}}})
	r := login(t, s)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r.do(200, fmt.Sprintf("EPRT |1|127.0.0.1|%d|", l.Addr().(*net.TCPAddr).Port))
	r.do(425, "NLST")
	_ = l.(*net.TCPListener).SetDeadline(time.Now().Add(50 * time.Millisecond))
	if _, err := l.Accept(); err == nil {
		t.Error("the server connected")
	}
}

func TestForeignAddress(t *testing.T) {
	s := start(t, Options{Faults: []Fault{{Command: "PASV", Port: ForeignAddress("10.1.2.3")}}})
	if text := login(t, s).do(227, "PASV"); !strings.Contains(text, "(10,1,2,3,") {
		t.Error(text)
	}
}

// TestHook holds that a test can act at the moment when a fault strikes.
func TestHook(t *testing.T) {
	root := three(t)
	var during string
	s := start(t, Options{Root: root, Faults: []Fault{
		{Command: "STOR", Data: ShortenTo(4), Hook: func() { during = onDisk(t, root, "b") }},
		{Command: "DELE", Hook: func() { write(t, filepath.Join(root, "late"), "x") }},
	}})
	r := login(t, s)
	if got := r.put("STOR f", "0123456789"); got != 226 {
		t.Errorf("STOR: %d", got)
	}
	if during != "" && during != "bbbbbbbb" {
		t.Errorf("during STOR: %q", during)
	}
	r.do(250, "DELE late")
}

func TestDropAll(t *testing.T) {
	s := start(t, Options{})
	r := login(t, s)
	s.DropAll()
	r.gone()
	login(t, s)
}

// TestRequireReuse holds that only the control connection's own TLS session opens a data connection.
func TestRequireReuse(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			s := start(t, Options{Root: three(t), TLS: Implicit, ForceTLS: true, RequireReuse: true, TLSMin: version, TLSMax: version})
			config := tlsFor(s)
			conn, err := tls.Dial("tcp", s.Addr(), config)
			if err != nil {
				t.Fatal(err)
			}
			r := newRaw(t, conn)
			r.want(220)
			r.do(331, "USER ferry")
			r.do(230, "PASS secret")
			r.do(200, "TYPE I")
			r.do(522, "NLST") // not in clear
			r.do(200, "PBSZ 0")
			r.do(200, "PROT P")
			if data := r.secureList(config, 226); !slices.Contains(strings.Split(data, "\r\n"), "a") {
				t.Errorf("listing: %q", data)
			}
			r.secureList(tlsFor(s), 522)
			r.gone()
		})
	}
}

// secureList lists the root over a data connection with TLS.
func (r *raw) secureList(config *tls.Config, final int) string {
	r.t.Helper()
	plain, err := net.Dial("tcp", r.epsv())
	if err != nil {
		r.t.Fatal(err)
	}
	defer plain.Close()
	r.do(150, "NLST")
	data, err := io.ReadAll(tls.Client(plain, config))
	if err != nil && final == 226 {
		r.t.Errorf("data: %v", err)
	}
	r.want(final)
	return string(data)
}
