// Package e2e tests whole passes over a real directory and a real FTP server, with
// a manifest.
package e2e
