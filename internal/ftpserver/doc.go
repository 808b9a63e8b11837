// Package ftpserver is a small FTP server over a directory, for the demo and the tests, that can misbehave as
// real servers do.
//
// The files, the login and the commands are those of github.com/fclairamb/ftpserverlib. It listens on a loopback
// port of its own and is spoken to in clear. In front of it stands a session of this package, and the client talks
// to that one only:
//
//	client ── control, TLS ──> session ── control ──> library ── rules.go ──> a directory, or memory
//	client ── data, TLS ─────> session ── data ─────> library
//
// The session owns what the client sees: TLS, the data modes, which commands exist (dialect.go), and the faults
// (fault.go) that alter replies, listings and data on the way. Nothing of a fault touches the library, and the
// server shares no code with the client that it tests.
//
// A session handles one command at a time and in order, as vsftpd does: what arrives during a transfer waits.
// ABOR during a transfer ends it. The server listens on loopback addresses only.
package ftpserver
