package local

// RefusedByWindows is for the tests of this package.
var RefusedByWindows = refusedByWindows

// Fingerprint is for the tests of this package.
var Fingerprint = fingerprint
