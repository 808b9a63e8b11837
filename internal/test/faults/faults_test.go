package faults

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/internal/cli"
	"ferry/internal/ftpserver"
)

// A row is one way in which a server misbehaves while a pass has work to do in both directions. To add a case, add a row to
// one of the tables below.
type row struct {
	name         string
	server       ftpserver.Options
	args         []string          // further options of the program
	setupFaults  []ftpserver.Fault // while the pair is synced for the first time
	faults       []ftpserver.Fault // during the tested pass; all of them must strike
	wantExit     int
	wantOutput   string // regular expression that the output must match
	noFault      bool   // the server misbehaves because of its options, so no fault must strike
	mayBeInTrash string // a path that may end in the trash, because the server refuses to rename it back
}

const (
	uploadTemp    = "/tree/.ferry-*.part" // the temporary file on the server
	downloadFile  = "/tree/down.bin"
	sameDir       = "/tree/same" // files that nobody changes
	root          = "/tree"
	completeReply = "226 Transfer complete."
)

var listOnly = ftpserver.Options{NoMLSD: true}

// brokenData holds transfers and listings of which only a part arrives. The server may say so or not.
var brokenData = []row{
	{name: "upload cut with 426", faults: dataFault("STOR", uploadTemp, ftpserver.CutAt(1000), ""), wantExit: cli.ExitIncomplete, wantOutput: `426|incomplete|bytes`},
	{name: "upload cut with 226", faults: dataFault("STOR", uploadTemp, ftpserver.CutAt(1000), completeReply), wantExit: cli.ExitIncomplete, wantOutput: `bytes`},
	{name: "upload reset", faults: dataFault("STOR", uploadTemp, ftpserver.ResetAt(1000), ""), wantExit: cli.ExitIncomplete},
	{name: "upload cut before its first byte", faults: dataFault("STOR", uploadTemp, ftpserver.CutAt(0), completeReply), wantExit: cli.ExitIncomplete},
	{name: "upload acknowledged but shorter", faults: dataFault("STOR", uploadTemp, ftpserver.ShortenTo(1000), ""), wantExit: cli.ExitIncomplete, wantOutput: `bytes`},
	{name: "upload acknowledged but shorter, without SIZE", server: ftpserver.Options{NoSIZE: true, NoMLSD: true}, faults: dataFault("STOR", uploadTemp, ftpserver.ShortenTo(1000), ""), wantExit: cli.ExitIncomplete},
	{name: "upload cut once", faults: once(dataFault("STOR", uploadTemp, ftpserver.CutAt(1000), ""))},
	{name: "disk full after 1000 bytes of an upload", faults: dataFault("STOR", uploadTemp, ftpserver.CutAt(1000), "452 Insufficient storage space."), wantExit: cli.ExitIncomplete, wantOutput: `452`},
	{name: "upload refused because the disk is full", faults: refuse("STOR", uploadTemp, "452 Insufficient storage space."), wantExit: cli.ExitIncomplete, wantOutput: `452`},
	{name: "download cut with 426 every 60000 bytes", faults: dataFault("RETR", downloadFile, ftpserver.CutAt(60_000), "")},
	{name: "download cut with 426 before its first byte", faults: dataFault("RETR", downloadFile, ftpserver.CutAt(0), ""), wantExit: cli.ExitIncomplete, wantOutput: `426|bytes`},
	{name: "download cut with 226", faults: dataFault("RETR", downloadFile, ftpserver.CutAt(1000), completeReply), wantExit: cli.ExitIncomplete, wantOutput: `bytes`},
	{name: "download reset", faults: dataFault("RETR", downloadFile, ftpserver.ResetAt(0), ""), wantExit: cli.ExitIncomplete},
	{name: "download reset once", faults: once(dataFault("RETR", downloadFile, ftpserver.ResetAt(1000), ""))},
	{name: "download shorter than announced", faults: dataFault("RETR", downloadFile, ftpserver.ShortenTo(1000), ""), wantExit: cli.ExitIncomplete, wantOutput: `bytes`},
	{name: "download cut once with 426", faults: once(dataFault("RETR", downloadFile, ftpserver.CutAt(1000), ""))},
	{name: "download cut once with 226", faults: once(dataFault("RETR", downloadFile, ftpserver.CutAt(1000), completeReply))},
	{name: "MLSD cut with 426", faults: dataFault("MLSD", sameDir, ftpserver.CutAt(100), ""), wantExit: cli.ExitIncomplete, wantOutput: `same`},
	{name: "MLSD cut with 226", faults: dataFault("MLSD", sameDir, ftpserver.CutAt(100), completeReply), wantExit: cli.ExitIncomplete, wantOutput: `same`},
	{name: "MLSD of the root cut with 226", faults: dataFault("MLSD", root, ftpserver.CutAt(100), completeReply), wantExit: cli.ExitIncomplete},
	{name: "LIST cut with 426", server: listOnly, faults: dataFault("LIST", sameDir, ftpserver.CutAt(100), ""), wantExit: cli.ExitIncomplete, wantOutput: `same`},
	{name: "LIST cut with 226", server: listOnly, faults: dataFault("LIST", sameDir, ftpserver.CutAt(100), completeReply), wantExit: cli.ExitIncomplete, wantOutput: `same`},
	{name: "MLSD cut before its first byte, with 226", faults: dataFault("MLSD", sameDir, ftpserver.CutAt(0), completeReply), wantExit: cli.ExitIncomplete, wantOutput: `left out`},
	{name: "MLSD truncated after a line, with 226", faults: alterListing("MLSD", sameDir, ftpserver.FirstLines(2)), wantExit: cli.ExitIncomplete, wantOutput: `left out`},
	{name: "LIST truncated after a line, with 226", server: listOnly, faults: alterListing("LIST", sameDir, ftpserver.FirstLines(2)), wantExit: cli.ExitIncomplete, wantOutput: `left out`},
	{name: "MLSD of the root truncated after a line", faults: alterListing("MLSD", root, ftpserver.FirstLines(2)), wantExit: cli.ExitIncomplete, wantOutput: `left out`},
	{name: "MLSD of a directory with files is empty", faults: alterListing("MLSD", sameDir, ftpserver.EmptyListing), wantExit: cli.ExitIncomplete, wantOutput: `left out`},
	{name: "LIST of a directory with files is empty", server: listOnly, faults: alterListing("LIST", sameDir, ftpserver.EmptyListing), wantExit: cli.ExitIncomplete, wantOutput: `left out`},
	{name: "MLSD of the root is empty", faults: alterListing("LISTING", root, ftpserver.EmptyListing), wantExit: cli.ExitIncomplete},
	{name: "LIST of the root is empty", server: listOnly, faults: alterListing("LISTING", root, ftpserver.EmptyListing), wantExit: cli.ExitIncomplete},
	{name: "all listings are empty", faults: alterListing("LISTING", "", ftpserver.EmptyListing), wantExit: cli.ExitIncomplete},
	{name: "MLSD with an unreadable line", faults: alterListing("MLSD", sameDir, ftpserver.GarbleLine("a.txt")), wantExit: cli.ExitIncomplete, wantOutput: `same`},
	{name: "LIST with an unreadable line", server: listOnly, faults: alterListing("LIST", sameDir, ftpserver.GarbleLine("a.txt")), wantExit: cli.ExitIncomplete, wantOutput: `same`},
	{name: "dotfiles hidden", faults: alterListing("LISTING", "", ftpserver.HideNames(".*")), wantExit: cli.ExitIncomplete, wantOutput: `left out`},
	{name: "dotfiles hidden from LIST and shown with -a", server: ftpserver.Options{NoMLSD: true, HideDots: true}, noFault: true},
}

// brokenSessions holds refused commands, stalls, and connections that end.
var brokenSessions = []row{
	{name: "421 once in the middle of uploads", faults: once(endSession("RNTO", "*up.bin"))},
	{name: "421 once in the middle of a listing", faults: once(endSession("MLSD", sameDir))},
	{name: "421 for every upload", faults: endSession("STOR", uploadTemp), wantExit: cli.ExitIncomplete, wantOutput: `421`},
	{name: "421 for every download", faults: endSession("RETR", downloadFile), wantExit: cli.ExitIncomplete, wantOutput: `421`},
	{name: "421 for every listing of a directory", faults: endSession("MLSD", sameDir), wantExit: cli.ExitIncomplete, wantOutput: `421`},
	{name: "421 for every command after the 40th", faults: []ftpserver.Fault{{Refuse: "421 Bye.", Close: true, Skip: 40}}, wantExit: cli.ExitFailed, wantOutput: `421`},
	{name: "421 as greeting", faults: []ftpserver.Fault{{Command: "CONNECT", Refuse: "421 Closed for tonight.", Close: true}}, wantExit: cli.ExitConnect, wantOutput: `421`},
	{name: "connection closed without a greeting", faults: []ftpserver.Fault{{Command: "CONNECT", Close: true}}, wantExit: cli.ExitConnect},
	{name: "no greeting", faults: stall("CONNECT", ""), wantExit: cli.ExitConnect, wantOutput: `2s`},
	{name: "no reply to the login", faults: stall("PASS", ""), wantExit: cli.ExitConnect, wantOutput: `2s`},
	{name: "no reply to a rename", faults: once(stall("RNTO", "/tree/up.bin"))},
	{name: "no reply to any rename", faults: stall("RNTO", "/tree/up.bin"), wantExit: cli.ExitIncomplete, wantOutput: `2s.*kept as`, mayBeInTrash: "up.bin"},
	{name: "no reply to a listing", faults: stall("MLSD", sameDir), wantExit: cli.ExitIncomplete, wantOutput: `2s`},
	{name: "no reply to an upload", faults: stall("STOR", uploadTemp), wantExit: cli.ExitIncomplete, wantOutput: `2s`},
	{name: "no reply to a download", faults: stall("RETR", downloadFile), wantExit: cli.ExitIncomplete, wantOutput: `2s`},
	{name: "data of an upload stalls", faults: dataFault("STOR", uploadTemp, ftpserver.StallAt(1000), ""), wantExit: cli.ExitIncomplete},
	{name: "data of a download stalls every 60000 bytes", faults: dataFault("RETR", downloadFile, ftpserver.StallAt(60_000), "")},
	{name: "data of a download never comes", faults: dataFault("RETR", downloadFile, ftpserver.StallAt(0), ""), wantExit: cli.ExitIncomplete},
	{name: "data of a listing stalls", faults: dataFault("MLSD", sameDir, ftpserver.StallAt(100), ""), wantExit: cli.ExitIncomplete},
	{name: "reply to an upload lost", faults: once(loseReply("STOR", uploadTemp))},
	{name: "reply to a rename lost", faults: once(loseReply("RNTO", "/tree/up.bin"))},
	{name: "reply to a deletion lost", args: []string{"--trash", "off"}, faults: once(loseReply("DELE", "/tree/gone-here.txt"))},
	{name: "reply to MKD lost", faults: once(loseReply("MKD", "/tree/moved"))},
	{name: "replies to all renames lost", faults: loseReply("RNTO", "/tree/*"), wantExit: cli.ExitOK},
	{name: "rename over a file refused", server: ftpserver.Options{NoOverwrite: true}, noFault: true},
	{name: "rename of an upload refused once", faults: once(refuse("RNTO", "/tree/up.bin", "550 No.")), wantExit: cli.ExitIncomplete, wantOutput: `550`},
	{name: "rename of an upload refused, and the rename back", faults: refuse("RNTO", "/tree/up.bin", "550 No."), wantExit: cli.ExitIncomplete, wantOutput: `550.*kept as`, mayBeInTrash: "up.bin"},
	{name: "rename of an upload refused, without trash", args: []string{"--trash", "off"}, faults: refuse("RNTO", "/tree/up.bin", "550 No."), wantExit: cli.ExitIncomplete, wantOutput: `550`, mayBeInTrash: "up.bin"},
	{name: "rename over a file says yes and does nothing", args: []string{"--trash", "off"}, faults: []ftpserver.Fault{{Command: "RNTO", IfExists: true, Refuse: "250 Renamed."}}},
	{name: "deletion says yes and does nothing", args: []string{"--trash", "off"}, faults: refuse("DELE", "[gx]*.txt", "250 Deleted."), wantExit: cli.ExitIncomplete, wantOutput: `done nothing`},
	{name: "RMD says yes and does nothing", faults: refuse("RMD", "/tree/dir-here", "250 Removed."), wantExit: cli.ExitIncomplete, wantOutput: `done nothing`},
	{name: "deletion refused", args: []string{"--trash", "off"}, faults: refuse("DELE", "/tree/gone-here.txt", "550 No."), wantExit: cli.ExitIncomplete, wantOutput: `550`},
	{name: "move to the trash refused", faults: refuse("RNFR", "/tree/gone-here.txt", "550 No."), wantExit: cli.ExitIncomplete, wantOutput: `550`},
	{name: "RMD refused", faults: refuse("RMD", "/tree/dir-here", "550 No."), wantExit: cli.ExitIncomplete, wantOutput: `550`},
	{name: "MKD refused", faults: refuse("MKD", "/tree/moved", "550 No."), wantExit: cli.ExitIncomplete, wantOutput: `550`},
	{name: "one directory refused", faults: refuse("LISTING|CWD", sameDir, "550 Permission denied."), wantExit: cli.ExitIncomplete, wantOutput: `550`},
	{name: "one directory refused, to LIST", server: listOnly, faults: refuse("LISTING|CWD", sameDir, "550 Permission denied."), wantExit: cli.ExitIncomplete, wantOutput: `550`},
	{name: "the root refused", faults: refuse("LISTING", root, "550 Permission denied."), wantExit: cli.ExitIncomplete, wantOutput: `550`},
	{name: "read-only server", faults: refuse("STOR|RNFR|DELE|MKD|RMD", "", "550 Read-only."), wantExit: cli.ExitIncomplete, wantOutput: `550`},
	{name: "replies in pieces of one byte", faults: []ftpserver.Fault{{Pieces: 1}}},
	{name: "replies in one packet with the next", faults: []ftpserver.Fault{{Command: "RETR|LISTING|RNFR|RNTO|SIZE|MFMT|CWD", Hold: true}}},
	{name: "two connections at most", server: ftpserver.Options{MaxConnections: 2}, args: []string{"--connections", "8"}, noFault: true},
	{name: "two connections at most, said after PASS", server: ftpserver.Options{MaxConnections: 2, TooManyAtLogin: true, TooMany: "530 Sorry, the maximum number of clients (2) for this user are already connected."}, args: []string{"--connections", "8"}, noFault: true},
}

// strangeData holds data connections that cannot be made, or that lead to the wrong place.
var strangeData = []row{
	{name: "passive refused", server: ftpserver.Options{NoPassive: true}, noFault: true},
	{name: "active refused", server: ftpserver.Options{NoActive: true}, noFault: true},
	{name: "passive refused after it worked", faults: refuse("PASSIVE", "", "500 No more.")},
	{name: "passive into a black hole", faults: []ftpserver.Fault{{Command: "PASSIVE", Port: ftpserver.BlackHole}}},
	{name: "active refused after it worked", setupFaults: refuse("PASSIVE", "", "500 Not yet."), faults: refuse("ACTIVE", "", "500 No more.")},
	{name: "active into a black hole after it worked", setupFaults: refuse("PASSIVE", "", "500 Not yet."), faults: []ftpserver.Fault{{Command: "ACTIVE", Port: ftpserver.BlackHole}}},
	{name: "neither works", faults: refuse("PASSIVE|ACTIVE", "", "500 Never."), wantExit: cli.ExitFailed, wantOutput: `data connection`},
	{name: "both are black holes", faults: []ftpserver.Fault{{Port: ftpserver.BlackHole}}, wantExit: cli.ExitFailed, wantOutput: `data connection`},
	{name: "PASV names another machine", server: ftpserver.Options{NoEPSV: true}, faults: []ftpserver.Fault{{Command: "PASV", Port: ftpserver.ForeignAddress("192.0.2.7")}}},
	{name: "another certificate on data, pinned", server: ftpserver.Options{TLS: ftpserver.Explicit}, args: []string{"pin"}, faults: []ftpserver.Fault{{OtherCertificate: true}}, wantExit: cli.ExitIncomplete, wantOutput: `certificate`},
	{name: "another certificate on data, from a CA", server: ftpserver.Options{TLS: ftpserver.Implicit}, args: []string{"ca"}, faults: []ftpserver.Fault{{OtherCertificate: true}}, wantExit: cli.ExitIncomplete, wantOutput: `certificate`},
	{name: "another certificate on data, insecure", server: ftpserver.Options{TLS: ftpserver.Explicit}, args: []string{"--insecure"}, faults: []ftpserver.Fault{{OtherCertificate: true}}, wantExit: cli.ExitIncomplete, wantOutput: `another certificate`},
	{name: "another certificate on one upload", server: ftpserver.Options{TLS: ftpserver.Explicit}, args: []string{"pin"}, faults: []ftpserver.Fault{{Command: "STOR", Path: uploadTemp, OtherCertificate: true}}, wantExit: cli.ExitIncomplete, wantOutput: `certificate`},
	{name: "upload over TLS dropped without close_notify", server: ftpserver.Options{TLS: ftpserver.Explicit}, args: []string{"pin"}, faults: dataFault("STOR", uploadTemp, ftpserver.DropAt(1000), completeReply), wantExit: cli.ExitIncomplete},
	{name: "download over TLS dropped without close_notify", server: ftpserver.Options{TLS: ftpserver.Explicit}, args: []string{"pin"}, faults: dataFault("RETR", downloadFile, ftpserver.DropAt(1000), completeReply), wantExit: cli.ExitIncomplete},
	{name: "listing over TLS dropped without close_notify", server: ftpserver.Options{TLS: ftpserver.Explicit}, args: []string{"pin"}, faults: dataFault("MLSD", sameDir, ftpserver.DropAt(100), completeReply), wantExit: cli.ExitIncomplete},
}

func dataFault(command, path string, data ftpserver.DataFault, reply string) []ftpserver.Fault {
	return []ftpserver.Fault{{Command: command, Path: path, Data: data, Reply: reply}}
}

func refuse(command, path, reply string) []ftpserver.Fault {
	return []ftpserver.Fault{{Command: command, Path: path, Refuse: reply}}
}

func alterListing(command, path string, listing func([]string) []string) []ftpserver.Fault {
	return []ftpserver.Fault{{Command: command, Path: path, Listing: listing}}
}

func stall(command, path string) []ftpserver.Fault {
	return []ftpserver.Fault{{Command: command, Path: path, Stall: true}}
}

func loseReply(command, path string) []ftpserver.Fault {
	return []ftpserver.Fault{{Command: command, Path: path, Lose: true}}
}

func endSession(command, path string) []ftpserver.Fault {
	return []ftpserver.Fault{{Command: command, Path: path, Refuse: "421 Good night.", Close: true}}
}

func once(faults []ftpserver.Fault) []ftpserver.Fault {
	faults[0].Times = 1
	return faults
}

// TestFaults makes a pass with work in both directions over a server that misbehaves, and then passes over the same
// server without the fault. The first pass may fail with the exit code of its row, but it must do no harm. The next one
// must finish the work. All rows run with pipelining, and every other day without it.
func TestFaults(t *testing.T) {
	for _, pipeline := range []string{"on", "off"} {
		for group, rows := range map[string][]row{"data": brokenData, "sessions": brokenSessions, "connections": strangeData} {
			for i, c := range rows {
				if pipeline == "off" && i%2 != time.Now().YearDay()%2 && !allKinds {
					continue
				}
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
	s.args = append(s.args, s.withCertificate(c.args)...)
	s.noTrash = slices.Contains(c.args, "--trash")
	for _, f := range c.setupFaults {
		s.server.Faults().Add(f)
	}
	s.makeChanges()
	s.server.Faults().Clear()
	s.server.ClearTranscript()
	var armed []*ftpserver.Armed
	for _, f := range c.faults {
		armed = append(armed, s.server.Faults().Add(f))
	}
	before := [2]map[string]string{readAll(t, s.here), readAll(t, s.there)}
	r := s.sync()
	if r.exit != c.wantExit {
		t.Errorf("want exit %d: %s\n%s", c.wantExit, r, strings.Join(s.server.Transcript(), "\n"))
	}
	if !regexp.MustCompile(c.wantOutput).MatchString(r.out) {
		t.Errorf("the output does not match %q: %s", c.wantOutput, r)
	}
	for _, a := range armed {
		if a.Fired() == 0 && !c.noFault {
			t.Errorf("the fault has not struck: %s\n%s", r, strings.Join(s.server.Transcript(), "\n"))
		}
	}
	s.wantHarmless(before, r, c.mayBeInTrash)
	if r.exit == cli.ExitOK {
		s.wantFinal(r)
	}
	s.server.Faults().Clear()
	s.wantRecovery()
}

// withCertificate replaces the words "pin" and "ca" by the options for the server's certificate.
func (s *scene) withCertificate(args []string) (options []string) {
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
