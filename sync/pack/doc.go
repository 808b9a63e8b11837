// Package pack keeps in little memory what a pass finds about very many paths: what the base and
// both sides have there, and what follows from it. Nearly everything that a first pass over a
// million files knows stands in the two trees already. So a path takes a [Rows] of 16 bytes that
// says where, and all that is made of it, a [Table] or a [List], points there. A value is made when
// it is asked for. What differs from what would be made is kept as it is: nothing is ever lost by
// packing.
package pack
