// Package filter says which part of a pair a pass is about: the paths that were asked
// for, and files of some size and age. What is outside is as if nobody had looked: it is
// neither changed nor deleted, and the base keeps what it has of it. Pure.
package filter
