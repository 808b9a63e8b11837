// Package words says in words what the history and the state of a watched pair mean. The
// command line and the dashboard share them.
package words
