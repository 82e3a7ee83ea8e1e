package metadatamerge

// Changes is the preview of a patch. A key that gets an equal value is no change.
type Changes struct {
	Added    Document               `json:"added"`
	Replaced map[string]Replacement `json:"replaced"`
	Removed  Document               `json:"removed"`
}

// Replacement is a value, and the one that takes its place.
type Replacement struct {
	Old any `json:"old"`
	New any `json:"new"`
}

// Preview returns what patch changes in target (rule changes).
func Preview(target, patch Document) Changes {
	changes := Changes{Added: Document{}, Replaced: map[string]Replacement{}, Removed: Document{}}
	merged := Merge(target, patch)
	for key, value := range merged {
		if old, stored := target[key]; !stored {
			changes.Added[key] = value
		} else if !Equal(old, value) {
			changes.Replaced[key] = Replacement{Old: old, New: value}
		}
	}
	for key, old := range target {
		if _, stays := merged[key]; !stays {
			changes.Removed[key] = old
		}
	}
	return changes
}
