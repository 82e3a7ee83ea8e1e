package metadatamerge

import (
	"errors"
	"fmt"
)

// DenyRemovals merges, unless that removes a stored root key.
func DenyRemovals(target, patch Document) (Document, error) {
	merged := Merge(target, patch)
	for key := range target {
		if _, stays := merged[key]; !stays {
			return nil, fmt.Errorf("the patch would remove the root key %q", key) // deny-removals
		}
	}
	return merged, nil
}

// DenyWipe merges, unless that leaves a document empty that was not.
func DenyWipe(target, patch Document) (Document, error) {
	merged := Merge(target, patch)
	if len(target) > 0 && len(merged) == 0 {
		return nil, errors.New("the patch would leave the document empty") // deny-wipe
	}
	return merged, nil
}
