"""How screens with exact boxes are rendered, and what is measured on them."""
