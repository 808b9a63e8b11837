// Package faults holds tests of the whole program against servers that lie, break off, fall silent or mean harm. See
// docs/reliability.md.
package faults
