package faults

import "ferry/internal/ftpserver"

// productKinds holds the products that the embedded server knows.
var productKinds = func() []kind {
	var kinds []kind
	for _, p := range ftpserver.Products() {
		kinds = append(kinds, kind{name: p.Name, seen: p.Name, server: p.Options})
	}
	return kinds
}()
