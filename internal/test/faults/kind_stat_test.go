package faults

import (
	"strings"

	"ferry/internal/ftpserver"
)

// statKinds holds servers that say little or nothing of a single file.
var statKinds = []kind{
	{name: "MLST facts without a space before them", seen: "Apache FtpServer, swiftp, ftpserverlib 0.19", faults: rewriteMLST(func(facts string) string { return "250-Facts\n" + facts + "\n250 End" })},
	{name: "MLST facts behind three spaces", faults: rewriteMLST(func(facts string) string { return "250-Facts\n   " + facts + "\n250 End" }), another: true},
	{name: "MLST facts in the only line", faults: rewriteMLST(func(facts string) string { return "250 " + facts })},
	{name: "MLST facts in the first line", faults: rewriteMLST(func(facts string) string { return "250-" + facts + "\n250 End" }), another: true},
	{name: "MLST without facts", faults: rewriteMLST(func(string) string { return "250 File is there." }), says: `MLST does not tell`},
	{name: "MLST with nothing between its first and last line", faults: rewriteMLST(func(string) string { return "250-Facts\n250 End" }), says: `MLST does not tell`, another: true},
	{name: "MLST without a type", faults: rewriteMLST(func(string) string { return "250-Facts\n size=1; x\n250 End" }), another: true},

	{name: "MLST refused for every file", seen: "pyftpsync#55, curl#9387", faults: refuse("MLST", "", "550 No such file or directory."), says: `MLST does not tell`},
	{name: "MLST 202", another: true, faults: refuse("MLST", "", "202 Not implemented.")},
	{name: "MLST, SIZE and MFMT 202", another: true, faults: refuse("MLST|SIZE|MFMT", "", "202 Not implemented.")},
	{name: "SITE never answered", slow: true, another: true, faults: []ftpserver.Fault{{Command: "SITE", Stall: true}}},
	{name: "MLST refused for every file, denied", faults: refuse("MLST", "", "550 Permission denied."), says: `MLST does not tell`, another: true},
	{name: "MLST refused with 450", faults: refuse("MLST", "", "450 Not available."), another: true},
	{name: "MLST refused with 500", faults: refuse("MLST", "", "500 Unknown command."), another: true},
	{name: "MLST refused with 501", faults: refuse("MLST", "", "501 Syntax error in parameters."), says: `MLST does not tell`, another: true},
	{name: "MLST refused with 502", faults: refuse("MLST", "", "502 Not implemented."), another: true},
	{name: "MLST refused with 503", faults: refuse("MLST", "", "503 Bad sequence of commands."), another: true},
	{name: "MLST refused with 553", faults: refuse("MLST", "", "553 Not allowed."), says: `MLST does not tell`, another: true},
	{name: "MLST and SIZE not implemented", faults: refuse("MLST|SIZE", "", "502 Command not implemented."), says: `MLST does not tell`, another: true},
	{name: "MLST and SIZE denied", faults: refuse("MLST|SIZE", "", "550 Permission denied."), says: `SIZE does not tell`, another: true},
	{name: "MLST and SIZE refused, not found", faults: refuse("MLST|SIZE", "", "550 File not found."), another: true},
	{name: "MLST and MDTM denied", faults: refuse("MLST|MDTM", "", "550 Permission denied."), another: true},
	{name: "MLST, SIZE and MDTM refused", faults: refuse("MLST|SIZE|MDTM", "", "550 File not found."), says: `MLST does not tell`},
	{name: "MLST, SIZE and MDTM denied", seen: "vsftpd with cmds_denied", faults: refuse("MLST|SIZE|MDTM", "", "550 Permission denied."), says: `MDTM does not tell`, another: true},
	{name: "MLST, SIZE and MDTM refused with 503", faults: refuse("MLST|SIZE|MDTM", "", "503 Bad sequence of commands."), another: true},
	{name: "MLST never answered", seen: "uftpd", faults: []ftpserver.Fault{{Command: "MLST", Stall: true}}, says: `MLST does not tell`},
	{name: "MLST, SIZE and MDTM never answered", slow: true, faults: []ftpserver.Fault{{Command: "MLST|SIZE|MDTM", Stall: true}}, another: true},
	{name: "MLST refuses all names with a space", seen: "WS_FTP", more: spaced, faults: refuse("MLST", "* *", "501 Syntax error.")},

	{name: "MDTM denied", seen: "vsftpd with cmds_denied, FileZilla Server behind a proxy", server: listOnly, faults: refuse("MDTM", "", "550 Permission denied."), says: `MDTM does not tell`},
	{name: "MDTM refused, not found", server: listOnly, faults: refuse("MDTM", "", "550 File not found."), says: `MDTM does not tell`, another: true},
	{name: "MDTM refused with 501", server: listOnly, faults: refuse("MDTM", "", "501 Bad arguments."), another: true},
	{name: "MDTM refused with 503", server: listOnly, faults: refuse("MDTM", "", "503 Bad sequence of commands."), another: true},
	{name: "MDTM answers nonsense", server: listOnly, faults: rewritePositive("MDTM", "213 last Tuesday"), another: true},
	{name: "MDTM answers 250", server: listOnly, faults: rewritePositive("MDTM", "250 OK"), another: true},
	{name: "MDTM never answered", slow: true, server: listOnly, faults: []ftpserver.Fault{{Command: "MDTM", Stall: true}}, another: true},
	{name: "SIZE denied", server: listOnly, faults: refuse("SIZE", "", "550 Permission denied."), says: `SIZE does not tell`},
	{name: "SIZE refused, not found", server: listOnly, faults: refuse("SIZE", "", "550 No such file or directory."), says: `SIZE does not tell`, another: true},
	{name: "SIZE refused in ASCII mode", server: listOnly, faults: refuse("SIZE", "", "550 SIZE not allowed in ASCII mode."), says: `SIZE does not tell`, another: true},
	{name: "SIZE answers nonsense", server: listOnly, faults: rewritePositive("SIZE", "213 big"), another: true},
	{name: "SIZE never answered", slow: true, server: listOnly, faults: []ftpserver.Fault{{Command: "SIZE", Stall: true}}, says: `SIZE does not tell`, another: true},
	{name: "SIZE and MDTM denied", server: listOnly, faults: refuse("SIZE|MDTM", "", "550 Permission denied."), says: `SIZE does not tell`},
	{name: "SIZE and MDTM refused, not found", server: listOnly, faults: refuse("SIZE|MDTM", "", "550 File not found."), says: `SIZE does not tell`, another: true},

	{name: "MFMT never answered", slow: true, faults: []ftpserver.Fault{{Command: "MFMT", Stall: true}}, another: true},
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
