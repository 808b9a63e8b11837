// Package e2e holds only tests: whole passes over a real directory and a real
// FTP server, with the manifest between them.
package e2e
