"""Word documents as templates: tags are found in the XML tree, moved to where what they repeat begins and ends, and the tree is printed."""
