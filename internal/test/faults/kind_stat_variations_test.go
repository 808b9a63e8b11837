package faults

import (
	"strings"

	"ferry/internal/ftpserver"
)

// statVariations are other servers of the kinds in statKinds: other codes, other commands, other moments.
var statVariations = []kind{
	{another: true, name: "MLST without a space before the facts", seen: "Apache FtpServer, swiftp, ftpserverlib 0.19", faults: rewriteMLST(func(facts string) string { return "250-Facts\n" + facts + "\n250 End" })},
	{name: "MLST with several spaces before the facts", another: true, faults: rewriteMLST(func(facts string) string { return "250-Facts\n   " + facts + "\n250 End" })},
	{another: true, name: "MLST with nothing between its first and last line", faults: rewriteMLST(func(string) string { return "250-Facts\n250 End" }), says: `MLST`},
	{name: "MLST with facts on the first line", another: true, faults: rewriteMLST(func(facts string) string { return "250-" + facts + "\n250 End" })},
	{name: "MLST with facts on the only line", another: true, faults: rewriteMLST(func(facts string) string { return "250 " + facts })},
	{name: "MLST with one line and no facts", another: true, faults: rewriteMLST(func(string) string { return "250 OK" })},
	{name: "MLST without a type", another: true, faults: rewriteMLST(func(string) string { return "250-Facts\n size=1; x\n250 End" })},
	{another: true, name: "MLST denied", faults: refuse("MLST", "", "550 Permission denied."), says: `MLST`},
	{another: true, name: "MLST knows no file", seen: "pyftpsync#55, curl#9387", faults: refuse("MLST", "", "550 No such file or directory."), says: `MLST`},
	{name: "MLST 500", another: true, faults: refuse("MLST", "", "500 Unknown command.")},
	{name: "MLST 501", another: true, faults: refuse("MLST", "", "501 Syntax error.")},
	{name: "MLST 502", another: true, faults: refuse("MLST", "", "502 Not implemented.")},
	{name: "MLST 202", another: true, faults: refuse("MLST", "", "202 Not implemented.")},
	{name: "MLST, SIZE and MFMT 202", another: true, faults: refuse("MLST|SIZE|MFMT", "", "202 Not implemented.")},
	{name: "MLST 503", another: true, faults: refuse("MLST", "", "503 Bad sequence of commands.")},
	{name: "MLST 450", another: true, faults: refuse("MLST", "", "450 Not available.")},
	{name: "MLST 553", another: true, faults: refuse("MLST", "", "553 File name not allowed.")},
	{another: true, name: "MLST and SIZE denied", faults: refuse("MLST|SIZE", "", "550 Permission denied."), says: `SIZE`},
	{name: "MLST and SIZE know no file", another: true, faults: refuse("MLST|SIZE", "", "550 File not found.")},
	{name: "MLST and MDTM denied", another: true, faults: refuse("MLST|MDTM", "", "550 Permission denied.")},
	{another: true, name: "MLST, SIZE and MDTM denied", seen: "vsftpd with cmds_denied", faults: refuse("MLST|SIZE|MDTM", "", "550 Permission denied."), says: `MDTM`},
	{name: "MLST, SIZE and MDTM know no file", another: true, faults: refuse("MLST|SIZE|MDTM", "", "550 No such file or directory.")},
	{name: "MLST, SIZE and MDTM 503", another: true, faults: refuse("MLST|SIZE|MDTM", "", "503 Bad sequence of commands.")},
	{another: true, name: "LIST, MDTM denied", seen: "vsftpd with cmds_denied", server: ftpserver.Options{NoMLSD: true}, faults: refuse("MDTM", "", "550 Permission denied."), says: `MDTM`},
	{name: "LIST, MDTM knows no file", another: true, server: ftpserver.Options{NoMLSD: true}, faults: refuse("MDTM", "", "550 Could not get file modification time.")},
	{name: "LIST, MDTM 501", another: true, server: ftpserver.Options{NoMLSD: true}, faults: refuse("MDTM", "", "501 Bad arguments.")},
	{name: "LIST, MDTM 503", another: true, server: ftpserver.Options{NoMLSD: true}, faults: refuse("MDTM", "", "503 Bad sequence of commands.")},
	{another: true, name: "LIST, MDTM answers nonsense", server: ftpserver.Options{NoMLSD: true}, faults: rewritePositive("MDTM", "213 last Tuesday")},
	{name: "LIST, MDTM answers 250", another: true, server: ftpserver.Options{NoMLSD: true}, faults: rewritePositive("MDTM", "250 OK")},
	{another: true, name: "LIST, SIZE denied", server: ftpserver.Options{NoMLSD: true}, faults: refuse("SIZE", "", "550 Permission denied."), says: `SIZE`},
	{name: "LIST, SIZE refused in ASCII mode", another: true, server: ftpserver.Options{NoMLSD: true}, faults: refuse("SIZE", "", "550 SIZE not allowed in ASCII mode.")},
	{name: "LIST, SIZE knows no file", another: true, server: ftpserver.Options{NoMLSD: true}, faults: refuse("SIZE", "", "550 No such file.")},
	{name: "LIST, SIZE answers nonsense", another: true, server: ftpserver.Options{NoMLSD: true}, faults: rewritePositive("SIZE", "213 big")},
	{another: true, name: "LIST, SIZE and MDTM denied", server: ftpserver.Options{NoMLSD: true}, faults: refuse("SIZE|MDTM", "", "550 Permission denied."), says: `SIZE`},
	{name: "LIST, SIZE and MDTM know no file", another: true, server: ftpserver.Options{NoMLSD: true}, faults: refuse("SIZE|MDTM", "", "550 No such file or directory.")},
	{name: "MLST, SIZE and MDTM never answered", slow: true, another: true, faults: []ftpserver.Fault{{Command: "MLST|SIZE|MDTM", Stall: true}}},
	{name: "LIST, MDTM never answered", slow: true, another: true, server: ftpserver.Options{NoMLSD: true}, faults: []ftpserver.Fault{{Command: "MDTM", Stall: true}}},
	{name: "LIST, SIZE never answered", slow: true, another: true, server: ftpserver.Options{NoMLSD: true}, faults: []ftpserver.Fault{{Command: "SIZE", Stall: true}}},
	{name: "SITE never answered", slow: true, another: true, faults: []ftpserver.Fault{{Command: "SITE", Stall: true}}},
	{name: "MFMT never answered", slow: true, another: true, faults: []ftpserver.Fault{{Command: "MFMT", Stall: true}}},
}

// rewritePositive puts reply in the place of every positive one to command.
func rewritePositive(command, reply string) []ftpserver.Fault {
	return []ftpserver.Fault{{Command: command, Rewrite: func(was string) string {
		if was[0] != '2' {
			return was
		}
		return reply
	}}}
}

// rewriteMLST puts together another reply to MLST, from its line of facts.
func rewriteMLST(change func(facts string) string) []ftpserver.Fault {
	return []ftpserver.Fault{{Command: "MLST", Rewrite: func(was string) string {
		lines := strings.Split(was, "\n")
		if len(lines) < 3 {
			return was
		}
		return change(strings.TrimSpace(lines[1]))
	}}}
}
