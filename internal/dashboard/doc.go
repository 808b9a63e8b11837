// Package dashboard serves a page of this machine that shows the pairs that ferry keeps in
// step, and can do what is safe. It knows nothing by itself: what a pair is doing comes from
// the socket of its watch, what was done from the history, and what is to be done is done by
// the watch (package act).
//
// Nobody else may see it or use it. It listens on loopback, or with TLS and a password; a
// browser gets in with a token from the address that ferry prints, and keeps a cookie;
// requests for another host, from another page or without the token of the form are refused;
// no script or style but those of this package runs. Names of files are text: templates
// escape them, and scripts only set textContent.
package dashboard
