package main

import "metadatamerge"

// operations may be called with wrong arguments, which count as empty. Their result is not used then.
var operations = map[string]func(*arguments) (any, error){
	"merge": func(a *arguments) (any, error) {
		return metadatamerge.Merge(a.document("target"), a.document("patch")), nil
	},
	"text": func(a *arguments) (any, error) {
		return metadatamerge.MergeText(a.text("target"), a.text("patch"))
	},
	"compose": func(a *arguments) (any, error) {
		return metadatamerge.Compose(a.documents("patches")), nil
	},
	"diff": func(a *arguments) (any, error) {
		return metadatamerge.Diff(a.document("before"), a.document("after"))
	},
	"undo": func(a *arguments) (any, error) {
		return metadatamerge.Undo(a.document("document"), a.document("patch"))
	},
	"commute": func(a *arguments) (any, error) {
		return metadatamerge.Commute(a.document("first"), a.document("second")), nil
	},
	"changes": func(a *arguments) (any, error) {
		return metadatamerge.Preview(a.document("target"), a.document("patch")), nil
	},
	"reconcile": func(a *arguments) (any, error) {
		return metadatamerge.Reconcile(a.document("base"), a.document("mine"), a.document("theirs"))
	},
	"reconcile_resource": func(a *arguments) (any, error) {
		return a.resource().Reconcile(a.document("base"), a.document("mine"), a.document("theirs"))
	},
	"deny_removals": func(a *arguments) (any, error) {
		return metadatamerge.DenyRemovals(a.document("target"), a.document("patch"))
	},
	"deny_wipe": func(a *arguments) (any, error) {
		return metadatamerge.DenyWipe(a.document("target"), a.document("patch"))
	},
	"create": func(a *arguments) (any, error) {
		return a.resource().Create(a.document("body"))
	},
	"update": func(a *arguments) (any, error) {
		return a.resource().Update(a.document("stored"), a.document("body"))
	},
	"limits": func(a *arguments) (any, error) {
		return metadatamerge.Limits(a.text("resource"), a.document("stored"))
	},
}
