# frozen_string_literal: true

require "strscan"

# The merge of JSON texts, which keeps every value byte for byte (rule `stored-as-sent`).
module MetadataMerge
  # A root member: its key, and the texts of its key and of its value.
  Member = Struct.new(:key, :key_text, :value_text) do
    def to_s
      "#{key_text}: #{value_text}"
    end
  end
  # Of a valid text, so it need not tell a number from a name.
  TOKEN = /#{STRING}|[\[\]{}]|[,:\s]+|[^"\[\]{},:\s]+/
  private_constant :Member, :TOKEN

  # Returns the text of `target` after a PATCH with `patch`.
  def self.merge_text(target, patch)
    stored = members(target, "the document")
    entries = {}
    members(patch, "the patch").each { |member| put_last(entries, member) } # repeated-key
    return "{}" if entries.empty? # clear

    merged = {}
    stored.each do |member|
      if (sent = entries[member.key])
        # A key keeps its text and its first place, whatever its new value.
        merged[member.key] ||= Member.new(member.key, member.key_text, sent.value_text)
      else
        put_last(merged, member) # repeated-key
      end
    end
    entries.each { |key, member| merged[key] ||= member }
    merged.reject! { |key, _| entries[key]&.value_text == "null" } # delete, stored-null
    "{#{merged.values.join(", ")}}"
  end

  # Puts a member at the end, even if its key is there already.
  def self.put_last(members, member)
    members.delete(member.key)
    members[member.key] = member
  end

  # Parses the text of an object into its root members.
  def self.members(text, name)
    raise Rejected, "#{name}: expected a string of JSON text, found #{kind(text)}" unless text.is_a?(String)

    object(parse(text), name)
    scan(StringScanner.new(text))
  rescue JSON::ParserError => e
    raise Rejected, "#{name}: expected the text of an object: #{e.message}"
  end

  # Finds the members of a valid text.
  def self.scan(scanner)
    found = []
    scanner.skip(/\s*\{\s*/)
    until scanner.skip(/\}/)
      key_text = scanner.scan(STRING)
      scanner.skip(/\s*:\s*/)
      found << Member.new(JSON.parse(key_text), key_text, scan_value(scanner))
      scanner.skip(/\s*,?\s*/)
    end
    found
  end

  # Returns the text of the value at the position, which is one token or lies between brackets.
  def self.scan_value(scanner)
    start = scanner.pos
    depth = 0
    loop do
      case scanner.scan(TOKEN)
      when "{", "[" then depth += 1
      when "}", "]" then depth -= 1
      end
      break if depth.zero?
    end
    scanner.string.byteslice(start...scanner.pos)
  end
  private_class_method :put_last, :members, :scan, :scan_value
end
