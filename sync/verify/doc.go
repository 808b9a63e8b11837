// Package verify compares the contents of the two sides of a pair, and changes
// nothing.
//
// It makes a dry run of a pass without a base. Such a pass has to compare whatever
// both sides have, as a first pass does: by the hash that a server tells where it can
// be believed, and else by reading the file.
package verify
