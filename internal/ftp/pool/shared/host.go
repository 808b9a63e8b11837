package shared

// A host is the server at one address, whatever the user.
type host struct{}
