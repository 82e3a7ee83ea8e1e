# frozen_string_literal: true

# Three-way reconcile of a whole resource (rule `reconcile-resource`).
module MetadataMerge
  # Returns the body that brings what `base` and `mine` hold to `mine`, and the conflicts by pointer.
  def self.reconcile_resource(name, base, mine, theirs)
    kind = resource(name)
    documents = [object(base, "base"), object(mine, "mine"), object(theirs, "theirs")]
    body = {}
    conflicts = {}
    documents.flat_map(&:keys).uniq.each do |key|
      sides = Sides.at(key, *documents)
      if (members = member_documents(kind, key, sides))
        change, by_key = reconcile_members(*members)
        body[key] = change unless change.empty? # an empty one would clear
        by_key.each { |member, held| conflicts[pointer(key, member)] = held }
      else
        change, is_conflict = reconcile_unit(kind, key, sides)
        body.update(change)
        conflicts[pointer(key)] = sides.shown if is_conflict
      end
    end
    { "bodies" => [body].reject(&:empty?), "conflicts" => conflicts }
  end

  # Returns each side as a document if it is reconciled by member, or nil if it is one unit.
  def self.member_documents(kind, name, sides)
    field = kind.fields[name]
    if field
      return nil if field.mode == :replace

      return sides.map { |side| side.equal?(ABSENT) ? {} : object(side, name) }
    end
    return nil if kind.attributes == :replace || !sides.mine.is_a?(Hash)

    documents = sides.map { |side| side.nil? || side.equal?(ABSENT) ? {} : side }
    documents if documents.all?(Hash)
  end

  # Returns the members for the body, at most one, and whether there is a conflict.
  def self.reconcile_unit(kind, name, sides)
    field = kind.fields[name]
    # A unit is the one member of a document.
    units = sides.map { |side| unit(name, field, side) }
    body, conflicts = reconcile_members(*units)
    if body.any? || conflicts.any?
      mine = units[1][name]
      if field && !mine.nil? && !mine.is_a?(Hash)
        raise Rejected, "#{name}: expected an object or null, found #{kind(mine)}"
      end

      expect_storable(name, mine, units[2][name]) if !field && kind.attributes == :merge
    end
    [body, conflicts.any?]
  end

  # Returns a side as a document of one member. Null counts as absent, and so does {} in a field.
  def self.unit(name, field, side)
    return {} if side.nil? || side.equal?(ABSENT) || (field && side == {})

    { name => side }
  end

  # Rejects a root null that `mine` wants and `theirs` does not hold, since no merge stores it.
  def self.expect_storable(name, mine, theirs)
    return unless mine.is_a?(Hash)

    stored = theirs.is_a?(Hash) ? theirs : {}
    mine.each do |key, value|
      next if !value.nil? || stored.fetch(key, ABSENT).nil?

      raise Rejected, "no patch stores null at #{dump(pointer(name, key))}" # reconcile-reject
    end
  end
  private_class_method :member_documents, :reconcile_unit, :unit, :expect_storable
end
