// Package hooks runs the commands and requests that a user has configured around a
// pass: a shell command, or a request to a URL. It knows nothing about passes: a hook
// gets an [Event] of named fields and paths.
//
// A hook cannot block its caller for ever: each has a timeout, and the pipes of a
// process that a command leaves running are closed.
package hooks
