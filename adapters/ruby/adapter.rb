# frozen_string_literal: true

# The gem metadata_merge as an adapter (../PROTOCOL.md).

require_relative "protocol"

ARGUMENTS = {
  "merge" => %w[target patch],
  "text" => %w[target patch],
  "compose" => %w[patches],
  "diff" => %w[before after],
  "undo" => %w[document patch],
  "commute" => %w[first second],
  "changes" => %w[target patch],
  "reconcile" => %w[base mine theirs],
  "reconcile_resource" => %w[resource base mine theirs],
  "deny_removals" => %w[target patch],
  "deny_wipe" => %w[target patch],
  "create" => %w[resource body],
  "update" => %w[resource stored body],
  "limits" => %w[resource stored]
}.freeze

METHODS = { "text" => "merge_text" }.freeze

operations = ARGUMENTS.to_h do |op, arguments|
  [op, Protocol::Operation.new(arguments, MetadataMerge.method(METHODS.fetch(op, op)))]
end
Protocol.serve(operations)
