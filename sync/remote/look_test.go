package remote

import (
	"errors"
	"testing"

	"ferry/manifest"
	"ferry/sync"
)

// What MLST says, as each server words it.
func TestReadMLST(t *testing.T) {
	tests := []struct {
		server, text string
		code         int
		want         manifest.Kind
		fails        bool
	}{
		{"proftpd", "Start of list for /a; type=dir; x\n modify=20261122161723;perm=adfrw;size=6;type=file;unique=FE00U9843BC; /a; type=dir; x\nEnd of list", 250, manifest.File, false},
		{"pure-ftpd", "Begin\n type=dir;sizd=4096;modify=20261122161723;UNIX.mode=0755; /sub dir\nEnd.", 250, manifest.Dir, false},
		{"pure-ftpd, a link", "Begin\n type=OS.unix=slink:;size=9;modify=20261122161723; /link\nEnd.", 250, manifest.Other, false},
		{"pyftpdlib", "Listing \"/plain.txt\":\n modify=20261122161723;perm=radfwMT;size=6;type=file;unique=fe00g9843bc; /plain.txt\nEnd MLST.", 250, manifest.File, false},
		{"ftpserverlib", "File details\n Type=file;Size=6;Modify=20261122161723; plain.txt\nEnd", 250, manifest.File, false},
		{"proftpd, nothing there", "'/nope' cannot be listed", 550, manifest.None, false},
		{"goftp, nothing there", "path /nope not found", 450, manifest.None, false},
		{"may not be told", "/x: Permission denied", 550, manifest.None, true},
		{"for the moment", "try later", 450, manifest.None, true},
		{"no facts", "Begin\nEnd.", 250, manifest.None, true},
		{"facts that cannot be read", "Begin\n type=file;size=x; /f\nEnd.", 250, manifest.None, true},
		{"unknown command", "what?", 500, manifest.None, true},
	}
	for _, tt := range tests {
		got := readMLST("/x", reply{tt.code, tt.text})
		if got.entry.Kind != tt.want || (got.err != nil) != tt.fails {
			t.Errorf("%s: %+v, want %v", tt.server, got, tt.want)
		}
	}
}

// What SIZE, MDTM and CWD say together, where there is no MLST.
func TestReadStat(t *testing.T) {
	no, denied, busy := reply{550, "Failed."}, reply{550, "Permission denied."}, reply{450, "Busy."}
	size, time := reply{213, "6"}, reply{213, "20261122161723"}
	tests := []struct {
		why             string
		size, mdtm, cwd reply
		want            manifest.Kind
		fails           bool
	}{
		{"a file", size, time, no, manifest.File, false},
		{"a file whose time is not told", size, no, no, manifest.File, false},
		{"a directory", no, no, reply{250, "ok"}, manifest.Dir, false},
		{"a directory that has a size (goftp)", reply{213, "4096"}, time, reply{250, "ok"}, manifest.Dir, false},
		{"nothing", no, no, no, manifest.None, false},
		{"perhaps a directory", no, no, denied, manifest.None, true},
		{"perhaps a file", denied, no, no, manifest.None, true},
		{"perhaps anything", busy, busy, busy, manifest.None, true},
		{"no number", reply{213, "six"}, time, no, manifest.None, true},
	}
	for _, tt := range tests {
		got := readStat("/x", tt.size, tt.mdtm, tt.cwd)
		if got.entry.Kind != tt.want || (got.err != nil) != tt.fails {
			t.Errorf("%s: %+v, want %v", tt.why, got, tt.want)
		}
	}
}

func TestSame(t *testing.T) {
	file := manifest.Entry{Kind: manifest.File, Size: 3, ModTime: 1e18, Precision: manifest.Second, ID: 7}
	other, later, longer, minute := file, file, file, file
	other.ID, later.ModTime, longer.Size = 8, 1e18+1e9, 4
	minute.Precision, minute.ID = manifest.Minute, 0
	for _, tt := range []struct {
		why  string
		now  manifest.Entry
		want bool
	}{
		{"the same", file, true},
		{"a coarser time, no identity", minute, true},
		{"another file with the same stamps", other, false},
		{"a second later", later, false},
		{"a byte longer", longer, false},
		{"a directory", manifest.Entry{Kind: manifest.Dir}, false},
		{"nothing", manifest.Entry{}, false},
	} {
		err := same("f", file, tt.now)
		if (err == nil) != tt.want || err != nil && !errors.Is(err, sync.ErrChanged) {
			t.Errorf("%s: %v", tt.why, err)
		}
	}
}
