package metadatamerge

// Merge returns target after a PATCH with patch. It is the definition that all else builds on.
func Merge(target, patch Document) Document {
	merged := Document{}
	if len(patch) == 0 {
		return merged // clear
	}
	for key, value := range target { // keep, stored-null
		merged[key] = value
	}
	for key, value := range patch { // exact-keys
		if value == nil {
			delete(merged, key) // delete, delete-missing, emptied
		} else {
			merged[key] = value // set, shallow, verbatim
		}
	}
	return merged
}
