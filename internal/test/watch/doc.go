// Package watch holds tests that run "ferry watch", the whole program, against real servers: what editors and other
// programs do to files, outages of every kind, and the time until a change is on the other side. See docs/reliability.md.
package watch
