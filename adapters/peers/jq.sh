#!/bin/sh
# An expression of jq over .target and .patch, behind the adapter protocol: jq.sh EXPRESSION
exec jq --compact-output --unbuffered "
    {seq} + if .op == \"merge\" then try {result: ($1)} catch {rejected: tostring} else {unsupported: true} end"
