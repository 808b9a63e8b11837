// Package watch holds tests that run "ferry watch", the whole program, against real servers: what editors and other
// programs do to files, days that go wrong, and how soon a change is on the other side. See docs/reliability.md.
package watch
