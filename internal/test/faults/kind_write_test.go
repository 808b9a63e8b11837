package faults

import (
	"time"

	"ferry/internal/ftpserver"
)

// noDots has a server refuse names that begin with a dot. The files of users are spared: no way leads around the
// server's own rule for them.
func noDots(commands, refuse string) []ftpserver.Fault {
	return []ftpserver.Fault{{Command: commands, Path: ".ferry*", Refuse: refuse}}
}

// writeKinds are servers that do something of their own when something is written, renamed or removed.
var writeKinds = []kind{
	{name: "no names with a dot", seen: "vsftpd with deny_file, ProFTPD with PathDenyFilter",
		faults: noDots("STOR|MKD|RNFR|RNTO|CWD|DELE|RMD|SIZE|MDTM|MLST", "550 Permission denied."), says: `names that begin with a dot`},
	{name: "no names with a dot, 553", another: true, faults: noDots("STOR|MKD|RNFR|RNTO", "553 Prohibited file name."), says: `names that begin with a dot`},
	{name: "no names with a dot, 501", another: true, faults: noDots("STOR|MKD|RNTO", "501 Invalid file name."), says: `names that begin with a dot`},
	{name: "no names with a dot, 500", another: true, faults: noDots("STOR|MKD|RNTO", "500 Illegal name."), says: `names that begin with a dot`},
	{name: "no files with a dot", another: true, faults: noDots("STOR", "550 Forbidden filename."), says: `names that begin with a dot`},
	{name: "no directories with a dot", another: true, faults: noDots("MKD", "550 Forbidden filename.")},
	{name: "no names with a dot, LIST only", another: true, server: ftpserver.Options{NoMLSD: true, NoMDTM: true},
		faults: noDots("STOR|MKD|RNFR|RNTO|CWD|DELE|RMD", "550 Permission denied."), says: `names that begin with a dot`},
	{name: "no renames into a directory with a dot", another: true,
		faults: []ftpserver.Fault{{Command: "RNTO", Path: "/tree/.ferry/*", Refuse: "550 Forbidden filename."}}},

	{name: "files show late", seen: "boxes with a cache before the disk", faults: late("STOR", "")},
	{name: "sizes show late", another: true, faults: []ftpserver.Fault{{Command: "STOR", Later: lateBy, Empty: true}}},
	{name: "sizes show late, LIST only", slow: true, another: true, server: ftpserver.Options{NoMLSD: true},
		faults: []ftpserver.Fault{{Command: "STOR", Later: lateBy, Empty: true}}},
	{name: "renames are done late", another: true, faults: late("RNTO", "")},
	{name: "deletions are done late", another: true, faults: late("DELE|RMD", "")},
	{name: "everything is late", another: true, faults: late("STOR|RNTO|DELE", "")},

	{name: "renames are refused and done late", seen: "a server app for phones", faults: late("RNTO", "553 Rename failed.")},
	{name: "renames are refused and done late, 550", slow: true, another: true, faults: late("RNTO", "550 Rename failed.")},
	{name: "renames are refused for now and done late", slow: true, another: true, faults: late("RNTO", "450 Busy.")},
	{name: "renames over files are refused and done late", another: true,
		faults: []ftpserver.Fault{{Command: "RNTO", IfExists: true, Later: lateBy, Refuse: "553 File exists."}}},
}

// lateBy is how late the servers below are.
const lateBy = 60 * time.Millisecond

func late(commands, refuse string) []ftpserver.Fault {
	return []ftpserver.Fault{{Command: commands, Later: lateBy, Refuse: refuse}}
}
