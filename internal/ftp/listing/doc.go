// Package listing reads what FTP servers send when they list a directory: the
// lines of MLSD and MLST (RFC 3659, section 7), and those of LIST (RFC 959),
// which come in several formats.
//
// A [Parser] reads one listing, line by line, so that its caller can stop at
// any point. It is strict about names: a line whose kind or name is not certain is
// an error, because a name that was left out or misread would look as if the file
// were gone. A size or time that is not certain counts as not told.
//
// The package is pure: it opens nothing, waits for nothing and reads no clock.
//
// To add a format of LIST, write a file with a function that parses one of its
// lines, add a row to the table in format.go, and add lines that a server has
// sent to testdata/lines.tsv.
package listing
