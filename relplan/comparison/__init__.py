"""Plans beside one another: what is different between two, and one plan made of the changes that several people made to the same."""
