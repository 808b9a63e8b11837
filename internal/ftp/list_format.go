package ftp

import "ferry/internal/ftp/listing"

// ListFormat is the format of listings; see [listing.Format].
type ListFormat = listing.Format

// ParseListFormat reads the name of a format.
func ParseListFormat(s string) (ListFormat, error) { return listing.ParseFormat(s) }
