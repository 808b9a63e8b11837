package ftpserver

import (
	"fmt"
	"strings"
)

// A Product is a server program that people meet and that the tests cannot run: how it greets, which commands it has,
// how it words its replies, and how its listings look. It is described from its documentation and from transcripts
// that people have published. To add one, add a row to the table.
type Product struct {
	Name    string
	Options Options
}

// Products returns all products.
func Products() []Product { return products }

var products = []Product{
	{"IIS", iis(nil)},
	{"IIS, years of four digits", iis(func(l Listed) string { return l.Modified.Format("01-02-2006  03:04PM") + dosColumns(l) })},
	{"IIS, Unix listing", iis(lsLine("drwxrwxrwx", "-rwxrwxrwx", "   1 owner    group    "))},
	{"Apache FtpServer", apache()},
	{"primitive ftpd", primitive()},
	{"FileZilla Server 0.9", Options{
		Greeting: "220-FileZilla Server 0.9.60 beta\n220-written by Tim Kosse (tim.kosse@filezilla-project.org)\n" +
			"220 Please visit https://filezilla-project.org/",
		System: "215 UNIX emulated by FileZilla",
		Features: feat("211-Features:", "211 End", "MDTM", "REST STREAM", "SIZE", "MLST type*;size*;modify*;", "MLSD", "UTF8", "CLNT",
			"MFMT", "EPSV", "EPRT"),
		FoldCase: true, NoOverwrite: true,
		Line: lsLine("drwxr-xr-x", "-rw-r--r--", " 1 ftp ftp "),
		Facts: func(l Listed) string {
			return fmt.Sprintf("type=%s;modify=%s;%s", l.kind(), l.stamp(), l.sizeOfFile("size=%d;"))
		},
		Texts: map[string]string{"CWD 250": "250 CWD successful. \"/tree\" is current directory.", "CWD 550": "550 CWD failed: directory not found.",
			"RNTO 550": "553 file exists", "RNTO 250": "250 file renamed successfully", "SIZE 550": "550 File not found",
			"MLST 550": "550 File or directory not found.", "DELE 250": "250 File deleted successfully", "226": "226 Successfully transferred",
			"150": "150 Opening data channel for file transfer.", "MKD 550": "550 Directory already exists", "SITE 500": "504 Command not implemented for that parameter"},
	}},
	{"FileZilla Server 1", Options{
		Greeting: "220-FileZilla Server 1.10.4\n220 Please visit https://filezilla-project.org/",
		System:   "215 UNIX emulated by FileZilla.",
		Features: feat("211-Features:", "211 End", "MDTM", "REST STREAM", "SIZE", "MLST type*;size*;modify*;perm*;", "MLSD", "AUTH SSL", "AUTH TLS",
			"PROT", "PBSZ", "UTF8", "TVFS", "EPSV", "EPRT", "MFMT"),
		FoldCase: true,
		Line:     lsLine("drwxrwxrwx", "-rw-rw-rw-", " 1 ftp ftp "),
		Facts: func(l Listed) string {
			return fmt.Sprintf("type=%s;%smodify=%s.000;perms=%s;", l.kind(), l.sizeOfFile("size=%d;"), l.stamp(), l.perm("cpmelfd", "awrfd"))
		},
		Texts: map[string]string{"CWD 250": "250 CWD command successful", "550": "550 Couldn't open the file or directory",
			"226": "226 Operation successful", "150": "150 Starting data transfer.", "RNTO 250": "250 File or directory renamed successfully."},
	}},
	{"Serv-U", Options{
		Greeting: "220 Serv-U FTP Server v15.1 ready...",
		System:   "215 UNIX Type: L8, CP:UTF-8",
		Features: feat("211-Extension supported", "211 End (for details use \"HELP command\" where command is the command of interest)",
			"UTF8", "OPTS MODE;MLST;UTF8", "CLNT", "CSID Name; Version;", "HOST domain", "SITE PSWD;SET;ZONE;CHMOD;MSG;EXEC;HELP",
			"AUTH TLS;SSL;TLS-C;TLS-P;", "PBSZ", "PROT", "CCC", "SSCN", "RMDA directoryname", "DSIZ", "AVBL", "EPRT", "EPSV", "MODE Z",
			"MDTM YYYYMMDDHHMMSS[+-TZ];filename", "REST STREAM", "SIZE", "MLST Type*;Size*;Create;Modify*;Perm;Win32.ea;Win32.dt;Win32.dl", "MFMT"),
		FoldCase: true, MDTMSets: true,
		Line: lsLine("drw-rw-rw-", "-rw-rw-rw-", "   1 user     group    "),
		Facts: func(l Listed) string {
			return fmt.Sprintf("Type=%s;Size=%d;Modify=%s.000;Perm=%s;", l.kind(), l.Size, l.stamp(), l.perm("cpmelfd", "awrfd"))
		},
		Texts: map[string]string{"CWD 250": "250 Directory changed to /tree", "CWD 550": "550 The system cannot find the file specified.",
			"RNTO 250": "250 RNTO command successful.", "550": "550 No such file or directory.", "226": "226 Transfer complete. 1,024 bytes transferred. 1.00 KB/sec.",
			"350": "350 File or directory exists, ready for destination name."},
	}},
	{"CrushFTP", Options{
		Greeting: "220 CrushFTP Server Ready!",
		System:   "215 UNIX Type: L8",
		Features: feat("211-Extensions Supported:", "211 END", "AUTH TLS", "PBSZ", "PROT", "CCC", "SSCN", "EPSV", "EPRT", "MDTM", "SIZE", "MFMT",
			"MLST Type*;Modify*;Perm*;Size*;", "MLSD", "REST STREAM", "UTF8", "MODE Z"),
		Line: lsLine("drwxrwxrwx", "-rwxrw-rw-", "   1    owner    group    "),
		Facts: func(l Listed) string {
			return fmt.Sprintf("Type=%s;Modify=%s;Perm=%s;Size=%d;", l.kind(), l.stamp(), l.perm("cpmelfd", "awrfd"), l.Size)
		},
		Texts: map[string]string{"CWD 250": "250 \"/tree/\" CWD command successful.", "550": "550 File not found, or access denied.",
			"350": "350 Sending file name.", "226": "226-Upload File Size:1024 bytes @ 0K/sec.\n226 Transfer complete. (file)"},
	}},
	{"Synology DSM", Options{
		Greeting: "220 DiskStation FTP server ready.",
		System:   "215 UNIX Type: L8",
		Features: feat("211- Extensions supported:", "211 End.", "AUTH TLS", "PBSZ", "PROT", "SIZE", "MDTM", "MFMT", "REST STREAM", "UTF8",
			"MLST type*;modify*;size*;UNIX.mode*;UNIX.owner*;UNIX.group*;", "MLSD"),
		Line: lsLine("drwxrwxrwx", "-rwxrwxrwx", "   1 admin    users    "),
		Facts: func(l Listed) string {
			return fmt.Sprintf("type=%s;modify=%s;%sUNIX.mode=0777;UNIX.owner=admin;UNIX.group=users;", l.kind(), l.stamp(), l.sizeOfFile("size=%d;"))
		},
		Texts: map[string]string{"CWD 250": "250 CWD command successful.", "550": "550 No such file or directory.", "OPTS 200": "200 OK, UTF-8 enabled"},
	}},
	// The firmware runs ProFTPD under a name of its own.
	{"QNAP QTS", Options{
		Greeting: "220 NASFTPD Turbo station 1.3.5a Server (ProFTPD) [192.0.2.8]",
		System:   "215 UNIX Type: L8",
		Features: feat("211-Features:", "211 End", "LANG zh-CN;ja-JP;ko-KR;fr-FR;it-IT;en-US;zh-TW;ru-RU*", "MDTM",
			"MFF modify;UNIX.group;UNIX.mode;", "MFMT", "MLST modify*;perm*;size*;type*;unique*;UNIX.group*;UNIX.mode*;UNIX.owner*;",
			"REST STREAM", "SITE MKDIR", "SITE RMDIR", "SITE UTIME", "SIZE", "TVFS", "UTF8", "EPRT", "EPSV"),
		CdirInMLSD: true, HideDots: true,
		Texts: map[string]string{"CWD 250": "250 CWD command successful", "550": "550 No such file or directory", "226": "226 Transfer complete"},
	}},
	// The app says that it renamed over a file and does nothing.
	{"SwiFTP", Options{
		Greeting: "220 SwiFTP 3.1 ready",
		System:   "215 UNIX Type: L8",
		Features: feat("211-Features supported", "211 End", "UTF8", "MDTM", "MFMT", "REST STREAM", "MLST type*;size*;modify*;"),
		Line:     lsLine("drwxr-xr-x", "-rw-r--r--", " 1 owner group "),
		Facts: func(l Listed) string {
			return fmt.Sprintf("Type=%s;Size=%d;Modify=%s;", l.kind(), l.Size, l.stamp())
		},
		Texts: map[string]string{"CWD 250": "250 CWD successful", "226": "226 Transmission complete", "550": "550 Invalid name or chroot violation",
			"RNTO 250": "250 rename successful"},
		Faults: []Fault{{Command: "RNTO", IfExists: true, Refuse: "250 rename successful"}, factsWithoutSpace},
	}},
}

// iis returns the FTP service of Windows: no MLSD, no time can be set, and RNTO replaces nothing.
func iis(line func(Listed) string) Options {
	return Options{
		Greeting: "220 Microsoft FTP Service",
		System:   "215 Windows_NT",
		Features: feat("211-Extended features supported:", "211 END", "LANG EN*", "UTF8", "AUTH TLS;TLS-C;SSL;TLS-P;", "PBSZ", "PROT C;P;",
			"CCC", "HOST", "SIZE", "MDTM", "REST STREAM"),
		List: DOS, Line: line, FoldCase: true, NoMLSD: true, NoMFMT: true, NoOverwrite: true,
		Texts: map[string]string{"CWD 250": "250 CWD command successful.", "RNTO 550": "550 Cannot create a file when that file already exists. ",
			"RMD 550": "550 The directory is not empty. ", "550": "550 The system cannot find the file specified. ", "500": "500 Command not understood.",
			"150": "125 Data connection already open; Transfer starting.", "226": "226 Transfer complete.", "RNTO 250": "250 RNTO command successful.",
			"SITE 200": "500 SITE command not understood.", "350": "350 Requested file action pending further information.",
			"OPTS 200": "200 OPTS UTF8 command successful - UTF8 encoding now ON."},
	}
}

// factsWithoutSpace is a fault of MLST: RFC 3659 puts a space before the facts.
var factsWithoutSpace = Fault{Command: "MLST", Rewrite: func(text string) string { return strings.ReplaceAll(text, "\n ", "\n") }}

// apache returns the server of Apache, which is in many Java programs and Android apps.
func apache() Options {
	return Options{
		Greeting: "220 Service ready for new user.",
		System:   "215 UNIX Type: Apache FtpServer",
		Features: feat("211-Extensions supported", "211 End", "SIZE", "MDTM", "REST STREAM", "LANG en;zh-tw;ja;is", "MLST Size;Modify;Type;Perm",
			"AUTH SSL", "AUTH TLS", "MODE Z", "UTF8", "TVFS", "MD5", "MMD5", "MFMT", "EPRT", "EPSV", "PASV"),
		Line: lsLine("drwx------", "-rw-------", "   1 user group "),
		Facts: func(l Listed) string {
			return fmt.Sprintf("Size=%d;Modify=%s.000;Type=%s;", l.Size, l.stamp(), l.kind())
		},
		Texts: map[string]string{"CWD 250": "250 Directory changed to /tree", "CWD 550": "550 No such directory.", "550": "550 No such file or directory.",
			"RNTO 250": "250 Requested file action okay, file renamed.", "350": "350 Requested file action pending further information.",
			"226": "226 Closing data connection.", "150": "150 File status okay; about to open data connection.",
			"DELE 250": "250 Requested file action okay, deleted."},
		Faults: []Fault{factsWithoutSpace},
	}
}

// primitive returns an Android app on top of the server of Apache. Android lets it set no times.
func primitive() Options {
	o := apache()
	o.Faults = append(o.Faults, Fault{Command: "MFMT", Refuse: "550 Cannot set the modification time."})
	return o
}

// feat returns a reply to FEAT.
func feat(first, last string, features ...string) string {
	return first + "\n " + strings.Join(features, "\n ") + "\n" + last
}

// inItsWords returns a reply in the words of the server.
func (o *Options) inItsWords(verb string, r reply) reply {
	if len(r) != 1 || len(r[0]) < 3 {
		return r
	}
	for _, key := range []string{verb + " " + r[0][:3], r[0][:3]} {
		if text, is := o.Texts[key]; is {
			return replyOf(text)
		}
	}
	return r
}
