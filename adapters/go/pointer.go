package metadatamerge

import "strings"

// pointer returns the JSON Pointer (RFC 6901) to a member, by the keys on the way to it.
func pointer(path ...string) string {
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	var text strings.Builder
	for _, key := range path {
		text.WriteString("/" + escape.Replace(key))
	}
	return text.String()
}
