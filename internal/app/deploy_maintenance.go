package app

import (
	"fmt"
	"io"
	"os"

	"ferry/internal/deploy"
)

// mostMaintenance is how many bytes the maintenance file may have.
const mostMaintenance = 1 << 20

// readMaintenance reads the file that stands in the site while a release goes live.
func (d *Deployment) readMaintenance() error {
	wanted := d.pair.Deploy.Maintenance
	if wanted.Put == "" {
		return nil
	}
	f, err := os.Open(wanted.Put)
	if err != nil {
		return Usage(fmt.Errorf("the maintenance file: %w", err), "maintenance: {put: ...} names a file, relative to ferry.yaml")
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, mostMaintenance+1))
	switch {
	case err != nil:
		return fmt.Errorf("the maintenance file: %w", err)
	case len(content) > mostMaintenance:
		return Usage(fmt.Errorf("the maintenance file %s has more than %d bytes", wanted.Put, mostMaintenance), "name a small file, such as a page that says that the site is back soon")
	}
	d.maintenance = deploy.Maintenance{Path: wanted.As, Content: content}
	return nil
}
