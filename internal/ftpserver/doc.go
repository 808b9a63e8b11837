// Package ftpserver is a small FTP server over a directory, for the demo and for tests. It can misbehave as real
// servers do.
//
// The library github.com/fclairamb/ftpserverlib handles the files, the login and the commands. It listens on a loopback
// port of its own, without TLS. A session of this package is between the library and each client:
//
//	client ── control, TLS ──> session ── control ──> library ── server_fs.go ──> a directory, or memory
//	client ── data, TLS ─────> session ── data ─────> library
//
// The session decides what the client sees: TLS, the data connections, the dialect of the server, and its faults. The
// library knows nothing of faults, and the server shares no code with the client that it tests.
//
// A session handles one command at a time and in order, as vsftpd does. Commands that arrive during a transfer wait,
// but ABOR ends the transfer. The server listens on loopback addresses only.
//
// # Adding a dialect
//
// A dialect is a set of [Options]. If the server to imitate lacks commands, or shows listings in another way, add a
// field to Options and one row to missingCommands (dialect.go) or listingDialects (listing.go).
//
// # Adding a fault
//
// A test arms a [Fault] by Options.Faults or [Server.Faults]. A new fault of a data connection is one function in
// fault_data.go, a new fault of a listing is one function in fault_listing.go, and any other is a field of Fault with
// a method in fault_effects.go.
package ftpserver
