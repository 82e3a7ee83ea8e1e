# frozen_string_literal: true

# The service's limits on what is stored. They are opt-in and separate from the rules.
module MetadataMerge
  # A limit that each key of a field keeps or breaks, with its value.
  KeyLimit = Struct.new(:field, :id, :breaks)
  # The limits of one resource: on each key, on the number of keys by field, and on the size in bytes.
  Table = Struct.new(:keys, :max_keys, :max_size)
  private_constant :KeyLimit, :Table

  RESERVED = %w[
    __tenant _id blocked clientID created_at email_verified email globalClientID global_client_id identities lastIP
    lastLogin loginsCount metadata multifactor_last_modified multifactor updated_at user_id
  ].freeze
  private_constant :RESERVED

  # Builds the rows of the tables.
  module Rows
    module_function

    def key_too_long(field, at_most)
      KeyLimit.new(field, "key-too-long", ->(key, _) { key.length > at_most })
    end

    def key_characters(field, allowed)
      KeyLimit.new(field, "key-characters", ->(key, _) { !key.match?(allowed) })
    end

    def strings(field, at_most)
      [
        KeyLimit.new(field, "value-type", ->(_, value) { !value.is_a?(String) }),
        KeyLimit.new(field, "value-too-long", ->(_, value) { value.is_a?(String) && value.length > at_most })
      ]
    end

    def session(field)
      rows = [key_too_long(field, 255), key_characters(field, /\A[A-Za-z0-9_-]*\z/), *strings(field, 255)]
      Table.new(rows, { field => 25 })
    end
  end
  private_constant :Rows

  TABLES = {
    "user" => Table.new(
      [
        Rows.key_characters("user_metadata", /\A[^.$]*\z/),
        Rows.key_characters("app_metadata", /\A[^.$]*\z/),
        KeyLimit.new("app_metadata", "reserved-name", ->(key, _) { RESERVED.include?(key) })
      ], {}, 10_240
    ),
    "client" => Table.new(
      [
        Rows.key_too_long("client_metadata", 255),
        Rows.key_characters("client_metadata", %r{\A[A-Za-z0-9:,\-+=_*?"/\\()<>@\t ]*\z}),
        *Rows.strings("client_metadata", 255)
      ], { "client_metadata" => 10 }
    ),
    "custom_domain" => Table.new(Rows.strings("domain_metadata", 255), { "domain_metadata" => 10 }),
    "organization" => Table.new(
      [Rows.key_too_long("metadata", 255), *Rows.strings("metadata", 255)], { "metadata" => 25 }
    ),
    "session" => Rows.session("session_metadata"),
    "refresh_token" => Rows.session("refresh_token_metadata"),
    # For limits alone: what a user's metadata may be at sign-up.
    "sign_up" => Table.new(
      [Rows.key_too_long("user_metadata", 100), *Rows.strings("user_metadata", 500)], { "user_metadata" => 10 }
    )
  }.freeze
  private_constant :TABLES

  # Returns every limit that a stored resource breaks.
  def self.limits(name, stored)
    table = TABLES.fetch(name) { raise Rejected, "expected the resource #{TABLES.keys.join(", ")}" }
    fields = object(stored, "the stored resource")
    found = table.keys.flat_map do |limit|
      broken = object(fields.fetch(limit.field, {}), limit.field).select { |key, value| limit.breaks.call(key, value) }
      broken.keys.map { |key| violation(limit.id, limit.field, key) }
    end
    table.max_keys.each do |field, at_most|
      found << violation("too-many-keys", field) if fields.fetch(field, {}).size > at_most
    end
    if table.max_size && dump(fields).bytesize > table.max_size
      found << violation("too-large").merge("strength" => "warned")
    end
    found
  end

  def self.violation(limit, *path)
    { "path" => pointer(*path), "limit" => limit, "strength" => "refused" }
  end
  private_class_method :violation
end
