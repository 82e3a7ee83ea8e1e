package metadatamerge

import "fmt"

// Diff returns the smallest body that turns before into after, in a list that is empty if they are
// equal. It never clears: a key that somebody else adds meanwhile survives (rule diff).
func Diff(before, after Document) ([]Document, error) {
	body := Document{}
	for key := range before {
		if _, stays := after[key]; !stays {
			body[key] = nil
		}
	}
	for key, value := range after {
		if old, stored := before[key]; stored && Equal(old, value) {
			continue
		}
		if value == nil {
			return nil, fmt.Errorf("no patch stores null at the root key %q", key)
		}
		body[key] = value
	}
	return list(body), nil
}

// Undo returns the smallest body that brings document back after patch, in a list as [Diff] does
// (rule undo).
func Undo(document, patch Document) ([]Document, error) {
	return Diff(Merge(document, patch), document)
}

// list returns a body in a list. An empty one says nothing, and would clear.
func list(body Document) []Document {
	if len(body) == 0 {
		return []Document{}
	}
	return []Document{body}
}
