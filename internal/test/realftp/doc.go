// Package realftp starts the real FTP servers that the tests run against, on loopback: vsftpd, ProFTPD, Pure-FTPd and
// pyftpdlib, as Debian has them. `.ci/servers` fetches them, without installing them.
//
// A server runs in a mount and a pid namespace of its own, with a private account and the test's directory as its root,
// and dies with the test. Nothing of the machine is changed. That needs Linux and root; pyftpdlib alone needs neither. Root
// in a container that may not make namespaces will do: vsftpd, which wants an account of the system, then runs in a small
// directory tree of its own (jail_linux.go). What cannot be had is skipped with a message that says so, and with FERRY_REQUIRE_SERVERS=1 it
// is a failure. With FERRY_NOT_TESTED=FILE each test that did not happen is added to that file as one line.
package realftp
