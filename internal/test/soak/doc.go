// Package soak holds tests in which users work on both sides of a pair for a long time, while ferry keeps it in step over
// connections that are cut at random. See docs/reliability.md.
package soak
