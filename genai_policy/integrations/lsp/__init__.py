"""The language server: findings and mistakes in the editor, what a clause says where its id stands, quick fixes for claims and waivers."""
