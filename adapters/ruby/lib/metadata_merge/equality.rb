# frozen_string_literal: true

# Equality of JSON values, with numbers by value (rule `equal-numbers`).
module MetadataMerge
  EXACT = (-2**127...2**128).freeze

  # Returns whether two values are equal.
  def self.json_equal?(left, right)
    case left
    when Hash
      right.is_a?(Hash) && left.size == right.size &&
        left.all? { |key, value| right.key?(key) && json_equal?(value, right[key]) }
    when Array
      right.is_a?(Array) && left.size == right.size &&
        left.each_index.all? { |at| json_equal?(left[at], right[at]) }
    when Numeric
      # Ruby compares an integer and a double as real numbers.
      right.is_a?(Numeric) && number(left) == number(right)
    else
      left == right
    end
  end

  # Returns an integer of more than 128 bits as its nearest double, any other number as itself.
  def self.number(value)
    return value if value.is_a?(Float) || EXACT.cover?(value)

    double = value.to_f
    double.finite? ? double : value
  end
  private_class_method :number
end
