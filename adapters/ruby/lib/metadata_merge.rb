# frozen_string_literal: true

# What a metadata PATCH does, in Ruby. Copy this gem: it needs the standard library alone.
#
# Values are those of MetadataMerge.load. No method changes its arguments. Input that the rules reject
# raises MetadataMerge::Rejected. A comment names the rule that a line implements by its id.
module MetadataMerge
end

require_relative "metadata_merge/value"
require_relative "metadata_merge/syntax"
require_relative "metadata_merge/equality"
require_relative "metadata_merge/pointer"
require_relative "metadata_merge/merge"
require_relative "metadata_merge/text"
require_relative "metadata_merge/compose"
require_relative "metadata_merge/diff"
require_relative "metadata_merge/changes"
require_relative "metadata_merge/guards"
require_relative "metadata_merge/reconcile"
require_relative "metadata_merge/resource"
require_relative "metadata_merge/reconcile_resource"
require_relative "metadata_merge/limits"
