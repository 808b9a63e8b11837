// Package site is the server of a site for package deploy, over FTP. See [Server].
//
// It works like package remote, with which it shares the listings, the lock and the client.
// It differs in what it is asked for: files go into a directory that nobody sees, and a
// commit is hundreds of renames in as few writes as possible.
package site
