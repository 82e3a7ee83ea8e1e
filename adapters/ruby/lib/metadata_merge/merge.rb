# frozen_string_literal: true

# The merge of one document and one patch: the definition that all else builds on.
module MetadataMerge
  # Returns `target` after a PATCH with `patch`.
  def self.merge(target, patch)
    merged = object(target, "the document").dup # reject, keep, stored-null
    entries = object(patch, "the patch") # reject
    return {} if entries.empty? # clear

    entries.each do |key, value| # exact-keys
      if value.nil?
        merged.delete(key) # delete, delete-missing, emptied
      else
        merged[key] = value # set, shallow, verbatim
      end
    end
    merged
  end
end
