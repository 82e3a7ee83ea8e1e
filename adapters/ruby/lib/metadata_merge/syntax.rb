# frozen_string_literal: true

require "json"

# Strict JSON: what Ruby's own parser accepts beyond RFC 8259 is rejected (rule `json-text`).
module MetadataMerge
  MAX_DEPTH = 127

  # A string whose escapes are those of JSON, with surrogates in pairs.
  STRING = /
    "(?>
      [^"\\\x00-\x1f]+
      | \\["\\\/bfnrt]
      | \\u(?![dD][89a-fA-F])\h{4}
      | \\u[dD][89abAB]\h{2}\\u[dD][c-fC-F]\h{2}
    )*"
  /x
  # What stands between strings. The parser accepts comments there.
  BETWEEN = /\A[ \t\r\n\[\]{},:0-9.Eaeflnrstu+\-]*\z/

  # Parses JSON. Of a repeated key the last value counts (rule `repeated-key`).
  def self.load(text)
    value = parse(text)
    # The parser reads a number beyond the range of doubles as Infinity.
    if text.match?(/[eE]\+?\d{3}|\d{309}/) && !finite?(value)
      raise JSON::ParserError, "expected a number within the range of doubles"
    end

    value
  end

  # Parses JSON whose numbers may be beyond the range of doubles.
  def self.parse(text)
    raise JSON::ParserError, "expected UTF-8" unless text.valid_encoding?
    raise JSON::ParserError, "expected strict JSON" unless text.gsub(STRING, "").match?(BETWEEN)

    JSON.parse(text, max_nesting: MAX_DEPTH, allow_duplicate_key: true)
  end

  # Writes compact JSON on one line. What is not ASCII is not escaped.
  def self.dump(value)
    JSON.generate(value, max_nesting: 0)
  end

  def self.finite?(value)
    case value
    when Hash then value.each_value.all? { |member| finite?(member) }
    when Array then value.all? { |item| finite?(item) }
    when Float then value.finite?
    else true
    end
  end
  private_class_method :finite?
end
