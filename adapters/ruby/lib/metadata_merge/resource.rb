# frozen_string_literal: true

# Whole resources: the metadata fields of each, and the body of a request on one.
module MetadataMerge
  # A metadata field. Its mode is :merge or :replace. After a clear it is :empty or :absent.
  Field = Struct.new(:mode, :cleared)
  # The metadata fields of a resource by name, and the mode of its attributes that are objects.
  Resource = Struct.new(:fields, :attributes)

  RESOURCES = {
    "user" => Resource.new(
      { "user_metadata" => Field.new(:merge, :empty), "app_metadata" => Field.new(:merge, :absent) }, :replace
    ),
    "client" => Resource.new({ "client_metadata" => Field.new(:merge, :empty) }, :merge),
    "custom_domain" => Resource.new({ "domain_metadata" => Field.new(:merge, :empty) }, :replace),
    "organization" => Resource.new({ "metadata" => Field.new(:replace, :absent) }, :replace),
    "session" => Resource.new({ "session_metadata" => Field.new(:replace, :absent) }, :replace),
    "refresh_token" => Resource.new({ "refresh_token_metadata" => Field.new(:replace, :absent) }, :replace)
  }.freeze

  # Returns the resource of this name.
  def self.resource(name)
    RESOURCES.fetch(name) { raise Rejected, "expected the resource #{RESOURCES.keys.join(", ")}" }
  end

  # Returns what a create with `body` stores.
  def self.create(name, body)
    update(name, {}, body) # create
  end

  # Returns `stored` after a PATCH with `body`.
  def self.update(name, stored, body)
    kind = resource(name)
    updated = object(stored, "the stored resource").dup # omit; atomic: a copy
    object(body, "the body").each do |key, sent| # independent
      field = kind.fields[key]
      value =
        if field
          update_field(key, field, updated.fetch(key, {}), sent) # absent
        else
          update_attribute(kind.attributes, updated[key], sent)
        end
      if value.nil?
        updated.delete(key)
      else
        updated[key] = value
      end
    end
    updated
  end

  # Returns what an attribute stores, or nil if it is removed.
  def self.update_attribute(mode, stored, sent)
    return sent unless mode == :merge && sent.is_a?(Hash) # attribute, attribute-null

    merge(stored.is_a?(Hash) ? stored : {}, sent) # attribute-object
  end

  # Returns what a metadata field stores, or nil if it is absent after a clear.
  def self.update_field(name, field, stored, sent)
    if field.mode == :merge
      value = merge(object(stored, "the stored #{name}"), object(sent, name)) # field-null
    elsif sent.nil? || sent.is_a?(Hash)
      value = sent || {} # replace
    else
      raise Rejected, "#{name}: expected an object or null, found #{kind(sent)}" # replace
    end
    # A clear is what was sent. A document that removals have emptied stays {}.
    return nil if (sent.nil? || sent.empty?) && field.cleared == :absent # cleared-form

    value
  end
  private_class_method :update_attribute, :update_field
end
