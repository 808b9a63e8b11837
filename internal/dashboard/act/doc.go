// Package act is what a watch does with its pair for a page: it counts, lists and settles
// conflicts, lists and restores what is in the trash, checks the server, and makes the pass
// that a rail has stopped. It runs in the process of the watch, with its settings and
// passwords. Requests and answers are values that travel as JSON; nothing in them is a
// secret.
package act
