#!/bin/sh
# An expression of jq over .target and .patch, as an adapter: jq.sh EXPRESSION
exec jq --compact-output --unbuffered "
    {seq} + if .op == \"merge\" then try {result: ($1)} catch {rejected: tostring} else {unsupported: true} end"
