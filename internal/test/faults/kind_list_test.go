package faults

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ferry/internal/ftpserver"
)

// listKinds holds servers that list in ways of their own.
var listKinds = []kind{
	{name: "MLSD answered with 501", seen: "ftpserverlib, hosting panels", faults: refuse("MLSD", "", "501 Syntax error."), says: `answers MLSD with 501: LIST is used`},
	{name: "MLSD answered with 500", faults: refuse("MLSD", "", "500 Unknown command."), says: `answers MLSD with 500: LIST is used`, another: true},
	{name: "MLSD answered with 502", faults: refuse("MLSD", "", "502 Not implemented."), says: `answers MLSD with 502: LIST is used`, another: true},
	{name: "MLSD answered with 202", faults: refuse("MLSD", "", "202 Command not implemented, superfluous at this site."), says: `answers MLSD with 202: LIST is used`},
	{name: "MLSD answered with 503", faults: refuse("MLSD", "", "503 Bad sequence of commands."), says: `answers MLSD with 503: LIST is used`},
	{name: "MLSD answered with 504", faults: refuse("MLSD", "", "504 Not for that parameter."), says: `answers MLSD with 504: LIST is used`, another: true},
	{name: "MLSD answered with 550", faults: refuse("MLSD", "", "550 No such file or directory."), says: `answers MLSD with 550: LIST is used`},
	{name: "MLSD answered with 550, denied", faults: refuse("MLSD", "", "550 Permission denied."), says: `answers MLSD with 550: LIST is used`, another: true},
	{name: "MLSD answered with 550 after the data connection", says: `answers MLSD with 550: LIST is used`,
		faults: []ftpserver.Fault{{Command: "MLSD", Listing: ftpserver.EmptyListing, Reply: "550 Failed to list."}}},
	{name: "MLSD refused below the login directory only", faults: belowRoot("MLSD", "550 Not a plain file.")},
	{name: "MLSD refused and LIST without names with a dot", server: ftpserver.Options{HideDots: true}, faults: refuse("MLSD", "", "501 What?"), says: `LIST -a is used`},

	{name: "empty directories refused", seen: "FileZilla Server 0.9, Serv-U",
		faults: []ftpserver.Fault{{Command: "LISTING", IfEmpty: true, Refuse: "550 No files found."}}, setup: makeEmptyDirs},
	{name: "empty directories refused for now", faults: []ftpserver.Fault{{Command: "LISTING", IfEmpty: true, Refuse: "450 No files found."}}, setup: makeEmptyDirs},
	{name: "empty directories refused, not found", faults: []ftpserver.Fault{{Command: "LISTING", IfEmpty: true, Refuse: "550 File not found"}}, setup: makeEmptyDirs, another: true},
	{name: "empty directories refused without a text", faults: []ftpserver.Fault{{Command: "LISTING", IfEmpty: true, Refuse: "550 "}}, setup: makeEmptyDirs},
	{name: "empty directories refused without a text, LIST only", server: ftpserver.Options{NoMLSD: true}, setup: makeEmptyDirs,
		faults: []ftpserver.Fault{{Command: "LISTING", IfEmpty: true, Refuse: "450 "}}, another: true},
	{name: "empty directories refused by MLSD only", faults: []ftpserver.Fault{{Command: "MLSD", IfEmpty: true, Refuse: "550 Directory unavailable."}}, setup: makeEmptyDirs},
	{name: "empty directories refused after the data connection", faults: []ftpserver.Fault{{Command: "LISTING", IfEmpty: true, Reply: "550 No files found."}}, setup: makeEmptyDirs},
	{name: "empty directories refused for now after the data connection", faults: []ftpserver.Fault{{Command: "LISTING", IfEmpty: true, Reply: "450 Directory is empty"}}, setup: makeEmptyDirs, another: true},
	{name: "empty directories refused, LIST only", server: ftpserver.Options{NoMLSD: true}, setup: makeEmptyDirs,
		faults: []ftpserver.Fault{{Command: "LISTING", IfEmpty: true, Refuse: "550 No files found or invalid directory"}}},
	{name: "empty directories refused, neither MLSD nor SIZE", server: ftpserver.Options{NoMLSD: true, NoSIZE: true}, setup: makeEmptyDirs,
		faults: []ftpserver.Fault{{Command: "LISTING", IfEmpty: true, Refuse: "450 No files found"}}, another: true},

	{name: "MLSD without types", seen: "server apps of game consoles", faults: changeLines("MLSD", `(?i)type=[^;]*;`, ""), says: `do not tell files from directories: LIST is used`},
	{name: "MLSD with types of one letter", faults: changeLines("MLSD", `(?i)type=(.)[^;]*;`, "type=$1;"), says: `do not tell files from directories: LIST is used`, another: true},
	{name: "MLSD without the types of directories", faults: changeLines("MLSD", `(?i)type=dir;`, ""), says: `do not tell files from directories: LIST is used`, another: true},
	{name: "MLSD without types, with permissions", faults: permissions},
	{name: "MLSD with a space before the facts", faults: changeLines("MLSD", `^`, " ")},
	{name: "MLSD with three spaces before the facts", faults: changeLines("MLSD", `^`, "   "), another: true},
	{name: "MLSD with several spaces before the names", faults: changeLines("MLSD", `; `, ";   "), says: `several spaces before the names in MLSD: LIST is used`},

	{name: "MLSD without names with a dot", seen: "Apache, rclone's force_list_hidden", faults: hideDots("MLSD"), says: `leaves out names with a leading dot`},
	{name: "MLSD and LIST without names with a dot", server: ftpserver.Options{HideDots: true}, faults: hideDots("MLSD"), says: `leaves out names with a leading dot`},
	{name: "LIST without names with a dot, nothing else to ask with", server: ftpserver.Options{NoMLSD: true, NoSIZE: true, NoMDTM: true, HideDots: true},
		faults: []ftpserver.Fault{{Command: "LIST", Listing: hideSelf}}, says: `leaves out names with a leading dot`},
	{name: "MLSD without names with a dot, neither MLST nor SIZE", server: ftpserver.Options{HideDots: true},
		faults: slices.Concat(hideDots("MLSD"), refuse("MLST|SIZE|MDTM", "", "502 Not implemented.")), says: `leaves out names with a leading dot`},

	{name: "transfers without 150", faults: []ftpserver.Fault{{Command: "LISTING|RETR|STOR", Start: ftpserver.NoStart}}},
	{name: "transfers without 150, 250 at the end", slow: true, faults: []ftpserver.Fault{{Command: "LISTING|RETR|STOR", Start: ftpserver.NoStart, Reply: "250 Done."}}, another: true},
	{name: "listings without 150", faults: []ftpserver.Fault{{Command: "LISTING", Start: ftpserver.NoStart}}, another: true},
	{name: "listings without 150, LIST only", server: ftpserver.Options{NoMLSD: true}, faults: []ftpserver.Fault{{Command: "LISTING", Start: ftpserver.NoStart}}, another: true},
	{name: "uploads without 150", slow: true, faults: []ftpserver.Fault{{Command: "STOR", Start: ftpserver.NoStart}}, another: true},
	{name: "downloads without 150", faults: []ftpserver.Fault{{Command: "RETR", Start: ftpserver.NoStart}}, another: true},
	{name: "transfers with 150 after the data", slow: true, faults: []ftpserver.Fault{{Command: "LISTING|RETR|STOR", Start: ftpserver.LateStart}}},
	{name: "transfers with 125", faults: []ftpserver.Fault{{Command: "LISTING|RETR|STOR", Start: "125 Data connection already open."}}},
	{name: "transfers without 150 over TLS", server: ftpserver.Options{TLS: ftpserver.Explicit}, args: []string{"--insecure"},
		faults: []ftpserver.Fault{{Command: "LISTING|RETR|STOR", Start: ftpserver.NoStart}}, another: true},
}

// makeEmptyDirs has empty directories on both sides from the beginning.
func makeEmptyDirs(s *scene) {
	for _, root := range []string{s.here, s.there} {
		for _, dir := range []string{"empty", "same/empty too"} {
			s.must(os.MkdirAll(filepath.Join(root, dir), 0o755))
		}
	}
}

// belowRoot refuses a command in the root of the pair and below.
func belowRoot(command, reply string) (faults []ftpserver.Fault) {
	for _, path := range []string{"/tree", "/tree/*", "/tree/*/*"} {
		faults = append(faults, refuse(command, path, reply)...)
	}
	return faults
}

// changeLines replaces what matches a regular expression in all lines of a listing.
func changeLines(command, old, new string) []ftpserver.Fault {
	match := regexp.MustCompile(old)
	return []ftpserver.Fault{{Command: command, Listing: func(lines []string) (changed []string) {
		for _, line := range lines {
			changed = append(changed, match.ReplaceAllString(line, new))
		}
		return changed
	}}}
}

// permissions has MLSD tell the permissions in place of the type.
var permissions = []ftpserver.Fault{{Command: "MLSD", Listing: func(lines []string) (changed []string) {
	for _, line := range lines {
		line = strings.Replace(line, "Type=dir;", "Perm=flcdmpe;", 1)
		changed = append(changed, strings.Replace(line, "Type=file;", "Perm=adfrw;", 1))
	}
	return changed
}}}

func hideDots(command string) []ftpserver.Fault {
	return []ftpserver.Fault{{Command: command, Listing: ftpserver.HideNames(".*")}}
}

// hideSelf removes the directory itself and the one above it from a listing.
func hideSelf(lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.HasSuffix(line, " .") || strings.HasSuffix(line, " ..") })
}

// TestOneRefusalProvesNothing has MLSD refused in one directory, and LIST show it as empty,
// as some servers do with a directory that they cannot read. Nothing in it is deleted, and
// MLSD is used as before.
func TestOneRefusalProvesNothing(t *testing.T) {
	for _, reply := range []string{"550 No files found.", "550 Directory unavailable.", "501 What?", "450 No files found."} {
		t.Run(reply[:3]+reply[4:7], func(t *testing.T) {
			t.Parallel()
			s := newScene(t, ftpserver.Options{})
			s.makeChanges()
			before := [2]map[string]string{readAll(t, s.here), readAll(t, s.there)}
			for _, f := range []ftpserver.Fault{{Command: "MLSD", Path: sameDir, Refuse: reply}, {Command: "LIST", Listing: ftpserver.EmptyListing}} {
				s.server.Faults().Add(f)
			}
			r := s.sync()
			s.wantHarmless(before, r, "")
			if r.DeletedLocal > 3 || !strings.Contains(strings.Join(s.server.Transcript(), "\n"), "> MLSD") {
				t.Errorf("%s", r)
			}
			s.server.Faults().Clear()
			s.wantRecovery()
		})
	}
}
