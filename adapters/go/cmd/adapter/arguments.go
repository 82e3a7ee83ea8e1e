package main

import (
	"fmt"

	"metadatamerge"
)

// arguments reads the arguments of a request, and remembers the first that is missing or of the wrong
// type.
type arguments struct {
	values metadatamerge.Document
	err    error
}

func argument[T any](a *arguments, name, expected string) T {
	value, isExpected := a.values[name].(T)
	if !isExpected {
		a.reject(name, expected)
	}
	return value
}

func (a *arguments) reject(name, expected string) {
	if a.err == nil {
		a.err = fmt.Errorf("%s: expected %s", name, expected)
	}
}

func (a *arguments) document(name string) metadatamerge.Document {
	return argument[metadatamerge.Document](a, name, "an object")
}

func (a *arguments) text(name string) string {
	return argument[string](a, name, "a string")
}

func (a *arguments) documents(name string) []metadatamerge.Document {
	documents := []metadatamerge.Document{}
	for _, value := range argument[[]any](a, name, "an array") {
		document, isObject := value.(metadatamerge.Document)
		if !isObject {
			a.reject(name, "an array of objects")
		}
		documents = append(documents, document)
	}
	return documents
}

func (a *arguments) resource() metadatamerge.Resource {
	resource, known := metadatamerge.Resources[a.text("resource")]
	if !known {
		a.reject("resource", "a known resource")
	}
	return resource
}
