package metadatamerge

// Compose returns the shortest list of bodies that does what patches do in their order
// (rule compose).
func Compose(patches []Document) []Document {
	clears, entries := false, Document{}
	for _, patch := range patches {
		if len(patch) == 0 {
			clears, entries = true, Document{}
		}
		for key, value := range patch {
			entries[key] = value
		}
	}
	bodies := []Document{}
	if clears {
		bodies = append(bodies, Document{})
		// After a clear there is nothing to remove.
		for key, value := range entries {
			if value == nil {
				delete(entries, key)
			}
		}
	}
	if len(entries) > 0 { // an empty body would be another clear
		bodies = append(bodies, entries)
	}
	return bodies
}

// Commute returns whether either order of two bodies gives the same result, for every document
// (rule commute).
func Commute(first, second Document) bool {
	if len(first) == 0 || len(second) == 0 {
		// A removal before a clear is as good as one after it. A set survives only after it.
		return onlyRemoves(first) && onlyRemoves(second)
	}
	for key, value := range first {
		if other, shared := second[key]; shared && !Equal(value, other) {
			return false
		}
	}
	return true
}

func onlyRemoves(patch Document) bool {
	for _, value := range patch {
		if value != nil {
			return false
		}
	}
	return true
}
