package remote

import (
	"context"
	"strings"

	"ferry/internal/ftp"
	"ferry/internal/ftp/listing"
)

// Some servers round the sizes in LIST, or let other columns run into them. SIZE (RFC
// 3659, section 4) tells the exact size.

// addSizes finds out the sizes that a listing does not tell. A file without a size is
// unknown.
func (w *walk) addSizes(ctx context.Context, items []item) error {
	var unsized []int
	for i := range items {
		if items[i].noSize && !items[i].drop {
			unsized = append(unsized, i)
		}
	}
	if len(unsized) == 0 {
		return nil
	}
	replies := make([]ftp.Reply, len(unsized))
	err := w.do(ctx, "asking for sizes", func(ctx context.Context, s *ftp.Session) error {
		var b ftp.Batch
		for k, i := range unsized {
			b.Expect("SIZE "+w.placeOf(items[i]).String(), &replies[k])
		}
		return b.Run(ctx, s)
	})
	if err != nil {
		return err
	}
	for k, i := range unsized {
		size, err := listing.ParseSize(strings.TrimSpace(replies[k].Text))
		if replies[k].Code != 213 || err != nil {
			w.tree.Unknown(items[i].path, "its size, which the listing does not tell: "+reason(ftp.ReplyError("SIZE", "", replies[k])))
			items[i].drop = true
			continue
		}
		items[i].entry.Size = size
	}
	return nil
}
