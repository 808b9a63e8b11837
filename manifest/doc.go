// Package manifest has the basic types of ferry: what a directory held at one
// moment, how two moments differ, and what both sides of a pair last agreed on.
//
//   - A [Path] names a file or directory below the root of a pair, in the same way
//     on both sides.
//   - An [Entry] is what one side has at a path: kind, size, time, identity.
//   - A [Tree] is all entries of one side at one moment, and which parts of it
//     are unknown.
//   - A [Pair] is the two entries of one path when both sides last agreed, and a
//     [Base] is all pairs.
//   - A [Store] keeps a base on disk, safe against crashes, for one process at a
//     time.
//
// All but the store is pure: no clock, no disk, no context. The package imports
// nothing else of ferry.
package manifest
