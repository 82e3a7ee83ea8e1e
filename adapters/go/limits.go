package metadatamerge

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Violation is a limit that a stored resource breaks. Its path is a JSON Pointer.
type Violation struct {
	Path     string `json:"path"`
	Limit    string `json:"limit"`
	Strength string `json:"strength"`
}

// keyLimit is a limit that each key of a field keeps or breaks, with its value.
type keyLimit struct {
	field, id string
	breaks    func(key string, value any) bool
}

// table holds the limits of one resource: on each key, on the number of keys, and on the size in bytes.
type table struct {
	keys    []keyLimit
	maxKeys map[string]int
	maxSize int
}

const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

const reserved = " __tenant _id blocked clientID created_at email_verified email globalClientID global_client_id " +
	"identities lastIP lastLogin loginsCount metadata multifactor_last_modified multifactor updated_at user_id "

var tables = map[string]table{
	"user": {
		keys: []keyLimit{
			{"user_metadata", "key-characters", hasDotOrDollar},
			{"app_metadata", "key-characters", hasDotOrDollar},
			{"app_metadata", "reserved-name", isReserved},
		},
		maxSize: 10_240,
	},
	"client": {
		keys: append(
			stringLimits("client_metadata", 255),
			keyLength("client_metadata", 255),
			keyCharacters("client_metadata", alphanumeric+":,-+=_*?\"/\\()<>@\t "),
		),
		maxKeys: map[string]int{"client_metadata": 10},
	},
	"custom_domain": {keys: stringLimits("domain_metadata", 255), maxKeys: map[string]int{"domain_metadata": 10}},
	"organization": {
		keys:    append(stringLimits("metadata", 255), keyLength("metadata", 255)),
		maxKeys: map[string]int{"metadata": 25},
	},
	"session":       sessionTable("session_metadata"),
	"refresh_token": sessionTable("refresh_token_metadata"),
	// For limits alone: what a user's metadata may be at sign-up.
	"sign_up": {
		keys:    append(stringLimits("user_metadata", 500), keyLength("user_metadata", 100)),
		maxKeys: map[string]int{"user_metadata": 10},
	},
}

func sessionTable(field string) table {
	return table{
		keys:    append(stringLimits(field, 255), keyLength(field, 255), keyCharacters(field, alphanumeric+"_-")),
		maxKeys: map[string]int{field: 25},
	}
}

func stringLimits(field string, atMost int) []keyLimit {
	return []keyLimit{
		{field, "value-type", func(_ string, value any) bool {
			_, isString := value.(string)
			return !isString
		}},
		{field, "value-too-long", func(_ string, value any) bool {
			text, _ := value.(string)
			return utf8.RuneCountInString(text) > atMost
		}},
	}
}

func keyLength(field string, atMost int) keyLimit {
	return keyLimit{field, "key-too-long", func(key string, _ any) bool { return utf8.RuneCountInString(key) > atMost }}
}

func keyCharacters(field, allowed string) keyLimit {
	return keyLimit{field, "key-characters", func(key string, _ any) bool { return hasOther(key, allowed) }}
}

func hasDotOrDollar(key string, _ any) bool {
	return strings.ContainsAny(key, ".$")
}

func isReserved(key string, _ any) bool {
	return !strings.Contains(key, " ") && strings.Contains(reserved, " "+key+" ")
}

// Limits returns every limit that a stored resource of this name breaks, in no order.
func Limits(resource string, stored Document) ([]Violation, error) {
	table, known := tables[resource]
	if !known {
		return nil, fmt.Errorf("unknown resource %q", resource)
	}
	found := []Violation{}
	for _, limit := range table.keys {
		document, err := fieldOf(stored, limit.field)
		if err != nil {
			return nil, err
		}
		for key, value := range document {
			if limit.breaks(key, value) {
				found = append(found, Violation{pointer(limit.field, key), limit.id, "refused"})
			}
		}
	}
	for field, atMost := range table.maxKeys {
		document, err := fieldOf(stored, field)
		if err != nil {
			return nil, err
		}
		if len(document) > atMost {
			found = append(found, Violation{pointer(field), "too-many-keys", "refused"})
		}
	}
	if table.maxSize > 0 && size(stored) > table.maxSize {
		found = append(found, Violation{pointer(), "too-large", "warned"})
	}
	return found, nil
}

func fieldOf(stored Document, name string) (Document, error) {
	value, present := stored[name]
	document, isObject := value.(Document)
	if present && !isObject {
		return nil, fmt.Errorf("%s: expected an object", name)
	}
	return document, nil
}

func hasOther(key, allowed string) bool {
	return strings.IndexFunc(key, func(character rune) bool { return !strings.ContainsRune(allowed, character) }) >= 0
}
