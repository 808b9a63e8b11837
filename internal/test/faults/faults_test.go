package faults

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ferry/internal/cli"
	"ferry/internal/ftpserver"
)

// A row is one way in which a server lies or breaks while a pass has work to do in both directions.
type row struct {
	name   string
	server ftpserver.Options
	args   []string          // more options of the program
	first  []ftpserver.Fault // already while the pair is brought in step
	faults []ftpserver.Fault // all of them must strike
	exit   int
	says   string // regular expression that the output fits
	silent bool   // the server is hostile by its options: there is no fault to strike
	away   string // a path that may be in the server's trash afterwards, since the server refuses the way back
	leaves bool   // a half-written file may be left on the server, see wantWell
}

const (
	upload   = "*up.bin.part" // the half-written file on the server
	download = "/tree/down.bin"
	same     = "/tree/same" // holds what nobody touched
	root     = "/tree"
	whole    = "226 Transfer complete."
)

var lists = ftpserver.Options{NoMLSD: true}

// broken data: what arrives is less than there is, and the server says so or not.
var brokenData = []row{
	{name: "upload cut with 426", faults: strike("STOR", upload, ftpserver.CutAt(1000), ""), exit: cli.ExitIncomplete, says: `426|incomplete|bytes`},
	{name: "upload cut with 226", faults: strike("STOR", upload, ftpserver.CutAt(1000), whole), exit: cli.ExitIncomplete, says: `bytes`},
	{name: "upload reset", faults: strike("STOR", upload, ftpserver.ResetAt(1000), ""), exit: cli.ExitIncomplete},
	{name: "upload cut before its first byte", faults: strike("STOR", upload, ftpserver.CutAt(0), whole), exit: cli.ExitIncomplete},
	{name: "upload acknowledged but shorter", faults: strike("STOR", upload, ftpserver.ShortenTo(1000), ""), exit: cli.ExitIncomplete, says: `bytes`},
	{name: "upload acknowledged but shorter, without SIZE", server: ftpserver.Options{NoSIZE: true, NoMLSD: true}, faults: strike("STOR", upload, ftpserver.ShortenTo(1000), ""), exit: cli.ExitIncomplete},
	{name: "upload cut once", faults: once(strike("STOR", upload, ftpserver.CutAt(1000), ""))},
	{name: "upload out of room after 1000 bytes", faults: strike("STOR", upload, ftpserver.CutAt(1000), "452 Insufficient storage space."), exit: cli.ExitIncomplete, says: `452`},
	{name: "upload refused for want of room", faults: refuse("STOR", upload, "452 Insufficient storage space."), exit: cli.ExitIncomplete, says: `452`},
	{name: "download cut with 426 every 60000 bytes", faults: strike("RETR", download, ftpserver.CutAt(60_000), "")},
	{name: "download cut with 426 before its first byte", faults: strike("RETR", download, ftpserver.CutAt(0), ""), exit: cli.ExitIncomplete, says: `426|bytes`},
	{name: "download cut with 226", faults: strike("RETR", download, ftpserver.CutAt(1000), whole), exit: cli.ExitIncomplete, says: `bytes`},
	{name: "download reset", faults: strike("RETR", download, ftpserver.ResetAt(0), ""), exit: cli.ExitIncomplete},
	{name: "download reset once", faults: once(strike("RETR", download, ftpserver.ResetAt(1000), ""))},
	{name: "download shorter than announced", faults: strike("RETR", download, ftpserver.ShortenTo(1000), ""), exit: cli.ExitIncomplete, says: `bytes`},
	{name: "download cut once with 426", faults: once(strike("RETR", download, ftpserver.CutAt(1000), ""))},
	{name: "download cut once with 226", faults: once(strike("RETR", download, ftpserver.CutAt(1000), whole))},
	{name: "MLSD cut with 426", faults: strike("MLSD", same, ftpserver.CutAt(100), ""), exit: cli.ExitIncomplete, says: `same`},
	{name: "MLSD cut with 226", faults: strike("MLSD", same, ftpserver.CutAt(100), whole), exit: cli.ExitIncomplete, says: `same`},
	{name: "MLSD of the root cut with 226", faults: strike("MLSD", root, ftpserver.CutAt(100), whole), exit: cli.ExitIncomplete},
	{name: "LIST cut with 426", server: lists, faults: strike("LIST", same, ftpserver.CutAt(100), ""), exit: cli.ExitIncomplete, says: `same`},
	{name: "LIST cut with 226", server: lists, faults: strike("LIST", same, ftpserver.CutAt(100), whole), exit: cli.ExitIncomplete, says: `same`},
	{name: "MLSD cut before its first byte, with 226", faults: strike("MLSD", same, ftpserver.CutAt(0), whole), exit: cli.ExitIncomplete, says: `left out`},
	{name: "MLSD truncated behind a line, with 226", faults: show("MLSD", same, ftpserver.FirstLines(2)), exit: cli.ExitIncomplete, says: `left out`},
	{name: "LIST truncated behind a line, with 226", server: lists, faults: show("LIST", same, ftpserver.FirstLines(2)), exit: cli.ExitIncomplete, says: `left out`},
	{name: "MLSD of the root truncated behind a line", faults: show("MLSD", root, ftpserver.FirstLines(2)), exit: cli.ExitIncomplete, says: `left out`},
	{name: "MLSD that shows nothing where files were", faults: show("MLSD", same, ftpserver.EmptyListing), exit: cli.ExitIncomplete, says: `left out`},
	{name: "LIST that shows nothing where files were", server: lists, faults: show("LIST", same, ftpserver.EmptyListing), exit: cli.ExitIncomplete, says: `left out`},
	{name: "root that shows nothing", faults: show("LISTING", root, ftpserver.EmptyListing), exit: cli.ExitIncomplete},
	{name: "root that shows nothing, to LIST", server: lists, faults: show("LISTING", root, ftpserver.EmptyListing), exit: cli.ExitIncomplete},
	{name: "everything shows nothing", faults: show("LISTING", "", ftpserver.EmptyListing), exit: cli.ExitIncomplete},
	{name: "MLSD with a line that nobody can read", faults: show("MLSD", same, ftpserver.GarbleLine("a.txt")), exit: cli.ExitIncomplete, says: `same`},
	{name: "LIST with a line that nobody can read", server: lists, faults: show("LIST", same, ftpserver.GarbleLine("a.txt")), exit: cli.ExitIncomplete, says: `same`},
	{name: "dotfiles hidden", faults: show("LISTING", "", ftpserver.HideNames(".*")), exit: cli.ExitIncomplete, says: `left out`},
	{name: "dotfiles hidden from LIST, shown with -a", server: ftpserver.Options{NoMLSD: true, HideDots: true}, silent: true},
}

// broken sessions: refusals, silence, and connections that end.
var brokenSessions = []row{
	{name: "421 once in the middle of uploads", faults: once(end("RNTO", "*up.bin"))},
	{name: "421 once in the middle of a listing", faults: once(end("MLSD", same))},
	{name: "421 for every upload", faults: end("STOR", upload), exit: cli.ExitIncomplete, says: `421`},
	{name: "421 for every download", faults: end("RETR", download), exit: cli.ExitIncomplete, says: `421`},
	{name: "421 for every listing of a directory", faults: end("MLSD", same), exit: cli.ExitIncomplete, says: `421`},
	{name: "421 for every command after the 40th", faults: []ftpserver.Fault{{Refuse: "421 Bye.", Close: true, Skip: 40}}, exit: cli.ExitFailed, says: `421`},
	{name: "421 as greeting", faults: []ftpserver.Fault{{Command: "CONNECT", Refuse: "421 Closed for tonight.", Close: true}}, exit: cli.ExitConnect, says: `421`},
	{name: "connection closed instead of a greeting", faults: []ftpserver.Fault{{Command: "CONNECT", Close: true}}, exit: cli.ExitConnect},
	{name: "silence instead of a greeting", faults: stall("CONNECT", ""), exit: cli.ExitConnect, says: `2s`},
	{name: "silence at login", faults: stall("PASS", ""), exit: cli.ExitConnect, says: `2s`},
	{name: "silence at a rename", faults: once(stall("RNTO", "/tree/up.bin"))},
	{name: "silence at every rename", faults: stall("RNTO", "/tree/up.bin"), exit: cli.ExitIncomplete, says: `2s.*kept as`, away: "up.bin", leaves: true},
	{name: "silence at a listing", faults: stall("MLSD", same), exit: cli.ExitIncomplete, says: `2s`},
	{name: "silence at an upload", faults: stall("STOR", upload), exit: cli.ExitIncomplete, says: `2s`},
	{name: "silence at a download", faults: stall("RETR", download), exit: cli.ExitIncomplete, says: `2s`},
	{name: "data of an upload stalls", faults: strike("STOR", upload, ftpserver.StallAt(1000), ""), exit: cli.ExitIncomplete},
	{name: "data of a download stalls every 60000 bytes", faults: strike("RETR", download, ftpserver.StallAt(60_000), "")},
	{name: "data of a download never comes", faults: strike("RETR", download, ftpserver.StallAt(0), ""), exit: cli.ExitIncomplete},
	{name: "data of a listing stalls", faults: strike("MLSD", same, ftpserver.StallAt(100), ""), exit: cli.ExitIncomplete},
	{name: "reply to an upload lost", faults: once(lose("STOR", upload))},
	{name: "reply to a rename lost", faults: once(lose("RNTO", "/tree/up.bin"))},
	{name: "reply to a deletion lost", args: []string{"--trash", "off"}, faults: once(lose("DELE", "/tree/gone-here.txt"))},
	{name: "reply to MKD lost", faults: once(lose("MKD", "/tree/moved"))},
	{name: "replies to all renames lost", faults: lose("RNTO", "/tree/*"), exit: cli.ExitOK},
	{name: "rename over a file refused", server: ftpserver.Options{NoOverwrite: true}, silent: true},
	{name: "rename of an upload refused once", faults: once(refuse("RNTO", "/tree/up.bin", "550 No.")), exit: cli.ExitIncomplete, says: `550`},
	{name: "rename of an upload refused, and the way back", faults: refuse("RNTO", "/tree/up.bin", "550 No."), exit: cli.ExitIncomplete, says: `550.*kept as`, away: "up.bin", leaves: true},
	{name: "rename of an upload refused, without trash", args: []string{"--trash", "off"}, faults: refuse("RNTO", "/tree/up.bin", "550 No."), exit: cli.ExitIncomplete, says: `550`, away: "up.bin", leaves: true},
	{name: "deletion refused", args: []string{"--trash", "off"}, faults: refuse("DELE", "/tree/gone-here.txt", "550 No."), exit: cli.ExitIncomplete, says: `550`},
	{name: "move to the trash refused", faults: refuse("RNFR", "/tree/gone-here.txt", "550 No."), exit: cli.ExitIncomplete, says: `550`},
	{name: "RMD refused", faults: refuse("RMD", "/tree/dir-here", "550 No."), exit: cli.ExitIncomplete, says: `550`},
	{name: "MKD refused", faults: refuse("MKD", "/tree/moved", "550 No."), exit: cli.ExitIncomplete, says: `550`},
	{name: "one directory refused", faults: refuse("LISTING|CWD", same, "550 Permission denied."), exit: cli.ExitIncomplete, says: `550`},
	{name: "one directory refused, to LIST", server: lists, faults: refuse("LISTING|CWD", same, "550 Permission denied."), exit: cli.ExitIncomplete, says: `550`},
	{name: "the root refused", faults: refuse("LISTING", root, "550 Permission denied."), exit: cli.ExitIncomplete, says: `550`},
	{name: "read-only server", faults: refuse("STOR|RNFR|DELE|MKD|RMD", "", "550 Read-only."), exit: cli.ExitIncomplete, says: `550`},
	{name: "replies in pieces of one byte", faults: []ftpserver.Fault{{Pieces: 1}}},
	{name: "replies in one packet with the next", faults: []ftpserver.Fault{{Command: "RETR|LISTING|RNFR|RNTO|SIZE|MFMT|CWD", Hold: true}}},
	{name: "two connections at most", server: ftpserver.Options{MaxConnections: 2}, args: []string{"--connections", "8"}, silent: true},
	{name: "two connections at most, said after PASS", server: ftpserver.Options{MaxConnections: 2, TooManyAtLogin: true, TooMany: "530 Sorry, the maximum number of clients (2) for this user are already connected."}, args: []string{"--connections", "8"}, silent: true},
}

// strange data connections.
var strangeData = []row{
	{name: "passive refused", server: ftpserver.Options{NoPassive: true}, silent: true},
	{name: "active refused", server: ftpserver.Options{NoActive: true}, silent: true},
	{name: "passive refused after it worked", faults: refuse("PASSIVE", "", "500 No more.")},
	{name: "passive into a black hole", faults: []ftpserver.Fault{{Command: "PASSIVE", Port: ftpserver.BlackHole}}},
	{name: "active refused after it worked", first: refuse("PASSIVE", "", "500 Not yet."), faults: refuse("ACTIVE", "", "500 No more.")},
	{name: "active into a black hole after it worked", first: refuse("PASSIVE", "", "500 Not yet."), faults: []ftpserver.Fault{{Command: "ACTIVE", Port: ftpserver.BlackHole}}},
	{name: "neither works", faults: refuse("PASSIVE|ACTIVE", "", "500 Never."), exit: cli.ExitFailed, says: `data connection`},
	{name: "both are black holes", faults: []ftpserver.Fault{{Port: ftpserver.BlackHole}}, exit: cli.ExitFailed, says: `data connection`},
	{name: "PASV names a third machine", server: ftpserver.Options{NoEPSV: true}, faults: []ftpserver.Fault{{Command: "PASV", Port: ftpserver.ForeignAddress("192.0.2.7")}}},
	{name: "another certificate on data, pinned", server: ftpserver.Options{TLS: ftpserver.Explicit}, args: []string{"pin"}, faults: []ftpserver.Fault{{OtherCertificate: true}}, exit: cli.ExitIncomplete, says: `certificate`},
	{name: "another certificate on data, from a CA", server: ftpserver.Options{TLS: ftpserver.Implicit}, args: []string{"ca"}, faults: []ftpserver.Fault{{OtherCertificate: true}}, exit: cli.ExitIncomplete, says: `certificate`},
	{name: "another certificate on data, insecure", server: ftpserver.Options{TLS: ftpserver.Explicit}, args: []string{"--insecure"}, faults: []ftpserver.Fault{{OtherCertificate: true}}, exit: cli.ExitIncomplete, says: `another certificate`},
	{name: "another certificate on one upload", server: ftpserver.Options{TLS: ftpserver.Explicit}, args: []string{"pin"}, faults: []ftpserver.Fault{{Command: "STOR", Path: upload, OtherCertificate: true}}, exit: cli.ExitIncomplete, says: `certificate`},
	{name: "upload over TLS dropped without close_notify", server: ftpserver.Options{TLS: ftpserver.Explicit}, args: []string{"pin"}, faults: strike("STOR", upload, ftpserver.DropAt(1000), whole), exit: cli.ExitIncomplete},
	{name: "download over TLS dropped without close_notify", server: ftpserver.Options{TLS: ftpserver.Explicit}, args: []string{"pin"}, faults: strike("RETR", download, ftpserver.DropAt(1000), whole), exit: cli.ExitIncomplete},
	{name: "listing over TLS dropped without close_notify", server: ftpserver.Options{TLS: ftpserver.Explicit}, args: []string{"pin"}, faults: strike("MLSD", same, ftpserver.DropAt(100), whole), exit: cli.ExitIncomplete},
}

func strike(command, path string, data ftpserver.DataFault, reply string) []ftpserver.Fault {
	return []ftpserver.Fault{{Command: command, Path: path, Data: data, Reply: reply}}
}

func refuse(command, path, reply string) []ftpserver.Fault {
	return []ftpserver.Fault{{Command: command, Path: path, Refuse: reply}}
}

func show(command, path string, listing func([]string) []string) []ftpserver.Fault {
	return []ftpserver.Fault{{Command: command, Path: path, Listing: listing}}
}

func stall(command, path string) []ftpserver.Fault {
	return []ftpserver.Fault{{Command: command, Path: path, Stall: true}}
}

func lose(command, path string) []ftpserver.Fault {
	return []ftpserver.Fault{{Command: command, Path: path, Lose: true}}
}

func end(command, path string) []ftpserver.Fault {
	return []ftpserver.Fault{{Command: command, Path: path, Refuse: "421 Good night.", Close: true}}
}

func once(faults []ftpserver.Fault) []ftpserver.Fault {
	faults[0].Times = 1
	return faults
}

// TestFaults takes a pair with work to do in both directions through a pass over a server that misbehaves, and then
// through one over the same server when it has come to its senses. The first may fail, with the exit code of its row, but
// does no harm; the second makes good. All that is tried with commands in batches and one at a time.
func TestFaults(t *testing.T) {
	for _, pipeline := range []string{"on", "off"} {
		for group, rows := range map[string][]row{"data": brokenData, "sessions": brokenSessions, "connections": strangeData} {
			for _, c := range rows {
				t.Run("pipeline "+pipeline+"/"+group+"/"+strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
					t.Parallel()
					c.args = append(slices.Clone(c.args), "--pipeline", pipeline)
					c.run(t)
				})
			}
		}
	}
}

func (c row) run(t *testing.T) {
	s := newScene(t, c.server)
	s.args = append(s.args, s.trusting(c.args)...)
	s.noTrash = slices.Contains(c.args, "--trash")
	for _, f := range c.first {
		s.server.Faults().Add(f)
	}
	s.populate()
	s.server.Faults().Clear()
	s.server.ClearTranscript()
	var armed []*ftpserver.Armed
	for _, f := range c.faults {
		armed = append(armed, s.server.Faults().Add(f))
	}
	before := [2]map[string]string{readAll(t, s.here), readAll(t, s.there)}
	r := s.sync()
	if r.exit != c.exit {
		t.Errorf("want exit %d: %s\n%s", c.exit, r, strings.Join(s.server.Transcript(), "\n"))
	}
	if !regexp.MustCompile(c.says).MatchString(r.out) {
		t.Errorf("no word of %q: %s", c.says, r)
	}
	for _, a := range armed {
		if a.Fired() == 0 && !c.silent {
			t.Errorf("the fault has not struck: %s\n%s", r, strings.Join(s.server.Transcript(), "\n"))
		}
	}
	s.wantHarmless(before, r, c.away)
	if r.exit == cli.ExitOK {
		s.wantFinal(r)
	}
	s.server.Faults().Clear()
	s.wantWell(c.leaves)
}

// trusting puts the server's certificate in place of the words "pin" and "ca".
func (s *scene) trusting(args []string) (options []string) {
	for _, arg := range args {
		switch arg {
		case "pin":
			options = append(options, "--fingerprint", "sha256:"+s.server.Fingerprint())
		case "ca":
			name := filepath.Join(s.TempDir(), "ca.pem")
			s.must(os.WriteFile(name, s.server.CertPEM(), 0o644))
			options = append(options, "--ca", name)
		default:
			options = append(options, arg)
		}
	}
	return options
}
