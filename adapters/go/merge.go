// What a metadata PATCH does, in Go: copy this file, it needs the standard library alone.
//
// A document is a map to raw messages, since below the root a value is data: its text, and so the text of every number, stays
// as it is. It is decoded by decodeObject and no struct, whose fields would match keys in any case. One thing encoding/json takes
// away: a lone surrogate in a key becomes U+FFFD, so refuse texts that hold one if clients may send them.

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

type object map[string]json.RawMessage

// errNotAnObject is the error of whatever is no JSON object.
var errNotAnObject = errors.New("must be a JSON object")

// decodeObject is not json.Unmarshal alone, to which null is an empty map.
func decodeObject(text []byte) (object, error) {
	var decoded object
	if err := json.Unmarshal(text, &decoded); err != nil || decoded == nil {
		return nil, errNotAnObject
	}
	return decoded, nil
}

func isNull(value json.RawMessage) bool {
	return bytes.Equal(bytes.TrimSpace(value), []byte("null"))
}

// merge returns target after a PATCH with patch, and leaves both as they are.
func merge(target, patch object) object {
	merged := object{}
	if len(patch) == 0 {
		return merged
	}
	for key, value := range target {
		merged[key] = value
	}
	for key, value := range patch {
		if isNull(value) {
			delete(merged, key)
		} else {
			merged[key] = value
		}
	}
	return merged
}

// compose returns the shortest list of bodies that does what patches do in their order.
func compose(patches []object) []object {
	clears, entries := false, object{}
	for _, patch := range patches {
		if len(patch) == 0 {
			clears, entries = true, object{}
		}
		for key, value := range patch {
			entries[key] = value
		}
	}
	bodies := []object{}
	if clears {
		bodies = append(bodies, object{})
		// What is removed is gone already; a body of nulls alone would say nothing.
		for key, value := range entries {
			if isNull(value) {
				delete(entries, key)
			}
		}
	}
	if len(entries) > 0 {
		bodies = append(bodies, entries)
	}
	return bodies
}

// diff returns the smallest body, in a list, that turns before into after; no body, and never {}, where they are the same.
func diff(before, after object) ([]object, error) {
	body := object{}
	for key := range before {
		if _, stays := after[key]; !stays {
			body[key] = json.RawMessage("null")
		}
	}
	for key, value := range after {
		old, stored := before[key]
		if stored && same(old, value) {
			continue
		}
		if isNull(value) {
			return nil, fmt.Errorf("no patch sets the root key %q to null", key)
		}
		body[key] = value
	}
	if len(body) == 0 {
		return []object{}, nil
	}
	return []object{body}, nil
}

// undo returns the smallest body, in a list, that brings document back after patch.
func undo(document, patch object) ([]object, error) {
	return diff(merge(document, patch), document)
}

// commute tells whether either order of two bodies gives the same, for every document.
func commute(first, second object) bool {
	if len(first) == 0 || len(second) == 0 {
		// After a clear a removal finds nothing, and so comes to the same before it; a set does not.
		return onlyRemoves(first) && onlyRemoves(second)
	}
	for key, value := range first {
		if other, shared := second[key]; shared && !same(value, other) {
			return false
		}
	}
	return true
}

func onlyRemoves(patch object) bool {
	for _, value := range patch {
		if !isNull(value) {
			return false
		}
	}
	return true
}

type replacement struct {
	Old json.RawMessage `json:"old"`
	New json.RawMessage `json:"new"`
}

type changeList struct {
	Added    object                 `json:"added"`
	Replaced map[string]replacement `json:"replaced"`
	Removed  object                 `json:"removed"`
}

// changes returns what patch really changes in target.
func changes(target, patch object) changeList {
	list := changeList{Added: object{}, Replaced: map[string]replacement{}, Removed: object{}}
	merged := merge(target, patch)
	for key, value := range merged {
		if old, stored := target[key]; !stored {
			list.Added[key] = value
		} else if !same(old, value) {
			list.Replaced[key] = replacement{old, value}
		}
	}
	for key, old := range target {
		if _, stays := merged[key]; !stays {
			list.Removed[key] = old
		}
	}
	return list
}

// same tells whether two values are the same JSON. Numbers are the same if their texts are: as float64, two that differ only
// beyond 2^53 would be.
func same(left, right json.RawMessage) bool {
	decode := func(text json.RawMessage) (value any) {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		if decoder.Decode(&value) != nil {
			return nil
		}
		return value
	}
	return bytes.Equal(left, right) || reflect.DeepEqual(decode(left), decode(right))
}
