# frozen_string_literal: true

# The preview of a patch.
module MetadataMerge
  # Returns what `patch` changes in `target`. A key that gets an equal value is no change.
  def self.changes(target, patch)
    old = object(target, "the document")
    new = merge(target, patch)
    shared = new.select { |key, value| old.key?(key) && !json_equal?(old[key], value) }
    {
      "added" => new.except(*old.keys),
      "replaced" => shared.to_h { |key, value| [key, { "old" => old[key], "new" => value }] },
      "removed" => old.except(*new.keys)
    }
  end
end
