"""The release order: in which waves the systems of a plan can be released, from what they depend on."""
