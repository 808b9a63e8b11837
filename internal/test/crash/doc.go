// Package crash holds only tests: the real program over a real disk and a real
// server, killed at every place where it changes something.
package crash
