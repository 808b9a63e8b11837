// Package text holds what messages of all parts of the program are made of: text
// from outside that is safe to show, and numbers with their nouns.
package text
