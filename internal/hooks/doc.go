// Package hooks runs what a user wants to happen around a pass: a command of
// the shell, or a request to a URL. It knows nothing of passes: what is told to
// a hook is an [Event] of named fields and paths.
//
// Nothing that goes wrong in a hook hangs its caller: there is a time limit on
// each, and what a command leaves running cannot hold its pipes.
package hooks
