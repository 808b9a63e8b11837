// Package realftp starts real FTP servers for tests, on loopback: vsftpd, ProFTPD, Pure-FTPd and pyftpdlib, from the
// packages of Debian. `.ci/servers` fetches them without installing them.
//
// A server runs in a mount namespace and a PID namespace of its own, with a private account and the directory of the
// test as its root. It is stopped when the test ends, and it changes nothing on the machine. This needs Linux and root;
// only pyftpdlib runs without root. In a container that does not allow namespaces the servers run without them, and
// vsftpd, which needs an account of the system, runs in a small chroot (chroot_linux.go).
//
// A test whose server is not available is skipped with a message, or fails if FERRY_REQUIRE_SERVERS=1 is set. With
// FERRY_NOT_TESTED=FILE the message is also appended to that file, as one line.
package realftp
