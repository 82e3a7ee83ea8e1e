# frozen_string_literal: true

# JSON Pointer, RFC 6901.
module MetadataMerge
  # Returns the pointer to a member, by the keys on the way to it.
  def self.pointer(*path)
    path.map { |key| "/#{key.gsub("~", "~0").gsub("/", "~1")}" }.join
  end
end
