package ftpserver

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
)

// TestDisabled checks that a command that an option takes away is neither answered nor advertised.
func TestDisabled(t *testing.T) {
	for _, c := range []struct {
		name    string
		opts    Options
		line    string
		code    int
		feature string // not in FEAT then
	}{
		{"MLSD", Options{NoMLSD: true}, "MLSD", 500, "MLST"},
		{"MLST", Options{NoMLSD: true}, "MLST a", 500, "MLSD"},
		{"MFMT", Options{NoMFMT: true}, "MFMT 20200101000000 a", 500, "MFMT"},
		{"MDTM", Options{NoMDTM: true}, "MDTM a", 500, "MDTM"},
		{"EPSV", Options{NoEPSV: true}, "EPSV", 500, "EPSV"},
		{"PASV", Options{NoPASV: true}, "PASV", 500, ""},
		{"passive", Options{NoPassive: true}, "PASV", 500, "EPSV"},
		{"EPRT", Options{NoEPRT: true}, "EPRT |1|127.0.0.1|50000|", 500, "EPRT"},
		{"active", Options{NoActive: true}, "PORT 127,0,0,1,200,1", 500, "EPRT"},
		{"REST", Options{NoREST: true}, "REST 1", 500, "REST"},
		{"SIZE", Options{NoSIZE: true}, "SIZE a", 500, "SIZE"},
		{"HASH", Options{}, "HASH a", 502, "HASH"},
		{"AUTH", Options{}, "AUTH TLS", 500, "AUTH"},
		{"SITE RMDIR", Options{}, "SITE RMDIR d", 500, ""},
		{"SITE SYMLINK", Options{}, "SITE SYMLINK a l", 500, ""},
		{"RNTO over", Options{NoOverwrite: true}, "RNFR a\nRNTO b", 550, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.opts.Root = testRoot(t)
			r := login(t, start(t, c.opts))
			all := strings.Split(c.line, "\n")
			for _, line := range all[:len(all)-1] {
				r.command(0, line)
			}
			r.command(c.code, all[len(all)-1])
			features := strings.Fields(r.command(211, "FEAT"))
			if slices.Contains(features, c.feature) {
				t.Errorf("FEAT has %s: %q", c.feature, features)
			}
		})
	}
}

func TestFeatures(t *testing.T) {
	r := login(t, start(t, Options{TLS: Explicit, Hash: true}))
	features := "\n" + r.command(211, "FEAT") + "\n"
	for _, want := range []string{"MLST Type*;Size*;Modify*;", "MFMT", "MDTM", "SIZE", "REST STREAM", "UTF8", "EPSV",
		"EPRT", "AUTH TLS", "PBSZ", "PROT"} {
		if !strings.Contains(features, "\n "+want+"\n") {
			t.Errorf("%q is not in %q", want, features)
		}
	}
	if !strings.Contains(features, "\n HASH ") {
		t.Errorf("HASH is not in %q", features)
	}
}

func TestHash(t *testing.T) {
	r := login(t, start(t, Options{Root: testRoot(t), Hash: true}))
	const sum = "61be55a8e2f6b4e172338bddf184d6dbee29c98853e0a0485ecee7f27b9af0b4" // of "aaaa"
	if text := r.command(213, "HASH a"); !strings.Contains(text, sum) {
		t.Error(text)
	}
	if text := r.command(250, "XSHA256 a"); !strings.Contains(text, sum) {
		t.Error(text)
	}
}

func TestMDTMSets(t *testing.T) {
	root := testRoot(t)
	r := login(t, start(t, Options{Root: root, MDTMSets: true, NoMFMT: true}))
	r.command(213, "MDTM 20200102030405 a")
	if got := r.command(213, "MDTM a"); got != "20200102030405" {
		t.Errorf("MDTM: %s", got)
	}
	if info, _ := os.Stat(filepath.Join(root, "a")); info.ModTime().Unix() != 1577934245 {
		t.Errorf("on disk: %v", info.ModTime())
	}
}

func TestDotfiles(t *testing.T) {
	r := login(t, start(t, Options{Root: testRoot(t), HideDots: true}))
	for line, want := range map[string][]string{
		"LIST": {"a", "b", "d"}, "NLST": {"a", "b", "d"}, "LIST -a": {".", "..", ".hidden", "a", "b", "d"},
		"LIST -la /": {".", "..", ".hidden", "a", "b", "d"}, "MLSD": {".hidden", "a", "b", "d"}, "LIST -a d": {".", "..", "e"},
	} {
		text, _ := r.download(line)
		var got []string
		for line := range strings.Lines(text) {
			got = append(got, nameInLine(strings.TrimSuffix(line, "\r\n")))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	r = login(t, start(t, Options{Root: testRoot(t), NoDashA: true}))
	if _, got := r.download("LIST -a"); got != 450 {
		t.Errorf("LIST -a where it is a name: %d", got)
	}
}

func TestCdir(t *testing.T) {
	text, _ := login(t, start(t, Options{CdirInMLSD: true})).download("MLSD")
	if text != "Type=cdir;Modify=20200101000000; .\r\nType=pdir;Modify=20200101000000; ..\r\n" {
		t.Errorf("%q", text)
	}
}

// TestForms checks the lines of a listing in each form, in a zone that is not UTC.
func TestForms(t *testing.T) {
	root := t.TempDir()
	writeFile(t, filepath.Join(root, "file one"), "12345")
	if err := os.Mkdir(filepath.Join(root, "dir"), 0o755); err != nil {
		t.Fatal(err)
	}
	when := time.Date(2020, 7, 4, 22, 30, 15, 0, time.UTC)
	now := time.Now().Add(-time.Hour).Truncate(time.Second)
	for name, stamp := range map[string]time.Time{"file one": when, "dir": now} {
		if err := os.Chtimes(filepath.Join(root, name), stamp, stamp); err != nil {
			t.Fatal(err)
		}
	}
	tokyo := time.FixedZone("JST", 9*60*60)
	recent := now.In(tokyo)
	info, err := os.Stat(filepath.Join(root, "dir"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, line string
		opts       Options
		want       []string
	}{
		{"unix", "LIST", Options{}, []string{
			fmt.Sprintf("drwxr-xr-x 1 ftp ftp %12d %s dir", info.Size(), recent.Format("Jan _2 15:04")),
			"-rw-r--r-- 1 ftp ftp            5 Jul  5  2020 file one",
		}},
		{"dos", "LIST", Options{List: DOS}, []string{
			recent.Format("01-02-06  03:04PM") + "       <DIR>          dir",
			"07-05-20  07:30AM                    5 file one",
		}},
		{"MLSD is UTC", "MLSD", Options{List: DOS}, []string{
			fmt.Sprintf("Type=dir;Size=%d;Modify=%s; dir", info.Size(), now.UTC().Format("20060102150405")),
			"Type=file;Size=5;Modify=20200704223015; file one",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.opts.Root, c.opts.Zone = root, tokyo
			if text, _ := login(t, start(t, c.opts)).download(c.line); text != lines(c.want) {
				t.Errorf("\n%q, want\n%q", text, lines(c.want))
			}
		})
	}
}

func TestLatin1(t *testing.T) {
	root := t.TempDir()
	writeFile(t, filepath.Join(root, "käse"), "x")
	writeFile(t, filepath.Join(root, "日"), "y")
	r := login(t, start(t, Options{Root: root, Encoding: charmap.ISO8859_1}))
	if text, _ := r.download("NLST"); text != "k\xe4se\r\n?\r\n" {
		t.Errorf("%q", text)
	}
	r.command(213, "SIZE k\xe4se")
	r.command(550, "SIZE käse")
	if got := r.upload("STOR \xfcbung", "z"); got != 226 {
		t.Errorf("STOR: %d", got)
	}
	if got := readFile(t, root, "übung"); got != "z" {
		t.Errorf("on disk: %q", got)
	}
}

// TestPipeline checks that commands sent in one packet are answered in order, also those after a transfer.
func TestPipeline(t *testing.T) {
	r := dialRaw(t, start(t, Options{Root: testRoot(t)}))
	if _, err := io.WriteString(r.sock, "USER ferry\r\nPASS secret\r\nTYPE I\r\nSIZE a\r\nSIZE nothing\r\nCWD d\r\nEPSV\r\nNLST\r\nSIZE e\r\n"); err != nil {
		t.Fatal(err)
	}
	for _, code := range []int{220, 331, 230, 200, 213, 550, 250} {
		r.wantReply(code)
	}
	text := r.wantReply(229)
	port := strings.Split(text, "|")[3]
	data, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	if all, err := io.ReadAll(data); string(all) != "e\r\n" || err != nil {
		t.Errorf("%q, %v", all, err)
	}
	for _, code := range []int{150, 226, 213} {
		r.wantReply(code)
	}
}

// TestActive checks PORT and EPRT, and that the server connects only to the client's own address.
func TestActive(t *testing.T) {
	r := login(t, start(t, Options{Root: testRoot(t)}))
	for _, command := range []string{"PORT", "EPRT"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		port := l.Addr().(*net.TCPAddr).Port
		line := fmt.Sprintf("EPRT |1|127.0.0.1|%d|", port)
		if command == "PORT" {
			line = fmt.Sprintf("PORT 127,0,0,1,%d,%d", port>>8, port&255)
		}
		r.command(200, line)
		if err := r.PrintfLine("RETR a"); err != nil {
			t.Fatal(err)
		}
		conn, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if all, err := io.ReadAll(conn); string(all) != "aaaa" || err != nil {
			t.Errorf("%s: %q, %v", command, all, err)
		}
		conn.Close()
		r.wantReply(150)
		r.wantReply(226)
		r.command(425, "RETR a") // one PORT, one transfer
	}
	for line, code := range map[string]int{
		"PORT 127,0,0,2,200,1": 500, "PORT 127,0,0,1,0,80": 500, "PORT 127,0,0,1,200": 501, "PORT 127,0,0,1,300,1": 501,
		"EPRT |1|10.0.0.1|50000|": 500, "EPRT |2|127.0.0.1|50000|": 501, "EPRT": 501, "EPRT |1|127.0.0.1|x|": 501,
	} {
		r.command(code, line)
	}
	r.command(425, "RETR a")
}

// TestRefusedConnect checks that the server sends 425 if the client does not listen on its port.
func TestRefusedConnect(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	r := login(t, start(t, Options{Root: testRoot(t)}))
	r.command(200, fmt.Sprintf("EPRT |1|127.0.0.1|%d|", port))
	r.command(425, "RETR a")
}

func TestPassiveWithoutClient(t *testing.T) {
	r := login(t, start(t, Options{Root: testRoot(t), DataTimeout: 50 * time.Millisecond}))
	r.command(229, "EPSV")
	r.command(425, "RETR a")
	r.command(200, "NOOP")
}

func TestEPSV(t *testing.T) {
	r := login(t, start(t, Options{}))
	r.command(229, "EPSV 1")
	r.command(522, "EPSV 2")
	r.command(200, "EPSV ALL")
	r.command(501, "PASV")
	r.command(501, "PORT 127,0,0,1,200,1")
	r.command(229, "EPSV")
}

// TestAbort checks that ABOR ends a running transfer, and that both are answered.
func TestAbort(t *testing.T) {
	root := t.TempDir()
	r := login(t, start(t, Options{Root: root}))
	data, err := net.Dial("tcp", r.openPassive())
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	r.command(150, "STOR f")
	r.command(426, "ABOR")
	r.wantReply(226)
	r.command(200, "NOOP")
}

// TestClientGone checks that a client that disconnects during a transfer no longer counts, and that what it sent is kept.
func TestClientGone(t *testing.T) {
	root := t.TempDir()
	s := start(t, Options{Root: root, MaxConnections: 1})
	r := login(t, s)
	data, err := net.Dial("tcp", r.openPassive())
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	r.command(150, "STOR f")
	_ = r.sock.Close()
	_ = data.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := data.Read(make([]byte, 1)); err == nil {
		t.Error("the data connection lives on")
	}
	if got := readFile(t, root, "f"); got != "" {
		t.Errorf("on disk %q", got)
	}
	for s.Connections() > 0 { // within the patience of the test program
		time.Sleep(time.Millisecond)
	}
	login(t, s)
}

// TestResume checks REST for uploads and downloads.
func TestResume(t *testing.T) {
	root := testRoot(t)
	r := login(t, start(t, Options{Root: root}))
	r.command(350, "REST 6")
	if got := r.upload("STOR b", "XYZ"); got != 226 {
		t.Errorf("STOR: %d", got)
	}
	if got := readFile(t, root, "b"); got != "bbbbbbXYZ" {
		t.Errorf("on disk %q", got)
	}
	r.command(350, "REST 5")
	if data, _ := r.download("RETR b"); data != "bXYZ" {
		t.Errorf("RETR: %q", data)
	}
}

func TestLoginFirst(t *testing.T) {
	r := dialRaw(t, start(t, Options{Root: testRoot(t)}))
	r.wantReply(220)
	for _, line := range []string{"EPSV", "PASV", "PORT 127,0,0,1,200,1", "CWD d", "DELE a", "SIZE a"} {
		r.command(530, line)
	}
	r.command(331, "USER ferry")
	r.command(530, "PASS wrong")
	r = login(t, start(t, Options{TLS: Explicit}))
	r.command(503, "PROT P")
}

func TestForceTLS(t *testing.T) {
	r := dialRaw(t, start(t, Options{TLS: Explicit, ForceTLS: true}))
	r.wantReply(220)
	r.command(530, "USER ferry")
}

// TestLongLine checks that a line without an end closes the connection.
func TestLongLine(t *testing.T) {
	r := login(t, start(t, Options{}))
	_, _ = io.WriteString(r.sock, strings.Repeat("x", 3*maxLine))
	r.wantClosed()
}

func TestNameInLine(t *testing.T) {
	for line, want := range map[string]string{
		"-rw-r--r-- 1 ftp ftp            5 Jul  5  2020 file one":    "file one",
		"-rw-r--r-- 1 ftp ftp            5 Jul  5 10:00  two spaces": " two spaces",
		"Type=file;Size=5;Modify=20200704223015; file one":           "file one",
		"07-05-20  07:30AM                    5 file one":            "file one",
		"07-05-20  07:30AM       <DIR>          d":                   "d",
		"just a name": "just a name",
		"":            "",
	} {
		if got := nameInLine(line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
