# frozen_string_literal: true

require_relative "lib/metadata_merge"

# The adapter protocol (../PROTOCOL.md): one JSON request a line, one JSON reply a line.
module Protocol
  # An operation: the names of its arguments in order, and the method.
  Operation = Struct.new(:arguments, :method)

  module_function

  # Answers standard input until it ends.
  def serve(operations)
    $stdin.set_encoding(Encoding::UTF_8)
    $stdout.set_encoding(Encoding::UTF_8)
    $stdout.sync = true
    $stdin.each_line("\n") { |line| $stdout.write(MetadataMerge.dump(reply(line, operations)), "\n") }
  end

  def reply(line, operations)
    request = MetadataMerge.load(line)
    return malformed("expected an object") unless request.is_a?(Hash)

    seq, op = request.values_at("seq", "op")
    unless seq.is_a?(Integer) && op.is_a?(String)
      return malformed("expected an integer `seq` and a string `op`")
    end

    { "seq" => seq }.merge(answer(op, request, operations[op]))
  rescue JSON::ParserError => e
    malformed("expected a line of JSON: #{e.message.scrub[0, 200]}")
  end

  def answer(op, request, operation)
    return { "unsupported" => true } unless operation

    # Null is an argument. Only an absent one is missing.
    missing = operation.arguments.find { |name| !request.key?(name) }
    return { "rejected" => "#{op} needs the argument #{missing}" } if missing

    { "result" => operation.method.call(*request.values_at(*operation.arguments)) }
  rescue MetadataMerge::Rejected => e
    { "rejected" => e.message }
  end

  def malformed(reason)
    { "seq" => nil, "rejected" => reason }
  end
end
