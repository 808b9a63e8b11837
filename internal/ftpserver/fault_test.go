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

// testRoot returns a directory with three files, and a subdirectory with one.
func testRoot(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range map[string]string{"a": "aaaa", "b": "bbbbbbbb", ".hidden": "h", "d/e": "eee"} {
		name = filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		writeFile(t, name, content)
	}
	return root
}

func readFile(t *testing.T, name ...string) string {
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

// TestRefusals checks that a fault refuses the commands it chooses, and that these are not carried out and others are.
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
			root := testRoot(t)
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
			r.command(c.after, c.good)
			if got := readFile(t, root, "a") + readFile(t, root, "b"); c.name == "DELE" && got != "aaaa-" {
				t.Errorf("on disk: %q", got)
			}
		})
	}
}

func TestRefusedTransfers(t *testing.T) {
	root := testRoot(t)
	s := start(t, Options{Root: root, Faults: []Fault{
		{Command: "STOR", Path: ".*", Refuse: "553 Prohibited file name"},
		{Command: "LISTING", Path: "/d", Refuse: "550 No."},
	}})
	r := login(t, s)
	if got := r.upload("STOR .new", "x"); got != 553 {
		t.Errorf("STOR .new: %d", got)
	}
	if got := r.upload("STOR new", "x"); got != 226 {
		t.Errorf("STOR new: %d", got)
	}
	if got := readFile(t, root, ".new"); got != "-" {
		t.Errorf(".new holds %q", got)
	}
	for _, line := range []string{"LIST d", "LIST -a /d", "MLSD d", "NLST /d/"} {
		if _, got := r.download(line); got != 550 {
			t.Errorf("%s: %d", line, got)
		}
	}
	r.command(250, "CWD d")
	if _, got := r.download("MLSD"); got != 550 {
		t.Errorf("MLSD in /d: %d", got)
	}
}

// TestDownloads checks what data faults do to a file of ten bytes.
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
			writeFile(t, filepath.Join(root, "f"), "0123456789")
			c.fault.Command = "RETR"
			r := login(t, start(t, Options{Root: root, Faults: []Fault{c.fault}}))
			if data, got := r.download("RETR f"); data != c.data || got != c.code {
				t.Errorf("%q, %d; want %q, %d", data, got, c.data, c.code)
			}
			r.command(200, "NOOP")
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
			if got := r.upload("STOR f", "0123456789"); got != c.code {
				t.Errorf("reply %d, want %d", got, c.code)
			}
			if c.code == 0 {
				r.wantClosed()
			} else {
				r.command(200, "NOOP")
			}
			if got := readFile(t, root, "f"); got != c.disk {
				t.Errorf("on disk %q, want %q", got, c.disk)
			}
		})
	}
}

// TestUploadOverTLS checks that data faults count the bytes of the file, not those of TLS.
func TestUploadOverTLS(t *testing.T) {
	root := t.TempDir()
	s := start(t, Options{Root: root, TLS: Explicit, Faults: []Fault{{Command: "STOR", Data: ShortenTo(100_000)}}})
	c := dial(t, s, ftp.DialWithExplicitTLS(withoutTickets(tlsFor(s))))
	store(t, c, "f", strings.Repeat("x", 300_000))
	if got := len(readFile(t, root, "f")); got != 100_000 {
		t.Errorf("%d bytes on disk", got)
	}
}

func TestLostReply(t *testing.T) {
	root := testRoot(t)
	s := start(t, Options{Root: root, Faults: []Fault{{Command: "DELE", Path: "/a", Lose: true}, {Command: "RNTO", Lose: true}}})
	r := login(t, s)
	if err := r.PrintfLine("DELE a"); err != nil {
		t.Fatal(err)
	}
	r.wantClosed()
	r = login(t, s)
	r.command(350, "RNFR b")
	if err := r.PrintfLine("RNTO c"); err != nil {
		t.Fatal(err)
	}
	r.wantClosed()
	if got := readFile(t, root, "a") + readFile(t, root, "b") + readFile(t, root, "c"); got != "--bbbbbbbb" {
		t.Errorf("on disk: %q", got)
	}
}

// TestServerClosesSession checks sessions that the server ends, with and without a reply.
func TestServerClosesSession(t *testing.T) {
	s := start(t, Options{Root: testRoot(t), Faults: []Fault{
		{Command: "SIZE", Path: "/a", Refuse: "421 Timeout.", Close: true},
		{Command: "SIZE", Path: "/b", Close: true},
		{Command: "MKD", Reply: "421 Going down.", Close: true},
	}})
	r := login(t, s)
	r.command(421, "SIZE a")
	r.wantClosed()
	r = login(t, s)
	if err := r.PrintfLine("SIZE b"); err != nil {
		t.Fatal(err)
	}
	r.wantClosed()
	r = login(t, s)
	r.command(421, "MKD new")
	r.wantClosed()
	login(t, s).command(250, "CWD new")
}

// TestLastReply checks that the last reply arrives although the server did not read all commands.
func TestLastReply(t *testing.T) {
	s := start(t, Options{MaxConnections: 1})
	login(t, s)
	for range 20 {
		r := dialRaw(t, s)
		if _, err := io.WriteString(r.sock, "USER ferry\r\nPASS secret\r\nTYPE I\r\nFEAT\r\nPWD\r\n"); err != nil {
			t.Fatal(err)
		}
		r.wantReply(421)
		r.wantClosed()
	}
}

func TestTooMany(t *testing.T) {
	s := start(t, Options{MaxConnections: 2})
	first, second := login(t, s), login(t, s)
	r := dialRaw(t, s)
	r.wantReply(421)
	r.wantClosed()
	first.command(221, "QUIT")
	first.wantClosed()
	third := login(t, s) // a place is free as soon as the connection is closed
	second.command(200, "NOOP")
	third.command(200, "NOOP")
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
	r.wantReply(220)
	r.command(331, "USER ferry")
	r.command(530, "PASS secret")
	r.wantClosed()
}

func TestGreetings(t *testing.T) {
	s := start(t, Options{Faults: []Fault{
		{Command: "CONNECT", Times: 1, Refuse: "530-Too many\n530 connections.", Close: true},
		{Command: "CONNECT", Session: 2, Close: true},
		{Command: "CONNECT", Session: 3, Stall: true},
	}})
	r := dialRaw(t, s)
	r.wantReply(530)
	r.wantClosed()
	r = dialRaw(t, s)
	r.wantClosed()
	r = dialRaw(t, s)
	wantSilence(t, r.sock)
	login(t, s)
}

// wantSilence fails the test unless a connection stays open and nothing arrives on it.
func wantSilence(t *testing.T, conn net.Conn) {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	n, err := conn.Read(make([]byte, 1))
	if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("not silent: %d bytes, %v", n, err)
	}
}

func TestStalls(t *testing.T) {
	root := testRoot(t)
	s := start(t, Options{Root: root, Faults: []Fault{
		{Command: "DELE", Path: "/a", Stall: true},
		{Command: "RETR", Path: "/b", Data: StallAt(3)},
	}})
	r := login(t, s)
	if err := r.PrintfLine("DELE a\r\nNOOP"); err != nil {
		t.Fatal(err)
	}
	wantSilence(t, r.sock)
	if readFile(t, root, "a") == "-" {
		t.Error("a stalled DELE was carried out")
	}

	r = login(t, s)
	data, err := net.Dial("tcp", r.openPassive())
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	r.command(150, "RETR b")
	buf := make([]byte, 3)
	if _, err := io.ReadFull(data, buf); err != nil || string(buf) != "bbb" {
		t.Errorf("%q, %v", buf, err)
	}
	wantSilence(t, data)
	wantSilence(t, r.sock)
}

// TestListings checks each fault of listings. The listings are NLST, where each line is a name.
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
			s := start(t, Options{Root: testRoot(t)})
			s.Faults().Add(Fault{Command: "LISTING", Path: "/", Listing: c.alter})
			r := login(t, s)
			text, got := r.download("NLST")
			if got != 226 || text != lines(c.want) {
				t.Errorf("%d\n%q, want\n%q", got, text, lines(c.want))
			}
			if text, _ := r.download("NLST d"); text != "d/e\r\n" {
				t.Errorf("the other directory: %q", text)
			}
			s.Faults().Clear()
			if text, _ := r.download("NLST"); text != lines([]string{".hidden", "a", "b", "d"}) {
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

// TestListingFaultsInEveryForm checks that faults of listings find the names in every form of listing.
func TestListingFaultsInEveryForm(t *testing.T) {
	root := testRoot(t)
	writeFile(t, filepath.Join(root, "two  words"), "")
	for form, o := range map[string]Options{"MLSD": {}, "LIST": {NoMLSD: true}, "DOS": {NoMLSD: true, List: DOS}} {
		t.Run(form, func(t *testing.T) {
			o.Root = root
			o.Faults = []Fault{{Listing: HideNames("two  words")}, {Listing: HideNames("a")}, {Listing: GarbleLine("d")}}
			command := "LIST"
			if form == "MLSD" {
				command = "MLSD"
			}
			text, _ := login(t, start(t, o)).download(command)
			got := strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n")
			if len(got) != 3 || !strings.HasSuffix(got[0], " .hidden") || !strings.HasSuffix(got[1], " b") || got[2][:3] != "???" {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestTruncatedListing(t *testing.T) {
	s := start(t, Options{Root: testRoot(t), Faults: []Fault{{Command: "MLSD", Data: CutAt(60), Reply: "226 Done."}}})
	if text, got := login(t, s).download("MLSD"); len(text) != 60 || got != 226 {
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

// TestHold checks that two replies arrive in one packet.
func TestHold(t *testing.T) {
	s := start(t, Options{Root: testRoot(t)})
	s.Faults().Add(Fault{Command: "RETR|PWD", Hold: true})
	r := login(t, s)
	data, err := net.Dial("tcp", r.openPassive())
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
	r.command(257, "PWD")
}

// TestBlackHole checks that a connect to the port gets no answer. Where the system cannot do that, the connect
// succeeds and nothing follows.
func TestBlackHole(t *testing.T) {
	s := start(t, Options{Faults: []Fault{{Command: "PASSIVE", Port: BlackHole}}})
	r := login(t, s)
	conn, err := net.DialTimeout("tcp", r.openPassive(), 300*time.Millisecond)
	if err == nil {
		defer conn.Close()
		if err := r.PrintfLine("LIST"); err != nil {
			t.Fatal(err)
		}
		wantSilence(t, conn)
		return
	}
	var timeout net.Error
	if !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("connecting: %v", err)
	}
	r.command(200, "PORT 127,0,0,1,200,1") // the session goes on
}

func TestActiveBlackHole(t *testing.T) {
	s := start(t, Options{DataTimeout: 200 * time.Millisecond, Faults: []Fault{{Command: "ACTIVE", Port: BlackHole}}})
	r := login(t, s)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r.command(200, fmt.Sprintf("EPRT |1|127.0.0.1|%d|", l.Addr().(*net.TCPAddr).Port))
	r.command(425, "NLST")
	_ = l.(*net.TCPListener).SetDeadline(time.Now().Add(50 * time.Millisecond))
	if _, err := l.Accept(); err == nil {
		t.Error("the server connected")
	}
}

func TestForeignAddress(t *testing.T) {
	s := start(t, Options{Faults: []Fault{{Command: "PASV", Port: ForeignAddress("10.1.2.3")}}})
	if text := login(t, s).command(227, "PASV"); !strings.Contains(text, "(10,1,2,3,") {
		t.Error(text)
	}
}

// TestHook checks that a hook is called when its fault strikes.
func TestHook(t *testing.T) {
	root := testRoot(t)
	var during string
	s := start(t, Options{Root: root, Faults: []Fault{
		{Command: "STOR", Data: ShortenTo(4), Hook: func() { during = readFile(t, root, "b") }},
		{Command: "DELE", Hook: func() { writeFile(t, filepath.Join(root, "late"), "x") }},
	}})
	r := login(t, s)
	if got := r.upload("STOR f", "0123456789"); got != 226 {
		t.Errorf("STOR: %d", got)
	}
	if during != "" && during != "bbbbbbbb" {
		t.Errorf("during STOR: %q", during)
	}
	r.command(250, "DELE late")
}

func TestDropAll(t *testing.T) {
	s := start(t, Options{})
	r := login(t, s)
	s.DropAll()
	r.wantClosed()
	login(t, s)
}

// TestRequireReuse checks that a data connection must resume the TLS session of its control connection.
func TestRequireReuse(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			s := start(t, Options{Root: testRoot(t), TLS: Implicit, ForceTLS: true, RequireReuse: true, TLSMin: version, TLSMax: version})
			config := tlsFor(s)
			conn, err := tls.Dial("tcp", s.Addr(), config)
			if err != nil {
				t.Fatal(err)
			}
			r := newRawClient(t, conn)
			r.wantReply(220)
			r.command(331, "USER ferry")
			r.command(230, "PASS secret")
			r.command(200, "TYPE I")
			r.command(522, "NLST") // not in clear
			r.command(200, "PBSZ 0")
			r.command(200, "PROT P")
			if data := r.secureList(config, 226); !slices.Contains(strings.Split(data, "\r\n"), "a") {
				t.Errorf("listing: %q", data)
			}
			r.secureList(tlsFor(s), 522)
			r.wantClosed()
		})
	}
}

// secureList lists the root over a data connection with TLS, and checks the final reply.
func (r *rawClient) secureList(config *tls.Config, final int) string {
	r.t.Helper()
	plain, err := net.Dial("tcp", r.openPassive())
	if err != nil {
		r.t.Fatal(err)
	}
	defer plain.Close()
	r.command(150, "NLST")
	data, err := io.ReadAll(tls.Client(plain, config))
	if err != nil && final == 226 {
		r.t.Errorf("data: %v", err)
	}
	r.wantReply(final)
	return string(data)
}
