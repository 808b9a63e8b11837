package faults

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"ferry/internal/cli"
	"ferry/internal/ftpserver"
)

// A kind is a server that people meet and that does something no RFC allows, or all the others do not do. It is not
// broken: ferry must work with it. To add one, add a row to a table in a file kind_*_test.go.
type kind struct {
	name   string
	seen   string // the products that do so
	server ftpserver.Options
	faults []ftpserver.Fault // what it does all the time
	more   map[string]string // files beside those of base
	args   []string
	setup  func(*scene) // called before the first pass, for what the fields above cannot say
	says   string       // regular expression that the output of "ferry check" must match
	// another is set for a variation of a row above. It is tried every second day, and what it does to listings and
	// transfers that are cut only with FERRY_FAULTS_ALL=1.
	another bool
	// slow is set where ferry has to wait for seconds. The row is tried only with FERRY_FAULTS_ALL=1.
	slow    bool
	inTable bool // whether docs/ftp.md has a row for it
}

// allKinds is set where all rows are tried in all ways.
var allKinds = os.Getenv("FERRY_FAULTS_ALL") == "1"

// kinds holds all rows.
var kinds = slices.Concat(standardKinds, statKinds, spaceKinds, encodingKinds, productKinds, writeKinds, listKinds)

// standardKinds shows what a row looks like: servers that need nothing special.
var standardKinds = []kind{
	{name: "nothing special", server: ftpserver.Options{}},
	{name: "LIST only", server: ftpserver.Options{NoMLSD: true}, says: `LIST`},
}

// cuts holds what happens to a server of each kind while a pass has work to do.
var cuts = []struct {
	name   string
	faults []ftpserver.Fault
}{
	{"listings lack lines", []ftpserver.Fault{{Command: "LISTING", Listing: ftpserver.FirstLines(2)}}},
	{"listings are empty", []ftpserver.Fault{{Command: "LISTING", Listing: ftpserver.EmptyListing}}},
	{"listings are cut", dataFault("LISTING", "", ftpserver.CutAt(150), completeReply)},
	{"listings are refused", []ftpserver.Fault{{Command: "LISTING", Path: sameDir, Refuse: "550 No such file or directory."}}},
	{"listings are refused for now", []ftpserver.Fault{{Command: "LISTING", Path: sameDir, Refuse: "450 Not available."}}},
	{"replies are lost", []ftpserver.Fault{{Command: "MLST|SIZE|MDTM|RNTO|DELE|RMD", Skip: 3, Lose: true}}},
	{"transfers are cut", dataFault("STOR|RETR", "", ftpserver.CutAt(1), completeReply)},
}

// TestKinds makes whole passes with each kind of server: the first one, one at rest, one with edits on both sides, and
// one at rest.
func TestKinds(t *testing.T) {
	today := time.Now().YearDay() % 2
	for i, k := range kinds {
		if (k.slow || k.another && i%2 != today) && !allKinds {
			continue
		}
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			s := newKind(t, k)
			s.firstPass()
			s.wantQuiet()
			s.changeBoth()
			s.wantRecovery()
			if k.inTable {
				s.checkTable(k)
			}
			if out := s.check(); !regexp.MustCompile(k.says).MatchString(out) {
				t.Errorf("ferry check does not say %q:\n%s", k.says, out)
			}
		})
	}
}

// TestKindsCut has servers of each kind cut their listings, replies and transfers. Nothing may be deleted, and the next
// pass must do the work. Each kind, every other day, lacks lines in its listings and meets one more of
// the cuts, or with FERRY_FAULTS_ALL=1 all of them.
func TestKindsCut(t *testing.T) {
	today := time.Now().YearDay() % 2
	for i, k := range kinds {
		if (k.another || k.slow || i%2 != today) && !allKinds {
			continue
		}
		for j, cut := range cuts {
			if !allKinds && j != 0 && j != 1+i%(len(cuts)-1) {
				continue
			}
			t.Run(k.name+", "+cut.name, func(t *testing.T) {
				t.Parallel()
				s := newKind(t, k)
				s.makeChanges()
				before := [2]map[string]string{readAll(t, s.here), readAll(t, s.there)}
				var armed []*ftpserver.Armed
				for _, fault := range cut.faults {
					armed = append(armed, s.server.Faults().Add(fault))
				}
				s.server.ClearTranscript()
				s.wantHarmless(before, s.sync(), "")
				for _, a := range armed {
					a.Remove()
				}
				s.wantRecovery()
			})
		}
	}
}

// newKind returns a scene with a server of this kind.
func newKind(t *testing.T, k kind) *scene {
	t.Helper()
	s := newScene(t, k.server, append([]string{"--connections", "4"}, k.args...)...) // what is tried depends on how many do the work
	s.more = k.more
	for _, fault := range k.faults {
		s.server.Faults().Add(fault)
	}
	if k.setup != nil {
		k.setup(s)
	}
	return s
}

// check returns what "ferry check" says about the server.
func (s *scene) check() string {
	s.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), runTimeout)
	defer cancel()
	var out bytes.Buffer
	cli.Main(ctx, s.env(&out, &out), []string{"check", fmt.Sprintf("%s://ferry@%s/tree", s.scheme, s.server.Addr()), "--timeout", "2s"})
	return out.String()
}
