// Package remote is the side of a pair that lies on an FTP server. It knows files;
// package ftp knows the connections.
//
// A [Directory] has one part for each subject. All parts share one server, which runs
// commands on sessions of a pool:
//
//	           ┌─ root               looks at the root, and makes it
//	           ├─ scanner            lists the tree, with list.Lister
//	Directory ─┼─ read.Reader        reads files
//	           ├─ applier            uploads, makes directories, renames, removes
//	           ├─ trash, bin         keeps old versions; lists, restores and empties them
//	           ├─ temporary.Files    what uploads that broke off have left
//	           └─ lock.Lock          the lock of the root
//
// The server is believed only as far as real servers were seen to be right. A listing
// is complete, or its directory is unknown. An upload counts when the server holds all
// of its bytes. A name is gone when the server, asked for that name alone, says so.
package remote
