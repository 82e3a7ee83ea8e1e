# frozen_string_literal: true

# Three-way reconcile of a document, for configuration tools.
module MetadataMerge
  # What was applied last, what is wanted, and what is stored now, each at one key.
  Sides = Struct.new(:base, :mine, :theirs) do
    # Returns what each document holds at a key.
    def self.at(key, base, mine, theirs)
      new(*[base, mine, theirs].map { |document| document.fetch(key, ABSENT) })
    end

    # Returns what each side holds. A side that lacks the key has no member.
    def shown
      to_h.reject { |_, held| held.equal?(ABSENT) }.transform_keys(&:to_s)
    end
  end
  private_constant :Sides

  # Returns the body that brings the keys of `base` and `mine` to `mine`, and the conflicts.
  def self.reconcile(base, mine, theirs)
    body, conflicts = reconcile_members(
      object(base, "base"), object(mine, "mine"), object(theirs, "theirs") # reconcile-reject
    )
    { "bodies" => [body].reject(&:empty?), "conflicts" => conflicts }
  end

  # Reconciles root key by root key. The body never clears: if it is empty, there is nothing to do.
  def self.reconcile_members(base, mine, theirs)
    body = {}
    conflicts = {}
    (base.keys | mine.keys).each do |key| # reconcile-foreign
      sides = Sides.at(key, base, mine, theirs)
      next if json_equal?(sides.theirs, sides.mine) # reconcile-agreed
      if sides.mine.nil?
        raise Rejected, "no patch stores null at the root key #{dump(key)}" # reconcile-reject
      end

      if json_equal?(sides.theirs, sides.base)
        body[key] = sides.mine.equal?(ABSENT) ? nil : sides.mine # reconcile
      else
        conflicts[key] = sides.shown # reconcile-conflict
      end
    end
    [body, conflicts]
  end
  private_class_method :reconcile_members
end
