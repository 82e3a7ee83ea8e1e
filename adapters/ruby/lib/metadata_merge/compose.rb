# frozen_string_literal: true

# The algebra of patches: several in a row as one, and whether two may change places.
module MetadataMerge
  # Returns the shortest list of bodies that does what `patches` do in their order.
  def self.compose(patches)
    raise Rejected, "patches: expected an array, found #{kind(patches)}" unless patches.is_a?(Array)

    clears = false
    entries = {}
    patches.each do |patch|
      if object(patch, "the patch").empty?
        clears = true
        entries = {}
      end
      entries = entries.merge(patch)
    end
    return [entries].reject(&:empty?) unless clears

    # After a clear there is nothing to remove. An empty second body would be another clear.
    [{}, entries.compact].uniq
  end

  # Returns whether either order of two bodies gives the same result, for every document.
  def self.commute(first, second)
    one = object(first, "the first patch")
    other = object(second, "the second patch")
    if one.empty? || other.empty?
      # A removal before a clear is as good as one after it. A set survives only after it.
      return [*one.values, *other.values].all?(&:nil?)
    end

    (one.keys & other.keys).all? { |key| json_equal?(one[key], other[key]) }
  end
end
