// Package whole holds only tests: whole passes over a real directory and a real
// FTP server, with the manifest between them.
package whole
