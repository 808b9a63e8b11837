// Package manifest holds the words of ferry: what a directory held at one
// moment, how two moments differ, and what both sides of a pair last agreed on.
//
//   - A [Path] names a thing below the root of a pair, the same on both sides.
//   - An [Entry] is what a path is on one side: kind, size, time, identity.
//   - A [Tree] is all entries of one side at one moment, and which parts of it
//     are unknown.
//   - A [Pair] is the two entries of one path when both sides were last seen to
//     agree, and [Base] is all of them.
//   - A [Store] keeps a base on disk, crash-safe and for one process at a time.
//
// Everything but the store is pure: no clock, no disk, no context. The package
// imports nothing else of ferry.
package manifest
