// Package list lists the directories of an FTP server for package remote. A listing is
// complete, or there is an error. Where what came is odd, a directory is listed again in
// another form, and what that shows of the server is remembered.
package list
