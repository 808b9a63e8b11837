// Package remote is the side of a pair that lies on an FTP server.
//
// A [Directory] joins one struct for each subject. All of them share a server: the pool
// of sessions, what the server can do, where the root is, how names are spelled, and the
// questions that every subject asks (stat, missing, list). A subject gets those that it
// needs handed in; they only point down in this picture:
//
//	Directory   root   scanner   reader   applier                     bin      locker
//	                      │                  ├ uploader, remover         │
//	                      │                  ├ mover <───────────────────┤ (restore)
//	                      │                  └ dirMaker                  │
//	                      ├───────────────> trash <──────────────────────┘
//	                      └──> temporaries  renamer
//	server      stat, missing, list, names, do, once, borrow
//	            └──> internal/ftp: pool, session, batch
//
// The server is believed as far as its word was seen to be true of real ones, and no
// further: a listing is complete or its directory is unknown; an upload counts when the
// server holds all its bytes; a name is gone when the server, asked for that name alone,
// says so; a rename without a clear reply is looked at.
package remote
