// Package mutation holds only tests: the gate for the tests themselves. Each
// mutant in testdata breaks one rule of ferry's in the text of a production
// file, and the tests that hold this rule must notice.
package mutation
