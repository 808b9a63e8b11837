package faults

import (
	"regexp"
	"strings"

	"ferry/internal/ftpserver"
)

// statKinds holds servers that say little or nothing of a single file.
var statKinds = []kind{
	{name: "MLST facts without a space before them", seen: "Apache FtpServer, ftpserverlib, a server app for phones",
		faults: []ftpserver.Fault{{Command: "MLST", Rewrite: factsLine("")}}},
	{name: "MLST facts behind three spaces", faults: []ftpserver.Fault{{Command: "MLST", Rewrite: factsLine("   ")}}, another: true},
	{name: "MLST facts in the first line", faults: []ftpserver.Fault{{Command: "MLST", Rewrite: factsInFirstLine}}},
	{name: "MLST without facts", faults: []ftpserver.Fault{{Command: "MLST", Rewrite: noFacts}}, says: `MLST does not tell`},

	{name: "MDTM refused for every file", seen: "vsftpd with cmds_denied, FileZilla Server behind a proxy",
		server: ftpserver.Options{NoMLSD: true}, faults: refuse("MDTM", "", "550 Permission denied."), says: `MDTM does not tell`},
	{name: "MDTM refused for every file, not found", server: ftpserver.Options{NoMLSD: true}, faults: refuse("MDTM", "", "550 File not found."), says: `MDTM does not tell`, another: true},
	{name: "SIZE refused for every file", server: ftpserver.Options{NoMLSD: true}, faults: refuse("SIZE", "", "550 Permission denied."), says: `SIZE does not tell`},
	{name: "SIZE refused for every file, not found", server: ftpserver.Options{NoMLSD: true}, faults: refuse("SIZE", "", "550 No such file or directory."), says: `SIZE does not tell`, another: true},
	{name: "SIZE refused for every file, plain file", server: ftpserver.Options{NoMLSD: true}, faults: refuse("SIZE", "", "550 Could not get file size."), says: `SIZE does not tell`, another: true},
	{name: "SIZE and MDTM refused for every file", server: ftpserver.Options{NoMLSD: true}, faults: refuse("SIZE|MDTM", "", "550 Permission denied."), says: `SIZE does not tell`},
	{name: "SIZE and MDTM refused for every file, not found", server: ftpserver.Options{NoMLSD: true}, faults: refuse("SIZE|MDTM", "", "550 File not found."), says: `SIZE does not tell`, another: true},
	{name: "MLST refused for every file", faults: refuse("MLST", "", "550 No such file or directory."), says: `MLST does not tell`},
	{name: "MLST refused with 501", faults: refuse("MLST", "", "501 Syntax error in parameters."), says: `MLST does not tell`, another: true},
	{name: "MLST refused with 553", faults: refuse("MLST", "", "553 Not allowed."), says: `MLST does not tell`, another: true},
	{name: "MLST, SIZE and MDTM refused", faults: refuse("MLST|SIZE|MDTM", "", "550 File not found."), says: `MLST does not tell`},
	{name: "MLST and SIZE not implemented", faults: refuse("MLST|SIZE", "", "502 Command not implemented."), says: `MLST does not tell`, another: true},

	{name: "MLST never answered", seen: "uftpd", faults: []ftpserver.Fault{{Command: "MLST", Stall: true}}, says: `MLST does not tell`},
	{name: "SIZE never answered", slow: true, server: ftpserver.Options{NoMLSD: true}, faults: []ftpserver.Fault{{Command: "SIZE", Stall: true}}, says: `SIZE does not tell`, another: true},

	{name: "MLST refuses paths with a space", seen: "WS_FTP", more: spaced, faults: refuse("MLST", "* *", "501 Syntax error.")},
}

// factsLine has the line of facts begin with other spaces.
func factsLine(spaces string) func(string) string {
	facts := regexp.MustCompile(`\n +`)
	return func(reply string) string { return facts.ReplaceAllString(reply, "\n"+spaces) }
}

func factsInFirstLine(reply string) string {
	lines := strings.Split(reply, "\n")
	if len(lines) < 3 {
		return reply
	}
	return "250 " + strings.TrimSpace(lines[1])
}

func noFacts(reply string) string {
	if !strings.HasPrefix(reply, "250") {
		return reply
	}
	return "250 File is there."
}
