package metadatamerge

import "fmt"

// Reconcile returns the body that brings what base and mine hold to mine, and the conflicts by JSON
// Pointer (rule reconcile-resource).
func (resource Resource) Reconcile(base, mine, theirs Document) (Reconciliation, error) {
	body, conflicts := Document{}, map[string]Conflict{}
	documents := sides[Document]{base, mine, theirs}
	names := map[string]bool{}
	for _, document := range []Document{base, mine, theirs} {
		for name := range document {
			names[name] = true
		}
	}
	for name := range names {
		in := at(documents, name)
		byMember, err := resource.reconcilesByMember(name, in)
		if err != nil {
			return Reconciliation{}, err
		}
		if !byMember {
			if err := resource.reconcileUnit(name, in, body, conflicts); err != nil {
				return Reconciliation{}, err
			}
			continue
		}
		// What is not an object counts as {} here.
		members, byKey, err := reconcileMembers(ofSides(in, object))
		if err != nil {
			return Reconciliation{}, fmt.Errorf("%s: %w", name, err)
		}
		if len(members) > 0 { // an empty one would clear
			body[name] = members
		}
		for key, conflict := range byKey {
			conflicts[pointer(name, key)] = conflict
		}
	}
	return Reconciliation{list(body), conflicts}, nil
}

// reconcilesByMember returns whether a field or attribute is reconciled member by member, rather than
// as one unit.
func (resource Resource) reconcilesByMember(name string, in sides[held]) (bool, error) {
	field, isField := resource.Fields[name]
	if isField && field.Mode == ReplaceMode ||
		!isField && (resource.Attributes == ReplaceMode || object(in.mine) == nil) {
		return false, nil
	}
	for _, side := range []held{in.base, in.mine, in.theirs} {
		// A null attribute counts as absent. A null field does not.
		if absent := !side.present || !isField && side.value == nil; absent || object(side) != nil {
			continue
		}
		if isField {
			return false, fmt.Errorf("%s: expected an object", name)
		}
		return false, nil
	}
	return true, nil
}

// reconcileUnit adds a unit to the body or to the conflicts, or leaves it alone.
func (resource Resource) reconcileUnit(
	name string, in sides[held], body Document, conflicts map[string]Conflict,
) error {
	_, isField := resource.Fields[name]
	// A unit is the one member of a document. Null counts as absent, and so does {} in a field.
	units := ofSides(in, func(side held) Document {
		document := object(side)
		if side.value == nil || isField && document != nil && len(document) == 0 {
			return Document{}
		}
		return Document{name: side.value}
	})
	change, byName, err := reconcileMembers(units)
	if err != nil || len(change)+len(byName) == 0 {
		return err
	}
	mine, isObject := units.mine[name].(Document)
	if isField && len(units.mine) > 0 && !isObject {
		return fmt.Errorf("%s: expected an object or null", name)
	}
	if !isField && resource.Attributes == MergeMode {
		if err := expectStorable(name, mine, object(in.theirs)); err != nil {
			return err
		}
	}
	for name, value := range change {
		body[name] = value
	}
	if len(byName) > 0 {
		conflicts[pointer(name)] = conflict(in)
	}
	return nil
}

// expectStorable rejects a root null that mine wants and theirs does not hold, since no merge stores it.
func expectStorable(name string, mine, theirs Document) error {
	for key, value := range mine {
		if stored, present := theirs[key]; value == nil && (!present || stored != nil) {
			return fmt.Errorf("no patch stores null at %q", pointer(name, key)) // reconcile-reject
		}
	}
	return nil
}

// object returns the object that a side holds, or nil.
func object(side held) Document {
	document, _ := side.value.(Document)
	return document
}
