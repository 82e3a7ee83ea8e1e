# frozen_string_literal: true

# Guards: merges that deny a loss of data.
module MetadataMerge
  # Merges, unless that removes a stored root key.
  def self.deny_removals(target, patch)
    merged = merge(target, patch)
    removed = target.each_key.find { |key| !merged.key?(key) }
    raise Rejected, "the patch would remove the root key #{dump(removed)}" if removed # deny-removals

    merged
  end

  # Merges, unless that leaves a document empty that was not.
  def self.deny_wipe(target, patch)
    merged = merge(target, patch)
    raise Rejected, "the patch would leave the document empty" if merged.empty? && target.any? # deny-wipe

    merged
  end
end
