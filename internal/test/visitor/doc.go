// Package visitor looks at a site while it is deployed to, as visitors would, and tells what they would have seen:
// pages of two releases at once, half a page, or none. It reads the directory of the server, so that no web server is
// needed and a look takes about a millisecond.
package visitor
