# frozen_string_literal: true

Gem::Specification.new do |spec|
  spec.name = "metadata_merge"
  spec.version = "0.1.0"
  spec.summary = "What a metadata PATCH does"
  spec.authors = ["metadata-merge"]
  spec.licenses = ["MIT", "Apache-2.0"]
  spec.required_ruby_version = ">= 3.1"
  spec.files = Dir["lib/**/*.rb"]
end
