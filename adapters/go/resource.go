package metadatamerge

import "fmt"

// Mode is how a stored value and the one of the body come together.
type Mode int

const (
	ReplaceMode Mode = iota
	MergeMode
)

// Cleared is how a field reads back after a clear.
type Cleared int

const (
	ClearedEmpty Cleared = iota
	ClearedAbsent
)

// Field is a metadata field.
type Field struct {
	Mode    Mode
	Cleared Cleared
}

// Resource holds the metadata fields of a resource by name, and the mode of its attributes that are
// objects.
type Resource struct {
	Fields     map[string]Field
	Attributes Mode
}

// Resources holds the service's resources by name.
var Resources = map[string]Resource{
	"user": {Fields: map[string]Field{
		"user_metadata": {Mode: MergeMode, Cleared: ClearedEmpty},
		"app_metadata":  {Mode: MergeMode, Cleared: ClearedAbsent},
	}},
	"client": {
		Fields:     map[string]Field{"client_metadata": {Mode: MergeMode, Cleared: ClearedEmpty}},
		Attributes: MergeMode,
	},
	"custom_domain": {Fields: map[string]Field{"domain_metadata": {Mode: MergeMode, Cleared: ClearedEmpty}}},
	"organization":  {Fields: map[string]Field{"metadata": {Mode: ReplaceMode, Cleared: ClearedAbsent}}},
	"session":       {Fields: map[string]Field{"session_metadata": {Mode: ReplaceMode, Cleared: ClearedAbsent}}},
	"refresh_token": {Fields: map[string]Field{"refresh_token_metadata": {Mode: ReplaceMode, Cleared: ClearedAbsent}}},
}

// Create returns what a create with body stores.
func (resource Resource) Create(body Document) (Document, error) {
	return resource.Update(Document{}, body) // create
}

// Update returns stored after a PATCH with body.
func (resource Resource) Update(stored, body Document) (Document, error) {
	updated := Document{} // atomic: a copy
	for name, value := range stored {
		updated[name] = value // omit
	}
	for name, sent := range body { // independent
		field, isField := resource.Fields[name]
		if !isField {
			resource.updateAttribute(updated, name, sent)
		} else if err := field.update(updated, name, sent); err != nil {
			return nil, err
		}
	}
	return updated, nil
}

func (resource Resource) updateAttribute(updated Document, name string, sent any) {
	object, isObject := sent.(Document)
	switch {
	case sent == nil:
		delete(updated, name) // attribute-null
	case isObject && resource.Attributes == MergeMode:
		before, _ := updated[name].(Document)
		updated[name] = Merge(before, object) // attribute-object
	default:
		updated[name] = sent // attribute
	}
}

func (field Field) update(updated Document, name string, sent any) error {
	object, isObject := sent.(Document)
	if field.Mode == MergeMode {
		before, isDocument := updated[name].(Document)
		if _, isStored := updated[name]; isStored && !isDocument {
			return fmt.Errorf("the stored %s: expected an object", name)
		}
		if !isObject {
			return fmt.Errorf("%s: expected an object", name) // field-null
		}
		object = Merge(before, object) // absent
	} else if !isObject && sent != nil {
		return fmt.Errorf("%s: expected an object or null", name) // replace
	}
	if object == nil {
		object = Document{} // null clears as {} does
	}
	updated[name] = object
	// A clear is what was sent. A document that removals have emptied stays {}.
	if cleared, _ := sent.(Document); len(cleared) == 0 && field.Cleared == ClearedAbsent {
		delete(updated, name) // cleared-form
	}
	return nil
}
