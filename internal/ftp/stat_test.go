package ftp

import (
	"testing"

	"ferry/internal/ftp/listing"
)

// TestReadMLST reads replies to MLST as each server words them.
func TestReadMLST(t *testing.T) {
	tests := []struct {
		server, text string
		code         int
		want         listing.Kind
		fails        bool
	}{
		{"proftpd", "Start of list for /a; type=dir; x\n modify=20261122161723;perm=adfrw;size=6;type=file;unique=FE00U9843BC; /a; type=dir; x\nEnd of list", 250, listing.File, false},
		{"pure-ftpd", "Begin\n type=dir;sizd=4096;modify=20261122161723;UNIX.mode=0755; /sub dir\nEnd.", 250, listing.Dir, false},
		{"pure-ftpd, a link", "Begin\n type=OS.unix=slink:;size=9;modify=20261122161723; /link\nEnd.", 250, listing.Link, false},
		{"pyftpdlib", "Listing \"/plain.txt\":\n modify=20261122161723;perm=radfwMT;size=6;type=file;unique=fe00g9843bc; /plain.txt\nEnd MLST.", 250, listing.File, false},
		{"ftpserverlib", "File details\n Type=file;Size=6;Modify=20261122161723; plain.txt\nEnd", 250, listing.File, false},
		{"no space before the facts", "Listing /f\nType=file;Size=6;Modify=20261122161723; /f\nEnd", 250, listing.File, false},
		{"several spaces", "Listing /f\n   Type=dir;Modify=20261122161723; /f\nEnd", 250, listing.Dir, false},
		{"a name like facts in the first and the last line", "Listing\nno facts\n type=dir; /x", 250, listing.None, true},
		{"proftpd, nothing there", "'/nope' cannot be listed", 550, listing.None, false},
		{"goftp, nothing there", "path /nope not found", 450, listing.None, false},
		{"too long to be there", "/x: File name too long", 553, listing.None, false},
		{"too long for the server", "Path too long", 501, listing.None, false},
		{"not allowed", "/x: Permission denied", 553, listing.None, true},
		{"bad arguments", "'MLST' requires an argument", 501, listing.None, true},
		{"one text for both", "File not found or access denied.", 550, listing.None, false},
		{"denied, with more words", "Access denied: group not found", 550, listing.None, true},
		{"may not be told", "/x: Permission denied", 550, listing.None, true},
		{"for the moment", "try later", 450, listing.None, true},
		{"no facts", "Begin\nEnd.", 250, listing.None, true},
		{"facts that cannot be read", "Begin\n type=file;size=x; /f\nEnd.", 250, listing.None, true},
		{"unknown command", "what?", 500, listing.None, true},
	}
	for _, tt := range tests {
		got := ParseMLST("/x", Reply{Code: tt.code, Text: tt.text})
		if got.Entry.Kind != tt.want || (got.Err != nil) != tt.fails {
			t.Errorf("%s: %+v, want %v", tt.server, got, tt.want)
		}
	}
}

// TestReadStat combines the replies to SIZE, MDTM and CWD, for servers without MLST.
func TestReadStat(t *testing.T) {
	no, denied, busy := Reply{Code: 550, Text: "Failed."}, Reply{Code: 550, Text: "Permission denied."}, Reply{Code: 450, Text: "Busy."}
	size, time := Reply{Code: 213, Text: "6"}, Reply{Code: 213, Text: "20261122161723"}
	tests := []struct {
		why             string
		size, mdtm, cwd Reply
		want            listing.Kind
		fails           bool
	}{
		{"a file", size, time, no, listing.File, false},
		{"a file whose time is not told", size, no, no, listing.File, false},
		{"a directory", no, no, Reply{Code: 250, Text: "ok"}, listing.Dir, false},
		{"a directory that has a size (goftp)", Reply{Code: 213, Text: "4096"}, time, Reply{Code: 250, Text: "ok"}, listing.Dir, false},
		{"nothing", no, no, no, listing.None, false},
		{"perhaps a directory", no, no, denied, listing.None, true},
		{"perhaps a file", denied, no, no, listing.None, true},
		{"perhaps anything", busy, busy, busy, listing.None, true},
		{"no number", Reply{Code: 213, Text: "six"}, time, no, listing.None, true},
	}
	for _, tt := range tests {
		got := readStat("/x", tt.size, tt.mdtm, tt.cwd)
		if got.Entry.Kind != tt.want || (got.Err != nil) != tt.fails {
			t.Errorf("%s: %+v, want %v", tt.why, got, tt.want)
		}
	}
}
