// Package metadatamerge implements what a metadata PATCH does. Copy it: it needs the standard
// library alone.
//
// Values are what [Parse] returns. A number is a [json.Number], which keeps its text. No function
// changes its arguments. An error means that the rules reject the input. A comment names the rule
// that a line implements by its id.
//
// A nil [Document] counts as {}: as a patch it clears.
package metadatamerge

// Document is a JSON object. It is no struct, whose fields would match keys in any case.
type Document = map[string]any
