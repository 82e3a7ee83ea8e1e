# frozen_string_literal: true

module MetadataMerge
  # The rules reject the input.
  class Rejected < StandardError; end

  # A document that lacks a key holds this there. Null is another value.
  ABSENT = Object.new.freeze

  # Returns `value` if it is an object.
  def self.object(value, name)
    return value if value.is_a?(Hash)

    raise Rejected, "#{name}: expected an object, found #{kind(value)}"
  end

  # Names the type of a value, for errors.
  def self.kind(value)
    case value
    when nil then "null"
    when true, false then "a boolean"
    when Numeric then "a number"
    when String then "a string"
    when Array then "an array"
    else "an object"
    end
  end
end
