# frozen_string_literal: true

# The smallest patch between two documents, and the patch that takes another one back.
module MetadataMerge
  # Returns the smallest body that turns `before` into `after`, in a list that is empty if they are
  # equal. It never clears: a key that somebody else adds meanwhile survives.
  def self.diff(before, after)
    old = object(before, "the document before")
    new = object(after, "the document after")
    body = (old.keys - new.keys).to_h { |key| [key, nil] }
    new.each do |key, value|
      next if old.key?(key) && json_equal?(old[key], value)
      raise Rejected, "no patch stores null at the root key #{dump(key)}" if value.nil?

      body[key] = value
    end
    [body].reject(&:empty?)
  end

  # Returns the smallest body that brings `document` back after `patch`, in a list that may be empty.
  def self.undo(document, patch)
    diff(merge(document, patch), document)
  end
end
