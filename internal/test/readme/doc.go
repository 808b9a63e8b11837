// Package readme types what the README and docs/ tell to type: the quick starts against real servers, and every other
// command against the embedded one.
package readme
