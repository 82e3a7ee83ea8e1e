package metadatamerge

import "fmt"

// Reconciliation is at most one body, and the conflicts that it leaves alone: by key for a document,
// by JSON Pointer for a resource.
type Reconciliation struct {
	Bodies    []Document          `json:"bodies"`
	Conflicts map[string]Conflict `json:"conflicts"`
}

// Conflict holds what "base", "mine" and "theirs" hold. A side that lacks the key has no member.
type Conflict map[string]any

// Reconcile returns the body that brings the keys of base and mine to mine, and the conflicts.
func Reconcile(base, mine, theirs Document) (Reconciliation, error) {
	body, conflicts, err := reconcileMembers(sides[Document]{base, mine, theirs})
	return Reconciliation{list(body), conflicts}, err
}

// sides is what was applied last, what is wanted, and what is stored now.
type sides[T any] struct {
	base, mine, theirs T
}

// ofSides returns the result of a function for each side.
func ofSides[T, U any](from sides[T], convert func(T) U) sides[U] {
	return sides[U]{convert(from.base), convert(from.mine), convert(from.theirs)}
}

// held is what a side holds at a key. Null is a value, and differs from absence.
type held struct {
	value   any
	present bool
}

func at(documents sides[Document], key string) sides[held] {
	return ofSides(documents, func(document Document) held {
		value, present := document[key]
		return held{value, present}
	})
}

func same(left, right held) bool {
	return left.present == right.present && Equal(left.value, right.value)
}

func conflict(in sides[held]) Conflict {
	shown := Conflict{}
	for side, held := range map[string]held{"base": in.base, "mine": in.mine, "theirs": in.theirs} {
		if held.present {
			shown[side] = held.value
		}
	}
	return shown
}

// reconcileMembers reconciles root key by root key. The body never clears: if it is empty, there is
// nothing to do.
func reconcileMembers(documents sides[Document]) (Document, map[string]Conflict, error) {
	body, conflicts := Document{}, map[string]Conflict{}
	for _, owner := range []Document{documents.base, documents.mine} { // reconcile-foreign
		for key := range owner {
			in := at(documents, key)
			if same(in.theirs, in.mine) {
				continue // reconcile-agreed
			}
			if in.mine.present && in.mine.value == nil {
				return nil, nil, fmt.Errorf("no patch stores null at the root key %q", key) // reconcile-reject
			}
			if same(in.theirs, in.base) {
				body[key] = in.mine.value // reconcile: nil removes
			} else {
				conflicts[key] = conflict(in) // reconcile-conflict
			}
		}
	}
	return body, conflicts, nil
}
