// Package release holds the tests of what a release is made of: packages, man pages, units, the path of the module.
package release
