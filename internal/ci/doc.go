// Package ci knows the systems that run ferry for people: what they say of a run in the
// environment, and how they are told of errors and results. It prints and writes; it decides
// nothing.
package ci
