package oversight

import (
	"maps"
	"slices"
)

// Disks says how full the disks are on which things are kept, each thing by its name; those that can be looked at.
func Disks(kept map[string]string) (all []Disk) {
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		if used, known := used(kept[name]); known && kept[name] != "" {
			all = append(all, Disk{name, used})
		}
	}
	return all
}
