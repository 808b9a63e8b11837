// Package faults tests the whole program against servers that send wrong data, break off, stall or are hostile. See
// docs/reliability.md.
package faults
