// Package soak holds a test that lets users work on both sides of a pair for a long time while the program keeps it in
// step over connections that are cut at random. See docs/reliability.md.
package soak
